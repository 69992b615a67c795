import { fromHex } from '../../util/bytes.ts'
import { U32_MAX } from '../../util/u64.ts'
import { DOCUMENT_FORMAT, type NetworkConfig } from '../schema.ts'
import { hare3, hare4, HOUR, MINUTE, SECOND } from './defaults.ts'
import { mainnetAccounts } from './mainnet-accounts.ts'

const bootnode = (number: number, peer: string) =>
  `/dns4/mainnet-bootnode-${number}.spacemesh.network/tcp/5000/p2p/12D3KooW${peer}`

const poetServer = (host: string, pubkey: string) => ({
  address: `https://${host}.spacemesh.network`,
  pubkey: fromHex(pubkey),
})

/** Mainnet as of v1.7.6. Spec 01 §3.1, 02 §1, 03 §1, 04 §1, 05, 06 §1, 07 §1, 08 §1. */
export const mainnet: NetworkConfig = {
  format: DOCUMENT_FORMAT,
  name: 'mainnet',
  hrp: 'sm',
  genesis: {
    timeMs: Date.UTC(2023, 6, 14, 8),
    extraData: '00000000000000000001a6bc150307b5c1998045752b3c87eccf3c013036f3cc',
    accounts: mainnetAccounts(),
  },
  layers: { durationMs: 5 * MINUTE, layersPerEpoch: 4032, averageSize: 50 },
  post: {
    labelsPerUnit: 2n ** 32n,
    minNumUnits: 4,
    maxNumUnits: U32_MAX,
    defaultNumUnits: 4,
    k1: 26,
    k2: 37,
    k3: 1,
    powDifficulty: fromHex('000dfb23b0979b4b'.padEnd(64, '0')),
    scryptN: 8192,
    maxFileSizeBytes: 2n ** 32n,
    computeBatchSize: 2 ** 20,
    provingNonces: 288,
    randomxMode: 'fast',
  },
  poet: {
    phaseShiftMs: 240 * HOUR,
    cycleGapMs: 12 * HOUR,
    gracePeriodMs: HOUR,
    positioningTimeoutMs: 50 * MINUTE,
    tickSize: 9_331_200n,
    requestTimeoutMs: 1100 * SECOND,
    requestRetryDelayMs: 10 * SECOND,
    maxRequestRetries: 10,
    infoCacheMs: 5 * MINUTE,
    powParamsCacheMs: 5 * MINUTE,
    servers: [
      poetServer(
        'mainnet-poet-0',
        '7059ea092e68111ec6397e7bea83ed6a197107fd72f7968389b74aed11d01558',
      ),
      poetServer(
        'mainnet-poet-1',
        '421d5e7f1638621a180445ca3d388727f6bb9f51ac965452cb079028ede3ee6d',
      ),
      poetServer('poet-110', 'f10aa089dfb7edec98ee293e100e3b35de53ad08d7a256efd8c7608abdb8dcda'),
      poetServer('poet-111', '71a215d189b9f4bdd1a9b5402fa52b08fc2bfb3fa5c1ed93063e7b4169c082d3'),
      poetServer('poet-112', 'e69fe63ef9aa87076f7fc534195acdabff4837f1e6663e610a414b00dd388351'),
    ],
  },
  activation: {
    gradeDelayMs: 30 * MINUTE,
    goodAtxsPercent: 90,
    regossipIntervalMs: 2 * HOUR,
    postValidDelayMs: null,
    versions: [],
    activeSet: { windowMs: 60 * MINUTE, retryMs: MINUTE, tries: 20 },
  },
  eligibility: { minimalWeights: [{ epoch: 0, weight: 1_000_000n }], confidenceLayers: 200 },
  beacon: {
    rounds: 0,
    graceMs: 10 * MINUTE,
    proposalMs: 4 * MINUTE,
    firstVotingMs: 30 * MINUTE,
    votingMs: 4 * MINUTE,
    weakCoinMs: 4 * MINUTE,
    kappa: 40,
    q: [1, 3],
    theta: [1, 4],
    votesLimit: 100,
    syncWeightUnits: 800,
  },
  hare3: {
    ...hare3,
    enableLayer: 35_117,
    committee: 400,
    committeeUpgrade: { layer: 105_720, committee: 50 },
  },
  hare4,
  certifier: { committee: 200 },
  tortoise: {
    hdist: 10,
    zdist: 2,
    windowLayers: 4032,
    historicalWindows: [{ startLayer: 0, endLayer: 30_000, windowLayers: 10_000 }],
    maxExceptions: 1000,
    badBeaconVoteDelayLayers: 4032,
  },
  vm: { blockGasLimit: 100_107_000n, txsPerProposal: 700, optimisticFilterPercent: 90 },
  sync: {
    standalone: false,
    intervalMs: MINUTE,
    gossipDurationMs: 50 * SECOND,
    outOfSyncThresholdLayers: 36,
    epochEndFraction: 0.8,
    tallyFrequency: 0,
    maxStaleMs: HOUR,
    meshAgreement: false,
    malfeasanceIntervalMs: 30 * MINUTE,
    atxs: { epochInfoIntervalMs: 4 * HOUR, epochInfoPeers: 2, requestLimit: 10 },
    pruneIntervalMs: 30 * MINUTE,
    pruneActiveSetsAfterEpoch: 12,
  },
  p2p: {
    bootnodes: [
      bootnode(0, 'PStnitMbLyWAGr32gHmPr538mT658Thp6zTUujZt3LRf'),
      bootnode(2, 'AsMgXLpyGdsRNjHBF3FaXwnXhyMEqWQYBXUpvCHNzFNK'),
      bootnode(4, 'RcTWDHzptnhJn5h6CtwnokzzMaDLcXv6oM9CxQEXd5FL'),
      bootnode(6, 'RS47KAs3ZLkBtE2AqjJCwxRYqZKmyLkvombJJdrca8Hz'),
      bootnode(8, 'FYv99aGbtXnZQy6UZxyf72NpkWJp3K4HS8Py35WhKtzE'),
      bootnode(10, 'HK5m83sNj2eNMJMGAngcS9gBja27ho83t79Q2CD4iRjQ'),
      bootnode(12, 'G4gk8GtMsAjYxHtbNC7oEoBTMRLbLDpKgSQMQkYBFRsw'),
      bootnode(14, 'RkZMjGNrQfRyeKQC9U58cUwAfyQMtjNsupixkBFag8AY'),
      bootnode(16, 'DAFRuFrMNgVQMDy8cgD71GLtPyYyfQzFxMZr2yUBgjHK'),
      bootnode(18, 'MJmdfwxDctuGGoTYJD8Wj9jubQBbPfrgrzzXaQ1RTKE6'),
    ],
    minPeers: 20,
    lowPeers: 40,
    highPeers: 100,
    privateNetwork: false,
    peersync: true,
  },
  bootstrap: { url: 'https://bootstrap.spacemesh.network/mainnet', beacons: 'none', epochs: [] },
  services: { api: [], explorer: null, dashboard: null },
}
