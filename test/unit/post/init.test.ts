import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { countLabels, loadMetadata, resetData } from '../../../src/post/data.ts'
import { fileBytes, layoutOf } from '../../../src/post/files.ts'
import { checkInitOptions, type InitOptions } from '../../../src/post/init-options.ts'
import { initLabels, type InitProgress } from '../../../src/post/init.ts'
import type { Labeler } from '../../../src/post/labeler.ts'
import { commitment, createCpuLabeler, createLabelFunction } from '../../../src/post/labels.ts'
import { METADATA_NAME } from '../../../src/post/metadata.ts'
import { concat, fromHex, hex } from '../../../src/util/bytes.ts'
import { MemoryLabelStore, PowerCut } from './memory-label-store.ts'
import { postVectors } from './vectors.ts'

const { signal } = new AbortController()

/** 3 files of 50, 50 and 28 labels. */
const options: InitOptions = {
  nodeId: new Uint8Array(32).fill(0x4d),
  commitmentAtxId: new Uint8Array(32),
  labelsPerUnit: 64n,
  numUnits: 2,
  maxFileSize: 800n,
  scryptN: 2,
  computeBatchSize: 128,
}

function labelerOf({ nodeId, commitmentAtxId, scryptN }: InitOptions, batch = 16): Labeler {
  const id = commitment(nodeId, commitmentAtxId)
  return { ...createCpuLabeler({ commitment: id, scryptN }), batch }
}

async function run(store: MemoryLabelStore, made = options, labeler = labelerOf(made)) {
  return initLabels(made, { labeler, store }, { signal })
}

/** Everything in a store, comparable. */
const dump = (store: MemoryLabelStore) => ({
  files: [...store.files].sort(([a], [b]) => a - b).map(([file, bytes]) => [file, hex(bytes)]),
  texts: [...store.texts],
})

describe('initLabels', () => {
  it.each(
    postVectors('proofs', 'proofs').filter(
      (row) => row.params.scryptN < 8192 && row.derived.numLabels <= 20_000,
    ),
  )('makes the data of proof $name', async ({ params, identity, data }) => {
    const made = {
      nodeId: fromHex(identity.nodeId),
      commitmentAtxId: fromHex(identity.commitmentAtxId),
      labelsPerUnit: BigInt(params.labelsPerUnit),
      numUnits: params.numUnits,
      maxFileSize: BigInt(params.maxFileSize),
      scryptN: params.scryptN,
      computeBatchSize: 128,
    }
    const store = new MemoryLabelStore()
    const metadata = await run(store, made, labelerOf(made, 1000))
    const files = [...store.files].sort(([a], [b]) => a - b)
    expect(files.map(([, bytes]) => bytes.length)).toEqual(data.fileSizes)
    expect(hex(store.files.get(0)!.subarray(0, 16))).toBe(data.firstLabel)
    expect(hex(files.at(-1)![1].slice(-16))).toBe(data.lastLabel)
    expect(metadata.nonce?.toString()).toBe(data.vrfNonce)
    expect(hex(metadata.nonceValue!)).toBe(data.smallestLabelOutput.slice(0, 32))
    expect(await loadMetadata(store)).toEqual(metadata)
  })

  it('tells progress from the first to the last label', async () => {
    const seen: InitProgress[] = []
    const store = new MemoryLabelStore()
    await initLabels(
      options,
      { labeler: labelerOf(options), store },
      { signal, onProgress: (progress) => seen.push(progress) },
    )
    expect(seen[0]).toEqual({ phase: 'labels', done: 0n, total: 128n })
    expect(seen.at(-1)).toEqual({ phase: 'labels', done: 128n, total: 128n })
    expect(seen.every((next, i) => i === 0 || next.done > seen[i - 1]!.done)).toBe(true)
  })

  it('killed at any byte, any number of times, ends with the same files and nonce', async () => {
    const kills = fc.array(fc.integer({ min: 0, max: 2500 }), { minLength: 1, maxLength: 6 })
    const batches = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 7, maxLength: 7 })
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
    await fc.assert(
      fc.asyncProperty(seeds, kills, batches, async (nodeId, points, sizes) => {
        const made = { ...options, nodeId }
        const reference = new MemoryLabelStore()
        const uninterrupted = await run(reference, made)
        const store = new MemoryLabelStore()
        for (const [i, point] of points.entries()) {
          store.bytesLeft = point
          try {
            await run(store, made, labelerOf(made, sizes[i]))
          } catch (error) {
            expect(error).toBeInstanceOf(PowerCut)
          }
        }
        store.bytesLeft = Infinity
        const resumed = await run(store, made, labelerOf(made, sizes[6]))
        expect(resumed.nonce).toBe(uninterrupted.nonce)
        expect(dump(store).files).toEqual(dump(reference).files)
        if (uninterrupted.nonce! < 128n) expect(dump(store)).toEqual(dump(reference))
      }),
      { numRuns: 150 },
    )
  })

  it('every single kill point of one run is survived', async () => {
    const whole = new MemoryLabelStore()
    await run(whole)
    const written = 128 * 16 + 4 * whole.texts.get(METADATA_NAME)!.length
    for (let point = 0; point < written; point += 7) {
      const store = new MemoryLabelStore()
      store.bytesLeft = point
      await run(store).catch((error: unknown) => expect(error).toBeInstanceOf(PowerCut))
      store.bytesLeft = Infinity
      await run(store)
      expect(dump(store), `killed after ${point} bytes`).toEqual(dump(whole))
    }
  })

  it('pauses by signal between batches and goes on', async () => {
    const whole = new MemoryLabelStore()
    await run(whole)
    const store = new MemoryLabelStore()
    const controller = new AbortController()
    const paused = initLabels(
      options,
      { labeler: labelerOf(options), store },
      {
        signal: controller.signal,
        onProgress: ({ done }) => done >= 60n && controller.abort(new Error('pause')),
      },
    )
    await expect(paused).rejects.toThrow('pause')
    expect(await countLabels(store)).toBe(66n)
    const resumed: bigint[] = []
    await initLabels(
      options,
      { labeler: labelerOf(options), store },
      { signal, onProgress: ({ done }) => resumed.push(done) },
    )
    expect(resumed[0]).toBe(66n)
    expect(dump(store)).toEqual(dump(whole))
  })

  it('cuts zeros that a power cut left at the end, and nothing else', async () => {
    const whole = new MemoryLabelStore()
    await run(whole)
    const store = new MemoryLabelStore()
    await run(store)
    const damaged = concat(store.files.get(1)!.subarray(0, 100), new Uint8Array(700))
    store.files.set(1, damaged)
    await run(store)
    expect(dump(store)).toEqual(dump(whole))
  })

  it('refuses to go on where the last label is wrong, and keeps it', async () => {
    const store = new MemoryLabelStore()
    await run(store)
    const before = dump(store)
    await expect(run(store, { ...options, scryptN: 4 })).rejects.toMatchObject({
      code: 'POST_LABEL_MISMATCH',
      context: { index: '49' },
    })
    expect(dump(store).files).toEqual(before.files)
  })

  it('stops at a labeler that computes wrong labels, before storing them', async () => {
    const good = labelerOf(options)
    const compute: Labeler['compute'] = async (start, count, task) => {
      const outputs = await good.compute(start, count, task)
      if (start === 32n) outputs[outputs.length - 32]! ^= 1
      return outputs
    }
    const store = new MemoryLabelStore()
    const wrong = run(store, options, { ...good, compute })
    await expect(wrong).rejects.toMatchObject({ code: 'POST_LABEL_MISMATCH' })
    expect(await countLabels(store)).toBe(32n)
  })

  it('files made by two machines add up to those of one', async () => {
    const whole = new MemoryLabelStore()
    await run(whole)
    const parts = [
      { fromFile: 0, toFile: 0 },
      { fromFile: 1, toFile: 2 },
    ]
    const merged = new MemoryLabelStore()
    const values: { nonce: bigint; value: string }[] = []
    for (const part of parts) {
      const store = new MemoryLabelStore()
      const { nonce, nonceValue } = await run(store, { ...options, ...part })
      if (nonce !== undefined) values.push({ nonce, value: hex(nonceValue!) })
      for (const [file, bytes] of store.files) merged.files.set(file, bytes)
    }
    expect(dump(merged).files).toEqual(dump(whole).files)
    values.sort((a, b) => (a.value < b.value ? -1 : 1))
    expect(values[0]!.nonce).toBe((await loadMetadata(whole))!.nonce)
  })

  it('shrinks but does not grow', async () => {
    const store = new MemoryLabelStore()
    await run(store)
    const { nonce } = await run(store, { ...options, numUnits: 1 })
    expect([...store.files].map(([, bytes]) => bytes.length)).toEqual([800, 14 * 16])
    expect((await loadMetadata(store))!.numUnits).toBe(1)
    expect(nonce).toBeDefined()
    await expect(run(store)).rejects.toMatchObject({
      code: 'POST_DATA_MISMATCH',
      context: { field: 'numUnits', expected: '2', found: '1' },
    })
  })

  it.each([
    ['nodeId', { nodeId: new Uint8Array(32) }],
    ['commitmentAtxId', { commitmentAtxId: new Uint8Array(32).fill(1) }],
    ['labelsPerUnit', { labelsPerUnit: 65n }],
    ['maxFileSize', { maxFileSize: 816n }],
  ])('refuses data of another %s', async (field, change) => {
    const store = new MemoryLabelStore()
    await run(store)
    const before = dump(store)
    await expect(run(store, { ...options, ...change })).rejects.toMatchObject({
      code: 'POST_DATA_MISMATCH',
      context: { field },
    })
    expect(dump(store)).toEqual(before)
  })

  it('refuses labels without metadata', async () => {
    const store = new MemoryLabelStore()
    await run(store)
    store.texts.clear()
    await expect(run(store)).rejects.toMatchObject({ code: 'POST_METADATA_MISSING' })
    await resetData(store)
    expect(dump(store)).toEqual({ files: [], texts: [] })
  })

  it('refuses a second run on the same data', async () => {
    const store = new MemoryLabelStore()
    const first = run(store)
    await expect(run(store)).rejects.toMatchObject({ code: 'POST_ALREADY_RUNNING' })
    await first
    await run(store)
  })

  it.each([
    [{ fromFile: -1 }, 'fromFile'],
    [{ toFile: -1 }, 'toFile'],
    [{ toFile: 3 }, 'toFile'],
    [{ fromFile: 2, toFile: 1 }, 'fromFile'],
  ])('refuses the file range %o', async (range, field) => {
    await expect(run(new MemoryLabelStore(), { ...options, ...range })).rejects.toMatchObject({
      code: 'POST_BAD_OPTIONS',
      context: { field },
    })
  })
})

describe('search past the end of the data', () => {
  const rows = postVectors('vrf-nonce', 'pastTheEnd').filter((row) => row.computeBatchSize < 1000)
  it.each(rows)('finds $nonce, also when killed', async (row) => {
    const made: InitOptions = {
      ...options,
      nodeId: fromHex(row.nodeId),
      commitmentAtxId: fromHex(row.commitmentAtxId),
      labelsPerUnit: BigInt(row.labelsPerUnit),
      numUnits: row.numUnits,
      scryptN: row.scryptN,
      computeBatchSize: Number(row.computeBatchSize),
    }
    const expected = { nonce: BigInt(row.nonce), lastPosition: BigInt(row.lastPosition) }
    const whole = new MemoryLabelStore()
    const metadata = await run(whole, made)
    expect(metadata).toMatchObject(expected)
    expect(metadata.nonceValue).toBeUndefined()
    for (let point = 0; point < 3000; point += 97) {
      const store = new MemoryLabelStore()
      store.bytesLeft = point
      await run(store, made).catch((error: unknown) => expect(error).toBeInstanceOf(PowerCut))
      store.bytesLeft = Infinity
      expect(await run(store, made)).toMatchObject(expected)
      expect(dump(store).files).toEqual(dump(whole).files)
    }
  })

  it('does not begin for a part of the files', async () => {
    const row = rows[0]!
    const made: InitOptions = {
      ...options,
      nodeId: fromHex(row.nodeId),
      labelsPerUnit: BigInt(row.labelsPerUnit),
      numUnits: row.numUnits,
      computeBatchSize: 128,
      toFile: 0,
    }
    expect((await run(new MemoryLabelStore(), made)).nonce).toBeUndefined()
  })
})

describe('options and sizes', () => {
  const limits = { minNumUnits: 2, maxNumUnits: 4, k1: 26 }
  it.each([
    ['numUnits', { numUnits: 1, maxFileSize: 0n }],
    ['numUnits', { numUnits: 5 }],
    ['maxFileSize', { maxFileSize: 1023n }],
    ['computeBatchSize', { computeBatchSize: 0 }],
    ['labelsPerUnit', { labelsPerUnit: 2n ** 63n }],
    ['k1', { labelsPerUnit: 2n ** 60n }],
    ['scryptN', { scryptN: 3 }],
  ])('names %s as wrong', (field, change) => {
    const made = { ...options, maxFileSize: 1024n, ...change }
    expect(() => checkInitOptions(made, limits)).toThrow(
      expect.objectContaining({
        code: 'POST_BAD_OPTIONS',
        context: expect.objectContaining({ field }),
      }),
    )
  })

  it('accepts mainnet with four units', () => {
    const mainnet = { ...options, numUnits: 4, labelsPerUnit: 2n ** 32n, maxFileSize: 2n ** 32n }
    checkInitOptions({ ...mainnet, scryptN: 8192 }, { ...limits, minNumUnits: 4 })
    const layout = layoutOf(mainnet)
    expect(layout).toEqual({ numLabels: 2n ** 34n, labelsPerFile: 2n ** 28n, files: 64 })
    expect(fileBytes(layout, 63)).toBe(2 ** 32)
  })

  it('the data is what the label function says, label by label', async () => {
    const store = new MemoryLabelStore()
    await run(store)
    const one = createLabelFunction({
      commitment: commitment(options.nodeId, options.commitmentAtxId),
      scryptN: 2,
    })
    const all = concat(...[0, 1, 2].map((file) => store.files.get(file)!))
    for (let i = 0; i < 128; i++) {
      expect(hex(all.subarray(16 * i, 16 * i + 16))).toBe(hex(one(BigInt(i)).subarray(0, 16)))
    }
  })
})
