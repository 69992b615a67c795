import type { Account } from '../protocol/transaction.ts'
import { hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'

import './errors.ts'

export interface GenesisBalance {
  address: Uint8Array
  /** Smidge. */
  balance: bigint
}

/** Coins of the mainnet genesis ledger: 150 000 000 SMH in 28 vaults that are not spawned yet. */
export const MAINNET_GENESIS_TOTAL = 150_000_000_000_000_000n

/**
 * Accounts as they are written at layer 0, before any layer is applied. Spec 02 §9.2, §11.1.
 *
 * @param options.total - what the balances must add up to, smidge
 * @throws {SmeshError} `GENESIS_DUPLICATE`, `GENESIS_SUM`
 */
export function genesisAccounts(
  ledger: readonly GenesisBalance[],
  { total }: { total?: bigint } = {},
): Account[] {
  const seen = new Set<string>()
  let sum = 0n
  for (const { address, balance } of ledger) {
    const key = hex(address)
    if (seen.has(key)) throw new SmeshError('GENESIS_DUPLICATE', { address: key })
    seen.add(key)
    sum += balance
  }
  if (total !== undefined && sum !== total) {
    throw new SmeshError('GENESIS_SUM', { expected: `${total}`, got: `${sum}` })
  }
  return ledger.map(({ address, balance }) => ({
    layer: 0,
    address,
    nextNonce: 0n,
    balance,
    templateAddress: undefined,
    state: new Uint8Array(),
  }))
}
