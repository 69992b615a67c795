import {
  FIXED_ONE,
  fixedAdd,
  fixedDiv,
  fixedFromInt,
  fixedFromScaled,
  fixedInv,
  fixedMul,
  fixedSub,
  isFixedZero,
  type Fixed,
} from './fixed.ts'
import { fixedExp, fixedLgamma, scaledLn } from './fixed-math.ts'

/**
 * Binomial distribution by the regularised incomplete beta function, bit-exact with
 * spacemeshos/fixed beta.go (spec 06 §4).
 */

const MAX_STEPS = 299
/** 1e-14, compared in the unsigned order: a factor below one never stops the fraction. */
const TOLERANCE = 720n

/** Continued fraction of the incomplete beta function. @param x - scaled by 2^56 */
export function betaFraction(x: bigint, a: bigint, b: bigint): Fixed {
  const X = fixedFromScaled(x)
  const first = fixedDiv(fixedMul(X, fixedFromInt(a + b)), fixedFromInt(a + 1n))
  let c = FIXED_ONE
  let d = fixedInv(nonZero(fixedSub(FIXED_ONE, first)))
  let h = d
  for (let step = 1; step <= MAX_STEPS; step++) {
    const m = BigInt(step)
    const even = a + 2n * m
    let factor = fixedDiv(fixedMul(X, fixedFromInt(m * (b - m))), fixedFromInt((even - 1n) * even))
    d = fixedInv(nonZero(fixedAdd(fixedMul(factor, d), FIXED_ONE)))
    c = nonZero(fixedAdd(fixedDiv(factor, c), FIXED_ONE))
    h = fixedMul(fixedMul(h, d), c)
    factor = fixedDiv(
      fixedMul(fixedFromInt(-(a + m) * (a + b + m)), X),
      fixedFromInt(even * (even + 1n)),
    )
    d = fixedInv(nonZero(fixedAdd(fixedMul(factor, d), FIXED_ONE)))
    c = nonZero(fixedAdd(fixedDiv(factor, c), FIXED_ONE))
    const delta = fixedMul(d, c)
    h = fixedMul(h, delta)
    if (fixedSub(delta, FIXED_ONE) < TOLERANCE) break
  }
  return h
}

const nonZero = (x: Fixed): Fixed => (isFixedZero(x) ? 1n : x)

/** Regularised incomplete beta function I_x(a, b) for plain integers a, b ≥ 1. @param x - scaled */
export function regularizedBeta(x: bigint, a: bigint, b: bigint): Fixed {
  let front: Fixed = 0n
  if (x > 0n && x < FIXED_ONE) {
    const lgammas = fixedSub(fixedSub(fixedLgamma(a + b), fixedLgamma(a)), fixedLgamma(b))
    const left = fixedMul(fixedFromScaled(scaledLn(x)), fixedFromInt(a))
    const right = fixedMul(fixedFromScaled(scaledLn(FIXED_ONE - x)), fixedFromInt(b))
    front = fixedExp(fixedAdd(fixedAdd(lgammas, left), right))
  }
  const series = (x: bigint, a: bigint, b: bigint): Fixed =>
    isFixedZero(front) ? front : fixedDiv(fixedMul(front, betaFraction(x, a, b)), fixedFromInt(a))
  if (x > fixedDiv(fixedFromInt(a + 1n), fixedFromInt(a + b + 2n))) {
    return fixedSub(FIXED_ONE, series(FIXED_ONE - x, b, a))
  }
  return series(x, a, b)
}

/**
 * Probability of at most `x` successes in `n` trials of probability `p` (fixed point, 0…1).
 * Reference name: BinCDF.
 *
 * @example binomialCdf(5, fixedFromRatio(10n, 15n), 1) // 0xb96a673e28067n
 */
export function binomialCdf(n: number, p: Fixed, x: number): Fixed {
  if (x < 0) return 0n
  if (x >= n) return FIXED_ONE
  return regularizedBeta(FIXED_ONE - p, BigInt(n - x), BigInt(x + 1))
}
