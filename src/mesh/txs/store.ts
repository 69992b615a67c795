import type { TransactionResult, TxHeader } from '../../protocol/transaction.ts'

/** A transaction as it is kept. */
export interface StoredTx {
  id: Uint8Array
  raw: Uint8Array
  /** Present once the bytes were understood and the signatures found valid. */
  header?: TxHeader | undefined
  /** Unix nanoseconds of the first receipt. */
  receivedNs: bigint
  /** Present while the transaction is applied; with its layer and block. */
  result?: TransactionResult | undefined
}

/** A proposal or block that names transactions. */
export interface Inclusion {
  kind: 'proposal' | 'block'
  layer: number
  /** 20 bytes. */
  id: Uint8Array
}

/**
 * What the mempool needs of storage. Results are not written through here: the executor stores
 * accounts, rewards, state hash and results of a layer in one transaction, and takes results away
 * again when it reverts; then it tells the mempool.
 */
export interface TxStore {
  get(id: Uint8Array): Promise<StoredTx | undefined>
  /** Inserts; of a known transaction sets the header, if one is given, and nothing else. */
  put(tx: StoredTx): Promise<void>
  /**
   * Transactions of a principal with header, without result and with nonce ≥ `fromNonce`, by nonce
   * and then by time of receipt. Indexes on (principal, nonce).
   */
  pendingOf(principal: Uint8Array, fromNonce: bigint): Promise<StoredTx[]>
  /** Every principal that has a transaction with header and without result, each once. */
  pendingPrincipals(): Promise<Uint8Array[]>
  /** Notes that a proposal or block names these transactions, known or not. */
  include(inclusion: Inclusion, txIds: readonly Uint8Array[]): Promise<void>
  /**
   * The lowest layer above `layer` with a block, or else with a proposal, that names the
   * transaction.
   */
  nextInclusion(txId: Uint8Array, layer: number): Promise<number | undefined>
}
