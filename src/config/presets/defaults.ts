import { U32_MAX, U64_MAX } from '../../util/u64.ts'
import { DOCUMENT_FORMAT, type HareConfig, type NetworkConfig } from '../schema.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** Every proof-of-work nonce passes. */
export const ALL_ONES = new Uint8Array(32).fill(0xff)

/** go-spacemesh hare3/hare.go, DefaultConfig, except that it is switched on. */
export const hare3: HareConfig = {
  enabled: true,
  enableLayer: 0,
  disableLayer: U32_MAX,
  committee: 800,
  committeeUpgrade: null,
  leaders: 5,
  iterationLimit: 4,
  preroundDelayMs: 25 * SECOND,
  roundDurationMs: 12 * SECOND,
  topic: '/h/3.0',
}

/** go-spacemesh hare4/hare.go, DefaultConfig; off in every preset. */
export const hare4: HareConfig = { ...hare3, enabled: false, committee: 50, topic: '/h/4.0' }

/** What the small test networks of the reference have in common: its defaults. Spec 01–08. */
export const smallNetwork = {
  format: DOCUMENT_FORMAT,
  post: {
    k1: 12,
    k2: 4,
    k3: 1,
    powDifficulty: ALL_ONES,
    maxFileSizeBytes: 2n ** 32n,
    computeBatchSize: 2 ** 20,
    provingNonces: 16,
    randomxMode: 'light' as const,
  },
  activation: {
    goodAtxsPercent: 90,
    postValidDelayMs: 12 * HOUR,
    versions: [],
    activeSet: { windowMs: SECOND, retryMs: SECOND, tries: 3 },
  },
  poet: {
    phaseShiftMs: 30 * SECOND,
    cycleGapMs: 30 * SECOND,
    positioningTimeoutMs: 8 * SECOND,
    tickSize: 100n,
    requestTimeoutMs: 12 * SECOND,
    requestRetryDelayMs: SECOND,
    maxRequestRetries: 3,
    infoCacheMs: MINUTE,
    powParamsCacheMs: 10 * SECOND,
  },
  eligibility: { minimalWeights: [], confidenceLayers: 2 },
  beacon: {
    rounds: 4,
    graceMs: 30 * SECOND,
    proposalMs: 2 * SECOND,
    firstVotingMs: 10 * SECOND,
    votingMs: 2 * SECOND,
    weakCoinMs: 2 * SECOND,
    kappa: 40,
    q: [1, 3] as [number, number],
    theta: [1, 4] as [number, number],
    votesLimit: 100,
    syncWeightUnits: 10,
  },
  hare4,
  certifier: { committee: null },
  tortoise: { zdist: 2, windowLayers: 1000, historicalWindows: [], maxExceptions: 5000 },
  vm: { blockGasLimit: U64_MAX, txsPerProposal: 100, optimisticFilterPercent: 90 },
  sync: {
    intervalMs: 10 * SECOND,
    gossipDurationMs: 15 * SECOND,
    outOfSyncThresholdLayers: 3,
    epochEndFraction: 0.5,
    tallyFrequency: 0.25,
    maxStaleMs: SECOND,
    meshAgreement: true,
    malfeasanceIntervalMs: 30 * MINUTE,
    atxs: { epochInfoIntervalMs: 4 * HOUR, epochInfoPeers: 2, requestLimit: 10 },
    pruneIntervalMs: 30 * MINUTE,
    pruneActiveSetsAfterEpoch: 0,
  },
  p2p: {
    bootnodes: [],
    minPeers: 20,
    lowPeers: 40,
    highPeers: 100,
    privateNetwork: true,
    peersync: true,
  },
  services: { api: [], explorer: null, dashboard: null },
} satisfies Partial<{ [K in keyof NetworkConfig]: unknown }>
