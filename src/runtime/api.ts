/**
 * The node as its users see it: one typed interface, reached through comlink from a tab, in process
 * from a terminal. Everything in here survives a structured clone. Ids and addresses are text
 * (lower-case hex, bech32), amounts are smidge (1 SMH = 10^9 smidge) as BigInt, times are
 * milliseconds of the network's clock unless a name says otherwise.
 */
export interface NodeApi {
  /** The present state. Every later change is broadcast, see {@link STATE_CHANNEL}. */
  state(): Promise<NodeState>

  /**
   * First visit: makes a wallet and a smesher identity, starts the local network at this moment and
   * begins to commit space. Later calls answer `ALREADY_STARTED` and change nothing.
   *
   * Errors: `ALREADY_STARTED`, `UNITS_OUT_OF_RANGE`, `UNIT_SIZE_UNKNOWN`, `STORAGE_FULL`,
   * `NO_FILE_STORAGE`, `NO_GPU`.
   */
  begin(options: BeginOptions): Promise<void>

  /**
   * Smeshes again after {@link stopSmeshing} or a failure, or with another size, device or coinbase:
   * what runs is stopped first. What is left out keeps its last value. Errors: as {@link begin},
   * `ALREADY_SMESHING` when just that is under way, and those of addresses.
   */
  startSmeshing(options: Partial<SmeshingOptions>): Promise<void>

  /** Stops at the next label batch; files keep what they hold. No effect unless labels are made. */
  pauseInit(): Promise<void>
  /** Goes on with the first missing label. No effect unless paused. */
  resumeInit(): Promise<void>

  /**
   * Ends PoST and ATX work; an identity with an ATX for this epoch keeps making proposals (spec 08
   * §2). `deleteData` removes labels, proofs and registrations, never the sign journal.
   */
  stopSmeshing(options: { deleteData: boolean }): Promise<void>

  /** What a transfer would cost, checked as {@link send} checks it. Errors: as {@link send}. */
  estimate(transfer: Transfer): Promise<TransferPlan>

  /**
   * Signs and submits; a first transfer of an account is preceded by its spawn.
   * Errors: `ADDRESS_MALFORMED`, `ADDRESS_CHECKSUM`, `ADDRESS_LENGTH`, `ADDRESS_NETWORK`,
   * `ADDRESS_RESERVED`, `AMOUNT_ZERO`, `INSUFFICIENT_BALANCE`, `UNKNOWN_ACCOUNT`, `TX_REJECTED`.
   */
  send(transfer: Transfer): Promise<{ txIds: string[] }>

  /** Another account of the same mnemonic. */
  addAccount(name: string): Promise<AccountState>

  /** Newest first; `before` is the `cursor` of the last row of the previous page. */
  history(query: { address: string; limit: number; before?: string }): Promise<HistoryRow[]>
  /** Rewards of a coinbase, newest first. */
  rewards(query: { coinbase: string; limit: number; before?: string }): Promise<RewardRow[]>
  /** Newest first, at most the last 500 are kept. */
  events(query: { limit: number }): Promise<EventRow[]>
  transaction(id: string): Promise<HistoryRow | undefined>

  /** The wallet's words, for the person to write down. */
  revealMnemonic(): Promise<string>
  /** The person says that the words are written down: the reminder goes away. */
  confirmBackup(): Promise<void>

  /** Bytes on disk by kind, measured now. */
  storage(): Promise<StorageReport>

  /**
   * Stops everything and deletes wallet, identity, journal, chain and labels of this network.
   * Afterwards the state is `fresh`. The only call that deletes a sign journal: with it goes the key.
   */
  wipe(): Promise<void>
}

/** Name of the BroadcastChannel on which the hosting node posts every {@link NodeState}. */
export const STATE_CHANNEL = 'smesh/state'

export interface SmeshingOptions {
  /** Space units of `post.labelsPerUnit` labels of 16 bytes. */
  numUnits: number
  /** Who makes the labels; `auto` takes the GPU where one works, else the CPU. */
  provider: 'auto' | 'gpu' | 'cpu'
  /** Bech32 address that is paid; the wallet's first account when left out. */
  coinbase?: string
}

export interface BeginOptions extends SmeshingOptions {
  /** Labels in one unit of the local network that is made, one of {@link Offer.unitLabels}. */
  unitLabels: bigint
}

/** What a first visit may choose. A local network's smesher commits one unit. */
export interface Offer {
  /** Unit sizes in labels of 16 bytes, ascending. */
  unitLabels: readonly bigint[]
  defaultUnitLabels: bigint
}

export interface Transfer {
  /** Bech32 address of a wallet account. */
  from: string
  to: string
  /** Smidge. */
  amount: bigint
  /** Smidge per unit of gas; 1 when left out. */
  gasPrice?: bigint
}

export interface TransferPlan {
  /** Fee of the transfer itself, smidge. */
  fee: bigint
  /** Fee of the spawn that must go first; 0 when the account is spawned already. */
  spawnFee: bigint
  /** amount + fee + spawnFee. */
  total: bigint
  /** Balance less what pending transactions may take. */
  available: bigint
  /** Nonce of the transfer. */
  nonce: bigint
}

export interface NodeState {
  /** Rises with every change, from any leader of this origin. */
  revision: number
  phase: NodePhase
  /** Why `phase` is `failed`. */
  failure?: Problem
  /** In phase `fresh` only. */
  offer?: Offer
  network?: NetworkState
  clock?: ClockState
  device: DeviceState
  smeshing: SmeshingState
  wallet?: WalletState
  chain?: ChainState
  /** Conditions that the person should know, newest first; each goes away with its cause. */
  problems: Problem[]
}

/** fresh: nothing was ever started here, or all of it was wiped. */
export type NodePhase = 'opening' | 'fresh' | 'starting' | 'running' | 'wiping' | 'failed'

/** A coded condition, told to the person by the UI's catalogue. */
export interface Problem {
  code: string
  context: Record<string, string | number>
  atMs: number
}

export interface NetworkState {
  name: string
  genesisId: string
  genesisTimeMs: number
  /** Human-readable part of its addresses. */
  hrp: string
  layerDurationMs: number
  layersPerEpoch: number
  post: {
    labelsPerUnit: bigint
    minNumUnits: number
    maxNumUnits: number
    scryptN: number
  }
  poet: { phaseShiftMs: number; cycleGapMs: number }
}

/** Where network time stands. Between broadcasts a screen counts on by itself. */
export interface ClockState {
  layer: number
  epoch: number
  /** Network time when this state was made, and `Date.now()` of the host at that moment. */
  nowMs: number
  hostNowMs: number
  layerStartMs: number
  epochStartMs: number
  /** False while no tab hosts the node: local network time stands still then. */
  running: boolean
}

export interface DeviceState {
  gpu: { available: boolean; name?: string; fallback?: boolean; reason?: string }
  files: { available: boolean; reason?: string }
  cores: number
}

export type SmeshingPhase =
  | 'off' // nothing committed
  | 'init' // labels are being made
  | 'paused' // labels wait for the person
  | 'initialProof' // first PoST over zero bytes
  | 'waitingForRound' // until a PoET takes registrations
  | 'registering'
  | 'waitingForPoet' // registered, until the round ends
  | 'proving' // PoST over the PoET proof
  | 'publishing' // ATX signed, on its way
  | 'idle' // stopped; proposals may go on
  | 'retrying'
  | 'halted' // refuses to sign, see problem

export interface SmeshingState {
  phase: SmeshingPhase
  /** Node id of the smesher, hex. */
  nodeId?: string
  coinbase?: string
  numUnits?: number
  /** Bytes committed when all labels are made. */
  sizeBytes?: bigint
  init?: {
    done: bigint
    total: bigint
    /** Recent labels per second; 0 until measured. */
    rate: number
    /** Host milliseconds left at that rate; absent until measured. */
    leftMs?: number
    provider: 'gpu' | 'cpu'
    providerName: string
  }
  proof?: { nonces: number; done: bigint; total: bigint }
  poet?: { roundId: string; state: 'open' | 'executing' | 'done'; leaves: bigint; endMs: number }
  /** Publish epoch that the present work is for. */
  publishEpoch?: number
  /** When the next step is due, network time. */
  nextStepMs?: number
  /** Own ATXs, newest first, at most 10. */
  atxs: AtxRow[]
  /** Own eligible layers of this epoch with slots in each, once known. */
  eligible?: { epoch: number; layers: { layer: number; slots: number }[] }
  rewardsTotal: bigint
  rewardsCount: number
  problem?: Problem
}

export interface AtxRow {
  id: string
  publishEpoch: number
  targetEpoch: number
  numUnits: number
  ticks: bigint
  weight: bigint
  atMs: number
}

export interface WalletState {
  accounts: AccountState[]
  backedUp: boolean
}

export interface AccountState {
  name: string
  /** Derivation path, `m/44'/540'/0'/0'/i'`. */
  path: string
  address: string
  balance: bigint
  /** Balance less what pending transactions may take. */
  available: bigint
  nextNonce: bigint
  spawned: boolean
  pending: number
}

export interface ChainState {
  lastAppliedLayer: number
  /** State hash after that layer, hex. */
  stateHash: string
  /** Layers newest first, at most 20. */
  recent: LayerRow[]
  /** ATXs that target this epoch and their summed weight. */
  activeSmeshers: number
  epochWeight: bigint
}

export interface LayerRow {
  layer: number
  /** Absent for an empty layer. */
  blockId?: string
  txCount: number
  reward: bigint
  /** True when an own proposal is in the block. */
  own: boolean
}

export interface HistoryRow {
  cursor: string
  kind: 'sent' | 'received' | 'self' | 'spawn' | 'reward'
  id: string
  /** Absent until the transaction is in a layer. */
  layer?: number
  atMs: number
  counterparty?: string
  /** What this account gained (+) or spent without fee (−), smidge. */
  amount: bigint
  fee: bigint
  status: 'pending' | 'applied' | 'failed' | 'rejected'
  /** Why it failed, the network's text or a code. */
  message?: string
}

export interface RewardRow {
  cursor: string
  layer: number
  atMs: number
  total: bigint
  layerReward: bigint
}

export interface EventRow {
  id: number
  atMs: number
  level: 'info' | 'success' | 'warning' | 'error'
  /** Catalogue key; the UI has the sentence. */
  code: string
  context: Record<string, string | number>
}

export interface StorageReport {
  labelsBytes: bigint
  databaseBytes?: bigint
  usageBytes?: bigint
  quotaBytes?: bigint
  persisted: boolean
}
