import {
  FIXED_ONE,
  FIXED_SIGN,
  FRACTION_BITS,
  bitLength,
  fixedAdd,
  fixedFromInt,
  fixedFromScaled,
  fixedInv,
  fixedMagnitude,
  fixedMul,
  fixedSub,
  type Fixed,
} from './fixed.ts'
import { SmeshError } from '../util/error.ts'

/**
 * Logarithm, exponential and log-gamma of the fixed-point library, bit by bit as in the reference
 * (spacemeshos/fixed log.go, exp.go, lgamma.go; spec 06 §4). "Scaled" integers are signed and
 * carry 56 fractional bits.
 */

const HALF = 1n << 55n
const LN2 = 0xb17217f7d1cf78n
const LOG2_E = 0x171547652b82fe0n

/** Product of scaled integers, rounded to the nearest with ties upwards. */
export const scaledMul = (x: bigint, y: bigint): bigint => (x * y + HALF) >> FRACTION_BITS

const scaledMulFloor = (x: bigint, y: bigint): bigint => (x * y) >> FRACTION_BITS

/** x/y of two plain integers as a scaled one, the magnitude rounded half up. */
export function scaledDiv(x: bigint, y: bigint): bigint {
  const [numerator, divisor] = [(x < 0n ? -x : x) << FRACTION_BITS, y < 0n ? -y : y]
  const quotient = numerator / divisor + (2n * (numerator % divisor)) / divisor
  return x < 0n !== y < 0n ? -quotient : quotient
}

/** Scaled binary logarithm of `x` > 0, itself scaled by 2^`fractionBits` (0 or 56). */
export function scaledLog2(x: bigint, fractionBits: 0 | 56): bigint {
  if (x === 1n << BigInt(fractionBits)) return 0n
  const length = bitLength(x)
  let result = BigInt(length - fractionBits - 1) << FRACTION_BITS
  let mantissa = (x << BigInt(64 - length)) >> 1n
  for (let bit = HALF; bit > 0n; bit >>= 1n) {
    mantissa = ((mantissa * mantissa) >> 62n) & 0xffffffffffffffffn
    if (mantissa >> 63n) {
      mantissa >>= 1n
      result += bit
    }
  }
  return result
}

/** Scaled natural logarithm of a scaled x > 0. */
export const scaledLn = (x: bigint): bigint => scaledMul(scaledLog2(x, 56), LN2)

/** Scaled natural logarithm of a plain integer n ≥ 1. */
export const scaledLnInt = (n: bigint): bigint => scaledMul(scaledLog2(n, 0), LN2)

const LGAMMA = [
  0x6b3f8e4325f5a4n,
  0x1555555555553bn,
  -0xb60b60b58172n,
  0x34033f319e71n,
  -0x270197181fcen,
  0x36cf7499b5abn,
  -0x6ae2742e790fn,
] as const
const FACTORIALS = [1n, 1n, 2n, 6n, 24n, 120n, 720n] as const

/** ln Γ(n) of a plain integer n ≥ 1. */
export function fixedLgamma(n: bigint): Fixed {
  if (n <= 2n) return 0n
  if (n < 8n) return fixedFromScaled(scaledLnInt(FACTORIALS[Number(n) - 1]!))
  const slope = scaledLnInt(n) - FIXED_ONE
  const z = scaledDiv(1n, n)
  const y = scaledMul(z, z)
  let sum = LGAMMA[6] as bigint
  for (let i = 5; i >= 1; i--) sum = LGAMMA[i]! + scaledMul(y, sum)
  const tail = LGAMMA[0] + scaledMul(z, sum)
  const factor = fixedSub(fixedFromInt(n), fixedFromScaled(HALF))
  return fixedAdd(fixedMul(factor, fixedFromScaled(slope)), fixedFromScaled(tail))
}

const INVERSE_FACTORIALS = Array.from({ length: 15 }, (_, j) => {
  let factorial = 1n
  for (let i = 2n; i <= BigInt(j); i++) factorial *= i
  return FIXED_ONE / factorial
})

/** e^x; 0 below −38. @throws {SmeshError} `FIXED_OVERFLOW` if |x| ≥ 128 or the result does not fit */
export function fixedExp(x: Fixed): Fixed {
  const magnitude = fixedMagnitude(x)
  const negative = (x & FIXED_SIGN) !== 0n
  if (negative && magnitude >> FRACTION_BITS > 38n) return 0n
  if (magnitude >> 63n !== 0n) throw new SmeshError('FIXED_OVERFLOW', { operation: 'exp' })
  const power = scaledMulFloor(magnitude, LOG2_E) >> FRACTION_BITS
  const y = magnitude - scaledMulFloor(power << FRACTION_BITS, LN2)
  let sum = FIXED_ONE + y
  let term = y
  for (let j = 2; j <= 14; j++) {
    term = scaledMulFloor(term, y)
    sum += scaledMulFloor(term, INVERSE_FACTORIALS[j]!)
  }
  if (negative) return fixedMagnitude(fixedInv(sum)) >> power
  const grown = sum << power
  if (grown >= FIXED_SIGN) throw new SmeshError('FIXED_OVERFLOW', { operation: 'exp' })
  return grown
}
