import { compareBytes } from '../../util/bytes.ts'
import type { Random } from '../../util/random.ts'
import type { PoolTx } from './account-queue.ts'
import { inNonceOrder } from './order.ts'

export interface SelectOptions {
  /** Gas of a block. */
  gasLimit: bigint
  /** Most transactions: eligibility proofs · transactions per proposal. */
  limit: number
  random: Random
}

/**
 * Chooses the transactions of a proposal: the best paying first, each account's in nonce order;
 * of more than fit a random part, so that proposals of one layer differ. Local policy.
 * Spec 02 §10.6; go-spacemesh txs/mempool_iterator.go, SelectProposalTXs (v1.7.6).
 *
 * @param accounts - of each account what is to be offered, by ascending nonce
 */
export function selectTransactions<T extends PoolTx>(
  accounts: readonly (readonly T[])[],
  { gasLimit, limit, random }: SelectOptions,
): T[] {
  const popped = popByFee(accounts, gasLimit)
  if (popped.length <= limit) return popped
  return inNonceOrder(shuffle(popped, random).slice(0, limit), popped)
}

interface Head<T> {
  tx: T
  account: readonly T[]
  at: number
}

function popByFee<T extends PoolTx>(accounts: readonly (readonly T[])[], gasLimit: bigint): T[] {
  const heap = new Heap<Head<T>>((a, b) => isBefore(a.tx, b.tx))
  const offer = (account: readonly T[], at: number) => {
    const tx = account[at]
    if (tx) heap.push({ tx, account, at })
  }
  for (const account of accounts) offer(account, 0)
  const popped: T[] = []
  let gas = gasLimit
  while (gas >= 1n) {
    const head = heap.pop()
    if (!head) break
    const { tx, account, at } = head
    if (tx.maxGas > gas) continue // and none of this account's later ones
    gas -= tx.maxGas
    popped.push(tx)
    offer(account, at + 1)
  }
  return popped
}

function isBefore(a: PoolTx, b: PoolTx): boolean {
  if (a.fee !== b.fee) return a.fee > b.fee
  if (a.receivedNs !== b.receivedNs) return a.receivedNs < b.receivedNs
  return compareBytes(a.id, b.id) < 0
}

/** Binary heap: `pop` gives an item before which no other comes. */
class Heap<T> {
  readonly #items: T[] = []
  readonly #isBefore: (a: T, b: T) => boolean

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  push(item: T): void {
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(items[at]!, items[parent]!)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): T | undefined {
    const items = this.#items
    const [top] = items
    const last = items.pop()
    if (items.length === 0 || last === undefined) return top
    items[0] = last
    for (let at = 0; ;) {
      let first = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && this.#isBefore(items[child]!, items[first]!)) first = child
      }
      if (first === at) return top
      this.#swap(at, first)
      at = first
    }
  }

  #swap(i: number, j: number): void {
    const held = this.#items[i]!
    this.#items[i] = this.#items[j]!
    this.#items[j] = held
  }
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items]
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = below(i + 1, random)
    const held = shuffled[i]!
    shuffled[i] = shuffled[j]!
    shuffled[j] = held
  }
  return shuffled
}

/** Uniform number below `bound`: draws beyond the last whole multiple are thrown away. */
function below(bound: number, random: Random): number {
  const usable = 2 ** 32 - (2 ** 32 % bound)
  for (;;) {
    const draw = new DataView(random.bytes(4).buffer).getUint32(0)
    if (draw < usable) return draw % bound
  }
}
