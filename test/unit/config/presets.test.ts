import { describe, expect, it } from 'vitest'

import {
  atxVersion,
  certifierParameters,
  checkConfig,
  fastnet,
  hareCommittee,
  localNetwork,
  mainnet,
  minimalWeight,
  networkDocument,
  parseNetworkDocument,
  proposalStoreCapacity,
  standalone,
  tallyEveryLayers,
  testnet,
  windowLayers,
} from '../../../src/config/index.ts'
import { hex } from '../../../src/util/bytes.ts'
import { U32_MAX, U64_MAX } from '../../../src/util/u64.ts'

const START = 1_700_000_000_000
const presets = [mainnet, testnet, fastnet(START), standalone(START), localNetwork(START)]
const [, , fast, alone, local] = presets as [
  never,
  never,
  typeof mainnet,
  typeof mainnet,
  typeof mainnet,
]

/** The tables of the spec, row by row: chapter, parameter, mainnet, fastnet, standalone. */
type Pick<T> = (config: typeof mainnet) => T
const tables: [string, string, Pick<unknown>, unknown, unknown, unknown][] = [
  ['06 §1', 'layer duration', (c) => c.layers.durationMs, 300_000, 15_000, 6_000],
  ['06 §1', 'layers per epoch', (c) => c.layers.layersPerEpoch, 4032, 4, 10],
  ['06 §1', 'layer average size', (c) => c.layers.averageSize, 50, 50, 50],
  ['06 §1', 'minimal weight', (c) => minimalWeight(c, 3), 1_000_000n, 0n, 0n],
  ['06 §1', 'hdist', (c) => c.tortoise.hdist, 10, 4, 2],
  ['06 §1', 'zdist', (c) => c.tortoise.zdist, 2, 2, 2],
  ['06 §1', 'beacon rounds', (c) => c.beacon.rounds, 0, 4, 4],
  [
    '06 §1',
    'beacon times',
    ({ beacon: b }) => [b.graceMs, b.proposalMs, b.firstVotingMs, b.votingMs, b.weakCoinMs],
    [600_000, 240_000, 1_800_000, 240_000, 240_000],
    [30_000, 2_000, 10_000, 2_000, 2_000],
    [30_000, 2_000, 10_000, 2_000, 2_000],
  ],
  ['06 §1', 'kappa', (c) => c.beacon.kappa, 40, 40, 40],
  [
    '06 §1',
    'q, theta',
    (c) => [c.beacon.q, c.beacon.theta],
    ...same([
      [1, 3],
      [1, 4],
    ]),
  ],
  ['06 §1', 'votes limit', (c) => c.beacon.votesLimit, 100, 100, 100],
  ['06 §1', 'BeaconSyncWeightUnits', (c) => c.beacon.syncWeightUnits, 800, 10, 10],
  ['06 §1', 'hare3 enable', (c) => c.hare3.enableLayer, 35_117, 0, 0],
  ['06 §1', 'hare3 disable', (c) => c.hare3.disableLayer, U32_MAX, U32_MAX, U32_MAX],
  ['06 §1', 'committee early', (c) => hareCommittee(c, 105_719), 400, 800, 800],
  ['06 §1', 'committee late', (c) => hareCommittee(c, 105_720), 50, 800, 800],
  [
    '06 §1',
    'leaders, iterations',
    (c) => [c.hare3.leaders, c.hare3.iterationLimit],
    [5, 4],
    [10, 2],
    [5, 4],
  ],
  ['06 §1', 'preround delay', (c) => c.hare3.preroundDelayMs, 25_000, 3_000, 1_000],
  ['06 §1', 'round duration', (c) => c.hare3.roundDurationMs, 12_000, 700, 100],
  ['06 §1', 'hare topic', (c) => c.hare3.topic, '/h/3.0', '/h/3.0', '/h/3.0'],
  ['06 §1', 'hare4', (c) => c.hare4.enabled, false, false, false],
  ['06 §1', 'confidence', (c) => c.eligibility.confidenceLayers, 200, 2, 2],
  ['06 §1', 'certify committee', (c) => certifierParameters(c).committee, 200, 800, 800],
  ['06 §1', 'certify threshold', (c) => certifierParameters(c).threshold, 101, 401, 401],
  [
    '06 §1',
    'certify buffer, kept',
    (c) => [certifierParameters(c).layerBuffer, certifierParameters(c).layersKept],
    ...same([2, 4]),
  ],
  ['06 §1', 'optimistic filter', (c) => c.vm.optimisticFilterPercent, 90, 90, 90],
  ['06 §1', 'block gas', (c) => c.vm.blockGasLimit, 100_107_000n, U64_MAX, U64_MAX],
  ['06 §1', 'peersync', (c) => c.p2p.peersync, true, true, false],
  ['07 §1', 'window', (c) => windowLayers(c, 30_001), 4032, 1000, 1000],
  ['07 §1', 'window of old layers', (c) => windowLayers(c, 30_000), 10_000, 1000, 1000],
  ['07 §1', 'max exceptions', (c) => c.tortoise.maxExceptions, 1000, 5000, 5000],
  ['07 §1', 'bad beacon delay', (c) => c.tortoise.badBeaconVoteDelayLayers, 4032, 2, 10],
  ['07 §1', 'txs per proposal', (c) => c.vm.txsPerProposal, 700, 100, 100],
  [
    '07 §1',
    'grade delay, good %',
    (c) => [c.activation.gradeDelayMs, c.activation.goodAtxsPercent],
    [1_800_000, 90],
    [1_000, 50],
    [10_000, 90],
  ],
  ['07 §1', 'prune every', (c) => c.sync.pruneIntervalMs, 1_800_000, 60_000, 1_800_000],
  ['07 §1', 'prune active sets', (c) => c.sync.pruneActiveSetsAfterEpoch, 12, 0, 0],
  ['07 §1', 'tally every', (c) => tallyEveryLayers(c), 1, 1, 2],
  ['07 §1', 'store capacity', (c) => proposalStoreCapacity(c), 3, 3, 3],
  ['03 §1', 'labels per unit', (c) => c.post.labelsPerUnit, 4_294_967_296n, 128n, 64n],
  ['03 §1', 'units', (c) => [c.post.minNumUnits, c.post.maxNumUnits], [4, U32_MAX], [2, 4], [1, 2]],
  ['03 §1', 'k', (c) => [c.post.k1, c.post.k2, c.post.k3], [26, 37, 1], [12, 4, 1], [12, 4, 1]],
  [
    '03 §1',
    'pow',
    (c) => hex(c.post.powDifficulty),
    `000dfb23b0979b4b${'0'.repeat(48)}`,
    'f'.repeat(64),
    'f'.repeat(64),
  ],
  ['03 §1', 'scrypt N', (c) => c.post.scryptN, 8192, 2, 8192],
  ['03 §1', 'file size', (c) => c.post.maxFileSizeBytes, 2n ** 32n, 2n ** 32n, 2n ** 32n],
  ['03 §1', 'compute batch', (c) => c.post.computeBatchSize, 2 ** 20, 128, 2 ** 20],
  [
    '03 §1',
    'nonces, mode',
    (c) => [c.post.provingNonces, c.post.randomxMode],
    [288, 'fast'],
    [16, 'light'],
    [16, 'light'],
  ],
  ['04 §1', 'phase shift', (c) => c.poet.phaseShiftMs, 864_000_000, 30_000, 30_000],
  ['04 §1', 'cycle gap', (c) => c.poet.cycleGapMs, 43_200_000, 30_000, 30_000],
  ['04 §1', 'grace', (c) => c.poet.gracePeriodMs, 3_600_000, 10_000, 12_000],
  ['04 §1', 'positioning', (c) => c.poet.positioningTimeoutMs, 3_000_000, 8_000, 8_000],
  ['04 §1', 'tick size', (c) => c.poet.tickSize, 9_331_200n, 100n, 100n],
  [
    '04 §1',
    'requests',
    ({ poet: p }) => [p.requestTimeoutMs, p.requestRetryDelayMs, p.maxRequestRetries],
    [1_100_000, 10_000, 10],
    [12_000, 1_000, 3],
    [12_000, 1_000, 3],
  ],
  [
    '04 §1',
    'caches',
    ({ poet: p }) => [p.infoCacheMs, p.powParamsCacheMs],
    [300_000, 300_000],
    [60_000, 10_000],
    [60_000, 10_000],
  ],
  ['04 §1', 'PoETs', (c) => c.poet.servers.length, 5, 0, 1],
  ['08 §1', 'regossip', (c) => c.activation.regossipIntervalMs, 7_200_000, 30_000, 0],
  [
    '08 §1',
    'active set',
    ({ activation: { activeSet: a } }) => [a.windowMs, a.retryMs, a.tries],
    [3_600_000, 60_000, 20],
    [1_000, 1_000, 3],
    [1_000, 1_000, 3],
  ],
  ['08 §1', 'post valid delay', (c) => c.activation.postValidDelayMs, null, 43_200_000, 43_200_000],
  ['08 §1', 'ATX version', (c) => atxVersion(c, 100), 1, 1, 1],
  ['05 §5', 'sync interval', (c) => c.sync.intervalMs, 60_000, 5_000, 3_000],
  ['05 §5', 'gossip duration', (c) => c.sync.gossipDurationMs, 50_000, 10_000, 15_000],
  ['05 §5', 'out of sync', (c) => c.sync.outOfSyncThresholdLayers, 36, 3, 3],
  ['05 §5', 'epoch end', (c) => c.sync.epochEndFraction, 0.8, 0.5, 0.5],
  ['05 §5', 'stale', (c) => c.sync.maxStaleMs, 3_600_000, 1_000, 1_000],
  ['05 §5', 'mesh agreement', (c) => c.sync.meshAgreement, false, true, true],
  ['05 §4.2', 'malfeasance', (c) => c.sync.malfeasanceIntervalMs, 1_800_000, 20_000, 1_800_000],
  ['05 §1.5', 'min peers', (c) => c.p2p.minPeers, 20, 10, 20],
  ['02 §1', 'hrp', (c) => c.hrp, 'sm', 'stest', 'standalone'],
]

function same<T>(value: T): [T, T, T] {
  return [value, value, value]
}

describe('presets against the tables of the spec', () => {
  it.each(tables)('%s: %s', (_chapter, _name, pick, main, fastnetValue, standaloneValue) => {
    expect([pick(mainnet), pick(fast), pick(alone)]).toEqual([main, fastnetValue, standaloneValue])
  })

  it('testnet, where chapters 02, 03, 04, 05 and 06 give it', () => {
    expect(testnet.layers.layersPerEpoch).toBe(288)
    expect(testnet.post).toMatchObject({
      labelsPerUnit: 1024n,
      minNumUnits: 2,
      k1: 26,
      k2: 37,
      k3: 1,
    })
    expect(hex(testnet.post.powDifficulty)).toBe('f'.repeat(64))
    expect(testnet.poet).toMatchObject({ phaseShiftMs: 43_200_000, cycleGapMs: 7_200_000 })
    expect(testnet.poet).toMatchObject({ gracePeriodMs: 600_000, tickSize: 666_514n })
    expect(testnet.hare3).toMatchObject({ enableLayer: 7366, topic: '', committee: 800 })
    expect(testnet.beacon.rounds).toBe(20)
    expect(minimalWeight(testnet, 9)).toBe(10_000n)
    expect(testnet.eligibility.confidenceLayers).toBe(20)
    expect(testnet.sync).toMatchObject({ outOfSyncThresholdLayers: 10, epochEndFraction: 0.5 })
  })

  it('mainnet has 28 vaults with 150 000 000 SMH', () => {
    expect(mainnet.genesis.accounts).toHaveLength(28)
    const total = mainnet.genesis.accounts.reduce((sum, { balance }) => sum + balance, 0n)
    expect(total).toBe(150_000_000n * 10n ** 9n)
  })

  it.each(presets)('$name passes its start-up checks', (config) => {
    expect(checkConfig(config)).toEqual([])
  })

  it.each(presets)('$name survives its document', (config) => {
    expect(parseNetworkDocument(networkDocument(config))).toEqual(config)
  })

  it('local: standalone with layers of two seconds, and a reward about a minute after genesis', () => {
    expect(local).toMatchObject({
      hrp: 'standalone',
      layers: { durationMs: 2000, layersPerEpoch: 10, averageSize: 10 },
      post: { labelsPerUnit: 512n, minNumUnits: 1, maxNumUnits: 1, defaultNumUnits: 1 },
      poet: { phaseShiftMs: 10_000, cycleGapMs: 10_000, gracePeriodMs: 2000, tickSize: 100n },
      beacon: { rounds: 0 },
      sync: { standalone: true },
    })
    expect(localNetwork(START + 1).genesis.timeMs).toBe(START + 1000)
  })
})
