/**
 * Label indices as a bit stream, least significant bit first, zero-padded to a byte.
 * Spec 03 §4.5; post-rs src/compression.rs.
 *
 * @param bits - Width of one index; higher bits of an index are dropped.
 */
export function packIndices(indices: readonly bigint[], bits: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((indices.length * bits) / 8))
  let at = 0
  for (const index of indices) {
    for (let bit = 0; bit < bits; bit++, at++) {
      if ((index >> BigInt(bit)) & 1n) bytes[at >> 3]! |= 1 << (at & 7)
    }
  }
  return bytes
}

/**
 * All whole indices in the stream. Padding long enough for one more index gives one more: callers
 * take the number they expect.
 */
export function unpackIndices(bytes: Uint8Array, bits: number): bigint[] {
  if (bits === 0) return []
  const count = Math.floor((bytes.length * 8) / bits)
  return Array.from({ length: count }, (_, i) => {
    let index = 0n
    for (let bit = 0, at = i * bits; bit < bits; bit++, at++) {
      if ((bytes[at >> 3]! >> (at & 7)) & 1) index |= 1n << BigInt(bit)
    }
    return index
  })
}
