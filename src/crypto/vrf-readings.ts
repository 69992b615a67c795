const FRACTION_MASK = 2n ** 56n - 1n

/**
 * The ways in which the protocol reads a VRF proof as a number. Spec 01 §3.3, table.
 */

/** The proof as one big-endian 640-bit integer: beacon proposals compare it with a threshold. */
export function vrfBigEndian(proof: Uint8Array): bigint {
  let value = 0n
  for (const byte of proof) value = (value << 8n) | BigInt(byte)
  return value
}

/**
 * Order as little-endian 640-bit integers (the last byte weighs most): coins and hare leaders take
 * the smallest. −1 when there is no `other`, so that a first candidate always wins.
 * go-spacemesh common/types/signatures.go, Cmp.
 */
export function vrfCompare(proof: Uint8Array, other: Uint8Array | undefined): -1 | 0 | 1 {
  if (!other) return -1
  for (let i = proof.length - 1; i >= 0; i--) {
    if (proof[i] !== other[i]) return proof[i]! < other[i]! ? -1 : 1
  }
  return 0
}

/** The first eight bytes as little-endian u64. */
export const vrfU64 = (proof: Uint8Array): bigint =>
  new DataView(proof.buffer, proof.byteOffset, proof.byteLength).getBigUint64(0, true)

/** A fraction below 1, scaled by 2^56: hare and certifier eligibility. */
export const vrfFraction = (proof: Uint8Array): bigint => vrfU64(proof) & FRACTION_MASK

/** The layer in which a ballot eligibility may be used. */
export const vrfLayer = (proof: Uint8Array, epoch: number, layersPerEpoch: number): number =>
  epoch * layersPerEpoch + Number(vrfU64(proof) % BigInt(layersPerEpoch))

/** The coin that the smallest proof tosses. */
export const vrfLowestBit = (proof: Uint8Array): 0 | 1 => (proof[0]! & 1) as 0 | 1
