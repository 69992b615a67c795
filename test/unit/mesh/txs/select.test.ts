import { describe, expect, it } from 'vitest'
import fc from 'fast-check'

import { selectTransactions, type PoolTx } from '../../../../src/mesh/txs/index.ts'
import { compareBytes } from '../../../../src/util/bytes.ts'
import { seededRandom } from '../../../../src/util/random.ts'
import { nonces, tx } from './pool.ts'

const options = { gasLimit: 1000n, limit: 100, random: seededRandom(1) }

/** The rule in its plainest form: look at all heads, take the best. */
function plainly(accounts: PoolTx[][], gasLimit: bigint): PoolTx[] {
  const left = accounts.map((txs) => [...txs])
  const taken: PoolTx[] = []
  let gas = gasLimit
  for (;;) {
    const heads = left.filter((txs) => txs.length > 0)
    if (heads.length === 0 || gas < 1n) return taken
    heads.sort(
      ([a], [b]) =>
        Number(b!.fee - a!.fee) ||
        Number(a!.receivedNs - b!.receivedNs) ||
        compareBytes(a!.id, b!.id),
    )
    const [best] = heads
    if (best![0]!.maxGas > gas) {
      best!.length = 0
      continue
    }
    const next = best!.shift()!
    gas -= next.maxGas
    taken.push(next)
  }
}

describe('selectTransactions', () => {
  const number = fc.bigInt({ min: 1n, max: 6n })
  const account = fc.array(fc.tuple(number, number, number), { maxLength: 5 })
  const accounts = fc
    .array(account, { maxLength: 8 })
    .map((all) =>
      all.map((txs, who) =>
        txs.map(([fee, maxGas, receivedNs], nonce) => tx(who, nonce, { fee, maxGas, receivedNs })),
      ),
    )

  it('takes the best heads as far as the gas goes', () =>
    fc.assert(
      fc.property(accounts, fc.bigInt({ min: 0n, max: 60n }), (all, gasLimit) => {
        expect(selectTransactions(all, { ...options, gasLimit })).toEqual(plainly(all, gasLimit))
      }),
    ))

  it('takes of too many a part in which every account keeps its nonces from the first on', () =>
    fc.assert(
      fc.property(accounts, fc.nat(10), fc.nat(), (all, limit, seed) => {
        const random = seededRandom(seed)
        const chosen = selectTransactions(all, { ...options, limit, random })
        const offered = plainly(all, options.gasLimit)
        expect(chosen).toHaveLength(Math.min(limit, offered.length))
        for (const [who] of all.entries()) {
          const own = (txs: PoolTx[]) =>
            nonces(txs.filter(({ principal }) => principal[23] === who))
          expect(own(chosen)).toEqual(own(offered).slice(0, own(chosen).length))
        }
      }),
    ))

  it('chooses every transaction equally often', () => {
    const all = Array.from({ length: 10 }, (_, who) => [tx(who, 0)])
    const random = seededRandom(7)
    const hits = new Map<number, number>()
    for (let i = 0; i < 5000; i++) {
      for (const { principal } of selectTransactions(all, { ...options, limit: 2, random })) {
        hits.set(principal[23]!, (hits.get(principal[23]!) ?? 0) + 1)
      }
    }
    // 1000 expected each, standard deviation 28
    for (let who = 0; who < 10; who++) expect(Math.abs(hits.get(who)! - 1000)).toBeLessThan(150)
  })
})
