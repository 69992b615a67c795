import { scrypt as nobleScrypt } from '@noble/hashes/scrypt.js'
import { createCipheriv, scryptSync } from 'node:crypto'
import { bench, describe } from 'vitest'

import { encryptBlock, expandKey } from '../../src/post/aes.ts'
import { createGpuLabelerFrom } from '../../src/post/kernels/labeler.ts'
import { createLabelFunction } from '../../src/post/labels.ts'
import { hasSwiftShader, openSwiftShader, wgsl } from '../unit/post/swiftshader.ts'

const commitment = new Uint8Array(32).fill(7)
const empty = new Uint8Array(0)

// The peers compute RFC 7914 scrypt (Salsa20/8, SHA-256): another function of nearly equal cost.
describe.each([8192, 2])('one label at N = %i on one core', (scryptN) => {
  const label = createLabelFunction({ commitment, scryptN })
  let index = 0n
  bench('Smesh, TypeScript', () => void label(index++))
  bench('noble scrypt, TypeScript', () => {
    nobleScrypt(commitment, empty, { N: scryptN, r: 1, p: 1, dkLen: 32 })
  })
  bench('OpenSSL scrypt in Node, native', () => {
    scryptSync(commitment, empty, 32, { N: scryptN, r: 1, p: 1 })
  })
})

// One call is 128 labels: multiply calls per second by 128.
describe.skipIf(!hasSwiftShader)('128 labels at N = 8192 on SwiftShader, all cores', async () => {
  const device = hasSwiftShader ? await openSwiftShader() : undefined
  const options = { commitment, scryptN: 8192, memoryBytes: 128 * 2 ** 20, gap: 1 }
  const modules = { now: () => performance.now() }
  const labeler = device && (await createGpuLabelerFrom(wgsl, device, options, modules))
  const { signal } = new AbortController()
  let start = 0n
  bench(
    'WGSL kernel',
    async () => {
      await labeler!.compute((start += 128n), 128, { signal })
    },
    { iterations: 4, time: 1000, warmupIterations: 1, warmupTime: 0 },
  )
})

describe('AES of 64 KiB of labels for one nonce group', () => {
  const key = new Uint8Array(16).fill(1)
  const bytes = new Uint8Array(65_536).fill(2)
  const labels = new Int32Array(bytes.buffer)
  const keys = expandKey(key)
  const block = new Int32Array(4)
  bench('Smesh, TypeScript', () => {
    for (let at = 0; at < labels.length; at += 4) encryptBlock(keys, labels, at, block)
  })
  bench('OpenSSL in Node, native', () => {
    createCipheriv('aes-128-ecb', key, null).update(bytes)
  })
})
