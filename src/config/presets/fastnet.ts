import type { NetworkConfig } from '../schema.ts'
import { hare3, MINUTE, SECOND, smallNetwork } from './defaults.ts'

/** The reference's network for system tests: several nodes, one-minute epochs. */
export function fastnet(genesisTimeMs: number): NetworkConfig {
  return {
    ...smallNetwork,
    name: 'fastnet',
    hrp: 'stest',
    genesis: { timeMs: genesisTimeMs, extraData: 'fastnet', accounts: [] },
    layers: { durationMs: 15 * SECOND, layersPerEpoch: 4, averageSize: 50 },
    post: {
      ...smallNetwork.post,
      labelsPerUnit: 128n,
      minNumUnits: 2,
      maxNumUnits: 4,
      defaultNumUnits: 2,
      scryptN: 2,
      computeBatchSize: 128,
    },
    poet: { ...smallNetwork.poet, gracePeriodMs: 10 * SECOND, servers: [] },
    activation: {
      ...smallNetwork.activation,
      gradeDelayMs: SECOND,
      goodAtxsPercent: 50,
      regossipIntervalMs: 30 * SECOND,
    },
    hare3: {
      ...hare3,
      leaders: 10,
      iterationLimit: 2,
      preroundDelayMs: 3 * SECOND,
      roundDurationMs: 700,
    },
    tortoise: { ...smallNetwork.tortoise, hdist: 4, badBeaconVoteDelayLayers: 2 },
    sync: {
      ...smallNetwork.sync,
      standalone: false,
      intervalMs: 5 * SECOND,
      gossipDurationMs: 10 * SECOND,
      malfeasanceIntervalMs: 20 * SECOND,
      atxs: { epochInfoIntervalMs: SECOND, epochInfoPeers: 10, requestLimit: 100 },
      pruneIntervalMs: MINUTE,
    },
    p2p: { ...smallNetwork.p2p, minPeers: 10 },
    bootstrap: { url: null, beacons: 'none', epochs: [] },
  }
}
