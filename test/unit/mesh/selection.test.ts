import { describe, expect, it } from 'vitest'

import { ProposalStore, selectProposals } from '../../../src/mesh/index.ts'
import type { StoredProposal } from '../../../src/mesh/index.ts'
import { planBlock } from '../../../src/mesh/index.ts'
import { MemoryAtxIndex } from './memory-atx-index.ts'

const LPE = 4
const EPOCH = 2
const LAYER = 9
const bytes = (length: number, n: number) => new Uint8Array(length).fill(n)
const BEACON = bytes(4, 1)

interface Entry {
  /** Of the proposal, which has the ATX and smesher of this number. */
  n: number
  atx?: number
  beacon?: Uint8Array
  malicious?: boolean
  layer?: number
  proofs?: number
  meshHash?: Uint8Array
  txIds?: Uint8Array[]
}

const entry = ({ n, atx = n, beacon = BEACON, malicious = false, ...rest }: Entry) => {
  const { layer = LAYER, proofs = 1, meshHash = bytes(32, 0), txIds = [] } = rest
  const epochData = { activeSetHash: bytes(32, 0), beacon, eligibilityCount: 8 }
  const ballot = {
    ...{ layer, atxId: bytes(32, atx), smesherId: bytes(32, 100 + atx), epochData },
    eligibilityProofs: Array.from({ length: proofs }, (_, j) => ({ j, signature: bytes(80, j) })),
    refBallot: bytes(20, 0),
  }
  const proposal = { ballot, meshHash, txIds }
  return { id: bytes(20, n), beacon, malicious, proposal } as unknown as StoredProposal
}

function index(heights: Record<number, [bigint, bigint]>, weight = 12n): MemoryAtxIndex {
  const atxs = new MemoryAtxIndex()
  for (const [n, [baseHeight, height]] of Object.entries(heights)) {
    const common = { coinbase: bytes(24, 0), vrfNonce: 0n, weight, baseHeight, height }
    atxs.add(EPOCH, { id: bytes(32, +n), smesherId: bytes(32, 100 + +n), ...common })
  }
  return atxs
}

describe('selectProposals (spec 06 §9.3)', () => {
  const atxs = index({ 1: [0n, 10n], 2: [9n, 20n], 3: [10n, 30n] })
  const context = { layer: LAYER, layersPerEpoch: LPE, beacon: BEACON }
  const own = [bytes(32, 101)]
  const select = (entries: Entry[], smesherIds = own) =>
    selectProposals(entries.map(entry), { ...context, smesherIds }, atxs).map(({ id }) => id[0])

  it('sorts by id', () => expect(select([{ n: 2 }, { n: 1 }])).toEqual([1, 2]))
  it('none without an own ATX', () => expect(select([{ n: 2 }], [bytes(32, 7)])).toEqual([]))
  it('leaves out flagged ones', () => expect(select([{ n: 2, malicious: true }])).toEqual([]))
  it('leaves out both of one ATX', () => {
    expect(select([{ n: 1 }, { n: 2 }, { n: 4, atx: 2 }])).toEqual([1])
  })
  it('leaves out another beacon', () => {
    expect(select([{ n: 1, beacon: bytes(4, 2) }, { n: 2 }])).toEqual([2])
  })
  it('leaves out what stands on ticks above the own ones', () => {
    expect(select([{ n: 3 }, { n: 2 }])).toEqual([2])
  })
  it('none at all when an ATX is unknown', () => expect(select([{ n: 1 }, { n: 9 }])).toEqual([]))
  it('leaves out malicious smeshers', () => {
    const some = index({ 1: [0n, 10n], 2: [9n, 20n] })
    some.setMalicious(bytes(32, 102))
    const entries = [entry({ n: 1 }), entry({ n: 2 })]
    const selected = selectProposals(entries, { ...context, smesherIds: own }, some)
    expect(selected.map(({ id }) => id[0])).toEqual([1])
  })
})

describe('ProposalStore', () => {
  it('refuses the layer of the start and those that fell out of its capacity', () => {
    const store = new ProposalStore({ capacity: 3, currentLayer: 5 })
    const add = (layer: number, n = 1) => store.add(entry({ n, layer }))
    expect([add(5), add(6), add(6), add(7)]).toEqual(['evicted', 'added', 'known', 'added'])
    store.onLayer(7)
    expect(store.inLayer(6)).toHaveLength(1)
    store.onLayer(9)
    expect(store.inLayer(6)).toEqual([])
    expect(store.has(7, bytes(20, 1))).toBe(true)
    expect([add(6, 2), add(7, 2)]).toEqual(['evicted', 'added'])
  })
})

describe('planBlock (spec 06 §11)', () => {
  const options = { layersPerEpoch: LPE, optimisticFilterPercent: 90, blockGasLimit: 100n }
  const modules = {
    atxs: index({ 1: [7n, 10n], 2: [9n, 20n], 3: [2n, 30n] }),
    ballots: { get: () => Promise.resolve(undefined) },
    txs: { get: () => Promise.resolve(undefined) },
  }
  const own = bytes(32, 5)
  const plan = (entries: Entry[]) => planBlock(LAYER, entries.map(entry), own, options, modules)

  it('rewards in order of ATX ids, as fractions in lowest terms, and takes the highest base', async () => {
    const made = await plan([
      { n: 3, proofs: 2 },
      { n: 1, proofs: 4 },
    ])
    expect(made.tickHeight).toBe(7n)
    expect(
      made.rewards.map(({ atxId, weightNum, weightDenom }) => [atxId[0], weightNum, weightDenom]),
    ).toEqual([
      [1, 6n, 1n],
      [3, 3n, 1n],
    ])
    const [single] = (await plan([{ n: 1 }])).rewards
    expect([single!.weightNum, single!.weightDenom]).toEqual([3n, 2n])
  })

  it('wraps the weight as the reference does, after reducing', async () => {
    const heavy = { ...modules, atxs: index({ 1: [0n, 1n] }, 2n ** 64n - 1n) }
    const entries = [entry({ n: 1, proofs: 3 })]
    const [reward] = (await planBlock(LAYER, entries, own, options, heavy)).rewards
    expect(reward!.weightNum).toBe(BigInt.asUintN(64, 3n * (2n ** 64n - 1n)))
    expect(reward!.weightDenom).toBe(8n)
  })

  it('is optimistic when enough eligibilities name the own history', async () => {
    const votes = (agreeing: number, others: number, hash = own) => [
      { n: 1, proofs: agreeing, meshHash: hash },
      { n: 2, proofs: others },
    ]
    expect((await plan(votes(9, 1))).optimistic).toBe(true)
    expect((await plan(votes(8, 1))).optimistic).toBe(false)
    await expect(plan(votes(9, 1, bytes(32, 6)))).rejects.toThrow(/another history/)
  })

  it('fails on what it does not know', async () => {
    await expect(plan([{ n: 4 }])).rejects.toThrow(/ATX 0404/)
    await expect(plan([{ n: 1 }, { n: 2, atx: 1 }])).rejects.toThrow(/two proposals/)
    await expect(plan([{ n: 1, txIds: [own] }])).rejects.toThrow(/transaction 0505/)
  })
})
