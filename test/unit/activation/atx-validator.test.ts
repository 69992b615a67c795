import { describe, expect, it } from 'vitest'

import type { AtxVerdict } from '../../../src/activation/index.ts'
import { ActivationTxV1, atxIdV1, type NipostV1 } from '../../../src/protocol/activation-v1.ts'
import { hex } from '../../../src/util/bytes.ts'
import { BAD_INDEX_POW, VRF_NONCE } from './support/fake-post.ts'
import { golden, keyOf, LABELS_PER_UNIT, World, ZERO, type Draft } from './support/world.ts'

const said = (verdict: AtxVerdict) =>
  verdict.verdict === 'accept' ? 'accept' : `${verdict.verdict} ${verdict.reason}`

/** A world with the ATXs of smeshers 1 (epochs 5, 6) and 2 (epoch 5). */
async function settled(options: ConstructorParameters<typeof World>[0] = {}) {
  const world = new World(options)
  const first = await world.accept(world.make(1, world.initial(1, 5)))
  const second = await world.accept(
    world.make(1, { ...next(first, 6), positioningAtxId: first.id }),
  )
  const other = await world.accept(world.make(2, world.initial(2, 5)))
  return { world, first, second, other }
}

const next = (previous: { id: Uint8Array; sequence: bigint }, publishEpoch: number) => ({
  publishEpoch,
  sequence: previous.sequence + 1n,
  prevAtxId: previous.id,
  positioningAtxId: previous.id,
})

type Case = [row: string, verdict: string, atx: (it: Settled) => ActivationTxV1 | Uint8Array]
type Settled = Awaited<ReturnType<typeof settled>>

const without =
  <K extends keyof Draft>(...keys: K[]) =>
  (atx: Draft): Draft => ({ ...atx, ...Object.fromEntries(keys.map((key) => [key, undefined])) })
const initialWith =
  (change: (atx: Draft) => Draft) =>
  ({ world }: Settled) =>
    world.make(3, world.initial(3, 7), { change })
const nipostWith =
  (change: (nipost: NipostV1) => NipostV1 | undefined) =>
  ({ world }: Settled) =>
    world.make(3, world.initial(3, 7), { nipost: change })
const nextWith =
  (fields: Partial<Draft>) =>
  ({ world, second }: Settled) =>
    world.make(1, { ...next(second, 7), ...fields })

const cases: Case[] = [
  [
    '1 signature',
    'reject invalid_signature',
    ({ world }) => ({
      ...world.make(3, world.initial(3, 7)),
      signature: new Uint8Array(64).fill(1),
    }),
  ],
  [
    '1 signed by another',
    'reject invalid_signature',
    ({ world }) => ({
      ...world.make(3, world.initial(3, 7)),
      smesherId: keyOf(4).publicKey,
    }),
  ],
  ['2 known', 'ignore known', ({ second }) => second.blob],
  ['3 NIPoST', 'reject nipost_missing', nipostWith(() => undefined)],
  ['3 Post', 'reject post_missing', nipostWith((it) => ({ ...it, post: undefined }))],
  [
    '3 metadata',
    'reject post_metadata_missing',
    nipostWith((it) => ({ ...it, postMetadata: undefined })),
  ],
  ['4 epoch', 'reject publish_epoch_too_far', ({ world }) => world.make(3, world.initial(3, 12))],
  ['4 next epoch', 'accept', ({ world }) => world.make(3, world.initial(3, 11))],
  ['4 no lower bound', 'accept', ({ world }) => world.make(3, world.initial(3, 0))],
  [
    '5 positioning',
    'reject positioning_missing',
    ({ world }) => world.make(3, { ...world.initial(3, 7), positioningAtxId: ZERO }),
  ],
  ['6a initial Post', 'reject initial_post_missing', initialWith(without('initialPost', 'nodeId'))],
  ['6a node id', 'reject node_id_missing', initialWith(without('nodeId', 'vrfNonce'))],
  ['6a VRF nonce', 'reject vrf_nonce_missing', initialWith(without('vrfNonce', 'commitmentAtxId'))],
  ['6a commitment', 'reject commitment_missing', initialWith(without('commitmentAtxId'))],
  [
    '6a commitment of zeros',
    'reject commitment_empty',
    initialWith((it) => ({ ...it, commitmentAtxId: ZERO })),
  ],
  ['6a sequence', 'reject sequence_not_zero', initialWith((it) => ({ ...it, sequence: 1n }))],
  ['6a any node id will do', 'accept', initialWith((it) => ({ ...it, nodeId: ZERO }))],
  [
    '7a size of a unit',
    'reject labels_per_unit_too_small',
    nipostWith((it) => ({
      ...it,
      postMetadata: { ...it.postMetadata!, labelsPerUnit: LABELS_PER_UNIT - 1n },
    })),
  ],
  ['7a VRF nonce', 'reject vrf_nonce_invalid', initialWith((it) => ({ ...it, vrfNonce: 8n }))],
  [
    '8a initial Post',
    'reject initial_post_invalid',
    ({ world }) => {
      const initial = world.initial(3, 7)
      return world.make(3, { ...initial, initialPost: { ...initial.initialPost, indices: ZERO } })
    },
  ],
  [
    '8a bad index: no malfeasance',
    'reject initial_post_invalid',
    ({ world }) => {
      const initial = world.initial(3, 7)
      return world.make(3, {
        ...initial,
        initialPost: { ...initial.initialPost, pow: BAD_INDEX_POW },
      })
    },
  ],
  ['6b node id', 'reject node_id_unexpected', nextWith({ nodeId: keyOf(1).publicKey })],
  [
    '6b initial Post',
    'reject initial_post_unexpected',
    nextWith({
      initialPost: { nonce: 0, indices: ZERO, pow: 0n },
    }),
  ],
  ['6b commitment', 'reject commitment_unexpected', nextWith({ commitmentAtxId: golden })],
  [
    '9 PoET proof',
    'ignore fetching_references',
    ({ world, second }) => {
      const atx = world.make(1, next(second, 7))
      world.unreachable.add(hex(atx.nipost!.postMetadata!.challenge))
      return atx
    },
  ],
  [
    '9 previous',
    'ignore fetching_references',
    (it) => {
      it.world.unreachable.add(hex(it.second.id))
      return nextWith({ positioningAtxId: golden })(it)
    },
  ],
  [
    '9 positioning',
    'ignore fetching_references',
    (it) => {
      it.world.unreachable.add(hex(it.other.id))
      return nextWith({ positioningAtxId: it.other.id })(it)
    },
  ],
  [
    '9 commitment',
    'ignore fetching_references',
    ({ world, other }) => {
      world.unreachable.add(hex(other.id))
      return world.make(3, world.initial(3, 7, other.id), { commitment: other.id })
    },
  ],
  [
    '10 commitment of the identity',
    'reject commitment_not_found',
    ({ world, second }) => world.make(3, next(second, 7)),
  ],
  [
    '11a commitment',
    'accept',
    ({ world, other }) => world.make(3, world.initial(3, 7, other.id), { commitment: other.id }),
  ],
  [
    '11a commitment unknown',
    'reject commitment_not_found',
    ({ world }) => {
      const nowhere = new Uint8Array(32).fill(0xee)
      return world.make(3, world.initial(3, 7, nowhere), { commitment: nowhere })
    },
  ],
  [
    '11a commitment not older',
    'reject commitment_not_older',
    ({ world, other }) => world.make(3, world.initial(3, 5, other.id), { commitment: other.id }),
  ],
  [
    '11b previous unknown',
    'reject previous_not_found',
    nextWith({
      prevAtxId: new Uint8Array(32).fill(0xee),
      positioningAtxId: golden,
    }),
  ],
  [
    '11b previous of another',
    'reject previous_of_other_smesher',
    ({ world, other }) => world.make(1, next(other, 7)),
  ],
  [
    '11b previous not older',
    'reject previous_not_older',
    nextWith({
      publishEpoch: 6,
      positioningAtxId: golden,
    }),
  ],
  ['11b sequence', 'reject sequence_not_next', nextWith({ sequence: 3n })],
  ['12b own nonce', 'reject vrf_nonce_invalid', nextWith({ vrfNonce: 8n })],
  ['12b own nonce, valid', 'accept', nextWith({ vrfNonce: VRF_NONCE })],
  [
    '13b declared units',
    'reject previous_units_unknown',
    ({ world, second }) => {
      world.atxs.declaredUnits = async () => undefined
      return world.make(1, next(second, 7))
    },
  ],
  [
    '14 positioning unknown',
    'reject positioning_not_found',
    nextWith({
      positioningAtxId: new Uint8Array(32).fill(0xee),
    }),
  ],
  [
    '14 positioning not older',
    'reject positioning_not_older',
    ({ world, first, second }) => world.make(1, { ...next(first, 6), positioningAtxId: second.id }),
  ],
  ['14 positioning golden', 'accept', nextWith({ positioningAtxId: golden })],
  [
    '15 too few units',
    'reject units_out_of_range',
    ({ world, second }) => world.make(1, { ...next(second, 7), numUnits: 1 }),
  ],
  [
    '15 too many units',
    'reject units_out_of_range',
    ({ world, second }) => world.make(1, { ...next(second, 7), numUnits: 9 }),
  ],
  [
    '15 size of a unit',
    'reject labels_per_unit_too_small',
    ({ world, second }) =>
      world.make(1, next(second, 7), {
        nipost: (it) => ({ ...it, postMetadata: { ...it.postMetadata!, labelsPerUnit: 255n } }),
      }),
  ],
  [
    '16 PoST',
    'reject post_invalid',
    nipostWith((it) => ({ ...it, post: { ...it.post!, indices: ZERO } })),
  ],
  [
    '16 challenge not of 32 bytes',
    'reject post_invalid',
    nipostWith((it) => ({
      ...it,
      postMetadata: { ...it.postMetadata!, challenge: new Uint8Array(31).fill(1) },
    })),
  ],
  [
    '16 bad index',
    'ignore post_index_invalid',
    nipostWith((it) => ({
      ...it,
      post: { ...it.post!, pow: BAD_INDEX_POW },
    })),
  ],
  [
    '17 PoET proof',
    'reject poet_proof_unavailable',
    ({ world }) => {
      const atx = world.make(3, world.initial(3, 7))
      world.poets.clear()
      return atx
    },
  ],
  [
    '17 membership: index',
    'reject membership_invalid',
    nipostWith((it) => ({
      ...it,
      membership: { ...it.membership, leafIndex: 2n },
    })),
  ],
  [
    '17 membership: index past the tree',
    'accept',
    nipostWith((it) => ({
      ...it,
      membership: { ...it.membership, leafIndex: 5n },
    })),
  ],
  [
    '17 membership: nodes',
    'reject membership_invalid',
    nipostWith((it) => ({
      ...it,
      membership: { ...it.membership, nodes: [ZERO] },
    })),
  ],
  ['everything right, initial', 'accept', ({ world }) => world.make(3, world.initial(3, 7))],
  ['everything right, next', 'accept', nextWith({})],
]

describe('AtxValidatorV1: outcomes of spec 08 §3.3', () => {
  it.each(cases)('%s: %s', async (_row, expected, make) => {
    const it = await settled()
    const atx = make(it)
    const before = it.world.disk.atxs.size
    const verdict = await it.world.handle(atx)
    expect(said(verdict)).toBe(expected)
    expect(it.world.disk.atxs.size).toBe(before + (expected === 'accept' ? 1 : 0))
  })

  it('18 weight: reject weight_overflow', async () => {
    const world = new World({ maxNumUnits: 200 })
    const heavy = (units: number) =>
      world.make(3, world.initial(3, 7, golden, units), { leafCount: 2n ** 64n - 1n })
    expect(said(await world.handle(heavy(101)))).toBe('reject weight_overflow')
    expect(said(await world.handle(heavy(100)))).toBe('accept')
  })

  it('12b looks at the inherited nonce when units grow beyond what counted', async () => {
    const { world, second } = await settled()
    const before = world.nonces.length
    await world.accept(world.make(1, { ...next(second, 7), numUnits: 4 }))
    expect(world.nonces).toHaveLength(before)
    const third = { id: [...world.disk.atxs.values()].at(-1)!.id, sequence: 2n }
    await world.accept(world.make(1, { ...next(third, 8), numUnits: 5 }))
    expect(world.nonces.at(-1)).toEqual({ numLabels: 5n * LABELS_PER_UNIT, nonce: VRF_NONCE })
  })

  it('checks all indices of a first proof, a subset of every other, with declared units', async () => {
    const { world } = await settled()
    world.asked.length = 0
    await world.accept(world.make(3, world.initial(3, 7)))
    expect(world.asked.map(({ mode }) => mode)).toEqual(['all', 'subset'])
    expect(hex(world.asked[0]!.claim.challenge)).toBe(hex(ZERO))
    expect(world.asked[1]!.claim.numUnits).toBe(4)
  })

  it('fetches neither zeros nor the golden ATX', async () => {
    const { world } = await settled()
    world.fetched.length = 0
    const atx = world.make(3, world.initial(3, 7))
    await world.accept(atx)
    expect(world.fetched).toEqual([hex(atx.nipost!.postMetadata!.challenge)])
  })
})

describe('AtxValidatorV1: derived values', () => {
  it('stacks heights, inherits the nonce, and weighs effective units', async () => {
    const { world, first, second } = await settled()
    expect(first).toMatchObject({ baseTickHeight: 0n, tickCount: 3n, weight: 12n })
    expect(second).toMatchObject({ baseTickHeight: 3n, tickCount: 3n, vrfNonce: VRF_NONCE })
    const third = await world.accept(world.make(1, { ...next(second, 7), numUnits: 6 }))
    expect(third).toMatchObject({ numUnits: 6, effectiveNumUnits: 4, weight: 12n })
    const fourth = await world.accept(world.make(1, { ...next(third, 8), numUnits: 6 }))
    expect(fourth).toMatchObject({ numUnits: 6, effectiveNumUnits: 6, weight: 18n })
    const fifth = await world.accept(world.make(1, { ...next(fourth, 9), numUnits: 2 }))
    expect(fifth).toMatchObject({ effectiveNumUnits: 2, weight: 6n, baseTickHeight: 12n })
    expect(fifth.receivedNs).toBe(BigInt(world.clock.now()) * 1_000_000n)
  })

  it('allows a PoET proof below one tick, with no weight', async () => {
    const { world } = await settled()
    const atx = await world.accept(world.make(3, world.initial(3, 7), { leafCount: 99n }))
    expect(atx).toMatchObject({ tickCount: 0n, weight: 0n })
  })

  it.each([
    [1, 'unknown'],
    [4, 'valid'],
  ])('with K3 = %i of K2 = 4 an accepted ATX is %s', async (k3, validity) => {
    const { first } = await settled({ k3 })
    expect(first.validity).toBe(validity)
  })

  it('keeps the bytes as received and the id of the content', async () => {
    const { world } = await settled()
    const atx = world.make(3, world.initial(3, 7))
    const record = await world.accept(atx)
    expect(hex(record.id)).toBe(hex(atxIdV1(atx)))
    expect(hex(record.blob)).toBe(hex(ActivationTxV1.encode(atx)))
  })
})
