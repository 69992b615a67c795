import { epochOf } from '../protocol/layers.ts'
import type { LayerId, NodeId } from '../protocol/primitives.ts'
import { isSmeshError, type SmeshError } from '../util/error.ts'
import type { LayerChange, Mesh } from './mesh.ts'
import type { AtxIndex, Beacons } from './modules.ts'
import type { ProposalStore } from './proposal-store.ts'
import { selectProposals } from './select-proposals.ts'

/** How a layer ended. */
export interface LayerEnd {
  change: LayerChange
  /** Why agreed proposals gave no block, so that the layer was closed as empty. */
  problem?: SmeshError<'BLOCK_NOT_BUILT'>
}

/** Ends layers: with one participant its own proposals are agreed on, with more Hare decides. */
export interface LayerConsensus {
  /**
   * Ends every layer up to this one that is not applied yet. Call it once the proposals of `layer`
   * are in the store; layers that were slept through end as empty ones.
   */
  endLayersUpTo(layer: LayerId, options: { signal: AbortSignal }): Promise<LayerEnd[]>
}

export interface ConsensusForOneModules {
  mesh: Pick<Mesh, 'apply' | 'processedLayer'>
  proposals: Pick<ProposalStore, 'inLayer' | 'onLayer'>
  atxs: Pick<AtxIndex, 'get' | 'bySmesher' | 'isMalicious'>
  beacons: Beacons
  /** Own identities at the moment. */
  smesherIds(): readonly NodeId[]
}

/**
 * Agreement in a network of one participant: what it would put forward is what is agreed on. The
 * choice follows the rule of Hare's input set, the order is that of its output, so blocks come out
 * as they would with Hare.
 */
export class ConsensusForOne implements LayerConsensus {
  readonly #options: { layersPerEpoch: number }
  readonly #modules: ConsensusForOneModules

  constructor(options: { layersPerEpoch: number }, modules: ConsensusForOneModules) {
    this.#options = options
    this.#modules = modules
  }

  async endLayersUpTo(layer: LayerId, { signal }: { signal: AbortSignal }): Promise<LayerEnd[]> {
    const { mesh, proposals } = this.#modules
    const ends: LayerEnd[] = []
    while (mesh.processedLayer < layer) {
      signal.throwIfAborted()
      ends.push(await this.#end(mesh.processedLayer + 1))
    }
    proposals.onLayer(layer)
    return ends
  }

  async #end(layer: LayerId): Promise<LayerEnd> {
    const { atxs, beacons, mesh, proposals, smesherIds } = this.#modules
    const { layersPerEpoch } = this.#options
    const beacon = await beacons.beacon(epochOf(layer, layersPerEpoch))
    const context = beacon && { layer, layersPerEpoch, beacon, smesherIds: smesherIds() }
    const agreed = context ? selectProposals(proposals.inLayer(layer), context, atxs) : []
    try {
      return { change: await mesh.apply(layer, agreed) }
    } catch (error) {
      if (!isSmeshError(error, 'BLOCK_NOT_BUILT')) throw error
      // Nobody else will bring the block: the layer ends as the tortoise would close it.
      return { change: await mesh.apply(layer, []), problem: error }
    }
  }
}
