import { bech32, bech32m } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  accountAddress,
  addressFromText,
  addressToText,
  generateAddress,
} from '../../../src/crypto/address.ts'
import { fromHex, hex, utf8 } from '../../../src/util/bytes.ts'

const text = 'sm1qqqqqqyhp05fkgauzudx0wclwcckr5vye2dexfs2gaams'
const address = fromHex('00000000970be89b23bc171a67bb1f763161d184ca9b9326')
const words = bech32.toWords(address)

const thrown = (input: string, hrp = 'sm') => {
  try {
    addressFromText(input, hrp)
  } catch (error) {
    const { code, context } = error as { code: string; context: Record<string, unknown> }
    const { text: _, ...rest } = context
    return { code, ...rest }
  }
  return 'accepted'
}

describe('address', () => {
  it('follows from template and key', () => {
    const template = new Uint8Array(24)
    template[23] = 1
    const key = fromHex('03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8')
    expect(accountAddress(template, key)).toEqual(address)
    expect(addressToText(template, 'sm')).toBe('sm1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqg56ypy7')
  })

  it('takes the end of long input and the start of short', () => {
    expect(hex(generateAddress(utf8('1')))).toBe('00000000' + '31' + '00'.repeat(19))
    const long = Uint8Array.from({ length: 25 }, (_, i) => i)
    expect(hex(generateAddress(long))).toBe('00000000' + hex(long.subarray(5)))
  })

  it('reads and writes text, upper case too', () => {
    expect(addressToText(address, 'sm')).toBe(text)
    expect(addressFromText(text, 'sm')).toEqual(address)
    expect(addressFromText(text.toUpperCase(), 'sm')).toEqual(address)
  })

  it('round-trips on every network', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.constantFrom('sm', 'stest', 'standalone'),
        (key, hrp) => {
          const principal = generateAddress(key)
          expect(addressFromText(addressToText(principal, hrp), hrp)).toEqual(principal)
        },
      ),
    ))

  it('names what is wrong', () => {
    const reserved = bech32.encode('sm', bech32.toWords(new Uint8Array(24).fill(1)))
    expect(thrown('')).toEqual({ code: 'ADDRESS_MALFORMED', reason: 'empty' })
    expect(thrown('Sm' + text.slice(2))).toEqual({
      code: 'ADDRESS_MALFORMED',
      reason: 'mixed case',
    })
    expect(thrown(text.replace('1', ''))).toEqual({
      code: 'ADDRESS_MALFORMED',
      reason: 'no separator',
    })
    expect(thrown(text + ' ')).toEqual({ code: 'ADDRESS_MALFORMED', reason: 'invalid character' })
    expect(thrown('sm1qqq')).toEqual({ code: 'ADDRESS_MALFORMED', reason: 'too short' })
    expect(thrown(text.replace('yhp', 'yhq'))).toEqual({ code: 'ADDRESS_CHECKSUM' })
    expect(thrown(bech32m.encode('sm', words))).toEqual({ code: 'ADDRESS_CHECKSUM' })
    expect(thrown(bech32.encode('sm', words.slice(1)))).toEqual({
      code: 'ADDRESS_LENGTH',
      words: 38,
    })
    expect(thrown(text, 'stest')).toEqual({
      code: 'ADDRESS_NETWORK',
      expected: 'stest',
      actual: 'sm',
    })
    expect(thrown(reserved)).toEqual({ code: 'ADDRESS_RESERVED' })
    expect(() => addressToText(address.subarray(1), 'sm')).toThrow('BAD_ARGUMENT')
  })

  it('refuses the second texts of an address that the reference takes', () => {
    // spec 01 §16: padding bits set; 40 words
    const canonical = 'sm1qqqqqqqyq5rqwzqfpg9scrgwpugpzysnzs23v9cz72v7e'
    expect(thrown(canonical)).toBe('accepted')
    expect(thrown('sm1qqqqqqqyq5rqwzqfpg9scrgwpugpzysnzs23v9mvdl6sx')).toEqual({
      code: 'ADDRESS_MALFORMED',
      reason: 'padding',
    })
    expect(thrown('sm1qqqqqqqyq5rqwzqfpg9scrgwpugpzysnzs23v9c9lnmwey')).toEqual({
      code: 'ADDRESS_LENGTH',
      words: 40,
    })
  })

  it('answers any text with an address or a coded error', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((tail) => 'sm1' + tail),
        ),
        (input) => {
          const verdict = thrown(input)
          expect(typeof verdict === 'string' || verdict.code.startsWith('ADDRESS_')).toBe(true)
        },
      ),
      { numRuns: 1000 },
    ))

  it('notices any one changed character', () =>
    fc.assert(
      fc.property(fc.nat({ max: 44 }), fc.nat({ max: 30 }), (at, step) => {
        const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
        const i = at + 3
        const other = charset[(charset.indexOf(text[i]!) + 1 + step) % 32]!
        expect(thrown(text.slice(0, i) + other + text.slice(i + 1))).toHaveProperty(
          'code',
          'ADDRESS_CHECKSUM',
        )
      }),
    ))
})
