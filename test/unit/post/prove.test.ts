import { beforeAll, describe, expect, it } from 'vitest'

import { groupKey, lazyKey } from '../../../src/post/ciphers.ts'
import { initLabels } from '../../../src/post/init.ts'
import { commitment, createCpuLabeler } from '../../../src/post/labels.ts'
import { packIndices, unpackIndices } from '../../../src/post/packing.ts'
import { createFreePow, type K2Pow } from '../../../src/post/pow.ts'
import { prove, type ProveOptions, type ProveProgress } from '../../../src/post/prove.ts'
import { isInvalidIndex, verify, type VerifyConfig } from '../../../src/post/verify.ts'
import { concat, fromHex, hex, utf8 } from '../../../src/util/bytes.ts'
import { MemoryLabelStore } from './memory-label-store.ts'
import { postVectors, type Row } from './vectors.ts'

const { signal } = new AbortController()

describe('the proving vector of post-rs', () => {
  const challenge = utf8('hello world, CHALLENGE me!!!!!!!')
  const options: ProveOptions = {
    nodeId: new Uint8Array(32),
    challenge,
    labelsPerUnit: 128n,
    numUnits: 1,
    maxFileSize: 2048n,
    k1: 4,
    k2: 32,
    powDifficulty: new Uint8Array(32).fill(0xff),
    noncesPerPass: 16,
  }

  it('is reproduced over data that is no label data', async () => {
    const store = new MemoryLabelStore()
    store.files.set(
      0,
      Uint8Array.from({ length: 128 * 16 }, (_, i) => i % 12),
    )
    const proof = await prove(options, { store, pow: createFreePow() }, { signal })
    expect(proof).toMatchObject({ nonce: 3, pow: 0n })
    const expected = Array.from({ length: 32 }, (_, i) => BigInt(3 * i))
    expect(unpackIndices(proof.indices, 8)).toEqual(expected)
    const seed = { challenge, group: 0, pow: 0n }
    expect(hex(groupKey(seed))).toBe('a6f11e79d0c30fa56e53454c8c6ab6d3')
    expect(hex(lazyKey(seed, 3))).toBe('dbbd9ffd536b2bb9460d42767477454a')
  })

  it('is not found in data that is not complete', async () => {
    const store = new MemoryLabelStore()
    store.files.set(0, new Uint8Array(2047))
    const work = prove(options, { store, pow: createFreePow() }, { signal })
    await expect(work).rejects.toMatchObject({
      code: 'POST_DATA_INCOMPLETE',
      context: { file: 0, expectedBytes: '2048', foundBytes: '2047' },
    })
  })

  it.each([0, -16, 8, 17, 1.5])(
    'is not looked for with %d nonces a pass',
    async (noncesPerPass) => {
      const modules = { store: new MemoryLabelStore(), pow: createFreePow() }
      await expect(prove({ ...options, noncesPerPass }, modules, { signal })).rejects.toMatchObject(
        {
          code: 'BAD_ARGUMENT',
        },
      )
    },
  )
})

describe('a whole life on one unit, without RandomX', () => {
  const ids = { nodeId: new Uint8Array(32).fill(3), commitmentAtxId: new Uint8Array(32).fill(4) }
  const size = { labelsPerUnit: 512n, numUnits: 1, maxFileSize: 1616n }
  const powDifficulty = new Uint8Array(32).fill(0xff)
  const pow = createFreePow()
  const config: VerifyConfig = {
    minNumUnits: 1,
    maxNumUnits: 1,
    labelsPerUnit: 512n,
    k1: 26,
    k2: 37,
    powDifficulty,
    scryptN: 2,
  }
  const { k1, k2 } = config
  const store = new MemoryLabelStore()
  const proving = { ...size, nodeId: ids.nodeId, k1, k2, powDifficulty, noncesPerPass: 64 }

  beforeAll(async () => {
    const id = commitment(ids.nodeId, ids.commitmentAtxId)
    const labeler = createCpuLabeler({ commitment: id, scryptN: 2 })
    const options = { ...ids, ...size, scryptN: 2, computeBatchSize: 128 }
    await initLabels(options, { labeler, store }, { signal })
  })

  it.each([0, 1, 2, 3])(
    'challenge %d: the proof stands, every damage of it falls',
    async (round) => {
      const challenge = new Uint8Array(32).fill(round)
      const proof = await prove({ ...proving, challenge }, { store, pow }, { signal })
      const metadata = { ...ids, challenge, numUnits: 1 }
      const seed = utf8('a peer')
      for (const mode of [
        { type: 'all' },
        { type: 'one', ordinal: 36 },
        { type: 'subset', k3: 5, seed },
        { type: 'subset', k3: 37, seed },
      ] as const) {
        expect(await verify(proof, metadata, config, mode, { pow })).toEqual({ ok: true })
      }
      const indices = unpackIndices(proof.indices, 10).slice(0, 37)
      const damagedAt20 = (index: bigint) => ({
        ...proof,
        indices: packIndices(indices.with(20, index), 10),
      })
      const at = (index: bigint, ordinal: number) =>
        verify(damagedAt20(index), metadata, config, { type: 'one', ordinal }, { pow })
      let bad = 0n // one label in twenty is good for this nonce, and then no damage
      while ((await at(bad, 20)).ok) bad++
      expect(bad).toBeLessThan(5n)
      const verdict = await verify(damagedAt20(bad), metadata, config, { type: 'all' }, { pow })
      expect(isInvalidIndex(verdict)).toBe(true)
      expect(verdict).toMatchObject({ ordinal: 20, index: bad })
      expect(await at(bad, 20)).toEqual(verdict)
      expect(await at(bad, 19)).toEqual({ ok: true })
      expect(await at(bad, 37)).toEqual({ ok: true })
      const other = { ...metadata, challenge: new Uint8Array(32).fill(99) }
      expect(await verify(proof, other, config, { type: 'all' }, { pow })).toMatchObject({
        ok: false,
      })
      const longer = { ...proof, indices: concat(proof.indices, new Uint8Array(1)) }
      expect(await verify(longer, metadata, config, { type: 'all' }, { pow })).toEqual({
        ok: false,
        error: 'InvalidIndicesLen',
        expected: 47,
        got: 48,
      })
    },
  )

  it('tells progress of each pass, and stops at an abort', async () => {
    const challenge = new Uint8Array(32)
    const seen: ProveProgress[] = []
    const onProgress = (progress: ProveProgress) => seen.push(progress)
    const found = await prove(
      { ...proving, challenge, noncesPerPass: 16 },
      { store, pow },
      { signal, onProgress },
    )
    expect(seen[0]).toEqual({ phase: 'pow', nonces: { from: 0, to: 16 }, done: 0n, total: 1n })
    const passes = Math.floor(found.nonce / 16) + 1
    expect(seen.filter(({ phase }) => phase === 'pow')).toHaveLength(passes)
    expect(seen.filter(({ phase }) => phase === 'scan').at(-1)!.nonces.to).toBe(16 * passes)
    const controller = new AbortController()
    const breathe = async () => controller.abort(new Error('stop here'))
    const stopped = prove(
      { ...proving, challenge },
      { store, pow, breathe },
      { signal: controller.signal },
    )
    await expect(stopped).rejects.toThrow('stop here')
  })

  it('needs RandomX for any other difficulty', async () => {
    const harder = powDifficulty.with(31, 0xfe)
    const challenge = new Uint8Array(32)
    const work = prove({ ...proving, challenge, powDifficulty: harder }, { store, pow }, { signal })
    await expect(work).rejects.toMatchObject({ code: 'RANDOMX_MISSING' })
    const proof = await prove({ ...proving, challenge }, { store, pow }, { signal })
    const check = verify(
      proof,
      { ...ids, challenge, numUnits: 1 },
      { ...config, powDifficulty: harder },
      { type: 'all' },
      { pow },
    )
    await expect(check).rejects.toMatchObject({ code: 'RANDOMX_MISSING' })
  })

  it.each(['nodeId', 'commitmentAtxId', 'challenge'] as const)(
    'a %s of another length is malformed',
    async (field) => {
      const metadata = { ...ids, challenge: new Uint8Array(32), numUnits: 1 }
      const verdict = await verify(
        { nonce: 0, pow: 0n, indices: new Uint8Array(47) },
        { ...metadata, [field]: new Uint8Array(31) },
        config,
        { type: 'all' },
        { pow },
      )
      expect(verdict).toEqual({ ok: false, error: 'MalformedProof', field })
    },
  )
})

describe('recorded proofs', () => {
  const rows = postVectors('proofs', 'proofs').filter(({ name }) =>
    ['A', 'units-50', 'file-tails', 'high-nonce'].includes(name),
  )
  it.each(rows)('$name is found again', async ({ params, identity, groups, ...row }) => {
    const nodeId = fromHex(identity.nodeId)
    const commitmentAtxId = fromHex(identity.commitmentAtxId)
    const size = {
      labelsPerUnit: BigInt(params.labelsPerUnit),
      numUnits: params.numUnits,
      maxFileSize: BigInt(params.maxFileSize),
    }
    const { scryptN, k1, k2, noncesPerPass } = params
    const store = new MemoryLabelStore()
    const labeler = createCpuLabeler({ commitment: commitment(nodeId, commitmentAtxId), scryptN })
    const options = { ...size, nodeId, commitmentAtxId, scryptN, computeBatchSize: 128 }
    await initLabels(options, { labeler, store }, { signal })
    const pow: K2Pow = {
      find: async ({ group }) => BigInt(groups.find((one: Row) => one.group === group).pow),
      check: async () => true,
    }
    const challenge = fromHex(identity.challenge)
    const powDifficulty = fromHex(params.powDifficulty)
    const proof = await prove(
      { ...size, nodeId, challenge, k1, k2, powDifficulty, noncesPerPass },
      { store, pow },
      { signal },
    )
    const expected = row['scanWithTails']?.proof ?? row['scanWithTails'] ?? row['proof']
    expect({ ...proof, indices: hex(proof.indices), pow: String(proof.pow) }).toEqual({
      nonce: expected.nonce,
      indices: expected.indices,
      pow: expected.pow,
    })
  })
})
