import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createGpuLabelerFrom, type GpuLabelerOptions } from '../../../src/post/kernels/labeler.ts'
import { createCpuLabeler } from '../../../src/post/labels.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { seededRandom } from '../../../src/util/random.ts'
import { hasSwiftShader, openSwiftShader, wgsl } from './swiftshader.ts'
import { postVectors } from './vectors.ts'

const { signal } = new AbortController()
const MIB = 2 ** 20
const now = () => performance.now()

describe.skipIf(!hasSwiftShader)('GPU labeler on SwiftShader', () => {
  let device: GPUDevice
  beforeAll(async () => {
    device = await openSwiftShader()
  })
  afterAll(() => device.destroy())

  const open = (options: GpuLabelerOptions, code = wgsl) =>
    createGpuLabelerFrom(code, device, options, { now })

  it.each([2, 16, 512, 8192])('gives the label vectors of N = %d', async (scryptN) => {
    const rows = postVectors('labels', 'labels').filter((row) => row['scryptN'] === scryptN)
    expect(rows.length).toBeGreaterThan(3)
    for (const row of rows.slice(0, 6)) {
      const labeler = await open({
        commitment: fromHex(row['commitment']),
        scryptN,
        memoryBytes: 4 * MIB,
      })
      const output = await labeler.compute(BigInt(row['index']), 1, { signal })
      labeler.destroy()
      expect(hex(output), `index ${row['index']}`).toBe(row['output'])
    }
  })

  it.each([
    { scryptN: 2, gap: 1, count: 300 },
    { scryptN: 16, gap: 2, count: 300 },
    { scryptN: 64, gap: 4, count: 1000 },
    { scryptN: 256, gap: 8, count: 100 },
    { scryptN: 4, gap: 32, count: 70 },
  ])('equals the CPU across 2^32: N $scryptN, gap $gap', async ({ scryptN, gap, count }) => {
    const commitment = seededRandom(scryptN).bytes(32)
    const start = 3n * 2n ** 32n - BigInt(count >> 1)
    const memoryBytes = 200 * 2 * ((scryptN * 128) / Math.min(gap, scryptN))
    const labeler = await open({ commitment, scryptN, gap, memoryBytes })
    expect(labeler.plan.slots).toBe(2)
    const outputs = await labeler.compute(start, count, { signal })
    labeler.destroy()
    const cpu = createCpuLabeler({ commitment, scryptN })
    expect(hex(outputs)).toBe(hex(await cpu.compute(start, count, { signal })))
  })

  it('runs calls one after the other and can be used again', async () => {
    const options = { commitment: new Uint8Array(32), scryptN: 8, memoryBytes: MIB }
    const labeler = await open(options)
    const cpu = createCpuLabeler(options)
    const starts = [0n, 1000n, 2n ** 40n]
    const all = await Promise.all(starts.map((start) => labeler.compute(start, 50, { signal })))
    for (const [i, start] of starts.entries()) {
      expect(hex(all[i]!)).toBe(hex(await cpu.compute(start, 50, { signal })))
    }
    expect(await labeler.compute(5n, 0, { signal })).toHaveLength(0)
    await expect(labeler.compute(2n ** 64n - 5n, 5, { signal })).rejects.toThrow('BAD_ARGUMENT')
    labeler.destroy()
  })

  it('stops at an abort and works afterwards', async () => {
    const options = { commitment: new Uint8Array(32), scryptN: 8192, memoryBytes: 8 * MIB, gap: 1 }
    const labeler = await open(options)
    const controller = new AbortController()
    const endless = labeler.compute(0n, 1_000_000, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(endless).rejects.toThrow('enough')
    const cpu = createCpuLabeler(options)
    const outputs = await labeler.compute(7n, 2, { signal })
    expect(hex(outputs)).toBe(hex(await cpu.compute(7n, 2, { signal })))
    labeler.destroy()
  })

  it('notices a kernel that computes something else', async () => {
    const wrong = wgsl.replace('v << vec4(7u)', 'v << vec4(6u)')
    expect(wrong).not.toBe(wgsl)
    const options = { commitment: new Uint8Array(32), scryptN: 4, memoryBytes: MIB }
    const labeler = await open(options, wrong)
    await expect(labeler.compute(0n, 10, { signal })).rejects.toMatchObject({
      code: 'POST_LABEL_MISMATCH',
    })
    labeler.destroy()
  })

  it('tells what the device has against a kernel', async () => {
    const options = { commitment: new Uint8Array(32), scryptN: 4, memoryBytes: MIB }
    await expect(open(options, 'not WGSL')).rejects.toMatchObject({ code: 'GPU_FAILED' })
  })

  it('fails with GPU_LOST when the device goes away, during a call and before one', async () => {
    const lost = await openSwiftShader()
    const options = { commitment: new Uint8Array(32), scryptN: 8192, memoryBytes: 8 * MIB, gap: 1 }
    const labeler = await createGpuLabelerFrom(wgsl, lost, options, { now })
    const endless = labeler.compute(0n, 1_000_000, { signal })
    lost.destroy()
    await expect(endless).rejects.toMatchObject({ code: 'GPU_LOST' })
    await expect(labeler.compute(0n, 1, { signal })).rejects.toMatchObject({ code: 'GPU_LOST' })
  })
})
