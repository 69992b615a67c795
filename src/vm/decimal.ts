/** A non-negative decimal: coefficient · 10^exponent. */
export interface Decimal {
  readonly coefficient: bigint
  readonly exponent: number
}

const DIGITS = 34
const LIMIT = 10n ** BigInt(DIGITS)

/**
 * Rounded to 34 significant digits, half to even, as the reference's decimal context does.
 * economics v0.1.4 constants (ericlagergren/decimal Context128).
 */
export function round34({ coefficient, exponent }: Decimal): Decimal {
  if (coefficient < LIMIT) return { coefficient, exponent }
  const drop = coefficient.toString().length - DIGITS
  const unit = 10n ** BigInt(drop)
  let kept = coefficient / unit
  const twice = 2n * (coefficient % unit)
  if (twice > unit || (twice === unit && (kept & 1n) === 1n)) kept += 1n
  return kept === LIMIT
    ? { coefficient: kept / 10n, exponent: exponent + drop + 1 }
    : { coefficient: kept, exponent: exponent + drop }
}

const SCALE_BITS = 320n
const ONE = 1n << SCALE_BITS
const HALVED_BELOW = ONE >> 10n
const SHOWN_DIGITS = 80
const SHOWN = 10n ** BigInt(SHOWN_DIGITS)

/**
 * e^−x with an absolute error below 10^−80: halves the argument until it is small, sums the
 * Taylor series, squares back. Zero once x is so large that 80 places show nothing.
 */
export function expMinus({ coefficient, exponent }: Decimal): Decimal {
  const x =
    exponent >= 0
      ? (coefficient * 10n ** BigInt(exponent)) << SCALE_BITS
      : (coefficient << SCALE_BITS) / 10n ** BigInt(-exponent)
  if (x >= 200n * ONE) return { coefficient: 0n, exponent: 0 }
  let halvings = 0n
  while (x >> halvings > HALVED_BELOW) halvings++
  const small = x >> halvings
  let sum = ONE
  let term = ONE
  for (let k = 1n; term !== 0n; k++) {
    term = ((term * small) >> SCALE_BITS) / k
    sum = (k & 1n) === 1n ? sum - term : sum + term
  }
  for (; halvings > 0n; halvings--) sum = (sum * sum) >> SCALE_BITS
  return { coefficient: (sum * SHOWN) >> SCALE_BITS, exponent: -SHOWN_DIGITS }
}
