import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseLosslessJson, type JsonValue } from '../../../src/protocol/lossless-json.ts'
import { utf8 } from '../../../src/util/bytes.ts'
import { isSmeshError } from '../../../src/util/error.ts'

fc.configureGlobal({ seed: 1 })

const parse = (text: string): JsonValue => parseLosslessJson(utf8(text))

/** Integers back to numbers and objects with a prototype, as JSON.parse gives them. */
function plain(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value === 0) return 0 // of both signs
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

describe('lossless JSON', () => {
  it('reads what JSON.parse reads', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\t', '  \n'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(plain(parse(text))).toEqual(plainNumbers(JSON.parse(text)))
      }),
    ))

  it('refuses what JSON.parse refuses', () => {
    const soup = fc.string({
      unit: fc.constantFrom(...'{}[],:"\\ntrufalse0123-+.eE u'),
      maxLength: 12,
    })
    fc.assert(
      fc.property(soup, (text) => {
        let expected: unknown
        try {
          expected = plainNumbers(JSON.parse(text))
        } catch {
          expect(() => parse(text)).toThrow('BAD_DOCUMENT')
          return
        }
        expect(plain(parse(text))).toEqual(expected)
      }),
      { numRuns: 20_000 },
    )
  })

  it('keeps every integer', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (value) => {
        expect(parse(value.toString())).toBe(value)
      }),
    ))

  it('treats __proto__ as a key', () => {
    const object = parse('{"__proto__":{"polluted":1}}') as Record<string, unknown>
    expect(Object.keys(object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('bounds depth and digits', () => {
    expect(() => parse('['.repeat(100_000))).toThrow('nested too deep')
    expect(() => parse('1'.repeat(100_000))).toThrow('BAD_DOCUMENT')
  })

  it('refuses bytes that are not UTF-8', () => {
    try {
      parseLosslessJson(Uint8Array.of(0x22, 0xff, 0x22))
      expect.unreachable()
    } catch (error) {
      expect(isSmeshError(error, 'BAD_DOCUMENT')).toBe(true)
    }
  })
})

/** Minus zero as zero: BigInt has only one. */
function plainNumbers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => (inner === 0 ? 0 : inner))
}
