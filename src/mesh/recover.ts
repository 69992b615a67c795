import { OpinionTracker, type OpinionModules } from '../consensus/index.ts'
import type { LayerId } from '../protocol/primitives.ts'
import { hex, isZero } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import type { MeshStore } from './mesh.ts'
import type { AtxIndex, StoredBallot } from './modules.ts'

import type {} from './errors.ts'

export interface RecoverOptions {
  effectiveGenesis: LayerId
  layersPerEpoch: number
  maxExceptions: number
  windowLayers: number
}

export interface RecoverModules {
  store: Pick<MeshStore, 'lastApplied' | 'layer' | 'block'>
  ballots: {
    /** Ballots of a layer, first stored first. */
    inLayer(layer: LayerId): Promise<readonly StoredBallot[]>
    /** Highest layer with a ballot. */
    lastLayer(): Promise<LayerId | undefined>
  }
  atxs: Pick<AtxIndex, 'get' | 'isMalicious'>
}

/**
 * The opinions as they were when the node stopped, from applied layers and stored ballots of the
 * window. The ATX index must be loaded before. Spec 07 §5.12; go-spacemesh tortoise/recover.go.
 *
 * @throws {SmeshError} `MESH_OBJECT_MISSING`
 */
export async function recoverOpinions(
  options: RecoverOptions,
  { store, ballots, atxs }: RecoverModules,
): Promise<OpinionTracker> {
  const { effectiveGenesis, layersPerEpoch, windowLayers } = options
  const hasAtx: OpinionModules['hasAtx'] = (epoch, id) => atxs.get(epoch, id) !== undefined
  const last = (await store.lastApplied())?.layer ?? effectiveGenesis
  // From the start of an epoch, so that reference ballots come before those that name them.
  const windowEpoch = Math.floor((last - windowLayers) / layersPerEpoch)
  const first = Math.max(windowEpoch * layersPerEpoch, effectiveGenesis + 1)
  const before = first > effectiveGenesis + 1 ? await store.layer(first - 1) : undefined
  const start = before && { layer: first, previousOpinion: before.aggregatedHash }
  const tracker = new OpinionTracker(start ? { ...options, start } : options, { hasAtx })
  const end = Math.max(last, (await ballots.lastLayer()) ?? last)
  for (let layer = first; layer <= end; layer++) {
    await recoverLayer(layer, tracker, store)
    const stored = await ballots.inLayer(layer)
    const byReference = [true, false].flatMap((isReference) =>
      stored.filter(({ ballot }) => (ballot.epochData !== undefined) === isReference),
    )
    for (const { ballot, malicious } of byReference) {
      const decoded = tracker.recover(ballot)
      if (decoded.outcome === 'refused') continue // refers to what the window no longer holds
      const flagged = malicious || atxs.isMalicious(ballot.smesherId)
      tracker.store({ ...decoded.ballot, malicious: flagged })
    }
  }
  return tracker
}

async function recoverLayer(
  layer: LayerId,
  tracker: OpinionTracker,
  store: RecoverModules['store'],
): Promise<void> {
  const record = await store.layer(layer)
  if (!record) return
  const { appliedBlock: id } = record
  if (!isZero(id)) {
    const block = await store.block(id)
    if (!block) throw new SmeshError('MESH_OBJECT_MISSING', { kind: 'block', id: hex(id) })
    tracker.onBlock({ id, layer, height: block.tickHeight })
  }
  tracker.onHareOutput(layer, id)
}
