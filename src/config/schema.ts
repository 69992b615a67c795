import * as v from 'valibot'

import {
  bytes,
  count,
  flag,
  list,
  milliseconds,
  ratio,
  share,
  text,
  time,
  u64,
  url,
} from './fields.ts'

/** The only `format` understood so far; a document of another shape gets another name. */
export const DOCUMENT_FORMAT = 'smesh-network-1' as const

const genesis = v.strictObject({
  /** Start of layer 0. Its whole seconds are hashed into the genesis id. */
  timeMs: time(),
  /** Hashed as text, 1 to 255 bytes. */
  extraData: text('1 to 255 printable ASCII characters', /^[\x20-\x7e]{1,255}$/),
  /** Accounts that exist before layer 0, smidge. */
  accounts: list(v.strictObject({ address: bytes(24), balance: u64() }), 10_000),
})

const layers = v.strictObject({
  durationMs: milliseconds(100),
  layersPerEpoch: count(2),
  /** Proposals that a layer has on average, over all smeshers. */
  averageSize: count(1),
})

const post = v.strictObject({
  /** Labels in one unit of space; 16 stored bytes each. */
  labelsPerUnit: u64(1n),
  minNumUnits: count(1),
  maxNumUnits: count(1),
  /** Units that a screen offers first. */
  defaultNumUnits: count(1),
  k1: count(1),
  k2: count(1),
  k3: count(1),
  /** Big-endian; all ones means that every nonce passes. */
  powDifficulty: bytes(32),
  /** scrypt N; r and p are 1. */
  scryptN: count(2),
  /** Largest data file, bytes. */
  maxFileSizeBytes: u64(1024n),
  /** Labels in one batch of a VRF nonce search past the end of the data: decides which is found. */
  computeBatchSize: count(1),
  /** Nonces tried in one pass over the data. */
  provingNonces: count(16),
  randomxMode: v.picklist(['fast', 'light'], 'must be "fast" or "light"'),
})

const poet = v.strictObject({
  /** From the start of an epoch to the start of its round. */
  phaseShiftMs: milliseconds(),
  /** From the end of a round to the start of the next. */
  cycleGapMs: milliseconds(1),
  /** A challenge is built this long before the round starts. */
  gracePeriodMs: milliseconds(),
  /** Budget for the search of a positioning ATX, from the start of the grace period. */
  positioningTimeoutMs: milliseconds(),
  /** Leaves in one tick. */
  tickSize: u64(1n),
  requestTimeoutMs: milliseconds(1),
  requestRetryDelayMs: milliseconds(1),
  maxRequestRetries: count(0),
  infoCacheMs: milliseconds(),
  powParamsCacheMs: milliseconds(),
  /** Empty: the node runs its own embedded PoET. A null key is learned at run time. */
  servers: list(v.strictObject({ address: url(), pubkey: v.nullable(bytes(32)) }), 32),
})

const activation = v.strictObject({
  /** δ of the grading rule, spec 08 §8. */
  gradeDelayMs: milliseconds(),
  /** Good ATXs must be more than this part of all, percent. */
  goodAtxsPercent: count(0, 100),
  /** Own ATX is published again at this interval; 0 = never. */
  regossipIntervalMs: milliseconds(),
  /** An ATX this old counts as verified in the chain check; null = never. */
  postValidDelayMs: v.nullable(milliseconds()),
  /** Wire version of ATXs from a publish epoch on; empty = version 1. */
  versions: list(v.strictObject({ epoch: count(), version: count(1, 2) }), 16),
  activeSet: v.strictObject({
    /** Preparation starts this long before the epoch. */
    windowMs: milliseconds(),
    retryMs: milliseconds(1),
    tries: count(1),
  }),
})

const eligibility = v.strictObject({
  /** Least weight that counts as the whole, from an epoch on. */
  minimalWeights: list(v.strictObject({ epoch: count(), weight: u64() }), 64),
  /** Layers after which the Hare oracle uses the active set of the new epoch. */
  confidenceLayers: count(),
})

const beacon = v.strictObject({
  /** 0: the beacon protocol does not run and beacons come from `bootstrap` and ballots. */
  rounds: count(),
  graceMs: milliseconds(),
  proposalMs: milliseconds(1),
  firstVotingMs: milliseconds(1),
  votingMs: milliseconds(1),
  weakCoinMs: milliseconds(1),
  kappa: count(1),
  q: ratio(),
  theta: ratio(),
  votesLimit: count(1, 1000),
  /** Eligibilities seen in ballots before their majority beacon is adopted. */
  syncWeightUnits: count(1),
})

const hare = v.strictObject({
  enabled: flag(),
  /** First layer of this version of the protocol. */
  enableLayer: count(),
  /** First layer no longer served. */
  disableLayer: count(),
  committee: count(1),
  /** Another committee size from a layer on. */
  committeeUpgrade: v.nullable(v.strictObject({ layer: count(), committee: count(1) })),
  leaders: count(1),
  iterationLimit: count(1, 255),
  preroundDelayMs: milliseconds(),
  roundDurationMs: milliseconds(1),
  /** Gossip topic; testnet's is the empty string. */
  topic: text('at most 100 characters', /^[^]{0,100}$/),
})

const certifier = v.strictObject({
  /** null: the Hare committee. */
  committee: v.nullable(count(1)),
})

const tortoise = v.strictObject({
  /** Layers for which the Hare output is the local opinion. */
  hdist: count(1),
  /** Layers to wait before an undecided layer is closed as empty. */
  zdist: count(1),
  windowLayers: count(1),
  /** Windows of past layers, start and end included; the first match wins. */
  historicalWindows: list(
    v.strictObject({ startLayer: count(), endLayer: count(), windowLayers: count(1) }),
    16,
  ),
  maxExceptions: count(0, 10_000),
  /** 0 means layersPerEpoch. */
  badBeaconVoteDelayLayers: count(),
})

const vm = v.strictObject({
  blockGasLimit: u64(1n),
  txsPerProposal: count(1),
  /** Part of the eligibilities that must agree on the mesh for an optimistic block, percent. */
  optimisticFilterPercent: count(0, 100),
})

const sync = v.strictObject({
  /** True where there are no peers to learn from. */
  standalone: flag(),
  intervalMs: milliseconds(1),
  gossipDurationMs: milliseconds(),
  outOfSyncThresholdLayers: count(1),
  epochEndFraction: share(),
  /** Part of an epoch between two tallies while syncing; 0 = every layer. */
  tallyFrequency: share(),
  maxStaleMs: milliseconds(),
  meshAgreement: flag(),
  malfeasanceIntervalMs: milliseconds(1),
  atxs: v.strictObject({
    epochInfoIntervalMs: milliseconds(1),
    epochInfoPeers: count(1),
    requestLimit: count(1),
  }),
  pruneIntervalMs: milliseconds(1),
  /** Active sets of older epochs go once the current epoch is above this. */
  pruneActiveSetsAfterEpoch: count(),
})

const p2p = v.strictObject({
  /** Multiaddresses of nodes to join by. */
  bootnodes: list(
    text('a multiaddress such as "/dns4/host/tcp/5000/p2p/12D3…"', /^\/\S{3,500}$/),
    64,
  ),
  minPeers: count(0),
  lowPeers: count(0),
  highPeers: count(1),
  /** True on loopback and local networks: private addresses are dialled too. */
  privateNetwork: flag(),
  /** Compare clocks with peers. */
  peersync: flag(),
})

const bootstrap = v.strictObject({
  /** Base address of the bootstrap service, spec 06 §8; null where there is none. */
  url: v.nullable(url()),
  /**
   * Beacons of epochs that `epochs` does not list. `none`: there is none. `genesis`: the first
   * epoch with ballots takes the first four bytes of the genesis id, as the reference's standalone
   * node does. `derived`: that, and every later epoch a value hashed from the genesis id and its
   * number, for a network of one participant, where nobody is there to agree with.
   */
  beacons: v.picklist(['none', 'genesis', 'derived'], 'must be "none", "genesis" or "derived"'),
  /** What the network gives for single target epochs; null = no override. */
  epochs: list(
    v.strictObject({
      epoch: count(),
      beacon: v.nullable(bytes(4)),
      activeSet: v.nullable(list(bytes(32), 8_000_000)),
    }),
    1000,
  ),
})

const services = v.strictObject({
  /** Public JSON APIs, preferred first. */
  api: list(url(), 32),
  explorer: v.nullable(url()),
  dashboard: v.nullable(url()),
})

/** Everything that a node must know to take part in a network, in one document. */
export const NetworkSchema = v.strictObject({
  format: v.literal(DOCUMENT_FORMAT, `must be "${DOCUMENT_FORMAT}"`),
  name: text('a name of lower-case letters, digits and dashes', /^[a-z0-9][a-z0-9-]{0,39}$/),
  /** Human-readable part of addresses. */
  hrp: text('1 to 20 lower-case letters', /^[a-z]{1,20}$/),
  genesis,
  layers,
  post,
  poet,
  activation,
  eligibility,
  beacon,
  hare3: hare,
  hare4: hare,
  certifier,
  tortoise,
  vm,
  sync,
  p2p,
  bootstrap,
  services,
})

/** The parameters of one network. Passed in wherever it is needed, never a global. */
export type NetworkConfig = v.InferOutput<typeof NetworkSchema>
/** The document as JSON holds it. */
export type NetworkDocument = v.InferInput<typeof NetworkSchema>
export type HareConfig = NetworkConfig['hare3']
