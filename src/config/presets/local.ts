import type { NetworkConfig } from '../schema.ts'
import { SECOND } from './defaults.ts'
import { standalone } from './standalone.ts'

/**
 * The network that lives inside one tab: the reference's standalone network with layers of two
 * seconds. One smesher, an embedded PoET, beacons from this document (`derived`).
 *
 * With `start(e) = genesis + 20 s · e`: PoET round e works from `start(e) + 10 s` to
 * `start(e + 1)`, so one may register for it until `start(e) + 10 s`; the ATX made of its proof is
 * published in epoch e + 1 and earns in epoch e + 2. A smesher whose labels are ready 30 s after
 * genesis registers for round 1 and has its first reward in layer 30, a minute after genesis.
 *
 * @param genesisTimeMs - when the person starts it; rounded up to a whole second
 */
export function localNetwork(genesisTimeMs: number): NetworkConfig {
  const base = standalone(Math.ceil(genesisTimeMs / SECOND) * SECOND)
  return {
    ...base,
    name: 'local',
    genesis: { ...base.genesis, extraData: 'smesh-local' },
    layers: { durationMs: 2 * SECOND, layersPerEpoch: 10, averageSize: 10 },
    post: {
      ...base.post,
      labelsPerUnit: 256n,
      minNumUnits: 1,
      maxNumUnits: 64,
      defaultNumUnits: 4,
    },
    poet: {
      ...base.poet,
      phaseShiftMs: 10 * SECOND,
      cycleGapMs: 10 * SECOND,
      gracePeriodMs: 2 * SECOND,
      positioningTimeoutMs: SECOND,
      requestTimeoutMs: 6 * SECOND,
      requestRetryDelayMs: SECOND / 2,
      infoCacheMs: 10 * SECOND,
      servers: [],
    },
    // An ATX is good when it is there one second before its target epoch: nothing travels here.
    activation: { ...base.activation, gradeDelayMs: SECOND / 4 },
    beacon: { ...base.beacon, rounds: 0 },
    hare3: { ...base.hare3, preroundDelayMs: SECOND / 2 },
    sync: { ...base.sync, intervalMs: SECOND },
    bootstrap: { url: null, beacons: 'derived', epochs: [] },
  }
}
