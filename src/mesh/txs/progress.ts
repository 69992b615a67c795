import { TxStatus, type Account } from '../../protocol/transaction.ts'
import type { StoredTx } from './store.ts'
import { txRefusal, type TxRefusal } from './verdict.ts'

/** Where a transaction stands. Spec 02 §10.7. */
export type TxProgress =
  | { state: 'unknown' }
  /** Stored, but not understood so far. */
  | { state: 'pending' }
  /** Valid, waits for a block; `includedIn` is the layer of a proposal or block that names it. */
  | { state: 'mempool'; includedIn?: number }
  | { state: 'applied' | 'failed'; layer: number; block: Uint8Array; message: string; fee: bigint }
  /** Will never be applied. */
  | { state: 'rejected'; refusal: TxRefusal }

/** @param now - the principal's account, and the layer that names the transaction, if any */
export function txProgress(
  tx: StoredTx | undefined,
  now: { account?: Account | undefined; includedIn?: number | undefined } = {},
): TxProgress {
  if (!tx) return { state: 'unknown' }
  if (tx.result) {
    const { status, layer, block, fee } = tx.result
    const message = new TextDecoder().decode(tx.result.message)
    return {
      state: status === TxStatus.success ? 'applied' : 'failed',
      layer,
      block,
      message,
      fee,
    }
  }
  if (!tx.header) return { state: 'pending' }
  const expected = now.account?.nextNonce ?? 0n
  const { nonce } = tx.header
  if (nonce < expected) {
    const refusal = txRefusal('NONCE_TOO_LOW', { nonce: `${nonce}`, expected: `${expected}` })
    return { state: 'rejected', refusal }
  }
  const { includedIn } = now
  return includedIn === undefined ? { state: 'mempool' } : { state: 'mempool', includedIn }
}
