import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { binomialCdf, regularizedBeta } from '../../../src/crypto/bincdf.ts'
import {
  fixedExp,
  fixedLgamma,
  scaledLn,
  scaledLog2,
  scaledMul,
} from '../../../src/crypto/fixed-math.ts'
import {
  bitLength,
  FIXED_ONE,
  FIXED_SIGN,
  fixedAdd,
  fixedDiv,
  fixedFromFraction,
  fixedFromInt,
  fixedFromRatio,
  fixedFromScaled,
  fixedMul,
  fixedSub,
} from '../../../src/crypto/fixed.ts'
import { fromHex } from '../../../src/util/bytes.ts'
import { vectorLines } from './vectors.ts'

const toNumber = (x: bigint) =>
  (Number(x & (FIXED_SIGN - 1n)) / 2 ** 56) * (x & FIXED_SIGN ? -1 : 1)
const small = fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n })

describe('fixed-point numbers', () => {
  it('divides with the quirk of the reference', () => {
    // spec 06 §4: an exact multiple may come out one too small
    expect(fixedFromRatio(512n, 1024n)).toBe(0x7fffffffffffffn)
    expect(fixedFromRatio(1n, 2n)).toBe(0x80000000000000n)
    expect(fixedFromRatio(800n, 800n)).toBe(0xffffffffffffffn)
  })

  it('divides down or one below, never off by more', () =>
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 63n }),
        fc.bigInt({ min: 1n, max: 2n ** 63n }),
        (p, q) => {
          const short = (p << 56n) / q - fixedFromRatio(p, q)
          expect(short === 0n || short === 1n).toBe(true)
        },
      ),
    ))

  it('adds and subtracts as integers do', () =>
    fc.assert(
      fc.property(small, small, (a, b) => {
        const [x, y] = [fixedFromScaled(a), fixedFromScaled(b)]
        expect(fixedAdd(x, y)).toBe(fixedFromScaled(a + b))
        expect(fixedSub(x, y)).toBe(fixedFromScaled(a - b))
      }),
    ))

  it('keeps minus zero and orders any negative above any positive number', () => {
    const minusZero = fixedMul(fixedFromInt(-1n), 0n)
    expect(minusZero).toBe(FIXED_SIGN)
    expect(minusZero > fixedFromInt(2n ** 60n)).toBe(true)
    expect(fixedSub(FIXED_ONE, FIXED_ONE)).toBe(0n)
  })

  it('throws where the reference panics', () => {
    const large = FIXED_SIGN - 1n
    expect(() => fixedAdd(large, 1n)).toThrow('FIXED_OVERFLOW')
    expect(() => fixedMul(large, large)).toThrow('FIXED_OVERFLOW')
    expect(() => fixedDiv(FIXED_ONE, 0n)).toThrow('FIXED_OVERFLOW')
    expect(() => fixedExp(fixedFromInt(127n))).toThrow('FIXED_OVERFLOW')
  })

  it('reads a fraction from eight bytes without the top one', () =>
    expect(fixedFromFraction(fromHex('44bdf4ae4922a7b3ff'))).toBe(0xa72249aef4bd44n))

  it('counts bits', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 200n }), (value) => {
        expect(bitLength(value)).toBe(value.toString(2).length)
      }),
    ))
})

describe('logarithm and exponential', () => {
  it('are close to the ones of floating point', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (n) => {
        expect(Number(scaledLog2(BigInt(n), 0)) / 2 ** 56).toBeCloseTo(Math.log2(n), 12)
        const x = BigInt(n) << 20n
        expect(Number(scaledLn(x)) / 2 ** 56).toBeCloseTo(Math.log(Number(x) / 2 ** 56), 12)
        const exponent = (n / 2 ** 40) * 30
        const scaled = BigInt(Math.round(exponent * 2 ** 40)) << 16n
        const value = Math.exp(Number(scaled) / 2 ** 56)
        expect(toNumber(fixedExp(fixedFromScaled(scaled))) / value).toBeCloseTo(1, 8)
        expect(toNumber(fixedExp(fixedFromScaled(-scaled)))).toBeCloseTo(1 / value, 12)
      }),
    ))

  it('rounds products of either sign to the nearest', () => {
    expect(scaledMul(FIXED_ONE, -5n)).toBe(-5n)
    expect(scaledMul(1n, FIXED_ONE / 2n)).toBe(1n)
    expect(scaledMul(-1n, FIXED_ONE / 2n)).toBe(0n)
  })

  it('gives zero below e^-38', () => {
    expect(fixedExp(fixedFromInt(-39n))).toBe(0n)
    expect(fixedExp(fixedFromInt(-38n))).toBeGreaterThan(0n)
  })

  it('sums logarithms to log-gamma', () => {
    let sum = 0
    for (let n = 1n; n <= 400n; n++) {
      expect(toNumber(fixedLgamma(n))).toBeCloseTo(sum, 9)
      sum += Math.log(Number(n))
    }
  })
})

/** Exact distribution as a fraction of 2^56, from binomial coefficients. */
function exactCdf(n: number, p: bigint, x: number): number {
  let sum = 0n
  let coefficient = 1n
  const one = FIXED_ONE
  for (let k = 0; k <= x; k++) {
    sum += coefficient * p ** BigInt(k) * (one - p) ** BigInt(n - k)
    coefficient = (coefficient * BigInt(n - k)) / BigInt(k + 1)
  }
  return Number((sum << 60n) / one ** BigInt(n)) / 2 ** 60
}

describe('binomial distribution', () => {
  it.each([
    // spec 06 §4, from the reference library
    [5, 10n, 15n, ['10db20a88f466', 'b96a673e28067', '35ba781948b07a', '8a021b64151096']],
    [30, 50n, 1000n, ['36f290e796ba5e', '8db4eef6f08365', 'cfeaf360f86578', 'f0714663a6ef3a']],
    [1024, 10n, 10240n, ['5e2191f384e8ee', 'bc5ab22f18b132', 'eb77424ce296be', 'fb27844f4c30bf']],
    [800, 800n, 800n, ['0', '0', '0', '0']],
  ])('n = %i, p = %i/%i has the reference values', (n, c, t, values) => {
    const p = fixedFromRatio(c, t)
    expect(values.map((_, x) => binomialCdf(n, p, x).toString(16))).toEqual(values)
  })

  it('is bounded by its ends', () => {
    expect(binomialCdf(10, FIXED_ONE / 2n, -1)).toBe(0n)
    expect(binomialCdf(10, FIXED_ONE / 2n, 10)).toBe(FIXED_ONE)
    expect(regularizedBeta(0n, 3n, 4n)).toBe(0n)
    expect(regularizedBeta(FIXED_ONE, 3n, 4n)).toBe(FIXED_ONE)
  })

  it('is close to the exact sum', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.bigInt({ min: FIXED_ONE / 1000n, max: FIXED_ONE - FIXED_ONE / 1000n }),
        fc.nat(),
        (n, p, pick) => {
          const x = pick % n
          expect(toNumber(binomialCdf(n, p, x))).toBeCloseTo(exactCdf(n, p, x), 9)
        },
      ),
    ))

  it('has the reference values at committee sizes of mainnet', () => {
    const records = vectorLines('consensus/bincdf.jsonl').filter((_, i) => i % 20 === 0)
    for (const { n, committee, total, x, cdf } of records) {
      const p = fixedFromRatio(BigInt(committee), BigInt(total))
      expect(binomialCdf(n, p, x).toString(16).padStart(32, '0')).toBe(cdf)
    }
  })
})
