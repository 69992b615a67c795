import { HMAC_BLOCK_BYTES, KeccakHmac } from './hmac.ts'
import { BLOCK_WORDS, roMix } from './mix.ts'

/** Bytes of the label function's output; the first sixteen are stored. */
export const LABEL_OUTPUT_BYTES = 32

const OUTPUT_WORDS = LABEL_OUTPUT_BYTES / 4
const LOW_INDEX_WORD = 8
const HIGH_INDEX_WORD = 9

/**
 * The label function of one commitment: scrypt-jane with ChaCha20/8 as mix and Keccak-512 as hash,
 * r = p = 1, over the password commitment ‖ LE8(index) ‖ 32 zero bytes and an empty salt.
 * Holds N·128 bytes of scratch. Not RFC 7914 scrypt. Arguments are checked by its callers.
 * Spec 03 §2.2; post-rs src/initialize.rs, CpuInitializer.
 */
export class LabelFunction {
  readonly #scryptN: number
  readonly #password = new Int32Array(HMAC_BLOCK_BYTES / 4)
  readonly #block = new Int32Array(BLOCK_WORDS)
  readonly #rows: Int32Array
  readonly #hmac = new KeccakHmac()

  constructor(commitment: Uint8Array, scryptN: number) {
    this.#scryptN = scryptN
    this.#rows = new Int32Array(BLOCK_WORDS * scryptN)
    const view = new DataView(commitment.buffer, commitment.byteOffset, commitment.byteLength)
    for (let i = 0; i < 8; i++) this.#password[i] = view.getUint32(4 * i, true)
  }

  /** Writes the outputs of `count` consecutive indices, 8 words each, to `out` from word `at`. */
  fill(start: bigint, count: number, out: Int32Array, at: number): void {
    let low = Number(start & 0xffffffffn)
    let high = Number(start >> 32n)
    for (let i = 0; i < count; i++) {
      this.#one(low, high, out, at + i * OUTPUT_WORDS)
      low = (low + 1) >>> 0
      if (low === 0) high++
    }
  }

  #one(low: number, high: number, out: Int32Array, at: number): void {
    this.#password[LOW_INDEX_WORD] = low
    this.#password[HIGH_INDEX_WORD] = high
    this.#hmac.setKey(this.#password)
    this.#hmac.expand(this.#block)
    roMix(this.#block, this.#rows, this.#scryptN)
    this.#hmac.compress(this.#block, out, at)
  }
}
