import { hash32 } from '../../crypto/hash.ts'
import { compareBytes, hex } from '../../util/bytes.ts'

/**
 * Following votes: bit i stands for entry i of the voter's own first vote list. Big-endian, without
 * leading zero bytes; empty when nothing is supported. A proposal that is listed twice has two
 * bits. Spec 06 §7.1; go-spacemesh beacon/codec.go (v1.7.6).
 */
export function encodeVotes(
  firstVotes: readonly Uint8Array[],
  supported: Iterable<Uint8Array>,
): Uint8Array {
  const names = new Set([...supported].map(hex))
  const bits = firstVotes.map((proposal) => names.has(hex(proposal)))
  const bytes = new Uint8Array(Math.ceil((bits.lastIndexOf(true) + 1) / 8))
  bits.forEach((isSet, i) => {
    if (isSet) bytes[bytes.length - 1 - (i >> 3)]! |= 1 << (i & 7)
  })
  return bytes
}

/** Which entries of the voter's list the bits support; bits beyond the list do not count. */
export const decodeVotes = (firstVotes: readonly Uint8Array[], bits: Uint8Array): boolean[] =>
  firstVotes.map((_, i) => (((bits[bits.length - 1 - (i >> 3)] ?? 0) >> (i & 7)) & 1) === 1)

/** Hash of the supported proposals, ascending; the beacon is its first four bytes. Spec 06 §7.5. */
export const beaconHash = (supported: readonly Uint8Array[]): Uint8Array =>
  hash32(...supported.toSorted(compareBytes))
