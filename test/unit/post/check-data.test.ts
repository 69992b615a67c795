import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import { checkData } from '../../../src/post/check-data.ts'
import { initLabels } from '../../../src/post/init.ts'
import { commitment, createCpuLabeler } from '../../../src/post/labels.ts'
import { seededRandom } from '../../../src/util/random.ts'
import { MemoryLabelStore } from './memory-label-store.ts'

const { signal } = new AbortController()
const options = {
  nodeId: new Uint8Array(32).fill(1),
  commitmentAtxId: new Uint8Array(32),
  labelsPerUnit: 128n,
  numUnits: 2,
  maxFileSize: 1616n,
  scryptN: 2,
  computeBatchSize: 128,
}

describe('checkData', () => {
  const store = new MemoryLabelStore()
  const random = seededRandom(1)
  beforeAll(async () => {
    const id = commitment(options.nodeId, options.commitmentAtxId)
    const labeler = createCpuLabeler({ commitment: id, scryptN: 2 })
    await initLabels(options, { labeler, store }, { signal })
  })

  it('passes good data, whole or in part, and tells each file', async () => {
    for (const percent of [100, 5]) {
      const seen: bigint[] = []
      const onProgress = ({ done }: { done: bigint }) => seen.push(done)
      await checkData({ ...options, percent }, { store, random }, { signal, onProgress })
      expect(seen).toEqual([1n, 2n, 3n])
    }
  })

  it('finds any flipped bit at 100 percent, and names its label', async () => {
    const place = fc.record({ byte: fc.nat(256 * 16 - 1), bit: fc.nat(7) })
    await fc.assert(
      fc.asyncProperty(place, async ({ byte, bit }) => {
        const bytes = store.files.get(Math.floor(byte / 1616))!
        bytes[byte % 1616]! ^= 1 << bit
        const check = checkData({ ...options, percent: 100 }, { store, random }, { signal })
        await expect(check).rejects.toMatchObject({
          code: 'POST_LABEL_MISMATCH',
          context: { index: String(Math.floor(byte / 16)) },
        })
        bytes[byte % 1616]! ^= 1 << bit
      }),
      { numRuns: 30 },
    )
  })

  it('finds much damage in a sample', async () => {
    const damaged = new MemoryLabelStore()
    for (const [file, bytes] of store.files)
      damaged.files.set(
        file,
        bytes.map((byte) => byte ^ 1),
      )
    const check = checkData({ ...options, percent: 5 }, { store: damaged, random }, { signal })
    await expect(check).rejects.toMatchObject({ code: 'POST_LABEL_MISMATCH' })
  })
})
