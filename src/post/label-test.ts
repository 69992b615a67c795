import { encryptBlock, expandKey } from './aes.ts'
import { groupKey, lazyKey, NONCES_PER_GROUP, type CipherSeed } from './ciphers.ts'
import type { ProvingDifficulty } from './difficulty.ts'

/** Outcome of one label and one nonce, with the values that decided it. */
export type LabelVerdict =
  | { good: true }
  | { good: false; error: 'InvalidMsb'; msb: number }
  | { good: false; error: 'InvalidLsb'; lsb: bigint }

/**
 * Tests labels for the sixteen nonces of one group.
 * Spec 03 §4.3; post-rs src/prove.rs and src/verification.rs.
 */
export class LabelTest {
  readonly #seed: CipherSeed
  readonly #difficulty: ProvingDifficulty
  readonly #keys: Int32Array
  readonly #lazyKeys: (Int32Array | undefined)[] = []
  readonly #label = new Int32Array(4)
  readonly #block = new Int32Array(4)
  readonly #blockBytes = new Uint8Array(this.#block.buffer)
  readonly #lazyBlock = new Int32Array(4)

  constructor(seed: CipherSeed, difficulty: ProvingDifficulty) {
    this.#seed = seed
    this.#difficulty = difficulty
    this.#keys = expandKey(groupKey(seed))
  }

  /** One label, 16 bytes, and one nonce of the group. */
  verdict(label: Uint8Array, nonce: number): LabelVerdict {
    new Uint8Array(this.#label.buffer).set(label)
    encryptBlock(this.#keys, this.#label, 0, this.#block)
    const msb = this.#blockBytes[nonce % NONCES_PER_GROUP]!
    if (msb < this.#difficulty.msb) return { good: true }
    if (msb > this.#difficulty.msb) return { good: false, error: 'InvalidMsb', msb }
    const lsb = this.#lazyValue(this.#label, 0, nonce % NONCES_PER_GROUP)
    return lsb < this.#difficulty.lsb ? { good: true } : { good: false, error: 'InvalidLsb', lsb }
  }

  /**
   * Tells every good (label, nonce) pair: labels in order, nonces of a label in order.
   *
   * @param labels - Little-endian words, four a label; labels `from` to `to` (exclusive) are tested.
   * @param onGood - `slot` is nonce mod 16; true ends the scan.
   * @returns Whether `onGood` ended it.
   */
  scan(
    labels: Int32Array,
    from: number,
    to: number,
    onGood: (label: number, slot: number) => boolean,
  ): boolean {
    const keys = this.#keys
    const block = this.#block
    const bytes = this.#blockBytes
    const { msb, lsb } = this.#difficulty
    for (let label = from; label < to; label++) {
      encryptBlock(keys, labels, 4 * label, block)
      for (let slot = 0; slot < NONCES_PER_GROUP; slot++) {
        if (bytes[slot]! > msb) continue
        if (bytes[slot] === msb && this.#lazyValue(labels, 4 * label, slot) >= lsb) continue
        if (onGood(label, slot)) return true
      }
    }
    return false
  }

  /** The 56-bit value that decides when the byte equals the threshold. */
  #lazyValue(labels: Int32Array, at: number, slot: number): bigint {
    const nonce = this.#seed.group * NONCES_PER_GROUP + slot
    const keys = (this.#lazyKeys[slot] ??= expandKey(lazyKey(this.#seed, nonce)))
    encryptBlock(keys, labels, at, this.#lazyBlock)
    const low = this.#lazyBlock[0]! >>> 0
    const high = this.#lazyBlock[1]! & 0xffffff
    return (BigInt(high) << 32n) | BigInt(low)
  }
}
