import { describe, expect, it } from 'vitest'

import { AtxIndex, ChainSearch, PoetDb, type AtxRecord } from '../../../src/activation/index.ts'
import { withDeadline } from '../../../src/activation/deadline.ts'
import { createProver } from '../../../src/poet/prover.ts'
import { verifyPoetProof } from '../../../src/poet/verify.ts'
import { ActivationTxV1 } from '../../../src/protocol/activation-v1.ts'
import { PoetProofMessage, poetRef } from '../../../src/protocol/poet.ts'
import { hex } from '../../../src/util/bytes.ts'
import { fakePostVerifier } from './support/fake-post.ts'
import { SimClock } from './support/sim-clock.ts'
import { golden, keyOf, World } from './support/world.ts'

const { signal } = new AbortController()

const record = (id: number, publishEpoch: number, smesher = id): AtxRecord => ({
  id: new Uint8Array(32).fill(id),
  version: 1,
  publishEpoch,
  sequence: 0n,
  prevAtxId: new Uint8Array(32),
  positioningAtxId: golden,
  commitmentAtxId: golden,
  smesherId: keyOf(smesher).publicKey,
  coinbase: new Uint8Array(24),
  numUnits: 4,
  effectiveNumUnits: 4,
  vrfNonce: 7n,
  baseTickHeight: 10n,
  tickCount: 3n,
  weight: 12n,
  receivedNs: 1n,
  validity: 'unknown',
  blob: new Uint8Array(),
})

describe('AtxIndex', () => {
  it('answers by target epoch, ids ascending', () => {
    const index = new AtxIndex()
    for (const id of [9, 3, 5]) index.add(record(id, 4))
    index.add(record(7, 5))
    expect(index.all(5).map(({ id }) => id[0])).toEqual([3, 5, 9])
    expect(index.get(5, record(9, 4).id)).toMatchObject({ baseHeight: 10n, height: 13n })
    expect(index.get(6, record(9, 4).id)).toBeUndefined()
    const ids = [3, 9, 100].map((id) => new Uint8Array(32).fill(id))
    expect(index.weightOf(5, ids)).toEqual({ weight: 24n, known: 2 })
  })

  it('leaves malicious smeshers out of the epoch weight and keeps their first proof', () => {
    const index = new AtxIndex()
    for (const id of [1, 2, 3]) index.add(record(id, 4))
    index.markMalicious(keyOf(2).publicKey, 50n)
    index.markMalicious(keyOf(2).publicKey, 40n)
    expect(index.epochWeight(5)).toBe(24n)
    expect(index.proofReceivedNs(keyOf(2).publicKey)).toBe(50n)
  })

  it('loads from a store what it is asked for, and takes up no evicted epoch again', async () => {
    const atxs = [record(1, 3), record(2, 4), record(3, 5)]
    const store = {
      inEpoch: async (epoch: number) => atxs.filter((atx) => atx.publishEpoch === epoch),
      latestEpoch: async () => 5,
      malicious: async () => [{ smesherId: keyOf(3).publicKey, receivedNs: 8n }],
    }
    const index = new AtxIndex()
    await index.load(store, 5)
    expect([4, 5, 6].map((epoch) => index.count(epoch))).toEqual([0, 1, 1])
    expect(index.isMalicious(keyOf(3).publicKey)).toBe(true)
    index.evictBefore(6)
    index.add(record(2, 4))
    expect(index.count(5)).toBe(0)
  })
})

describe('ChainSearch', () => {
  const search = (world: World, options = {}, own?: Uint8Array) =>
    new ChainSearch(
      { goldenAtxId: golden, postValidDelayMs: null, ...options },
      {
        clock: world.clock,
        atxs: world.atxs,
        verifier: fakePostVerifier(world.asked),
        isOwn: (id) => own !== undefined && hex(id) === hex(own),
      },
    )
  /** Accepted with its subset check, then found to be bad in full. */
  const spoil = (world: World, id: Uint8Array) => {
    const atx = world.disk.atxs.get(hex(id))!
    const blob = world.make(9, world.initial(9, atx.publishEpoch), {
      nipost: (it) => ({ ...it, post: { ...it.post!, indices: new Uint8Array(32) } }),
    })
    return world.atxs.storeAtx({ ...atx, blob: ActivationTxV1.encode(blob) })
  }

  it('takes the golden ATX when there is none', async () => {
    const found = await search(new World()).find(3, { signal })
    expect(found).toEqual({ atxId: golden, height: 0n })
  })

  it('takes the highest valid one of the newest usable epoch, and remembers verdicts', async () => {
    const world = new World()
    const low = await world.accept(world.make(1, world.initial(1, 5), { leafCount: 300n }))
    const high = await world.accept(world.make(2, world.initial(2, 5), { leafCount: 900n }))
    await world.accept(world.make(3, world.initial(3, 6), { leafCount: 2000n }))
    expect((await search(world).find(6, { signal })).atxId).toEqual(high.id)
    expect((await world.atxs.get(high.id))?.validity).toBe('valid')
    world.asked.length = 0
    await search(world).find(6, { signal })
    expect(world.asked).toEqual([])

    await world.atxs.storeAtx({ ...high, validity: 'unknown' })
    await spoil(world, high.id)
    expect(await search(world).find(6, { signal })).toEqual({ atxId: low.id, height: 3n })
    expect((await world.atxs.get(high.id))?.validity).toBe('invalid')
  })

  it('skips malicious authors, and refuses a chain with a bad link', async () => {
    const world = new World()
    const base = await world.accept(world.make(1, world.initial(1, 5)))
    const top = await world.accept(
      world.make(2, { ...world.initial(2, 6), positioningAtxId: base.id }),
    )
    expect(await search(world).verifyChain(top, signal)).toBe(true)
    await world.atxs.setValidity(base.id, 'unknown')
    await world.atxs.setValidity(top.id, 'unknown')
    await spoil(world, base.id)
    const fresh = (await world.atxs.get(top.id))!
    expect(await search(world).verifyChain(fresh, signal)).toBe(false)
    // The own ATX below it is trusted without a look.
    expect(await search(world, {}, keyOf(1).publicKey).verifyChain(fresh, signal)).toBe(true)

    const other = new World()
    const mine = await other.accept(other.make(1, other.initial(1, 5)))
    const bytes = new Uint8Array()
    await other.atxs.storeAtx(undefined, { smesherId: mine.smesherId, bytes, receivedNs: 1n })
    expect((await search(other).find(6, { signal })).atxId).toEqual(golden)
    expect(await search(other).findCommitment({ signal })).toEqual(golden)
  })

  it('verifies with the units that an ATX declares, also after growth', async () => {
    const world = new World()
    const first = await world.accept(world.make(1, world.initial(1, 5)))
    const grown = await world.accept(
      world.make(1, {
        publishEpoch: 6,
        sequence: 1n,
        prevAtxId: first.id,
        positioningAtxId: first.id,
        numUnits: 7,
      }),
    )
    expect(grown.effectiveNumUnits).toBe(4)
    expect(await search(world).verifyChain(grown, signal)).toBe(true)
  })

  it('does not look at what is older than the delay', async () => {
    const world = new World()
    const atx = await world.accept(world.make(1, world.initial(1, 5)))
    world.asked.length = 0
    world.clock.jump(world.clock.now() + 5001)
    expect(await search(world, { postValidDelayMs: 5000 }).verifyChain(atx, signal)).toBe(true)
    expect(world.asked).toEqual([])
  })
})

describe('PoetDb', () => {
  const prover = createProver({ statement: new Uint8Array(32).fill(4) })
  prover.advance(200)
  const message: PoetProofMessage = {
    ...prover.finish(),
    poetServiceId: new Uint8Array(3),
    roundId: Uint8Array.of(48),
    statement: new Uint8Array(32).fill(4),
    signature: new Uint8Array(64),
  }
  const setUp = () => {
    const stored = new Map<string, Uint8Array>()
    const messages = {
      get: async (ref: Uint8Array) => stored.get(hex(ref)),
      put: async (ref: Uint8Array, bytes: Uint8Array) => void stored.set(hex(ref), bytes),
    }
    return { stored, db: new PoetDb({ messages, verify: verifyPoetProof }) }
  }

  it('verifies, stores and answers; a known ref is not looked at again', async () => {
    const { db, stored } = setUp()
    const ref = poetRef(message)
    expect(await db.get(ref)).toBeUndefined()
    expect(await db.add(message)).toEqual({ taken: true, ref })
    expect(await db.get(ref)).toEqual({ leafCount: 200n, statement: message.statement })
    const lie = { ...message, statement: new Uint8Array(32) }
    expect(await db.add(lie)).toEqual({ taken: true, ref })
    expect(PoetProofMessage.decode(stored.get(hex(ref))!).statement).toEqual(message.statement)
  })

  it('refuses a wrong statement, a wrong ref, bytes that are no message, and what is too long', async () => {
    const { db, stored } = setUp()
    const lie = { ...message, statement: new Uint8Array(32) }
    expect(await db.add(lie)).toEqual({ taken: false, reason: 'invalid' })
    const bytes = PoetProofMessage.encode(message)
    const wrong = await db.addFetched(new Uint8Array(32), bytes)
    expect(wrong).toEqual({ taken: false, reason: 'wrong_ref' })
    const cut = await db.addFetched(poetRef(message), bytes.slice(0, -1))
    expect(cut).toEqual({ taken: false, reason: 'undecodable' })
    const long = { ...message, provenLeaves: Array(151).fill(new Uint8Array(32)) }
    expect(await db.add(long)).toEqual({ taken: false, reason: 'undecodable' })
    expect(stored.size).toBe(0)
    expect(await db.addFetched(poetRef(message), bytes)).toMatchObject({ taken: true })
  })
})

describe('withDeadline', () => {
  it('ends work that takes too long and says so', async () => {
    const clock = new SimClock(0)
    const work = (inner: AbortSignal) => clock.sleepUntil(100, { signal: inner })
    const run = withDeadline({ clock, step: 'a step', deadlineMs: 50, signal }, work)
    const outcome = expect(run).rejects.toMatchObject({
      code: 'DEADLINE_PASSED',
      context: { step: 'a step', deadlineMs: 50 },
    })
    await clock.run(() => false, 200)
    await outcome
  })

  it('lets quick work, its failures and an abort from outside through', async () => {
    const clock = new SimClock(0)
    const deadline = { clock, step: 'a step', deadlineMs: 50 }
    expect(await withDeadline({ ...deadline, signal }, async () => 3)).toBe(3)
    const failing = withDeadline({ ...deadline, signal }, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    const stop = new AbortController()
    const stopped = withDeadline({ ...deadline, signal: stop.signal }, (inner) =>
      clock.sleepUntil(100, { signal: inner }),
    )
    stop.abort()
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
  })
})
