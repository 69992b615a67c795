import { SHA256_IV, SHA256_K } from './constants.ts'
import { KERNEL_MEMORY_BYTES, STATE_AT, type Sha256Core } from './kernel.ts'

const K = Int32Array.from(SHA256_K)
const IV = Int32Array.from(SHA256_IV)
const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n))

/** One compression: `w` holds the 16 message words and is expanded in place to 64. */
function compressWords(state: Int32Array, w: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!
    const y = w[i - 2]!
    const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)
    const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10)
    w[i] = w[i - 16]! + s0 + w[i - 7]! + s1
  }
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let i = 0; i < 64; i++) {
    const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K[i]! + w[i]!) | 0
    const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = state[0]! + a
  state[1] = state[1]! + b
  state[2] = state[2]! + c
  state[3] = state[3]! + d
  state[4] = state[4]! + e
  state[5] = state[5]! + f
  state[6] = state[6]! + g
  state[7] = state[7]! + h
}

/** SHA-256 in plain TypeScript: the oracle of the WebAssembly core and its stand-in without it. */
export function createScriptCore(): Sha256Core {
  const buffer = new ArrayBuffer(KERNEL_MEMORY_BYTES)
  const state = new Int32Array(buffer, STATE_AT, 8)
  const view = new DataView(buffer)
  const words = new Int32Array(64)
  return {
    kind: 'script',
    buffer,
    compress(at, blocks) {
      for (let block = 0; block < blocks; block++) {
        for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 64 * block + 4 * i)
        compressWords(state, words)
      }
    },
    chain(times) {
      for (let i = 0; i < times; i++) {
        words.set(state)
        words.fill(0, 8, 16)
        words[8] = 0x80000000
        words[15] = 256
        state.set(IV)
        compressWords(state, words)
      }
    },
  }
}
