import { SmeshError } from './error.ts'

export const U64_MAX = 2n ** 64n - 1n
export const U32_MAX = 2 ** 32 - 1

/** Keeps the low 64 bits, as Go's u64 arithmetic does. */
export const wrap64 = (value: bigint): bigint => BigInt.asUintN(64, value)

/**
 * `value` unchanged when it fits u64.
 *
 * @throws {SmeshError} `INTEGER_OVERFLOW`
 */
export function checkU64(value: bigint): bigint {
  if (value < 0n || value > U64_MAX) {
    throw new SmeshError('INTEGER_OVERFLOW', { bits: 64, value: value.toString() })
  }
  return value
}

/** As {@link checkU64} for a number that must be a u32. */
export function checkU32(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > U32_MAX) {
    throw new SmeshError('INTEGER_OVERFLOW', { bits: 32, value: String(value) })
  }
  return value
}

export const minBig = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const maxBig = (a: bigint, b: bigint): bigint => (a > b ? a : b)
