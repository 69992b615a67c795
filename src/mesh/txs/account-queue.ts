import { hash32 } from '../../crypto/hash.ts'
import { compareBytes, hex } from '../../util/bytes.ts'
import { wrap64 } from '../../util/u64.ts'

/** A verified transaction as the pool and the block builder weigh it. */
export interface PoolTx {
  id: Uint8Array
  principal: Uint8Array
  nonce: bigint
  maxGas: bigint
  /** maxGas · gasPrice, wrapped at 2^64; what replacement and priority go by, not the price. */
  fee: bigint
  /** fee + most coins it may move, wrapped at 2^64. */
  spending: bigint
  /** When it came, Unix nanoseconds. */
  receivedNs: bigint
}

/** Most nonces of one account that are held, and most transactions of one nonce looked at. */
export const MAX_NONCES = 100
export const MAX_TXS_PER_NONCE = 100

/**
 * Most transactions of one account that gossip may add to the store without their being offered:
 * they cost their sender nothing. The reference has no such bound.
 */
export const MAX_SPARE = 1000

/** Where an account stands. */
export interface Projection {
  nextNonce: bigint
  /** Smidge. */
  balance: bigint
}

export type Admission =
  | { kind: 'added' }
  | { kind: 'replaced'; id: Uint8Array }
  /** A better one of the same nonce stays. */
  | { kind: 'keptOther'; id: Uint8Array }
  /** No room: it waits in the store. */
  | { kind: 'full' }
  | { kind: 'nonceTooLow'; expected: bigint }
  | { kind: 'insufficient'; available: bigint }

interface Candidate<T> {
  tx: T
  /** What the account has left after it. */
  postBalance: bigint
}

/**
 * Pending transactions of one account: the best of each nonce, ascending, as far as its coins go.
 * Gaps between nonces are allowed. Spec 02 §10.3; go-spacemesh txs/cache.go, accountCache (v1.7.6).
 */
export class AccountQueue<T extends PoolTx> {
  /** Of the account. */
  readonly address: Uint8Array
  readonly #start: Projection
  readonly #seed: Uint8Array | undefined
  readonly #candidates: Candidate<T>[] = []
  readonly #ties = new Map<string, Uint8Array>()
  /** Transactions since this queue was made that were stored without being offered. */
  spare = 0
  /** True when the store holds transactions of this account that did not find a place in here. */
  moreInStore = false

  /**
   * @param start - the account's state
   * @param seed - of the block being built: decides ties of fees in place of the time of receipt
   */
  constructor(start: Projection & { address: Uint8Array }, seed?: Uint8Array) {
    const { address, nextNonce, balance } = start
    this.address = address
    this.#start = { nextNonce, balance }
    this.#seed = seed
  }

  /** Candidates by ascending nonce. */
  txs(): T[] {
    return this.#candidates.map(({ tx }) => tx)
  }

  /** Number of candidates. */
  get size(): number {
    return this.#candidates.length
  }

  /** Nonce and balance after all candidates. */
  projection(): Projection {
    const last = this.#candidates.at(-1)
    return last ? { nextNonce: wrap64(last.tx.nonce + 1n), balance: last.postBalance } : this.#start
  }

  /** Offers one transaction; what a better one of its nonce leaves unaffordable is dropped. */
  add(tx: T): Admission {
    if (tx.nonce < this.#start.nextNonce) {
      return { kind: 'nonceTooLow', expected: this.#start.nextNonce }
    }
    if (this.#candidates.length >= MAX_NONCES) {
      this.moreInStore = true
      this.spare++
      return { kind: 'full' }
    }
    const at = this.#candidates.findIndex(({ tx: other }) => other.nonce >= tx.nonce)
    const position = at < 0 ? this.#candidates.length : at
    const found = this.#candidates[position]
    const same = found && found.tx.nonce === tx.nonce ? found : undefined
    const available = same
      ? same.postBalance + same.tx.spending
      : (this.#candidates[position - 1]?.postBalance ?? this.#start.balance)
    if (available < tx.spending) return { kind: 'insufficient', available }
    if (same) this.spare++
    if (same && !this.#better(tx, same.tx)) return { kind: 'keptOther', id: same.tx.id }
    const candidate = { tx, postBalance: available - tx.spending }
    this.#candidates.splice(position, same ? 1 : 0, candidate)
    this.#recompute(position + 1)
    return same ? { kind: 'replaced', id: same.tx.id } : { kind: 'added' }
  }

  /** Offers many at once: of each nonce, ascending, the best that can be paid. */
  load(txs: readonly T[]): void {
    const nonces = new Map<bigint, T[]>()
    for (const tx of txs) {
      const group = nonces.get(tx.nonce)
      if (!group) nonces.set(tx.nonce, [tx])
      else if (group.length < MAX_TXS_PER_NONCE) group.push(tx)
    }
    const ascending = [...nonces.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    for (const nonce of ascending) {
      if (nonce < this.#start.nextNonce) continue
      if (this.#candidates.length >= MAX_NONCES) {
        this.moreInStore = true
        return
      }
      const { balance } = this.projection()
      const best = this.#best(nonces.get(nonce)!, balance)
      if (best) this.add(best)
      else this.moreInStore = true
    }
  }

  #best(txs: readonly T[], balance: bigint): T | undefined {
    let best: T | undefined
    for (const tx of txs) {
      if (tx.spending <= balance && (!best || this.#better(tx, best))) best = tx
    }
    return best
  }

  #better(a: T, b: T): boolean {
    if (a.fee !== b.fee) return a.fee > b.fee
    if (!this.#seed) return a.receivedNs < b.receivedNs
    return compareBytes(this.#tie(a.id), this.#tie(b.id)) < 0
  }

  #tie(id: Uint8Array): Uint8Array {
    const key = hex(id)
    const known = this.#ties.get(key) ?? hash32(this.#seed!, id)
    this.#ties.set(key, known)
    return known
  }

  #recompute(from: number): void {
    let balance = this.#candidates[from - 1]?.postBalance ?? this.#start.balance
    for (let i = from; i < this.#candidates.length;) {
      const candidate = this.#candidates[i]!
      if (candidate.tx.spending > balance) {
        this.#candidates.splice(i, 1)
        this.moreInStore = true
        continue
      }
      balance -= candidate.tx.spending
      candidate.postBalance = balance
      i++
    }
  }
}
