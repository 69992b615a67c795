import type { RefusalContext } from '../../vm/index.ts'

/** Why the mempool does not take a transaction; those of the VM and its own. */
export interface TxRefusalContext extends RefusalContext {
  /** It is here already. */
  DUPLICATE: { id: string }
  /** Gas times price wraps to nothing. */
  ZERO_FEE: { gasPrice: string }
  /** With what is pending before it, the account cannot pay amount and fee; smidge. */
  INSUFFICIENT_FUNDS: { needed: string; available: string }
  /** The bytes are not those that were asked for. */
  WRONG_ID: { expected: string; got: string }
  /** The mempool holds as many transactions as it may. */
  MEMPOOL_FULL: { max: number }
  /** The account has sent too many that compete with its own others. */
  ACCOUNT_CROWDED: { max: number }
}
export type TxRefusalCode = keyof TxRefusalContext

export type TxRefusal = {
  [C in TxRefusalCode]: { code: C; context: TxRefusalContext[C] }
}[TxRefusalCode]

export const txRefusal = <C extends TxRefusalCode>(
  code: C,
  context: TxRefusalContext[C],
): TxRefusal => ({ code, context }) as TxRefusal

/** What becomes of an accepted transaction. */
export type Place =
  | 'pool' // offered to proposals
  | 'replaced' // so is it, in place of a cheaper one of its nonce
  | 'behind' // stored; a better one of its nonce is offered
  | 'store' // stored; the account has 100 nonces pending
  | 'known' // it was here before

/**
 * What to do with a message: relay, drop, or drop and cut off its sender.
 * No transaction that came by gossip is ever rejected. Spec 02 §10.1–10.2.
 */
export type TxVerdict =
  | { verdict: 'accept'; id: Uint8Array; place: Place }
  | { verdict: 'ignore' | 'reject'; id: Uint8Array; refusal: TxRefusal }
