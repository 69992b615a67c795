import { hash32 } from '../../crypto/hash.ts'
import { goShuffle, Mt19937 } from '../../crypto/mt19937.ts'
import { padId } from '../../protocol/primitives.ts'
import { compareBytes, hex } from '../../util/bytes.ts'
import { U64_MAX, wrap64 } from '../../util/u64.ts'
import { AccountQueue, type PoolTx } from './account-queue.ts'

/** What decides a transaction's place among those of its principal. */
export interface NonceTx {
  id: Uint8Array
  principal: Uint8Array
  nonce: bigint
}

/** Seed of a block's order: BLAKE3 over its proposal ids, ascending, each padded to 32 bytes. */
export const blockSeed = (proposalIds: readonly Uint8Array[]): Uint8Array =>
  hash32(...proposalIds.toSorted(compareBytes).map(padId))

/**
 * Transactions of a block in the order that every node which builds it must find.
 * Spec 02 §12 steps 4–5; go-spacemesh blocks/utils.go, txs/cache.go (v1.7.6).
 *
 * @param seed - see {@link blockSeed}
 * @param txs - distinct, in the order in which the proposals first name them
 * @param isApplied - true for a transaction that is in the state already
 */
export function orderTransactions<T extends PoolTx>(
  seed: Uint8Array,
  txs: readonly T[],
  isApplied: (tx: T) => boolean = () => false,
): T[] {
  const candidates: T[] = []
  for (const group of byPrincipal(txs).values()) {
    const queue = new AccountQueue<T>(
      { address: group[0]!.principal, nextNonce: 0n, balance: U64_MAX },
      seed,
    )
    queue.load(group)
    const chosen = queue.txs()
    const first = chosen.findIndex((tx) => !isApplied(tx))
    if (first >= 0) candidates.push(...chosen.slice(first))
  }
  return shuffleInNonceOrder(seed, candidates)
}

/**
 * Shuffles by the seed, then gives every place to its principal's next transaction in nonce order.
 * go-spacemesh txs/conservative_state.go, ShuffleWithNonceOrder (v1.7.6).
 *
 * @param candidates - one for each principal and nonce, in any order
 */
export function shuffleInNonceOrder<T extends NonceTx>(
  seed: Uint8Array,
  candidates: readonly T[],
): T[] {
  const sorted = candidates.toSorted((a, b) => compareBytes(a.id, b.id))
  return inNonceOrder(goShuffle(sorted, new Mt19937(seed)), candidates)
}

/** Fills each of `places` with the lowest nonce left of that place's principal in `candidates`. */
export function inNonceOrder<T extends NonceTx>(
  places: readonly T[],
  candidates: readonly T[],
): T[] {
  const left = byPrincipal(candidates)
  for (const group of left.values()) {
    group.sort((a, b) => (a.nonce > b.nonce ? -1 : a.nonce < b.nonce ? 1 : 0))
  }
  return places.map(({ principal }) => left.get(hex(principal))!.pop()!)
}

/**
 * Cuts a block's list where the gas limit is used up exactly. The subtraction wraps at 2^64: once a
 * transaction wants more than what is left, nothing is cut any more. All nodes must do it so.
 * go-spacemesh blocks/utils.go (v1.7.6).
 */
export function pruneByGas<T extends Pick<PoolTx, 'maxGas'>>(
  txs: readonly T[],
  gasLimit: bigint,
): readonly T[] {
  let gas = gasLimit
  for (const [i, { maxGas }] of txs.entries()) {
    if (gas < 1n) return txs.slice(0, i)
    gas = wrap64(gas - maxGas)
  }
  return txs
}

/** Groups in order of first appearance. */
function byPrincipal<T extends NonceTx>(txs: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const tx of txs) {
    const key = hex(tx.principal)
    const group = groups.get(key)
    if (group) group.push(tx)
    else groups.set(key, [tx])
  }
  return groups
}
