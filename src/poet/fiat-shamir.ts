import { sha256 } from '../crypto/hash.ts'

/**
 * Leaf indices that a proof must open, ascending: with fewer than `count` leaves all of them, else
 * the first `count` distinct values of BE64(SHA256(root ‖ BE32(i))[0..8]) mod leafCount.
 *
 * @param leafCount - u64
 * @see poet shared/shared.go, FiatShamir; spec 04 §6.3
 */
export function challengeIndices(root: Uint8Array, leafCount: bigint, count: number): bigint[] {
  if (leafCount < BigInt(count)) {
    return Array.from({ length: Number(leafCount) }, (_, index) => BigInt(index))
  }
  const message = new Uint8Array(root.length + 4)
  message.set(root)
  const counter = new DataView(message.buffer, root.length)
  const indices = new Set<bigint>()
  for (let i = 0; indices.size < count; i++) {
    counter.setUint32(0, i)
    const digest = sha256(message)
    indices.add(new DataView(digest.buffer, digest.byteOffset).getBigUint64(0) % leafCount)
  }
  return [...indices].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
