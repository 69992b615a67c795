import { describe, expect, it } from 'vitest'

import { merkleProve, merkleRoot, verifyMultiproof } from '../../../src/crypto/merkle.ts'
import { atxPublishEpoch } from '../../../src/protocol/activation-v1.ts'
import {
  atxIdV2,
  atxLeavesV2,
  MARRIAGES_LEAF,
  marriagesRoot,
} from '../../../src/protocol/activation-v2-id.ts'
import type { ActivationTxV2, SubPostV2 } from '../../../src/protocol/activation-v2.ts'
import { isAscending } from '../../../src/protocol/active-set.ts'
import { MalfeasanceProof } from '../../../src/protocol/malfeasance.ts'
import { opinionHash } from '../../../src/protocol/opinion-hash.ts'
import { padId } from '../../../src/protocol/primitives.ts'
import { TxEnvelope } from '../../../src/protocol/transaction.ts'
import { concat, fromHex, hex, u32le, u64le } from '../../../src/util/bytes.ts'
import { postRoot } from '../../../src/protocol/activation-v1.ts'

const filled = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte)
const post = { nonce: 5, indices: filled(9, 10), pow: 77n }
const subPost = (prevAtxIndex: number): SubPostV2 => ({
  ...{ marriageIndex: 0, prevAtxIndex, membershipLeafIndex: 3n, post, numUnits: 4 },
})
const zero = new Uint8Array(32)

const atx = (parts: Partial<ActivationTxV2>): ActivationTxV2 => ({
  publishEpoch: 7,
  positioningAtxId: filled(1, 32),
  coinbase: filled(2, 24),
  previousAtxIds: [],
  niposts: [],
  vrfNonce: 9n,
  marriages: [],
  smesherId: filled(3, 32),
  signature: filled(4, 64),
  ...parts,
})

/** The id as the reference builds it: every leaf of every tree streamed, none precomputed. */
function streamedId(value: ActivationTxV2): Uint8Array {
  const filledUp = (leaves: Uint8Array[], size: number) =>
    merkleRoot([...leaves, ...Array.from({ length: size - leaves.length }, () => zero)])
  const subPostRoot = (sub: SubPostV2): Uint8Array => {
    const prev = value.previousAtxIds[sub.prevAtxIndex]
    if (!prev) return new Uint8Array(0)
    const [marriage, units] = [u32le(sub.marriageIndex), u32le(sub.numUnits)]
    return merkleRoot([
      marriage,
      prev,
      padId(u64le(sub.membershipLeafIndex)),
      postRoot(post),
      units,
    ])
  }
  const nipostRoot = (nipost: ActivationTxV2['niposts'][number]) =>
    merkleRoot([
      concat(Uint8Array.of(nipost.membership.length << 2), ...nipost.membership),
      nipost.challenge,
      filledUp(nipost.posts.map(subPostRoot), 256),
    ])
  return merkleRoot([
    padId(u32le(value.publishEpoch)),
    value.positioningAtxId,
    value.coinbase,
    value.initial
      ? merkleRoot([value.initial.commitmentAtxId, postRoot(value.initial.post)])
      : zero,
    filledUp([...value.previousAtxIds], 256),
    filledUp(value.niposts.map(nipostRoot), 4),
    padId(u64le(value.vrfNonce)),
    filledUp(
      value.marriages.map((m) => merkleRoot([m.referenceAtxId, m.signature])),
      256,
    ),
    value.marriageAtxId ?? zero,
  ])
}

describe('ATX V2 id', () => {
  const nipost = (posts: SubPostV2[]) => ({ membership: [filled(5, 32)], challenge: zero, posts })
  const prev = [filled(6, 32), filled(7, 32)]

  it.each([
    ['nothing in it', atx({})],
    ['a valid initial one', atx({ niposts: [nipost([subPost(0)])] })],
    ['three posts', atx({ previousAtxIds: prev, niposts: [nipost([0, 1, 0].map(subPost))] })],
    ['a bad index first', atx({ previousAtxIds: prev, niposts: [nipost([5, 1].map(subPost))] })],
    ['a bad index second', atx({ previousAtxIds: prev, niposts: [nipost([1, 5].map(subPost))] })],
    ['bad indices only', atx({ niposts: [nipost([0, 1, 2].map(subPost)), nipost([])] })],
    [
      'a bad index last of 256',
      atx({
        previousAtxIds: prev,
        niposts: [nipost(Array.from({ length: 256 }, (_, i) => subPost(i === 255 ? 9 : 0)))],
      }),
    ],
    [
      'a marriage',
      atx({
        marriages: [{ referenceAtxId: zero, signature: filled(8, 64) }],
        marriageAtxId: filled(9, 32),
        initial: { commitmentAtxId: filled(10, 32), post },
      }),
    ],
  ])('with %s is that of the streamed trees', (_name, value) => {
    expect(hex(atxIdV2(value))).toBe(hex(streamedId(value)))
  })

  it('proves its marriages', () => {
    const value = atx({ marriages: [{ referenceAtxId: zero, signature: filled(8, 64) }] })
    const nodes = merkleProve(atxLeavesV2(value), [MARRIAGES_LEAF])
    const leaf = marriagesRoot(value.marriages)
    const index = [BigInt(MARRIAGES_LEAF)]
    expect(verifyMultiproof(index, [leaf], nodes, atxIdV2(value))).toBe(true)
    expect(verifyMultiproof(index, [zero], nodes, atxIdV2(value))).toBe(false)
  })
})

describe('publish epoch', () => {
  it('is read from the head of any ATX', () => {
    expect(atxPublishEpoch(fromHex('0901ffffff'))).toBe(66)
    expect(() => atxPublishEpoch(new Uint8Array(0))).toThrow('UNEXPECTED_END')
  })
})

describe('malfeasance', () => {
  it('refuses a type that is not defined', () => {
    for (const type of [0, 6, 255]) {
      const bytes = concat(Uint8Array.of(4, type), new Uint8Array(2000))
      expect(() => MalfeasanceProof.decode(bytes)).toThrow('UNKNOWN_TAG')
    }
    const proof = { type: 9 } as unknown as MalfeasanceProof['proof']
    expect(() => MalfeasanceProof.encode({ layer: 1, proof })).toThrow('UNKNOWN_TAG')
  })
})

describe('transaction envelope', () => {
  // Spec 01 §16: self-spawn and spend of the wallet with the key of seed 00…1f.
  const principal = '00000000970be89b23bc171a67bb1f763161d184ca9b9326'
  const template = `${'00'.repeat(23)}01`
  const pub = '03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8'

  it('has the template in a spawn only', () => {
    const spawn = TxEnvelope.decode(fromHex(`00${principal}00${template}0004${pub}`))
    expect({ ...spawn, principal: hex(spawn.principal), template: hex(spawn.template!) }).toEqual({
      ...{ version: 0, method: 0, nonce: 0n, gasPrice: 1n },
      ...{ principal, template, rest: fromHex(pub) },
    })
    const spend = TxEnvelope.decode(fromHex(`00${principal}400404${principal}02286bee`))
    expect(spend).toMatchObject({ method: 16, nonce: 1n, gasPrice: 1n, template: undefined })
    expect(hex(spend.rest)).toBe(`${principal}02286bee`)
  })

  it('refuses a spawn without template on both ways', () => {
    expect(() => TxEnvelope.decode(fromHex(`00${principal}000004`))).toThrow('UNEXPECTED_END')
    const rest = new Uint8Array(0)
    const tx = {
      version: 0,
      principal: fromHex(principal),
      method: 0,
      nonce: 0n,
      gasPrice: 1n,
      rest,
    }
    expect(() => TxEnvelope.encode(tx)).toThrow('WRONG_LENGTH')
  })
})

describe('opinions', () => {
  // First five bytes as spec 01 §16 gives them; block ids are 01 00… and 02 00….
  const block = (first: number, height: bigint) => {
    const id = new Uint8Array(20)
    id[0] = first
    return { id, height }
  }
  const abstain = { abstain: true } as const
  const against = { support: [] }
  const [one, two] = [block(1, 100n), block(2, 100n)]

  it.each([
    ['9792d675f9', [{ support: [block(1, 10n)] }]],
    ['fdae510822', [{ support: [one] }]],
    ['af1349b9f5', [against]],
    ['2d3adedff1', [abstain]],
    ['58716d2acc', [abstain, abstain]],
    ['82878ed8a4', [against, against]],
    ['88f75279f7', [{ support: [one] }, { support: [two] }]],
    ['c0d65bb2f6', [{ support: [two, one] }]],
    ['ae4b107c66', [{ support: [one] }, against]],
  ])('%s', (expected, layers) => {
    let opinion: Uint8Array | undefined
    for (const layer of layers) opinion = opinionHash(opinion, layer)
    expect(hex(opinion!).slice(0, 10)).toBe(expected)
  })
})

describe('ascending ids', () => {
  it('means strictly', () => {
    const [a, b] = [filled(1, 32), filled(2, 32)]
    expect([[], [a], [a, b]].map(isAscending)).toEqual([true, true, true])
    expect(
      [
        [b, a],
        [a, a],
      ].map(isAscending),
    ).toEqual([false, false])
  })
})
