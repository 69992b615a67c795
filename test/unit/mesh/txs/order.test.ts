import { describe, expect, it } from 'vitest'
import fc from 'fast-check'

import { hash32 } from '../../../../src/crypto/hash.ts'
import {
  blockSeed,
  orderTransactions,
  pruneByGas,
  shuffleInNonceOrder,
} from '../../../../src/mesh/txs/index.ts'
import { compareBytes, concat, hex, utf8 } from '../../../../src/util/bytes.ts'
import { nonces, tx } from './pool.ts'

const seed = hash32(utf8('seed'))

/** The transactions of spec 02 §14, "Block order". */
const specTxs = (n: number, accounts: number) =>
  Array.from({ length: n }, (_, i) => ({
    ...tx(i % accounts, Math.floor(i / accounts)),
    id: hash32(utf8(`tx${i}`)),
  }))

describe('block order', () => {
  it('of ten transactions is that of spec 02 §14', () => {
    const ordered = orderTransactions(seed, specTxs(10, 3))
    const places = ordered.map(({ principal, nonce }) => `${principal[23]}/${nonce}`)
    expect(places.join(' ')).toBe('1/0 2/0 1/1 0/0 2/1 0/1 1/2 0/2 2/2 0/3')
  })

  it.each([
    [10, 3, 'b922a4b43ba36f923fad69970917d9afef0de789f2aa60ccb16a93e59afd5db9'],
    [1000, 37, 'e06c47ef51b1fc19536de788eb702d6703fa07cf48c7120e47684cfc5cb3c65d'],
    [5000, 400, '7bcad2e4306caf21f881f73e97b8742f1f80b2320c6171622bccafb6410a3549'],
  ])('of %i transactions of %i accounts has the digest of spec 02 §14', (n, accounts, digest) => {
    const ordered = orderTransactions(seed, specTxs(n, accounts))
    expect(hex(hash32(concat(...ordered.map(({ id }) => id))))).toBe(digest)
  })

  it('takes the transactions in any order, keeps nonces ascending and loses none', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(30)), { selector: String, maxLength: 60 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (places, random) => {
          const txs = places.map(([who, nonce]) => tx(who, nonce))
          const ordered = shuffleInNonceOrder(random, txs)
          expect(shuffleInNonceOrder(random, txs.toReversed())).toEqual(ordered)
          expect(new Set(ordered)).toEqual(new Set(txs))
          for (let who = 0; who <= 4; who++) {
            const own = nonces(ordered.filter(({ principal }) => principal[23] === who))
            expect(own).toEqual(own.toSorted((a, b) => Number(a - b)))
          }
        },
      ),
    ))

  it('takes of one nonce the highest fee, on a tie the smaller hash under the seed', () => {
    const cheap = tx(1, 0, { fee: 5n })
    const dear = tx(1, 0, { fee: 6n })
    expect(orderTransactions(seed, [cheap, dear])).toEqual([dear])
    const tied = [dear, ...Array.from({ length: 5 }, () => tx(1, 0, { fee: 6n }))]
    const tie = ({ id }: { id: Uint8Array }) => hash32(concat(seed, id))
    const [first] = tied.toSorted((a, b) => compareBytes(tie(a), tie(b)))
    expect(orderTransactions(seed, tied)).toEqual([first])
    expect(orderTransactions(seed, tied.toReversed())).toEqual([first])
  })

  it('leaves out what an account cannot have, and what is applied at its front', () => {
    const most = 2n ** 64n - 1n
    const all = tx(1, 0, { fee: 2n, spending: most })
    expect(orderTransactions(seed, [all, tx(1, 1)])).toEqual([all])
    const [a, b, c] = [tx(2, 0), tx(2, 1), tx(2, 2)]
    const applied = new Set([a, c])
    expect(orderTransactions(seed, [a, b, c], (one) => applied.has(one))).toEqual([b, c])
    expect(orderTransactions(seed, [a, b, c], () => true)).toEqual([])
    const many = Array.from({ length: 120 }, (_, nonce) => tx(3, nonce))
    expect(nonces(orderTransactions(seed, many)).at(-1)).toBe(99n)
  })

  it('has a seed that does not depend on the order of proposals', () => {
    const ids = [3, 1, 2].map((byte) => new Uint8Array(20).fill(byte))
    const padded = [1, 2, 3].map((byte) =>
      concat(new Uint8Array(20).fill(byte), new Uint8Array(12)),
    )
    expect(hex(blockSeed(ids))).toBe(hex(hash32(concat(...padded))))
  })
})

describe('pruneByGas', () => {
  const txs = [10n, 20n, 30n, 40n].map((maxGas) => tx(1, 0, { maxGas }))

  it('cuts only where the gas is used up exactly', () => {
    expect(pruneByGas(txs, 30n)).toEqual(txs.slice(0, 2))
    expect(pruneByGas(txs, 0n)).toEqual([])
    expect(pruneByGas(txs, 100n)).toEqual(txs)
  })

  it('cuts nothing once the rest has wrapped, as the reference does', () => {
    expect(pruneByGas(txs, 29n)).toEqual(txs)
    expect(pruneByGas(txs, 61n)).toEqual(txs)
  })
})
