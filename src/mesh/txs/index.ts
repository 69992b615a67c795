/** Transactions on their way into blocks: mempool, choice for proposals, order in a block. */
export type { PoolTx } from './account-queue.ts'
export { ConservativeState } from './conservative-state.ts'
export type {
  AccountProjection,
  AppliedLayer,
  ConservativeStateModules,
  ConservativeStateOptions,
} from './conservative-state.ts'
export { blockSeed, orderTransactions, pruneByGas, shuffleInNonceOrder } from './order.ts'
export type { NonceTx } from './order.ts'
export { poolTx } from './pool-tx.ts'
export { selectTransactions } from './select.ts'
export type { TxProgress } from './progress.ts'
export type { Inclusion, StoredTx, TxStore } from './store.ts'
export type { Place, TxRefusal, TxRefusalCode, TxVerdict } from './verdict.ts'
