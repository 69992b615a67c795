import { blake3 } from '@noble/hashes/blake3.js'

export { sha256, sha512 } from '@noble/hashes/sha2.js'

/** BLAKE3-256 of the concatenation of `parts`. Spec 01 §2; go-spacemesh hash/hash.go. */
export function hash32(...parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return blake3(parts[0]!)
  const hasher = blake3.create()
  for (const part of parts) hasher.update(part)
  return hasher.digest()
}

/** First 20 bytes of {@link hash32}: ids of ballots, blocks and proposals, genesis id. */
export function hash20(...parts: Uint8Array[]): Uint8Array {
  return hash32(...parts).slice(0, 20)
}

/** BLAKE3-256 fed piece by piece; `digest` may be called once. */
export interface Hasher {
  update(bytes: Uint8Array): Hasher
  digest(): Uint8Array
}

export const createHasher = (): Hasher => blake3.create()
