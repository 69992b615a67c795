import { describe, expect, it } from 'vitest'
import fc from 'fast-check'

import { AccountQueue } from '../../../../src/mesh/txs/account-queue.ts'
import { nonces, tx } from './pool.ts'

const queueWith = (balance: bigint, nextNonce = 0n) =>
  new AccountQueue({ address: new Uint8Array(24).fill(1, 4), nextNonce, balance })

describe('AccountQueue', () => {
  it('takes nonces with gaps and in any order', () => {
    const queue = queueWith(100n, 2n)
    for (const nonce of [7, 2, 5]) {
      expect(queue.add(tx(1, nonce, { spending: 10n }))).toEqual({ kind: 'added' })
    }
    expect(nonces(queue.txs())).toEqual([2n, 5n, 7n])
    expect(queue.projection()).toEqual({ nextNonce: 8n, balance: 70n })
    expect(queue.add(tx(1, 1))).toEqual({ kind: 'nonceTooLow', expected: 2n })
  })

  it('counts what is left behind the nonces before, and says how much there is', () => {
    const queue = queueWith(100n)
    queue.add(tx(1, 1, { spending: 60n }))
    expect(queue.add(tx(1, 2, { spending: 41n }))).toEqual({ kind: 'insufficient', available: 40n })
    expect(queue.add(tx(1, 0, { spending: 101n }))).toEqual({
      kind: 'insufficient',
      available: 100n,
    })
    expect(queue.add(tx(1, 2, { spending: 40n }))).toEqual({ kind: 'added' })
    expect(queue.projection().balance).toBe(0n)
  })

  it('drops later ones that an earlier one leaves nothing for, and keeps those behind them', () => {
    const queue = queueWith(100n)
    queue.add(tx(1, 5, { spending: 60n }))
    queue.add(tx(1, 6, { spending: 10n }))
    expect(queue.add(tx(1, 0, { spending: 50n }))).toEqual({ kind: 'added' })
    expect(nonces(queue.txs())).toEqual([0n, 6n])
    expect(queue.projection()).toEqual({ nextNonce: 7n, balance: 40n })
    expect(queue.moreInStore).toBe(true)
  })

  it('replaces by a higher fee, and of equal fees keeps the older', () => {
    const queue = queueWith(100n)
    const first = tx(1, 0, { fee: 10n, spending: 90n, receivedNs: 5n })
    queue.add(first)
    const late = tx(1, 0, { fee: 10n, receivedNs: 6n })
    expect(queue.add(late)).toEqual({ kind: 'keptOther', id: first.id })
    const early = tx(1, 0, { fee: 10n, receivedNs: 4n })
    expect(queue.add(early)).toEqual({ kind: 'replaced', id: first.id })
    const poor = tx(1, 0, { fee: 11n, spending: 101n })
    expect(queue.add(poor)).toEqual({ kind: 'insufficient', available: 100n })
    expect(queue.txs()).toEqual([early])
    expect(queue.spare).toBe(2)
  })

  it('holds 100 nonces', () => {
    const queue = queueWith(1000n)
    for (let nonce = 0; nonce < 100; nonce++) queue.add(tx(1, nonce))
    expect(queue.add(tx(1, 100))).toEqual({ kind: 'full' })
    expect(queue.add(tx(1, 50, { fee: 9n }))).toEqual({ kind: 'full' })
    expect(queue.moreInStore).toBe(true)
    const loaded = queueWith(1000n)
    loaded.load(Array.from({ length: 150 }, (_, i) => tx(1, 149 - i)))
    expect(nonces(loaded.txs())).toEqual(Array.from({ length: 100 }, (_, i) => BigInt(i)))
    expect(loaded.moreInStore).toBe(true)
  })

  it('loads of each nonce the best that it can pay', () => {
    const queue = queueWith(100n, 1n)
    const best = tx(1, 1, { fee: 5n, spending: 80n })
    queue.load([
      tx(1, 0),
      tx(1, 1, { fee: 9n, spending: 200n }),
      tx(1, 1, { fee: 4n }),
      best,
      tx(1, 2, { fee: 1n, spending: 21n }),
      tx(1, 3, { fee: 1n, spending: 20n }),
    ])
    expect(nonces(queue.txs())).toEqual([1n, 3n])
    expect(queue.txs()[0]).toBe(best)
    expect(queue.moreInStore).toBe(true)
  })

  const small = fc.bigInt({ min: 0n, max: 40n })
  it('never promises more than the account has', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(12), small, small), { maxLength: 60 }),
        small,
        (offers, balance) => {
          const queue = queueWith(balance)
          for (const [nonce, fee, extra] of offers) {
            queue.add(tx(1, nonce, { fee, spending: fee + extra }))
            const held = queue.txs()
            const spent = held.reduce((sum, { spending }) => sum + spending, 0n)
            expect(queue.projection().balance).toBe(balance - spent)
            expect(spent <= balance).toBe(true)
            const ascending = nonces(held).toSorted((a, b) => Number(a - b))
            expect(nonces(held)).toEqual([...new Set(ascending)])
          }
        },
      ),
    ))
})
