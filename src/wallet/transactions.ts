import { SIGNATURE_BYTES, sign, verify, type Keypair } from '../crypto/ed25519.ts'
import { c64, struct } from '../protocol/codec.ts'
import { Address } from '../protocol/primitives.ts'
import { WALLET_TEMPLATE, WalletSpawnArgs } from '../protocol/spawn-args.ts'
import { TxEnvelope, TxMethod, transactionId } from '../protocol/transaction.ts'
import { concat, equalBytes, hex } from '../util/bytes.ts'
import { SmeshError, assert } from '../util/error.ts'
import { U64_MAX } from '../util/u64.ts'
import { dataGas, keyedGas } from '../vm/gas.ts'
import { singleSigPrincipal } from './accounts.ts'

/**
 * Transactions of a single-sig account: self-spawn and spend. Spec 02 §4 (bytes), §6 (gas);
 * spec 10 §6.1.
 */

const SpendArgs = struct({ destination: Address, amount: c64 })

/** A transaction before its signature; amounts and fees in smidge. */
export type Draft = { body: Uint8Array; principal: Uint8Array; maxGas: bigint; fee: bigint } & (
  | { kind: 'spawn'; nonce: bigint; gasPrice: bigint }
  | { kind: 'spend'; nonce: bigint; gasPrice: bigint; destination: Uint8Array; amount: bigint }
)

/** A transaction ready for the network: `raw` is what is gossiped, `id` its hash. */
export interface SignedTransaction {
  raw: Uint8Array
  id: Uint8Array
  signature: Uint8Array
}

const version = 0
const gas = keyedGas(1, 1)

/**
 * Draft that spawns the account of `publicKey`: once in its life, before its first spend.
 *
 * @throws {SmeshError} `BAD_ARGUMENT` for a gas price of 0, `INTEGER_OVERFLOW` beyond u64
 */
export function draftSelfSpawn(options: {
  publicKey: Uint8Array
  nonce: bigint
  gasPrice: bigint
}): Draft {
  const { publicKey, nonce, gasPrice } = options
  const principal = singleSigPrincipal(publicKey)
  const method = TxMethod.spawn
  const template = WALLET_TEMPLATE
  const rest = WalletSpawnArgs.encode({ publicKey })
  const body = TxEnvelope.encode({ version, principal, method, template, nonce, gasPrice, rest })
  const cost = costOf(body, gas.base(method) + gas.exec(method), gasPrice)
  return { kind: 'spawn', body, principal, nonce, gasPrice, ...cost }
}

/** Draft that moves `amount` smidge to `destination`. Throws as {@link draftSelfSpawn} does. */
export function draftSpend(options: {
  principal: Uint8Array
  nonce: bigint
  gasPrice: bigint
  destination: Uint8Array
  amount: bigint
}): Draft {
  const { principal, nonce, gasPrice, destination, amount } = options
  const method = TxMethod.spend
  const rest = SpendArgs.encode({ destination, amount })
  const body = TxEnvelope.encode({ version, principal, method, nonce, gasPrice, rest })
  const cost = costOf(body, gas.base(method) + gas.load + gas.exec(method), gasPrice)
  return { kind: 'spend', body, principal, nonce, gasPrice, destination, amount, ...cost }
}

function costOf(body: Uint8Array, gasWithoutData: number, gasPrice: bigint) {
  if (gasPrice < 1n) {
    const got = gasPrice.toString()
    throw new SmeshError('BAD_ARGUMENT', { name: 'gasPrice', expected: 'at least 1', got })
  }
  const maxGas = BigInt(gasWithoutData + dataGas(body.length + SIGNATURE_BYTES))
  const fee = maxGas * gasPrice
  if (fee > U64_MAX) {
    throw new SmeshError('INTEGER_OVERFLOW', { bits: 64, value: fee.toString() })
  }
  return { maxGas, fee }
}

/** What the own node says about the account, transactions that wait in the mempool included. */
export interface Projection {
  /** Spawned on chain, or its spawn is already on its way. */
  spawned: boolean
  nextNonce: bigint
  /** Smidge. */
  balance: bigint
}

/**
 * The drafts of a transfer, in order: a spend, with the self-spawn before it where the account has
 * none yet. A spend is taken by no mempool before the spawn was applied, so submit it then.
 *
 * @throws {SmeshError} `INSUFFICIENT_BALANCE`; `BAD_ARGUMENT`, `INTEGER_OVERFLOW`
 */
export function planTransfer(
  publicKey: Uint8Array,
  projection: Projection,
  transfer: { destination: Uint8Array; amount: bigint; gasPrice: bigint },
): Draft[] {
  const { spawned, nextNonce } = projection
  const { gasPrice } = transfer
  const drafts: Draft[] = []
  if (!spawned) drafts.push(draftSelfSpawn({ publicKey, nonce: nextNonce, gasPrice }))
  const nonce = nextNonce + BigInt(drafts.length)
  drafts.push(draftSpend({ principal: singleSigPrincipal(publicKey), nonce, ...transfer }))
  const needed = drafts.reduce((sum, { fee }) => sum + fee, transfer.amount)
  requireBalance(needed, projection.balance)
  return drafts
}

/** The draft that activates an account. @throws {SmeshError} `INSUFFICIENT_BALANCE` */
export function planSpawn(
  publicKey: Uint8Array,
  projection: Projection,
  { gasPrice }: { gasPrice: bigint },
): Draft {
  const draft = draftSelfSpawn({ publicKey, nonce: projection.nextNonce, gasPrice })
  requireBalance(draft.fee, projection.balance)
  return draft
}

function requireBalance(needed: bigint, balance: bigint): void {
  if (needed > balance) {
    const available = balance.toString()
    throw new SmeshError('INSUFFICIENT_BALANCE', { needed: needed.toString(), available })
  }
}

/** Largest amounts of each size that a compact integer takes on the wire. */
const AMOUNT_BORDERS = [
  63n,
  2n ** 14n - 1n,
  2n ** 30n - 1n,
  ...[32n, 40n, 48n, 56n, 64n].map((bits) => 2n ** bits - 1n),
]

/**
 * The largest amount that {@link planTransfer} accepts; 0 where the fees already exceed the
 * balance. The fee depends on the amount's size on the wire, so every size is tried.
 */
export function maxTransfer(
  publicKey: Uint8Array,
  projection: Projection,
  transfer: { destination: Uint8Array; gasPrice: bigint },
): bigint {
  const rich = { ...projection, balance: 2n * U64_MAX * 2n }
  let most = 0n
  for (const border of AMOUNT_BORDERS) {
    const drafts = planTransfer(publicKey, rich, { ...transfer, amount: border })
    const left = drafts.reduce((rest, { fee }) => rest - fee, projection.balance)
    const amount = left < border ? left : border
    if (amount > most) most = amount // a smaller size can only cost less
  }
  return most
}

/**
 * Signs genesis id ‖ body, without a domain byte.
 *
 * @param genesisId - 20 bytes of the network the transaction is for
 * @throws {SmeshError} `WALLET_TRANSACTION` if `body` is not a transaction of the key's account
 */
export function signTransaction(
  body: Uint8Array,
  keypair: Keypair,
  genesisId: Uint8Array,
): SignedTransaction {
  const { principal } = describeBody(body)
  if (!equalBytes(principal, singleSigPrincipal(keypair.publicKey))) {
    throw new SmeshError('WALLET_TRANSACTION', { reason: `account is ${hex(principal)}` })
  }
  const signature = sign(keypair.seed, genesisId, body)
  assert(verify(signature, concat(genesisId, body), keypair.publicKey), 'own signature is refused')
  const raw = concat(body, signature)
  return { raw, id: transactionId(raw), signature }
}

/**
 * What a body would do, for the sheet that asks for consent: whoever signs reads the bytes and not
 * what came along with them.
 *
 * @throws {SmeshError} `WALLET_TRANSACTION` for anything but a self-spawn or spend
 */
export function describeBody(body: Uint8Array): Draft {
  const { version, method, rest, ...fields } = decoded(() => TxEnvelope.decode(body))
  let draft: Draft | undefined
  if (method === TxMethod.spawn) {
    draft = draftSelfSpawn({ ...fields, ...decoded(() => WalletSpawnArgs.decode(rest)) })
  } else if (method === TxMethod.spend) {
    draft = draftSpend({ ...fields, ...decoded(() => SpendArgs.decode(rest)) })
  }
  // Encoding again also refuses other versions and templates, spawns of others and long integers.
  if (!draft || !equalBytes(draft.body, body)) {
    throw new SmeshError('WALLET_TRANSACTION', { reason: `version ${version}, method ${method}` })
  }
  return draft
}

function decoded<T>(decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new SmeshError('WALLET_TRANSACTION', { reason: 'malformed' }, { cause })
  }
}
