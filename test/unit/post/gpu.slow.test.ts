import { blake3 } from '@noble/hashes/blake3.js'
import { describe, expect, it } from 'vitest'

import { createGpuLabelerFrom } from '../../../src/post/kernels/labeler.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { hasSwiftShader, openSwiftShader, wgsl } from './swiftshader.ts'
import { postVectors } from './vectors.ts'

describe.skipIf(!hasSwiftShader)('GPU labeler on SwiftShader', () => {
  it.each(postVectors('labels', 'ranges'))(
    '$count labels from $firstIndex at N $scryptN',
    async ({ commitment, scryptN, firstIndex, count, labelsBlake3 }) => {
      const device = await openSwiftShader()
      const options = { commitment: fromHex(commitment), scryptN, memoryBytes: 2 ** 27, gap: 1 }
      const modules = { now: () => performance.now() }
      const labeler = await createGpuLabelerFrom(wgsl, device, options, modules)
      const { signal } = new AbortController()
      const outputs = await labeler.compute(BigInt(firstIndex), count, { signal })
      labeler.destroy()
      device.destroy()
      const labels = blake3.create()
      for (let at = 0; at < outputs.length; at += 32) labels.update(outputs.subarray(at, at + 16))
      expect(hex(labels.digest())).toBe(labelsBlake3)
    },
  )
})
