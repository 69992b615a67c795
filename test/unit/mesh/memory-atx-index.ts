import type { AtxId, EpochId, NodeId } from '../../../src/protocol/primitives.ts'
import { hex } from '../../../src/util/bytes.ts'
import type { AtxIndex, IndexedAtx } from '../../../src/mesh/index.ts'

interface Epoch {
  byId: Map<string, IndexedAtx>
  bySmesher: Map<string, IndexedAtx>
}

/** All ATXs of the epochs in use, in memory. Spec 07 §9; go-spacemesh atxsdata/data.go. */
export class MemoryAtxIndex implements AtxIndex {
  readonly #epochs = new Map<EpochId, Epoch>()
  readonly #malicious = new Set<string>()
  #evicted = -1

  /** False when the ATX is known, or its epoch forgotten; of a smesher's ATXs the first is kept. */
  add(targetEpoch: EpochId, atx: IndexedAtx): boolean {
    if (targetEpoch <= this.#evicted) return false
    const epoch = this.#epochs.get(targetEpoch) ?? { byId: new Map(), bySmesher: new Map() }
    this.#epochs.set(targetEpoch, epoch)
    const key = hex(atx.id)
    if (epoch.byId.has(key)) return false
    epoch.byId.set(key, atx)
    const smesher = hex(atx.smesherId)
    if (!epoch.bySmesher.has(smesher)) epoch.bySmesher.set(smesher, atx)
    return true
  }

  get(targetEpoch: EpochId, id: AtxId): IndexedAtx | undefined {
    return this.#epochs.get(targetEpoch)?.byId.get(hex(id))
  }

  bySmesher(targetEpoch: EpochId, smesherId: NodeId): IndexedAtx | undefined {
    return this.#epochs.get(targetEpoch)?.bySmesher.get(hex(smesherId))
  }

  isMalicious(smesherId: NodeId): boolean {
    return this.#malicious.has(hex(smesherId))
  }

  setMalicious(smesherId: NodeId): void {
    this.#malicious.add(hex(smesherId))
  }

  /** Every ATX that targets the epoch, malicious ones too, in order of arrival. */
  *inEpoch(targetEpoch: EpochId): Iterable<IndexedAtx> {
    yield* this.#epochs.get(targetEpoch)?.byId.values() ?? []
  }

  /** Forgets the epochs up to this one, for good. */
  evictUpTo(targetEpoch: EpochId): void {
    this.#evicted = Math.max(this.#evicted, targetEpoch)
    for (const epoch of [...this.#epochs.keys()]) {
      if (epoch <= this.#evicted) this.#epochs.delete(epoch)
    }
  }
}
