import type { AtxRecord } from '../activation/index.ts'
import { genesisId, type NetworkConfig } from '../config/index.ts'
import { hex } from '../util/bytes.ts'

import type { AtxRow, NetworkState } from './api.ts'

/** A network for screens. */
export function networkState(config: NetworkConfig): NetworkState {
  const { name, genesis, hrp, layers, post, poet } = config
  return {
    name,
    genesisId: hex(genesisId(config)),
    genesisTimeMs: genesis.timeMs,
    hrp,
    layerDurationMs: layers.durationMs,
    layersPerEpoch: layers.layersPerEpoch,
    post: {
      labelsPerUnit: post.labelsPerUnit,
      minNumUnits: post.minNumUnits,
      maxNumUnits: post.maxNumUnits,
      scryptN: post.scryptN,
    },
    poet: { phaseShiftMs: poet.phaseShiftMs, cycleGapMs: poet.cycleGapMs },
  }
}

/** An own ATX for screens. */
export const atxRow = (atx: AtxRecord): AtxRow => ({
  id: hex(atx.id),
  publishEpoch: atx.publishEpoch,
  targetEpoch: atx.publishEpoch + 1,
  numUnits: atx.numUnits,
  ticks: atx.tickCount,
  weight: atx.weight,
  atMs: Number(atx.receivedNs / 1_000_000n),
})

/** A round of the embedded PoET for screens. */
export const poetState = (
  round: number,
  state: 'open' | 'executing',
  leafCount: number,
  endMs: number,
) => ({ roundId: String(round), state, leaves: BigInt(leafCount), endMs })
