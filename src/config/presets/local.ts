import type { NetworkConfig } from '../schema.ts'
import { SECOND } from './defaults.ts'
import { standalone } from './standalone.ts'

/** Unit sizes that a local network can be made with, labels of 16 bytes: 4 KiB to 256 KiB. */
export const LOCAL_UNIT_LABELS: readonly bigint[] = [256n, 512n, 1024n, 4096n, 16384n]
/** The size that is offered first: some ten seconds of work without a graphics card. */
export const LOCAL_DEFAULT_UNIT_LABELS = 512n

/**
 * The network that lives inside one tab: the reference's standalone network with layers of two
 * seconds. One smesher, an embedded PoET, beacons from this document (`derived`).
 *
 * With `start(e) = genesis + 20 s · e`: PoET round e works from `start(e) + 10 s` to
 * `start(e + 1)`, so one may register for it until `start(e) + 10 s`; the ATX made of its proof is
 * published in epoch e + 1 and earns in epoch e + 2. A smesher whose labels are ready 30 s after
 * genesis registers for round 1 and has its first reward in layer 30, a minute after genesis.
 *
 * A smesher commits one unit, and the person who makes the network chooses how large a unit is: the
 * k2pow difficulty of all ones passes every hash for one unit only (spec 03 §4.2 divides it by the
 * units), so that no RandomX is needed.
 *
 * @param genesisTimeMs - when the person starts it; rounded up to a whole second
 * @param labelsPerUnit - one of {@link LOCAL_UNIT_LABELS}, or any other size
 */
export function localNetwork(
  genesisTimeMs: number,
  labelsPerUnit: bigint = LOCAL_DEFAULT_UNIT_LABELS,
): NetworkConfig {
  const base = standalone(Math.ceil(genesisTimeMs / SECOND) * SECOND)
  return {
    ...base,
    name: 'local',
    genesis: { ...base.genesis, extraData: 'smesh-local' },
    layers: { durationMs: 2 * SECOND, layersPerEpoch: 10, averageSize: 10 },
    post: {
      ...base.post,
      labelsPerUnit,
      minNumUnits: 1,
      maxNumUnits: 1,
      defaultNumUnits: 1,
      // One identity in 3000 searches past its data: some seconds here, not hours.
      computeBatchSize: 1024,
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
