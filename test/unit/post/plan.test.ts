import { describe, expect, it } from 'vitest'

import { planLabels } from '../../../src/post/kernels/plan.ts'

const GIB = 2 ** 30
const defaults = {
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxComputeWorkgroupsPerDimension: 65_535,
}
const large = { ...defaults, maxStorageBufferBindingSize: 2 ** 32 - 4, maxBufferSize: 2 ** 33 }

describe('memory plan', () => {
  it.each([
    ['10 GB card', 8 * GIB, large, { gap: 1, slots: 3, labels: 2688 }],
    ['4 GB card', 3 * GIB, large, { gap: 4, slots: 2, labels: 6144 }],
    ['default limits', GIB, defaults, { gap: 4, slots: 8, labels: 512 }],
  ] as const)('%s', (_, memoryBytes, limits, plan) => {
    expect(planLabels({ scryptN: 8192, memoryBytes }, limits)).toEqual(plan)
  })

  it('stays within memory and limits whatever is asked', () => {
    for (const scryptN of [2, 16, 512, 8192, 2 ** 20]) {
      for (let mib = 1; mib < 20_000; mib = Math.ceil(mib * 1.7)) {
        for (const limits of [defaults, large]) {
          const memoryBytes = mib * 2 ** 20
          const needed = (128 * scryptN) / Math.min(4, scryptN)
          if (needed * 2 > memoryBytes) continue
          const { gap, slots, labels } = planLabels({ scryptN, memoryBytes }, limits)
          const bytes = (labels * 128 * scryptN) / gap
          expect(bytes * slots).toBeLessThanOrEqual(memoryBytes)
          expect(bytes).toBeLessThanOrEqual(limits.maxStorageBufferBindingSize)
          expect(labels * 128).toBeLessThanOrEqual(limits.maxStorageBufferBindingSize)
          expect(labels / 64).toBeLessThanOrEqual(limits.maxComputeWorkgroupsPerDimension)
          expect(labels < 64 || labels % 64 === 0).toBe(true)
          expect(slots).toBeGreaterThanOrEqual(2)
        }
      }
    }
  })

  it('takes a fixed gap and a bound on labels', () => {
    const options = { scryptN: 8192, memoryBytes: 8 * GIB, gap: 8, maxLabels: 256 }
    expect(planLabels(options, large)).toEqual({ gap: 8, slots: 2, labels: 128 })
  })

  it('says which limit is too small', () => {
    const tiny = { ...defaults, maxStorageBufferBindingSize: 2 ** 17 }
    expect(() => planLabels({ scryptN: 8192, memoryBytes: GIB }, tiny)).toThrow(
      expect.objectContaining({
        code: 'GPU_TOO_SMALL',
        context: { limit: 'maxStorageBufferBindingSize', needed: 2 ** 18, available: 2 ** 17 },
      }),
    )
    expect(() => planLabels({ scryptN: 8192, memoryBytes: 2 ** 18 }, defaults)).toThrow(
      expect.objectContaining({ context: expect.objectContaining({ limit: 'memoryBytes' }) }),
    )
  })
})
