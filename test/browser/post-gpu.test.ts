import { expect, it } from 'vitest'

import { createGpuLabeler } from '../../src/post/gpu.ts'
import { createCpuLabeler } from '../../src/post/labels.ts'
import { hex } from '../../src/util/bytes.ts'

it('a browser makes the same labels on its GPU as on its CPU', async () => {
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) throw new Error('this Chromium has no WebGPU adapter')
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  const device = await adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  })
  const options = { commitment: new Uint8Array(32).fill(9), scryptN: 8192 }
  const modules = { now: () => performance.now() }
  const memory = { memoryBytes: 32 * 2 ** 20, gap: 1 }
  const labeler = await createGpuLabeler(device, { ...options, ...memory }, modules)
  const start = 2n ** 32n - 20n
  const { signal } = new AbortController()
  const outputs = await labeler.compute(start, 40, { signal })
  labeler.destroy()
  device.destroy()
  const cpu = createCpuLabeler(options)
  expect(hex(outputs)).toBe(hex(await cpu.compute(start, 40, { signal })))
})
