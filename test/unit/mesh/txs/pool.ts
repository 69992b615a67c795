import { hash32 } from '../../../../src/crypto/hash.ts'
import type { PoolTx } from '../../../../src/mesh/txs/index.ts'
import { u32le } from '../../../../src/util/bytes.ts'

let count = 0

/** A pool transaction of account `who`; what is left out is 1, fresh or derived. */
export function tx(
  who: number,
  nonce: number | bigint,
  { fee = 1n, spending, maxGas = 1n, receivedNs = 1n }: Partial<PoolTx> = {},
): PoolTx {
  return {
    id: hash32(u32le(count++)),
    principal: new Uint8Array(24).fill(who & 255, 4).with(4, who >> 8),
    nonce: BigInt(nonce),
    maxGas,
    fee,
    spending: spending ?? fee,
    receivedNs,
  }
}

export const nonces = (txs: readonly PoolTx[]): bigint[] => txs.map(({ nonce }) => nonce)
