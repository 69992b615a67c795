import { describe, expect, it } from 'vitest'

import { invalidPrevAtxProof, multipleAtxsProof } from '../../../src/activation/index.ts'
import { Domain, keypairFromSeed, signDomain } from '../../../src/crypto/ed25519.ts'
import {
  ActivationTxV1,
  atxIdV1,
  atxSignedBytesV1,
  type InnerActivationTxV1,
} from '../../../src/protocol/activation-v1.ts'
import { MalfeasanceProof } from '../../../src/protocol/malfeasance.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { BAD_INDEX_POW } from './support/fake-post.ts'
import { golden, keyOf, schedule, World } from './support/world.ts'

const next = (previous: { id: Uint8Array; sequence: bigint }, publishEpoch: number) => ({
  publishEpoch,
  sequence: previous.sequence + 1n,
  prevAtxId: previous.id,
  positioningAtxId: previous.id,
})

describe('AtxHandler', () => {
  it('stores, indexes by target epoch, and knows it the second time', async () => {
    const world = new World()
    const atx = world.make(1, world.initial(1, 5))
    const record = await world.accept(atx)
    expect(world.index.get(6, record.id)).toMatchObject({ weight: 12n, height: 3n })
    expect(world.index.bySmesher(6, keyOf(1).publicKey)?.id).toEqual(record.id)
    expect(await world.handle(atx)).toEqual({ verdict: 'ignore', reason: 'known' })
    expect(world.index.count(6)).toBe(1)
  })

  it('gives deliveries at the same time one validation and one verdict', async () => {
    const world = new World()
    const atx = world.make(1, world.initial(1, 5))
    const verdicts = await Promise.all([world.handle(atx), world.handle(atx), world.handle(atx)])
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['accept', 'accept', 'accept'])
    expect(world.asked).toHaveLength(2) // first proof and NIPoST, once
    expect(world.disk.atxs.size).toBe(1)
  })

  it('does not let a forged copy answer for the real one', async () => {
    const world = new World()
    const atx = world.make(1, world.initial(1, 5))
    const forged = { ...atx, signature: new Uint8Array(64).fill(1) }
    const [bad, good] = await Promise.all([world.handle(forged), world.handle(atx)])
    expect(bad).toEqual({ verdict: 'reject', reason: 'invalid_signature' })
    expect(good.verdict).toBe('accept')
  })

  it.each([
    ['nothing', ''],
    ['half an ATX', '04007f'],
    ['an epoch that is none', '03'],
  ])('rejects %s', async (_what, bytes) => {
    const verdict = await new World().handle(fromHex(bytes))
    expect(verdict).toEqual({ verdict: 'reject', reason: 'undecodable' })
  })

  it('rejects trailing bytes and an ATX that was not asked for', async () => {
    const world = new World()
    const bytes = ActivationTxV1.encode(world.make(1, world.initial(1, 5)))
    const trailing = new Uint8Array(bytes.length + 1)
    trailing.set(bytes)
    expect(await world.handle(trailing)).toEqual({ verdict: 'reject', reason: 'undecodable' })
    const wrong = await world.handle(bytes, golden)
    expect(wrong).toEqual({ verdict: 'reject', reason: 'wrong_id' })
  })

  it('leaves versions alone that it does not know', async () => {
    const world = new World()
    const verdict = await world.handle(world.make(1, world.initial(1, 100)))
    expect(verdict).toEqual({ verdict: 'ignore', reason: 'version_unsupported' })
  })
})

describe('AtxHandler: malfeasance', () => {
  it('proves two ATXs of an epoch, stores the second one all the same', async () => {
    const world = new World()
    const first = world.make(1, world.initial(1, 5))
    await world.accept(first)
    const second = world.make(1, { ...world.initial(1, 5), numUnits: 4 }, { leafCount: 500n })
    const verdict = await world.handle(second)
    expect(verdict.verdict).toBe('accept')
    const proof = verdict.verdict === 'accept' ? verdict.proof : undefined
    const decoded = MalfeasanceProof.decode(proof!.bytes)
    expect(decoded.layer).toBe(5 * schedule.layersPerEpoch)
    expect(decoded.proof.type).toBe(1)
    if (decoded.proof.type !== 1) return
    const hashes = decoded.proof.messages.map(({ innerMessage }) => hex(innerMessage.messageHash))
    expect(hashes).toEqual([hex(atxIdV1(first)), hex(atxIdV1(second))])
    expect(world.disk.atxs.size).toBe(2)
    expect(world.index.isMalicious(keyOf(1).publicKey)).toBe(true)
    expect(world.index.epochWeight(6)).toBe(0n)

    // A known offender is not accused twice.
    const third = world.make(1, world.initial(1, 5), { leafCount: 700n })
    const later = await world.handle(third)
    expect(later).toMatchObject({ verdict: 'accept' })
    expect(later).not.toHaveProperty('proof')
  })

  it('proves two successors of one ATX', async () => {
    const world = new World()
    const first = await world.accept(world.make(1, world.initial(1, 5)))
    await world.accept(world.make(1, next(first, 6)))
    const fork = world.make(1, next(first, 7))
    const verdict = await world.handle(fork)
    const proof = verdict.verdict === 'accept' ? verdict.proof : undefined
    const decoded = MalfeasanceProof.decode(proof!.bytes)
    expect(decoded.proof.type).toBe(5)
    if (decoded.proof.type !== 5) return
    expect(hex(atxIdV1(decoded.proof.atx1))).toBe(hex(atxIdV1(fork)))
    expect(decoded.proof.atx2.publishEpoch).toBe(6)
  })

  it('counts two initial ATXs as two successors of nothing', async () => {
    const world = new World()
    await world.accept(world.make(1, world.initial(1, 5)))
    const verdict = await world.handle(world.make(1, world.initial(1, 7)))
    const proof = verdict.verdict === 'accept' ? verdict.proof : undefined
    expect(MalfeasanceProof.decode(proof!.bytes).proof.type).toBe(5)
  })

  it('proves a bad index and does not store the ATX', async () => {
    const world = new World()
    const atx = world.make(1, world.initial(1, 5), {
      nipost: (it) => ({ ...it, post: { ...it.post!, nonce: 2, pow: BAD_INDEX_POW } }),
    })
    const verdict = await world.handle(atx)
    expect(verdict).toMatchObject({ verdict: 'ignore', reason: 'post_index_invalid' })
    const proof = verdict.verdict === 'ignore' ? verdict.proof : undefined
    const decoded = MalfeasanceProof.decode(proof!.bytes)
    expect(decoded.proof).toMatchObject({ type: 4, invalidIndex: 2 })
    expect(world.disk.atxs.size).toBe(0)
    expect(world.index.isMalicious(keyOf(1).publicKey)).toBe(true)
    expect(await world.handle(atx)).toEqual({ verdict: 'ignore', reason: 'post_index_invalid' })
  })

  it('stops an own identity instead of accusing it', async () => {
    const world = new World()
    const first = await world.accept(world.make(1, world.initial(1, 5)))
    await world.accept(world.make(1, next(first, 6)))
    world.own = keyOf(1).publicKey
    const twin = await world.handle(world.make(1, next(first, 6), { leafCount: 900n }))
    expect(twin).toEqual({ verdict: 'ignore', reason: 'own_double_publish' })
    const fork = await world.handle(world.make(1, next(first, 7)))
    expect(fork).toEqual({ verdict: 'ignore', reason: 'own_wrong_previous' })
    expect(world.disk.atxs.size).toBe(2)
    expect(world.disk.proofs.size).toBe(0)
    const { signal } = new AbortController()
    const again = await world.handler.check(world.make(1, next(first, 7)), world.own, { signal })
    expect(again).toEqual({ verdict: 'ignore', reason: 'own_wrong_previous' })
  })
})

describe('proofs: the example of spec 08 §11', () => {
  const prefix = fromHex('9eebff023abb17ccb775c602daade8ed708f0a50')
  const mainnetGolden = fromHex('9eebff023abb17ccb775c602daade8ed708f0a50d3149a42801184f5b74f2865')
  const { publicKey, seed } = keypairFromSeed(new Uint8Array(32).fill(1))
  const firstId = fromHex('f4a8ed64643d4cbc893565e8b1c6c73fa9886956fe507b5fc7d78f4e4396de99')
  const secondWith = (positioningAtxId: Uint8Array) => {
    const inner: InnerActivationTxV1 = {
      publishEpoch: 2,
      sequence: 1n,
      prevAtxId: firstId,
      positioningAtxId,
      coinbase: Uint8Array.from({ length: 24 }, (_, i) => i),
      numUnits: 5,
      nipost: {
        membership: {
          nodes: [new Uint8Array(32).fill(0xaa), new Uint8Array(32).fill(0xbb)],
          leafIndex: 3n,
        },
        post: { nonce: 300, indices: fromHex('090807'), pow: 2n ** 40n },
        postMetadata: { challenge: new Uint8Array(32).fill(0xcc), labelsPerUnit: 2n ** 32n },
      },
    }
    const signature = signDomain(seed, prefix, Domain.atx, atxSignedBytesV1(inner))
    return { ...inner, smesherId: publicKey, signature }
  }
  const stored = secondWith(firstId)
  const rival = secondWith(mainnetGolden)

  it('two ATXs in one epoch, byte for byte', () => {
    const id1 = '455a80d5d33a276043d5c6a6e6d9f0c82a665ed489953c9f1c43282cf5dbf0c9'
    const id2 = '5762687738bc68315365cae5550cbebdda69128e1baeacb982249cac3eafad5e'
    const sig1 =
      '61c73835589e329cb35e04cbfeeaaf206f4f6e044fd3e600e7f4a7e672390f49409ca6d25a0a8a27a95dcf6e4c3b5d6d71ab7d9697a3ebe9bc52623df67b5e0a'
    const sig2 =
      '4c84b4e9982716ac8a121f0432c47f3983136255b0c4c9d986e07d91f2f8bbd2725df4b364f3bbbeac309bb2d34b7edac68ca2186446c97a4a1b3dd777ef620c'
    const node = hex(publicKey)
    const proof = multipleAtxsProof(stored, rival, 4032)
    expect(hex(proof)).toBe(`017e0108${id1}${node}${sig1}08${id2}${node}${sig2}`)
    expect(proof).toHaveLength(261)
  })

  it('two successors: the new one first', () => {
    const decoded = MalfeasanceProof.decode(invalidPrevAtxProof(rival, stored, 4032))
    expect(decoded.layer).toBe(8064)
    expect(decoded.proof.type).toBe(5)
    if (decoded.proof.type !== 5) return
    expect(hex(decoded.proof.atx1.positioningAtxId)).toBe(hex(mainnetGolden))
  })
})
