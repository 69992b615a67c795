import { vrfBigEndian } from '../../crypto/vrf-readings.ts'
import { floorScaled, multiply, roundRatio, type Float64Bit } from './float64.ts'

/** Numerator and denominator. */
export type Ratio = readonly [numerator: number, denominator: number]

/** Bits below the point in which 2^−w is computed before it is rounded to 64. */
const PRECISION = 320n
const ONE = 1n << PRECISION
const PROOF_BITS = 640

/**
 * A beacon proposal counts if its VRF proof, read as a big-endian number, is below this:
 * 2^640 · (1 − 2^−w) with w = κ / ((1 − q) · atxs), rounded to 64 bits at each step; 0 without
 * ATXs. Spec 06 §7.2; go-spacemesh beacon/beacon.go, atxThreshold (v1.7.6).
 *
 * @param atxs - smeshers that may propose
 */
export function proposalThreshold(atxs: number, { kappa, q }: { kappa: number; q: Ratio }): bigint {
  if (atxs === 0) return 0n
  const [qNum, qDen] = q.map(BigInt) as [bigint, bigint]
  const w = roundRatio(BigInt(kappa) * qDen, (qDen - qNum) * BigInt(atxs))
  const power = twoToMinus(w)
  const rest = (1n << BigInt(-power.exponent)) - power.mantissa
  return floorScaled(roundRatio(rest, 1n, power.exponent), PROOF_BITS)
}

/** Whether a proposal with this proof counts. */
export const passesThreshold = (proof: Uint8Array, threshold: bigint): boolean =>
  vrfBigEndian(proof) < threshold

/**
 * Votes decide on a proposal once the margin reaches this: ⌊θ · epochWeight⌋ with 64-bit rounding.
 * Spec 06 §7.5; go-spacemesh beacon/votes_calc.go (v1.7.6).
 */
export const votingThreshold = (theta: Ratio, epochWeight: bigint): bigint =>
  floorScaled(multiply(roundRatio(BigInt(theta[0]), BigInt(theta[1])), roundRatio(epochWeight)))

/** 2^−w for w > 0, rounded to 64 bits. */
function twoToMinus({ mantissa, exponent }: Float64Bit): Float64Bit {
  const scaled = floorScaled({ mantissa, exponent }, Number(PRECISION))
  const whole = scaled >> PRECISION
  const x = ((scaled - (whole << PRECISION)) * ln2()) >> PRECISION
  let term = ONE
  let sum = ONE
  // e^−x = Σ (−x)^k / k!, x < ln 2
  for (let k = 1n; term !== 0n; k++) {
    term = (term * x) / (k << PRECISION)
    sum += k % 2n === 0n ? term : -term
  }
  return roundRatio(sum, 1n, -Number(PRECISION) - Number(whole))
}

let cachedLn2: bigint | undefined

/** ln 2 = Σ 1 / (k · 2^k) */
function ln2(): bigint {
  if (cachedLn2 !== undefined) return cachedLn2
  let sum = 0n
  for (let k = 1n; k <= PRECISION; k++) sum += (ONE >> k) / k
  return (cachedLn2 = sum)
}
