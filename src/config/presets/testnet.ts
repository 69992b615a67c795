import { U32_MAX } from '../../util/u64.ts'
import type { NetworkConfig } from '../schema.ts'
import { ALL_ONES, hare3, HOUR, MINUTE, SECOND } from './defaults.ts'
import { mainnet } from './mainnet.ts'

/** The reference's testnet preset: mainnet's timing with small space and one-day epochs. */
export const testnet: NetworkConfig = {
  ...mainnet,
  name: 'testnet',
  hrp: 'stest',
  genesis: {
    timeMs: Date.UTC(2023, 8, 13, 18),
    extraData: '0000000000000000000000c76c58ebac180989673fd6d237b40e66ed5c976ec3',
    accounts: [],
  },
  layers: { durationMs: 5 * MINUTE, layersPerEpoch: 288, averageSize: 50 },
  post: {
    ...mainnet.post,
    labelsPerUnit: 1024n,
    minNumUnits: 2,
    maxNumUnits: U32_MAX,
    powDifficulty: ALL_ONES,
  },
  poet: {
    ...mainnet.poet,
    phaseShiftMs: 12 * HOUR,
    cycleGapMs: 2 * HOUR,
    gracePeriodMs: 10 * MINUTE,
    positioningTimeoutMs: 0,
    tickSize: 666_514n,
    requestTimeoutMs: 550 * SECOND,
    requestRetryDelayMs: 5 * SECOND,
    servers: [],
  },
  activation: {
    ...mainnet.activation,
    regossipIntervalMs: HOUR,
    postValidDelayMs: 0,
    activeSet: { windowMs: 10 * MINUTE, retryMs: MINUTE, tries: 5 },
  },
  eligibility: { minimalWeights: [{ epoch: 0, weight: 10_000n }], confidenceLayers: 20 },
  beacon: { ...mainnet.beacon, rounds: 20 },
  hare3: { ...hare3, enableLayer: 7366, topic: '' },
  tortoise: { ...mainnet.tortoise, windowLayers: 10_000, historicalWindows: [] },
  sync: {
    ...mainnet.sync,
    outOfSyncThresholdLayers: 10,
    epochEndFraction: 0.5,
    meshAgreement: true,
    pruneActiveSetsAfterEpoch: 0,
  },
  p2p: { ...mainnet.p2p, bootnodes: [] },
  bootstrap: { url: 'https://bootstrap.spacemesh.network/testnet06', beacons: 'none', epochs: [] },
}
