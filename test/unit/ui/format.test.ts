import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  addressGroups,
  ago,
  amount,
  bytes,
  count,
  decimalSmh,
  duration,
  exactAmount,
  percent,
  plural,
  shortAddress,
  shortId,
  signedAmount,
  until,
} from '../../../src/ui/format.ts'
import { formatAmountShort, parseAmount } from '../../../src/wallet/amounts.ts'

/** Thin spaces and the real minus sign, as the wallet's plain format has them. */
const plain = (text: string) => text.replaceAll('\u202f', '').replace('−', '-')

describe('amounts', () => {
  // Spec 10 §5.
  it.each([
    [0n, '0 SMH'],
    [10231500000n, '10.231 SMH'],
    [999999999n, '0.999 SMH'],
    [999999n, '999999 Smidge'],
    [10000002315n, '10 SMH'],
    [-2681927462728471910n, '-2681927462.728 SMH'],
  ])('%s is listed as %s', (smidge, text) => expect(plain(amount(smidge))).toBe(text))

  it('lists every amount as the wallet does', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (smidge) => {
        expect(plain(amount(smidge))).toBe(formatAmountShort(smidge))
      }),
    ))

  it('writes exact amounts that read back', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (smidge) => {
        expect(parseAmount(decimalSmh(smidge))).toBe(smidge)
        expect(parseAmount(plain(exactAmount(smidge)))).toBe(smidge)
      }),
    ))

  it('marks what came in', () => {
    expect(signedAmount(5_000_000_000n)).toBe('+5 SMH')
    expect(signedAmount(-5_000_000_000n)).toBe('−5 SMH')
    expect(signedAmount(0n)).toBe('0 SMH')
  })
})

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [65_536n, '64 KiB'],
  [1_610_612_736, '1.5 GiB'],
  [68_719_476_736n, '64 GiB'],
  [1_482_112, '1.41 MiB'],
])('%s bytes are %s', (value, text) => expect(bytes(value)).toBe(text))

it.each([
  [0, '0 s'],
  [1_499, '1 s'],
  [80_000, '1 min 20 s'],
  [3_600_000, '1 h'],
  [5_430_000, '1 h 30 min'],
  [266_400_000, '3 d 2 h'],
  [-5, '0 s'],
])('%s ms last %s', (ms, text) => expect(duration(ms)).toBe(text))

it('never says 0 before it is due', () => {
  expect(until(1)).toBe('1 s')
  expect(until(0)).toBe('0 s')
})

it.each([
  [0, 'just now'],
  [42_000, '42 s ago'],
  [61_000, '1 min ago'],
  [7_200_000, '2 h ago'],
  [90_000_000, '1 d ago'],
])('%s ms ago is %s', (ms, text) => expect(ago(ms)).toBe(text))

it('says 100 percent only when all is done', () => {
  expect(percent(999n, 1000n)).toBe(99)
  expect(percent(1000n, 1000n)).toBe(100)
  expect(percent(1n, 0n)).toBe(0)
  expect(percent(5n, 4n)).toBe(100)
})

it('groups digits', () => {
  expect(count(1_234_567n)).toBe('1\u202f234\u202f567')
  expect(count(-1000)).toBe('−1\u202f000')
  expect(count(999)).toBe('999')
})

it('counts in words', () => {
  expect(plural(1, 'layer')).toBe('1 layer')
  expect(plural(0n, 'layer')).toBe('0 layers')
  expect(plural(2, 'reply', 'replies')).toBe('2 replies')
})

describe('ids', () => {
  const address = 'standalone1qqqqqqz4m95wcsxulrppmj3d9ymn2t2wx2nhxpgrelzxg'

  it('shortens an address to prefix and last eight', () =>
    expect(shortAddress(address)).toBe('standalone1…pgrelzxg'))

  it('groups an address without losing a character', () => {
    const groups = addressGroups(address)
    expect(groups[0]).toBe('standalone1')
    expect(groups.join('')).toBe(address)
    expect(groups.slice(1).every((part) => part.length <= 4)).toBe(true)
  })

  it('leaves short ids alone', () => {
    expect(shortId('abcdef')).toBe('abcdef')
    expect(shortId('0123456789abcdef')).toBe('012345…cdef')
  })
})
