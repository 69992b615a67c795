import { blake3 } from '@noble/hashes/blake3.js'

import { concat, u32le, u64le } from '../util/bytes.ts'

/** Nonces that one AES block serves, one per byte. */
export const NONCES_PER_GROUP = 16
/** A group is one byte of the proof of work's input. */
export const MAX_GROUPS = 256

const KEY_BYTES = 16

/** What the two keys of a nonce are bound to. */
export interface CipherSeed {
  /** 32 bytes. */
  challenge: Uint8Array
  group: number
  /** All 64 bits count here, unlike in the proof of work. */
  pow: bigint
}

/** AES key of a nonce group. Spec 03 §4.3; post-rs src/cipher.rs. */
export const groupKey = ({ challenge, group, pow }: CipherSeed): Uint8Array =>
  blake3(concat(challenge, u32le(group), u64le(pow))).slice(0, KEY_BYTES)

/** AES key that settles labels whose byte equals the threshold, one per nonce. */
export const lazyKey = ({ challenge, group, pow }: CipherSeed, nonce: number): Uint8Array =>
  blake3(concat(challenge, u32le(group), u64le(pow), u32le(nonce))).slice(0, KEY_BYTES)
