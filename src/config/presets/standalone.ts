import type { NetworkConfig } from '../schema.ts'
import { hare3, SECOND, smallNetwork } from './defaults.ts'

/** The reference's network of one node with its own PoET. */
export function standalone(genesisTimeMs: number): NetworkConfig {
  return {
    ...smallNetwork,
    name: 'standalone',
    hrp: 'standalone',
    genesis: { timeMs: genesisTimeMs, extraData: 'standalone', accounts: [] },
    layers: { durationMs: 6 * SECOND, layersPerEpoch: 10, averageSize: 50 },
    post: {
      ...smallNetwork.post,
      labelsPerUnit: 64n,
      minNumUnits: 1,
      maxNumUnits: 2,
      defaultNumUnits: 1,
      scryptN: 8192,
    },
    poet: {
      ...smallNetwork.poet,
      gracePeriodMs: 12 * SECOND,
      servers: [{ address: 'http://127.0.0.1:10010', pubkey: null }],
    },
    activation: { ...smallNetwork.activation, gradeDelayMs: 10 * SECOND, regossipIntervalMs: 0 },
    hare3: { ...hare3, preroundDelayMs: SECOND, roundDurationMs: 100 },
    tortoise: { ...smallNetwork.tortoise, hdist: 2, badBeaconVoteDelayLayers: 10 },
    sync: { ...smallNetwork.sync, standalone: true, intervalMs: 3 * SECOND },
    p2p: { ...smallNetwork.p2p, peersync: false },
    bootstrap: { url: null, beacons: 'genesis', epochs: [] },
  }
}
