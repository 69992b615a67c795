import { beforeEach, describe, expect, it } from 'vitest'

import {
  ActiveSetGenerator,
  ActiveSets,
  type ActiveSetGeneratorModules,
  type PreparedActiveSet,
} from '../../../src/mesh/index.ts'
import { activeSetHash, EpochActiveSet } from '../../../src/protocol/active-set.ts'
import { hex } from '../../../src/util/bytes.ts'
import { signal } from './network.ts'
import { MemoryAtxIndex } from './memory-atx-index.ts'

const LPE = 4
const EPOCH = 3
const id = (n: number) => new Uint8Array(32).fill(n)
const atx = (n: number, weight = 10n) => ({
  ...{ id: id(n), smesherId: id(100 + n), coinbase: new Uint8Array(24), vrfNonce: 0n },
  ...{ weight, baseHeight: 0n, height: 1n },
})

let atxs: MemoryAtxIndex
let sets: Map<string, EpochActiveSet>

beforeEach(() => {
  atxs = new MemoryAtxIndex()
  sets = new Map()
  for (let n = 1; n <= 9; n++) atxs.add(EPOCH, atx(n))
})

const store = {
  get: (hash: Uint8Array) => Promise.resolve(sets.get(hex(hash))),
  add: (hash: Uint8Array, set: EpochActiveSet) => Promise.resolve(void sets.set(hex(hash), set)),
}

describe('ActiveSets', () => {
  let fetches: number
  const open = (deliver?: () => void) => {
    fetches = 0
    return new ActiveSets({
      atxs,
      sets: store,
      fetch: {
        activeSet: () => {
          fetches++
          deliver?.()
          return deliver ? Promise.resolve() : Promise.reject(new Error('no peer'))
        },
        atxs: (_epoch, ids) => {
          for (const missing of ids) if (missing[0]! < 50) atxs.add(EPOCH, atx(missing[0]!))
          return Promise.resolve()
        },
      },
    })
  }
  const hashOf = (...ns: number[]) => activeSetHash(ns.map(id))
  const encode = (...ns: number[]) => EpochActiveSet.encode({ epoch: EPOCH, set: ns.map(id) })

  it('sums weights once, for all who ask at one time', async () => {
    const active = open(
      () => void sets.set(hex(hashOf(1, 2)), { epoch: EPOCH, set: [id(1), id(2)] }),
    )
    const results = await Promise.all([1, 2, 3].map(() => active.weight(hashOf(1, 2), { signal })))
    expect(results).toEqual(Array(3).fill({ outcome: 'accept', weight: 20n }))
    sets.clear()
    expect(await active.weight(hashOf(1, 2), { signal })).toMatchObject({ weight: 20n })
    expect(fetches).toBe(1)
  })

  it('does not remember a failure', async () => {
    const active = open()
    expect((await active.weight(hashOf(1), { signal })).outcome).toBe('ignore')
    sets.set(hex(hashOf(1)), { epoch: EPOCH, set: [id(1)] })
    expect(await active.weight(hashOf(1), { signal })).toMatchObject({ weight: 10n })
    sets.set(hex(hashOf(70)), { epoch: EPOCH, set: [id(70)] })
    expect(await active.weight(hashOf(70), { signal })).toMatchObject({ outcome: 'ignore' })
    atxs.add(EPOCH, atx(70, 5n))
    expect(await active.weight(hashOf(70), { signal })).toMatchObject({ weight: 5n })
  })

  it('refuses a received set by the rules of spec 07 §3.3', async () => {
    const active = open()
    const receive = (bytes: Uint8Array, hash: Uint8Array) => active.receive(bytes, hash, { signal })
    expect(await receive(encode(1, 2), hashOf(1, 2))).toEqual({ outcome: 'accept' })
    expect(await receive(encode(1, 1), hashOf(1, 1))).toEqual({ outcome: 'accept' })
    expect(await active.weight(hashOf(1, 1), { signal })).toMatchObject({ weight: 20n })
    expect(await receive(encode(1, 30), hashOf(1, 30))).toEqual({ outcome: 'accept' })
    const reason = 'ATX of the active set is missing'
    expect(await receive(encode(1, 60), hashOf(1, 60))).toEqual({ outcome: 'ignore', reason })
    expect(await receive(encode(2, 1), hashOf(2, 1))).toEqual({
      ...{ outcome: 'reject', reason: 'not sorted' },
    })
    expect(await receive(encode(1, 2), hashOf(1))).toMatchObject({ reason: 'incorrect hash' })
    expect(await receive(encode(1).slice(1), hashOf(1))).toMatchObject({ outcome: 'reject' })
  })
})

describe('ActiveSetGenerator', () => {
  let prepared: Map<number, PreparedActiveSet>
  const first = LPE * EPOCH

  function open(change: Partial<ActiveSetGeneratorModules>): ActiveSetGenerator {
    prepared = new Map()
    return new ActiveSetGenerator(
      { layersPerEpoch: LPE, goodAtxsPercent: 90 },
      {
        prepared: {
          get: (epoch) => Promise.resolve(prepared.get(epoch)),
          set: (epoch, set) => Promise.resolve(void prepared.set(epoch, set)),
        },
        fallback: () => null,
        graded: () => Promise.resolve({ total: 10, good: [] }),
        firstBlock: () => Promise.resolve(undefined),
        ballots: { firstInEpoch: () => Promise.resolve(undefined) },
        ...{ atxs, sets: store, ...change },
      },
    )
  }
  const good = (count: number, total: number) => ({
    graded: () =>
      Promise.resolve({ total, good: Array.from({ length: count }, (_, i) => id(count - i)) }),
  })

  it('takes the good ATXs if they are more than the percentage, in ascending order', async () => {
    const made = await open(good(9, 9)).generate(first - 1, EPOCH)
    expect(made.set.map((entry) => entry[0])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(made.weight).toBe(90n)
    expect(made.id).toEqual(activeSetHash(made.set))
    await expect(open(good(9, 10)).generate(first - 1, EPOCH)).rejects.toThrow(/9 of 10/)
    // 90.9 % is cut to 90, which is not more.
    await expect(open(good(10, 11)).generate(first - 1, EPOCH)).rejects.toThrow('NO_ACTIVE_SET')
  })

  it('keeps what it made', async () => {
    const generator = open(good(9, 9))
    const made = await generator.generate(first - 1, EPOCH)
    atxs.add(EPOCH, atx(20))
    expect(await generator.generate(first + 2, EPOCH)).toEqual(made)
  })

  it('a fallback comes first, and must be known', async () => {
    const made = await open({ fallback: () => [id(5), id(2)] }).generate(first - 1, EPOCH)
    expect(made.set.map((entry) => entry[0])).toEqual([2, 5])
    await expect(open({ fallback: () => [id(88)] }).generate(first, EPOCH)).rejects.toThrow(
      /missing/,
    )
  })

  it('after the first layer it reads the first block', async () => {
    const activeSetHash_ = activeSetHash([id(3), id(4)])
    sets.set(hex(activeSetHash_), { epoch: EPOCH, set: [id(3), id(4)] })
    const reward = { atxId: id(7), weightNum: 1n, weightDenom: 1n }
    const block = { layer: first, tickHeight: 0n, rewards: [reward], txIds: [] }
    const epochData = {
      activeSetHash: activeSetHash_,
      beacon: id(1).slice(28),
      eligibilityCount: 1,
    }
    const change = {
      firstBlock: () => Promise.resolve(block),
      ballots: {
        firstInEpoch: () =>
          Promise.resolve({ id: id(0), malicious: false, ballot: { epochData } } as never),
      },
    }
    await expect(open(change).generate(first, EPOCH)).rejects.toThrow(/too few/)
    const made = await open(change).generate(first + 1, EPOCH)
    expect(made.set.map((entry) => entry[0])).toEqual([3, 4, 7])
    await expect(open({}).generate(first + 1, EPOCH)).rejects.toThrow(/no block/)
    const noBallot = { firstBlock: change.firstBlock }
    await expect(open(noBallot).generate(first + 1, EPOCH)).rejects.toThrow(/first ballot/)
  })

  it('needs ATXs and weight', async () => {
    await expect(open(good(0, 0)).generate(first, EPOCH)).rejects.toThrow(/no ATX/)
    atxs.add(EPOCH, atx(40, 0n))
    await expect(open({ fallback: () => [id(40)] }).generate(first, EPOCH)).rejects.toThrow(
      /weight/,
    )
  })
})
