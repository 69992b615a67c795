import type { Beacon, LayerId, ProposalId } from '../protocol/primitives.ts'
import type { Proposal } from '../protocol/proposal.ts'
import { hex } from '../util/bytes.ts'

export interface StoredProposal {
  id: ProposalId
  proposal: Proposal
  /** Of its ballot's epoch data, or of the reference ballot's. */
  beacon: Beacon
  /** The ballot was flagged. */
  malicious: boolean
}

/**
 * Checked proposals of the last layers, in memory only. Spec 07 §3.1; go-spacemesh
 * proposals/store/store.go.
 */
export class ProposalStore {
  readonly #capacity: number
  readonly #layers = new Map<LayerId, Map<string, StoredProposal>>()
  #evicted: LayerId

  /**
   * @param options.capacity - layers kept
   * @param options.currentLayer - of the clock at the start; its proposals are refused already
   */
  constructor({ capacity, currentLayer }: { capacity: number; currentLayer: LayerId }) {
    this.#capacity = capacity
    this.#evicted = currentLayer
  }

  has(layer: LayerId, id: ProposalId): boolean {
    return this.#layers.get(layer)?.has(hex(id)) ?? false
  }

  get(layer: LayerId, id: ProposalId): StoredProposal | undefined {
    return this.#layers.get(layer)?.get(hex(id))
  }

  inLayer(layer: LayerId): StoredProposal[] {
    return [...(this.#layers.get(layer)?.values() ?? [])]
  }

  add(entry: StoredProposal): 'added' | 'known' | 'evicted' {
    const { layer } = entry.proposal.ballot
    if (layer <= this.#evicted) return 'evicted'
    const proposals = this.#layers.get(layer) ?? new Map<string, StoredProposal>()
    this.#layers.set(layer, proposals)
    const key = hex(entry.id)
    if (proposals.has(key)) return 'known'
    proposals.set(key, entry)
    return 'added'
  }

  /** The layer has begun: forgets those that fall out of the capacity. */
  onLayer(layer: LayerId): void {
    if (layer < this.#evicted + this.#capacity) return
    this.#evicted = layer - this.#capacity
    for (const old of [...this.#layers.keys()]) {
      if (old <= this.#evicted) this.#layers.delete(old)
    }
  }
}
