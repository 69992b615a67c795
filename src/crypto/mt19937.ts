import { SmeshError } from '../util/error.ts'

const N = 312
const M = 156
const MASK = (1n << 64n) - 1n
const MATRIX = 0xb5026f5aa96619e9n
const UPPER = 0xffffffff80000000n
const LOWER = 0x7fffffffn
const BASE_SEED = 19650218n

/**
 * 64-bit Mersenne Twister. The random source of block building: every node that builds the block
 * of a layer must draw the same numbers. Spec 02 §12, 06 §11; seehuhn/mt19937 behind Go math/rand.
 */
export class Mt19937 {
  readonly #x = new BigUint64Array(N)
  #at = N

  /**
   * @param seed - read as little-endian u64 words; its length is a multiple of 8 and not 0
   * @throws {SmeshError} `BAD_ARGUMENT`
   */
  constructor(seed: Uint8Array) {
    if (seed.length === 0 || seed.length % 8 !== 0) {
      const got = `${seed.length} bytes`
      throw new SmeshError('BAD_ARGUMENT', { name: 'seed', expected: 'whole u64 words', got })
    }
    const view = new DataView(seed.buffer, seed.byteOffset, seed.byteLength)
    const key = Array.from({ length: seed.length / 8 }, (_, i) => view.getBigUint64(8 * i, true))
    this.#seedByArray(key)
  }

  /** Next u64. */
  next64(): bigint {
    if (this.#at >= N) this.#twist()
    let y = this.#x[this.#at++]!
    y ^= (y >> 29n) & 0x5555555555555555n
    y ^= (y << 17n) & 0x71d67fffeda60000n
    y ^= (y << 37n) & 0xfff7eee000000000n
    y ^= y >> 43n
    return y
  }

  /** Next u32 as Go's `rand.Uint32` takes it: the top bit dropped, then the upper 32 of 63 bits. */
  next32(): bigint {
    return (this.next64() >> 31n) & 0xffffffffn
  }

  /** Uniform number below `bound` (1 … 2^31−1), drawn as Go's `rand.Rand` does for a shuffle. */
  below(bound: number): number {
    const b = BigInt(bound)
    let product = this.next32() * b
    let low = product & 0xffffffffn
    if (low < b) {
      const threshold = ((1n << 32n) - b) % b
      while (low < threshold) {
        product = this.next32() * b
        low = product & 0xffffffffn
      }
    }
    return Number(product >> 32n)
  }

  #seedByArray(key: readonly bigint[]): void {
    const x = this.#x
    x[0] = BASE_SEED
    for (let i = 1; i < N; i++) {
      x[i] = (6364136223846793005n * this.#mixed(i - 1) + BigInt(i)) & MASK
    }
    let i = 1
    const advance = () => {
      if (++i >= N) {
        x[0] = x[N - 1]!
        i = 1
      }
    }
    for (let k = Math.max(N, key.length), j = 0; k > 0; k--) {
      x[i] = ((x[i]! ^ (this.#mixed(i - 1) * 3935559000370003845n)) + key[j]! + BigInt(j)) & MASK
      advance()
      if (++j >= key.length) j = 0
    }
    for (let k = N - 1; k > 0; k--) {
      x[i] = ((x[i]! ^ (this.#mixed(i - 1) * 2862933555777941757n)) - BigInt(i)) & MASK
      advance()
    }
    x[0] = 1n << 63n
  }

  #mixed(i: number): bigint {
    const value = this.#x[i]!
    return value ^ (value >> 62n)
  }

  #twist(): void {
    const x = this.#x
    for (let i = 0; i < N; i++) {
      const y = (x[i]! & UPPER) | (x[(i + 1) % N]! & LOWER)
      x[i] = x[(i + M) % N]! ^ (y >> 1n) ^ ((y & 1n) === 1n ? MATRIX : 0n)
    }
    this.#at = 0
  }
}

/**
 * `items` in the order that Go's `rand.Shuffle` gives them with this source.
 *
 * @example goShuffle([0, 1, 2], new Mt19937(seed))
 */
export function goShuffle<T>(items: readonly T[], source: Mt19937): T[] {
  const shuffled = [...items]
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = source.below(i + 1)
    const held = shuffled[i]!
    shuffled[i] = shuffled[j]!
    shuffled[j] = held
  }
  return shuffled
}
