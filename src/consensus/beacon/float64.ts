import { bitLength } from '../../crypto/fixed.ts'

/**
 * Numbers with 64 significant bits, rounded half to even: what the reference computes beacon
 * thresholds with (Go math/big.Float). The value is mantissa · 2^exponent; 0 has mantissa 0, any
 * other a mantissa of exactly 64 bits.
 */
export interface Float64Bit {
  mantissa: bigint
  exponent: number
}

const BITS = 64

/** The fraction (not negative, denominator above 0) times 2^exponent, rounded once. */
export function roundRatio(numerator: bigint, denominator = 1n, exponent = 0): Float64Bit {
  if (numerator === 0n) return { mantissa: 0n, exponent: 0 }
  // Enough bits below the point that the quotient has at least 64; the rest decides ties.
  const shift = Math.max(0, BITS + 1 + bitLength(denominator) - bitLength(numerator))
  const scaled = numerator << BigInt(shift)
  const quotient = scaled / denominator
  const isExact = quotient * denominator === scaled
  const drop = bitLength(quotient) - BITS
  const mantissa = roundOff(quotient, BigInt(drop), isExact)
  const low = exponent - shift + drop
  return mantissa >> BigInt(BITS) === 0n
    ? { mantissa, exponent: low }
    : { mantissa: mantissa >> 1n, exponent: low + 1 }
}

function roundOff(value: bigint, drop: bigint, isExact: boolean): bigint {
  const kept = value >> drop
  const rest = value - (kept << drop)
  const half = 1n << (drop - 1n)
  const isUp = rest > half || (rest === half && (!isExact || (kept & 1n) === 1n))
  return isUp ? kept + 1n : kept
}

/** Product, rounded once. */
export const multiply = (a: Float64Bit, b: Float64Bit): Float64Bit =>
  roundRatio(a.mantissa * b.mantissa, 1n, a.exponent + b.exponent)

/** Largest whole number not above `value` · 2^scale. */
export const floorScaled = ({ mantissa, exponent }: Float64Bit, scale = 0): bigint => {
  const shift = exponent + scale
  return shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift)
}
