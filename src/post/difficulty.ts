import { SmeshError } from '../util/error.ts'
import { U64_MAX } from '../util/u64.ts'

const TWO_56 = 1n << 56n

/** Bits of an integer; 0 for 0. The width of a packed label index is that of `numLabels`. */
export const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length)

/** Bytes of K2 packed indices. Spec 03 §4.5. */
export const indicesLength = (numLabels: bigint, k2: number): number =>
  Math.ceil((bitLength(numLabels) * k2) / 8)

/** What a label's byte and 56-bit value are compared with. */
export interface ProvingDifficulty {
  /** floor(2^64 · K1 / numLabels), u64. */
  difficulty: bigint
  /** Its top byte. */
  msb: number
  /** Its lower 56 bits. */
  lsb: bigint
}

/**
 * Share of labels that are good for a nonce, as a u64 fraction of 2^64.
 * Spec 03 §4.1; post-rs src/difficulty.rs, proving_difficulty.
 *
 * @throws {SmeshError} `POST_NO_DIFFICULTY`, its reason in the reference's words
 */
export function provingDifficulty(k1: number, numLabels: bigint): ProvingDifficulty {
  const fail = (reason: string): never => {
    throw new SmeshError('POST_NO_DIFFICULTY', { numLabels: numLabels.toString(), k1, reason })
  }
  if (numLabels === 0n) fail('number of label blocks must be > 0')
  if (numLabels <= BigInt(k1)) {
    fail(`number of labels (${numLabels}) must be bigger than k1 (${k1})`)
  }
  const difficulty = (BigInt(k1) << 64n) / numLabels
  if (difficulty > U64_MAX) fail('difficulty does not fit 64 bits')
  return { difficulty, msb: Number(difficulty >> 56n), lsb: difficulty % TWO_56 }
}

/** PowDifficulty / numUnits, both 32 bytes big-endian. Spec 03 §4.1; post-rs scale_pow_difficulty. */
export function scaledPowDifficulty(powDifficulty: Uint8Array, numUnits: number): Uint8Array {
  return bytes32(bigFromBytes(powDifficulty) / BigInt(numUnits))
}

/**
 * A label output strictly below this, as 32 bytes big-endian, makes its index a VRF nonce:
 * floor(2^256 / numLabels) · 8. Spec 03 §2.3; post shared/shared.go, PowDifficulty.
 *
 * @throws {SmeshError} `POST_VRF_OVERFLOW` for 8 labels or fewer
 */
export function vrfDifficulty(numLabels: bigint): Uint8Array {
  const threshold = numLabels > 0n ? ((1n << 256n) / numLabels) << 3n : 1n << 256n
  if (threshold >> 256n !== 0n) {
    throw new SmeshError('POST_VRF_OVERFLOW', { numLabels: numLabels.toString() })
  }
  return bytes32(threshold)
}

function bigFromBytes(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

function bytes32(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  for (let i = 31, rest = value; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n)
  return bytes
}
