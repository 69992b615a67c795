import { describe, expect, it } from 'vitest'

import { hash32 } from '../../../src/crypto/hash.ts'
import { goShuffle, Mt19937 } from '../../../src/crypto/mt19937.ts'
import { utf8 } from '../../../src/util/bytes.ts'

describe('Mt19937', () => {
  it('gives the first numbers of spec 02 §14', () => {
    const source = new Mt19937(hash32(utf8('seed')))
    const numbers = Array.from({ length: 4 }, () => source.next64().toString(16))
    expect(numbers).toEqual([
      '72a853f526dcf7bd',
      'c5c8a182e3d4e541',
      '36c21eb20ca70f32',
      '8dd5dbb8b817a032',
    ])
  })

  it('shuffles as Go does: spec 06 §15', () => {
    const seed = Uint8Array.from({ length: 32 }, (_, i) => i)
    expect(new Mt19937(seed).next64()).toBe(8824815632362173673n)
    const order = goShuffle([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], new Mt19937(seed))
    expect(order).toEqual([1, 4, 3, 6, 0, 2, 7, 8, 5, 9])
  })

  it('goes on after a whole turn of its state and stays below any bound', () => {
    const source = new Mt19937(new Uint8Array(8))
    const seen = new Set(Array.from({ length: 1000 }, () => source.next64()))
    expect(seen.size).toBe(1000)
    const bound = 2 ** 31 - 1 // nearly every second draw is thrown away
    for (let i = 0; i < 1000; i++) expect(source.below(bound)).toBeLessThan(bound)
  })

  it('refuses a seed that is not made of whole words', () => {
    expect(() => new Mt19937(new Uint8Array(0))).toThrow('BAD_ARGUMENT')
    expect(() => new Mt19937(new Uint8Array(20))).toThrow('BAD_ARGUMENT')
  })
})
