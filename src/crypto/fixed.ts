import { bigFromLe } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'

/**
 * A signed number with 56 fractional bits: the 128-bit word sign·2^127 + magnitude, where the value
 * is ±magnitude/2^56. Minus zero exists. Comparing two of them with `<` is the *unsigned* order of
 * the words that the reference uses, in which any negative number is above any positive one.
 *
 * Every operation is bit-exact with spacemeshos/fixed v0.1.2 (spec 06 §4), quirks of its division
 * included: eligibility of all nodes is counted with these.
 */
export type Fixed = bigint

export const FRACTION_BITS = 56n
export const FIXED_SIGN = 1n << 127n
export const FIXED_ONE: Fixed = 1n << FRACTION_BITS
const MAGNITUDE = FIXED_SIGN - 1n
const TWO64 = 1n << 64n

export const fixedMagnitude = (x: Fixed): bigint => x & MAGNITUDE
export const isFixedZero = (x: Fixed): boolean => (x & MAGNITUDE) === 0n

/** The number scaled/2^56. @param scaled - a signed integer */
export const fixedFromScaled = (scaled: bigint): Fixed =>
  scaled < 0n ? FIXED_SIGN | -scaled : scaled

/** A whole number. */
export const fixedFromInt = (value: bigint): Fixed => fixedFromScaled(value << FRACTION_BITS)

/** p/q of two u64, with the rounding of {@link fixedDiv}. Reference name: DivUint64. */
export const fixedFromRatio = (p: bigint, q: bigint): Fixed =>
  fits(divMagnitudes(p << FRACTION_BITS, q << FRACTION_BITS), 'div')

/** A fraction below 1 from eight bytes: little-endian, without the top byte. */
export const fixedFromFraction = (bytes: Uint8Array): Fixed =>
  bigFromLe(bytes.subarray(0, 8)) & (FIXED_ONE - 1n)

/** @throws {SmeshError} `FIXED_OVERFLOW` */
export function fixedAdd(a: Fixed, b: Fixed): Fixed {
  const [x, y] = [a & MAGNITUDE, b & MAGNITUDE]
  const sign = a & FIXED_SIGN
  if (sign === (b & FIXED_SIGN)) return sign | fits(x + y, 'add')
  if (x === y) return 0n
  return x > y ? sign | (x - y) : (sign ^ FIXED_SIGN) | (y - x)
}

/** a + (−b). @throws {SmeshError} `FIXED_OVERFLOW` */
export const fixedSub = (a: Fixed, b: Fixed): Fixed => fixedAdd(a, b ^ FIXED_SIGN)

/** Product, its magnitude rounded down. @throws {SmeshError} `FIXED_OVERFLOW` */
export function fixedMul(a: Fixed, b: Fixed): Fixed {
  const product = ((a & MAGNITUDE) * (b & MAGNITUDE)) >> FRACTION_BITS
  return ((a ^ b) & FIXED_SIGN) | fits(product, 'mul')
}

/** Quotient; may be one unit too small. @throws {SmeshError} `FIXED_OVERFLOW`, also on b = 0 */
export function fixedDiv(a: Fixed, b: Fixed): Fixed {
  const quotient = divMagnitudes(a & MAGNITUDE, b & MAGNITUDE)
  return ((a ^ b) & FIXED_SIGN) | fits(quotient, 'div')
}

/** 1/x. */
export const fixedInv = (x: Fixed): Fixed => fixedDiv(FIXED_ONE, x)

function fits(magnitude: bigint, operation: string): bigint {
  if (magnitude > MAGNITUDE) throw new SmeshError('FIXED_OVERFLOW', { operation })
  return magnitude
}

/**
 * The reference's division of 128 by 127 bits. Above 64 bits it estimates the quotient from the
 * divisor's top 64 bits and corrects once, leaving an exact multiple one short with rest = v.
 */
function quotientAndRest(u: bigint, v: bigint): [bigint, bigint] {
  if (v < TWO64) return [u / v, u % v]
  const shift = BigInt(64 - bitLength(v >> 64n))
  let quotient = (u / ((v << shift) >> 64n)) >> (64n - shift)
  if (quotient !== 0n) quotient -= 1n
  let rest = u - quotient * v
  if (rest > v) {
    quotient += 1n
    rest -= v
  }
  return [quotient, rest]
}

function divMagnitudes(u: bigint, v: bigint): bigint {
  if (v === 0n) throw new SmeshError('FIXED_OVERFLOW', { operation: 'div' })
  if (u >> 71n === 0n) return quotientAndRest(u << FRACTION_BITS, v)[0]
  const [whole, rest] = quotientAndRest(u, v)
  const scaled = fits(whole << FRACTION_BITS, 'div')
  const high = rest >> 64n
  const free = (high === 0n ? 64 : 64 - bitLength(high)) - 1
  const shift = BigInt(Math.min(56, free))
  const divisor = v >> (FRACTION_BITS - shift)
  return scaled + quotientAndRest(rest << shift, divisor)[0]
}

/** Number of bits of a non-negative integer; 0 has none. */
export function bitLength(value: bigint): number {
  if (value === 0n) return 0
  let bits = 0
  let rest = value
  while (rest >= TWO64) {
    rest >>= 64n
    bits += 64
  }
  const high = Number(rest >> 32n)
  return bits + (high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(Number(rest & 0xffffffffn)))
}
