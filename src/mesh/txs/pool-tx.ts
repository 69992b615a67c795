import type { TxHeader } from '../../protocol/transaction.ts'
import { wrap64 } from '../../util/u64.ts'
import type { PoolTx } from './account-queue.ts'

/** A verified transaction, as it is kept, in the form that ordering and selection weigh. */
export function poolTx(tx: { id: Uint8Array; header: TxHeader; receivedNs: bigint }): PoolTx {
  const { principal, nonce, maxGas, gasPrice, maxSpend } = tx.header
  const fee = wrap64(maxGas * gasPrice)
  const spending = wrap64(fee + maxSpend)
  return { id: tx.id, principal, nonce, maxGas, fee, spending, receivedNs: tx.receivedNs }
}
