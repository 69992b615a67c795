import type { Ballot } from '../protocol/ballot.ts'
import type { Block } from '../protocol/block.ts'
import type { Account, TransactionResult, TxHeader } from '../protocol/transaction.ts'

/**
 * What is kept, store by store, as it lies in the back end. Keys are text (keys.ts); ids in keys are
 * lower-case hex. An index store's key ends with the id that it points to, which is its value too.
 * A change of a record's shape raises {@link SCHEMA_VERSION} and adds a migration.
 */
export interface Schema {
  /** One record a name: network document, clock, wallet, settings. */
  meta: unknown

  /** ATX id → ATX. */
  atxs: AtxRow
  /** smesher / publish epoch / arrival / id. */
  atxsBySmesher: Uint8Array
  /** publish epoch / id. */
  atxsByEpoch: Uint8Array
  /** smesher / previous id / id. */
  atxsByPrevious: Uint8Array
  /** ATX id / smesher → units declared. */
  atxUnits: number
  /** smesher → first proof. */
  malfeasance: MalfeasanceRow
  /** PoET proof ref → the message that brought it. */
  poetProofs: PoetProofRow

  /** Ballot id → ballot. */
  ballots: BallotRow
  /** layer / arrival number / id. */
  ballotsByLayer: Uint8Array
  /** ATX id / layer / id. */
  ballotsByAtx: Uint8Array
  /** Hash → active set. */
  activeSets: ActiveSetRow
  /** Target epoch → the own active set, chosen once. */
  preparedSets: PreparedSetRow
  /** Block id → block. */
  blocks: Block
  /** Layer → what was applied there. */
  layers: LayerRow

  /** address → newest version of the account. */
  accounts: Account
  /** Transaction id → transaction. */
  txs: TxRow
  /** Understood and not applied: principal / nonce / receipt / id. */
  txsPending: Uint8Array
  /** Transaction id / `b` for a block or `p` for a proposal / layer → id of that. */
  txInclusions: Uint8Array
  /** Address / layer / place in the layer → what happened to its balance there. */
  history: HistoryRow
  /** Coinbase / layer / smesher → what it was paid. */
  rewards: RewardRow

  /** Number, ascending → what the person was told. */
  events: EventRow

  /** node id → where its smesher stands between two ATXs; the record is activation's. */
  smeshing: unknown

  /** Embedded PoET: round / node id → challenge. */
  poetMembers: PoetMemberRow
  /** round → the closed round, until its outcome is there. */
  poetClosed: PoetRoundRow
  /** round → the prover's snapshot; the record is poet's. */
  poetCheckpoints: unknown
  /** round → its outcome, for ever. */
  poetOutcomes: PoetOutcomeRow

  /** genesis id / node id / slot → what was signed there. */
  journal: Uint8Array
  /** genesis id / node id → counter and head of its journal. */
  journalHeads: JournalHeadRow
}

export interface AtxRow {
  id: Uint8Array
  version: 1 | 2
  publishEpoch: number
  sequence: bigint
  prevAtxId: Uint8Array
  positioningAtxId: Uint8Array
  commitmentAtxId: Uint8Array | undefined
  smesherId: Uint8Array
  coinbase: Uint8Array
  numUnits: number
  effectiveNumUnits: number
  vrfNonce: bigint
  baseTickHeight: bigint
  tickCount: bigint
  weight: bigint
  receivedNs: bigint
  validity: 'unknown' | 'valid' | 'invalid'
  blob: Uint8Array
}

export interface MalfeasanceRow {
  smesherId: Uint8Array
  bytes: Uint8Array
  receivedNs: bigint
}

export interface PoetProofRow {
  message: Uint8Array
}

export interface PoetMemberRow {
  nodeId: Uint8Array
  challenge: Uint8Array
}

export interface PoetRoundRow {
  round: number
  statement: Uint8Array
  challenges: Uint8Array[]
}

export type PoetOutcomeRow =
  | (PoetRoundRow & { kind: 'proof'; proof: Uint8Array; leafCount: bigint })
  | (PoetRoundRow & { kind: 'skipped' })

export interface BallotRow {
  id: Uint8Array
  ballot: Ballot
  malicious: boolean
}

export interface ActiveSetRow {
  epoch: number
  set: readonly Uint8Array[]
}

export interface PreparedSetRow {
  id: Uint8Array
  weight: bigint
  set: readonly Uint8Array[]
}

export interface LayerRow {
  layer: number
  /** 20 bytes; zeros for an empty layer. */
  appliedBlock: Uint8Array
  stateHash: Uint8Array | null
  aggregatedHash: Uint8Array
}

export interface TxRow {
  id: Uint8Array
  raw: Uint8Array
  header?: TxHeader | undefined
  receivedNs: bigint
  result?: TransactionResult | undefined
}

/** One line of an account's history: a transaction that it sent or received, or a reward. */
export interface HistoryRow {
  layer: number
  kind: 'tx' | 'reward'
  /** Transaction id; for a reward the smesher. */
  id: Uint8Array
  /** Smidge. */
  amount: bigint
}

export interface EventRow {
  id: number
  atMs: number
  level: 'info' | 'success' | 'warning' | 'error'
  code: string
  context: Record<string, string | number>
}

export interface RewardRow {
  layer: number
  coinbase: Uint8Array
  smesherId: Uint8Array
  /** Smidge, fees included. */
  total: bigint
  /** Smidge without fees. */
  layerReward: bigint
}

export interface JournalHeadRow {
  fence: number
  head: Uint8Array | undefined
}

export const SCHEMA_VERSION = 1

/** Stores added by each version, first version first. */
export const STORES_BY_VERSION: (keyof Schema & string)[][] = [
  [
    'meta',
    'atxs',
    'atxsBySmesher',
    'atxsByEpoch',
    'atxsByPrevious',
    'atxUnits',
    'malfeasance',
    'poetProofs',
    'ballots',
    'ballotsByLayer',
    'ballotsByAtx',
    'activeSets',
    'preparedSets',
    'blocks',
    'layers',
    'accounts',
    'txs',
    'txsPending',
    'txInclusions',
    'history',
    'rewards',
    'events',
    'smeshing',
    'poetMembers',
    'poetClosed',
    'poetCheckpoints',
    'poetOutcomes',
    'journal',
    'journalHeads',
  ],
]
