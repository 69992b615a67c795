import { blake3 } from '@noble/hashes/blake3.js'
import { describe, expect, it } from 'vitest'

import { commitment, createCpuLabeler, createLabelFunction } from '../../../src/post/labels.ts'
import { LabelFunction } from '../../../src/post/labels/cpu.ts'
import { KeccakHmac } from '../../../src/post/labels/hmac.ts'
import { blockMix, roMix } from '../../../src/post/labels/mix.ts'
import { concat, fromHex, hex } from '../../../src/util/bytes.ts'
import { postVectors, type Row } from './vectors.ts'

const [commitments, labels, ranges, stages] = ['commitments', 'labels', 'ranges', 'stages'].map(
  (list) => postVectors('labels', list),
) as [Row[], Row[], Row[], Row[]]
const { signal } = new AbortController()

describe('commitment', () => {
  it.each(commitments)('of $nodeId', (row) => {
    const id = commitment(fromHex(row['nodeId']!), fromHex(row['commitmentAtxId']!))
    expect(hex(id)).toBe(row['commitment'])
  })
})

describe('label function', () => {
  it('gives every output of the reference', () => {
    for (const row of labels) {
      const compute = createLabelFunction({
        commitment: fromHex(row.commitment),
        scryptN: row.scryptN,
      })
      expect(hex(compute(BigInt(row.index))), `N ${row.scryptN}, ${row.index}`).toBe(row.output)
    }
  })

  it.each(stages)('passes the inner states at N $scryptN, index $index', (row) => {
    const { password, startBlock, afterFirstMix, endBlock, output, scryptN } = row
    const hmac = new KeccakHmac()
    hmac.setKey(new Int32Array(fromHex(password!).buffer))
    const block = new Int32Array(32)
    hmac.expand(block)
    expect(hex(new Uint8Array(block.buffer))).toBe(startBlock)
    const words = block
    const mixed = new Int32Array(32)
    blockMix(words, 0, mixed, 0)
    expect(hex(new Uint8Array(mixed.buffer))).toBe(afterFirstMix)
    roMix(words, new Int32Array(32 * Number(scryptN)), Number(scryptN))
    expect(hex(new Uint8Array(block.buffer))).toBe(endBlock)
    const out = new Int32Array(8)
    hmac.compress(block, out, 0)
    expect(hex(new Uint8Array(out.buffer))).toBe(output)
  })

  it('carries into the high half of the index', () => {
    const id = new Uint8Array(32).fill(7)
    const start = 2n ** 32n - 3n
    const words = new Int32Array(6 * 8)
    new LabelFunction(id, 4).fill(start, 6, words, 0)
    const one = createLabelFunction({ commitment: id, scryptN: 4 })
    const singly = Array.from({ length: 6 }, (_, i) => one(start + BigInt(i)))
    expect(hex(new Uint8Array(words.buffer))).toBe(hex(concat(...singly)))
  })

  it.each([0, 1, 3, 8191, 2 ** 25, 2.5, Number.NaN])('refuses N = %d', (scryptN) => {
    const options = { commitment: new Uint8Array(32), scryptN }
    expect(() => createLabelFunction(options)).toThrow('BAD_ARGUMENT')
  })

  it('refuses the last index, as the reference does', () => {
    const compute = createLabelFunction({ commitment: new Uint8Array(32), scryptN: 2 })
    expect(compute(2n ** 64n - 2n)).toHaveLength(32)
    expect(() => compute(2n ** 64n - 1n)).toThrow('BAD_ARGUMENT')
  })
})

describe('CPU labeler', () => {
  it.each(ranges.filter((row) => row.scryptN === 2))(
    'gives $count labels from $firstIndex on',
    async (row) => {
      const { commitment, scryptN, firstIndex, count, labelsBlake3 } = row
      const labeler = createCpuLabeler({
        commitment: fromHex(commitment!),
        scryptN: Number(scryptN),
      })
      const outputs = await labeler.compute(BigInt(firstIndex!), Number(count), { signal })
      const halves = blake3.create()
      for (let at = 0; at < outputs.length; at += 32) halves.update(outputs.subarray(at, at + 16))
      expect(hex(halves.digest())).toBe(labelsBlake3)
    },
  )

  it('stops between slices once aborted, with the reason given', async () => {
    const controller = new AbortController()
    let slices = 0
    const labeler = createCpuLabeler(
      { commitment: new Uint8Array(32), scryptN: 8192 },
      {
        breathe: async () => {
          if (++slices === 2) controller.abort(new Error('enough'))
        },
      },
    )
    const work = labeler.compute(0n, 1_000_000, { signal: controller.signal })
    await expect(work).rejects.toThrow('enough')
    expect(slices).toBe(2)
  })
})
