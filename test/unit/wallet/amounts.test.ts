import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { formatAmount, formatAmountShort, parseAmount } from '../../../src/wallet/amounts.ts'

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

describe('parseAmount', () => {
  it.each([
    ['1', 1_000_000_000n],
    ['1.5', 1_500_000_000n],
    ['1,5 SMH', 1_500_000_000n],
    ['1.5 smh', 1_500_000_000n],
    ['0.000000001', 1n],
    ['0', 0n],
    ['007', 7_000_000_000n],
    [' 1 234.5 ', 1_234_500_000_000n],
    ['100 smidge', 100n],
    ['100 Smidge', 100n],
    ['18446744073.709551615', 2n ** 64n - 1n],
    ['18446744073709551615 smidge', 2n ** 64n - 1n],
  ])('reads %j', (text, smidge) => expect(parseAmount(text)).toBe(smidge))

  it('takes the unit of the field where none is typed', () => {
    expect(parseAmount('12', 'smidge')).toBe(12n)
    expect(parseAmount('12 SMH', 'smidge')).toBe(12_000_000_000n)
  })

  it.each([
    ['', 'AMOUNT_EMPTY'],
    ['  ', 'AMOUNT_EMPTY'],
    ['SMH', 'AMOUNT_EMPTY'],
    ['-1', 'AMOUNT_NEGATIVE'],
    ['\u22121', 'AMOUNT_NEGATIVE'],
    ['-0.5 SMH', 'AMOUNT_NEGATIVE'],
    ['.5', 'AMOUNT_FORMAT'],
    ['1.', 'AMOUNT_FORMAT'],
    ['1,000.5', 'AMOUNT_FORMAT'],
    ['1.2.3', 'AMOUNT_FORMAT'],
    ['1e9', 'AMOUNT_FORMAT'],
    ['+1', 'AMOUNT_FORMAT'],
    ['0x10', 'AMOUNT_FORMAT'],
    ['1 BTC', 'AMOUNT_FORMAT'],
    ['\u0661', 'AMOUNT_FORMAT'],
    ['9'.repeat(100), 'AMOUNT_FORMAT'],
    ['1.0000000001', 'AMOUNT_DECIMALS'],
    ['1.0000000000', 'AMOUNT_DECIMALS'],
    ['1.5 smidge', 'AMOUNT_DECIMALS'],
    ['18446744073.709551616', 'AMOUNT_OVERFLOW'],
    ['99999999999', 'AMOUNT_OVERFLOW'],
  ])('refuses %j as %s', (text, code) => expect(() => parseAmount(text)).toThrow(code))

  it('reads any text or throws a coded error', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(typeof parseAmount(text)).toBe('bigint')
        } catch (error) {
          expect(String((error as { code?: string }).code)).toMatch(/^AMOUNT_/)
        }
      }),
      { numRuns: 1000 },
    ))
})

describe('formatAmount', () => {
  it('reads back exactly', () =>
    fc.assert(
      fc.property(u64, (smidge) => {
        expect(parseAmount(formatAmount(smidge))).toBe(smidge)
      }),
    ))

  it.each([
    [0n, '0 SMH'],
    [1n, '0.000000001 SMH'],
    [10_000_002_315n, '10.000002315 SMH'],
    [-1_500_000_000n, '-1.5 SMH'],
    [2_250_000_000_000_000_000n, '2250000000 SMH'],
  ])('shows %i as %s', (smidge, text) => expect(formatAmount(smidge)).toBe(text))

  it('never shows more in a list than there is', () =>
    fc.assert(
      fc.property(u64, (smidge) => {
        const shown = parseAmount(formatAmountShort(smidge))
        expect(shown <= smidge && smidge - shown < 1_000_000n).toBe(true)
        if (smidge > 0n) expect(formatAmountShort(-smidge)).toBe('-' + formatAmountShort(smidge))
      }),
    ))
})
