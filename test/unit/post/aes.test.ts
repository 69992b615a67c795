import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { encryptBlock, expandKey } from '../../../src/post/aes.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'

function encrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
  const output = new Int32Array(4)
  encryptBlock(expandKey(key), new Int32Array(block.slice().buffer), 0, output)
  return new Uint8Array(output.buffer)
}

it('AES-128 of FIPS 197, appendix C', () => {
  const key = fromHex('000102030405060708090a0b0c0d0e0f')
  const block = fromHex('00112233445566778899aabbccddeeff')
  expect(hex(encrypt(key, block))).toBe('69c4e0d86a7b0430d8cdb78070b4c55a')
})

it('AES-128 equals that of Node on random keys and blocks', () => {
  const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 })
  fc.assert(
    fc.property(bytes16, bytes16, (key, block) => {
      const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
      expect(hex(encrypt(key, block))).toBe(hex(cipher.update(block)))
    }),
    { numRuns: 500 },
  )
})
