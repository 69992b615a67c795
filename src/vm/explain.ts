import { SIGNATURE_BYTES } from '../crypto/ed25519.ts'
import { transactionId, TxMethod } from '../protocol/transaction.ts'
import { wrap64 } from '../util/u64.ts'
import { dataGas } from './gas.ts'
import { isRefusal, outline, spawnsItself, type Outline } from './outline.ts'
import { parse, type PrincipalState } from './parse.ts'
import type { Refusal } from './refusal.ts'
import type { TemplateName } from './template.ts'
import type { DrainVaultArgs } from './templates/vesting.ts'
import type { SpendArgs } from './templates/spend.ts'
import { walletGas } from './templates/wallet.ts'

/** What a transaction is for, in the terms of a person. Amounts in smidge. */
export interface TxExplanation {
  id: Uint8Array
  kind: 'selfSpawn' | 'spawn' | 'spend' | 'drainVault'
  principal: Uint8Array
  nonce: bigint
  /** Smidge per unit of gas. */
  gasPrice: bigint
  /** Template of the account that is spawned. */
  template?: TemplateName
  /** Receiver of coins, or the account that is spawned. */
  destination: Uint8Array
  amount: bigint
  /** Where drained coins come from. */
  vault?: Uint8Array
  /** Absent where only the principal's state can tell. */
  maxGas?: bigint
  fee?: bigint
}

/**
 * Tells what raw bytes would do. Without the principal's account gas and fee are given for what a
 * single-sig account can have sent: its spawn, or a spend with one plain signature.
 *
 * @returns an explanation, or why the bytes are no transaction (of this account)
 */
export function explainTx(raw: Uint8Array, principal?: PrincipalState): TxExplanation | Refusal {
  const tx = outline(raw)
  if (isRefusal(tx)) return tx
  const known = principal && parse(tx, principal)
  if (known && isRefusal(known)) return known
  const maxGas = known ? known.header.maxGas : singleSigGas(tx, tx.raw.length)
  const { nonce, gasPrice } = tx
  return {
    id: transactionId(tx.raw),
    principal: tx.principal,
    nonce,
    gasPrice,
    ...purpose(tx),
    ...(maxGas === undefined ? {} : { maxGas, fee: wrap64(maxGas * gasPrice) }),
  }
}

/**
 * Gas of a transaction that a single-sig account has not signed yet; exact, as the signature's size
 * is known. Spec 02 §6.
 *
 * @param body - raw bytes without the signature
 * @returns gas, or why the bytes are no self-spawn or spend
 */
export function estimateGas(body: Uint8Array): bigint | Refusal {
  const tx = outline(body)
  if (isRefusal(tx)) return tx
  const gas = singleSigGas(tx, body.length + SIGNATURE_BYTES)
  return gas ?? { code: 'TX_MALFORMED', context: { reason: 'no self-spawn or spend' } }
}

function singleSigGas(tx: Outline, sizeBytes: number): bigint | undefined {
  const { call, method, signaturesAt } = tx
  if (sizeBytes - signaturesAt !== SIGNATURE_BYTES) return undefined
  const isSelfSpawn = call.kind === 'spawn' && call.template.name === 'wallet' && spawnsItself(tx)
  if (!isSelfSpawn && method !== TxMethod.spend) return undefined
  const gas = walletGas.base(method) + walletGas.exec(method) + dataGas(sizeBytes)
  return BigInt(isSelfSpawn ? gas : gas + walletGas.load)
}

function purpose(
  tx: Outline,
): Pick<TxExplanation, 'kind' | 'template' | 'destination' | 'amount' | 'vault'> {
  const { call } = tx
  if (call.kind === 'spawn') {
    const kind = spawnsItself(tx) ? 'selfSpawn' : 'spawn'
    return { kind, template: call.template.name, destination: call.target, amount: 0n }
  }
  if (tx.method === TxMethod.spend) return { kind: 'spend', ...(call.args as SpendArgs) }
  return { kind: 'drainVault', ...(call.args as DrainVaultArgs) }
}
