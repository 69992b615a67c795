import { keccakF, STATE_WORDS } from './keccak.ts'

/** Bytes of a Keccak-512 block, and so of an HMAC key that needs no hashing: the password fits. */
export const HMAC_BLOCK_BYTES = 72

const BLOCK_WORDS = 18
const DIGEST_WORDS = 16
const IPAD = 0x36363636
const OPAD = 0x5c5c5c5c
/** Original Keccak padding (0x01 … 0x80), not the 0x06 of SHA-3. */
const PAD_FIRST = 0x01
const PAD_LAST = 0x80000000 | 0

/**
 * HMAC-Keccak512 with a 72-byte key on 32-bit little-endian words, and PBKDF2 with one iteration
 * on top. The two key states are computed once and used for every block of both derivations.
 * Spec 03 §2.2 step 2.
 */
export class KeccakHmac {
  readonly #inner = new Int32Array(STATE_WORDS)
  readonly #outer = new Int32Array(STATE_WORDS)
  readonly #state = new Int32Array(STATE_WORDS)

  /** `key` is 18 words: exactly one block. */
  setKey(key: Int32Array): void {
    this.#inner.fill(0)
    this.#outer.fill(0)
    for (let i = 0; i < BLOCK_WORDS; i++) {
      this.#inner[i] = key[i]! ^ IPAD
      this.#outer[i] = key[i]! ^ OPAD
    }
    keccakF(this.#inner)
    keccakF(this.#outer)
  }

  /** First 32 words of PBKDF2(key, no salt, 1 iteration). */
  expand(out: Int32Array): void {
    for (let block = 0; block < 2; block++) {
      const state = this.#state
      state.set(this.#inner)
      state[0]! ^= bigEndianCounter(block + 1)
      state[1]! ^= PAD_FIRST
      state[BLOCK_WORDS - 1]! ^= PAD_LAST
      keccakF(state)
      this.#finish()
      for (let i = 0; i < DIGEST_WORDS; i++) out[block * DIGEST_WORDS + i] = state[i]!
    }
  }

  /** First 8 words of PBKDF2(key, salt, 1 iteration) for a salt of 32 words, written at `at`. */
  compress(salt: Int32Array, out: Int32Array, at: number): void {
    const state = this.#state
    state.set(this.#inner)
    for (let i = 0; i < BLOCK_WORDS; i++) state[i]! ^= salt[i]!
    keccakF(state)
    const rest = 32 - BLOCK_WORDS
    for (let i = 0; i < rest; i++) state[i]! ^= salt[BLOCK_WORDS + i]!
    state[rest]! ^= bigEndianCounter(1)
    state[rest + 1]! ^= PAD_FIRST
    state[BLOCK_WORDS - 1]! ^= PAD_LAST
    keccakF(state)
    this.#finish()
    for (let i = 0; i < 8; i++) out[at + i] = state[i]!
  }

  /** Outer hash over the digest that stands in the first words of the state. */
  #finish(): void {
    const state = this.#state
    const outer = this.#outer
    for (let i = 0; i < DIGEST_WORDS; i++) state[i]! ^= outer[i]!
    for (let i = DIGEST_WORDS; i < STATE_WORDS; i++) state[i] = outer[i]!
    state[DIGEST_WORDS]! ^= PAD_FIRST
    state[BLOCK_WORDS - 1]! ^= PAD_LAST
    keccakF(state)
  }
}

/** The four counter bytes, most significant first, as one little-endian word. */
const bigEndianCounter = (counter: number): number => counter << 24
