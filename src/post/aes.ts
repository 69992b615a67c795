/**
 * AES-128 encryption of single blocks with 32-bit tables. Not constant time: its keys and data are
 * public (PoST keys are derived from a public challenge).
 * FIPS 197.
 */

const SBOX = new Uint8Array(256)
/** MixColumns of one substituted byte, as little-endian column words; T1…T3 are rotations. */
const T0 = new Int32Array(256)
const T1 = new Int32Array(256)
const T2 = new Int32Array(256)
const T3 = new Int32Array(256)
fillTables()

const ROUNDS = 10
const KEY_WORDS = 4

/** Round keys of a 16-byte key: 44 little-endian words. */
export function expandKey(key: Uint8Array): Int32Array {
  const words = new Int32Array(4 * (ROUNDS + 1))
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  for (let i = 0; i < KEY_WORDS; i++) words[i] = view.getInt32(4 * i, true)
  let constant = 1
  for (let i = KEY_WORDS; i < words.length; i++) {
    let word = words[i - 1]!
    if (i % KEY_WORDS === 0) {
      word = substitute((word >>> 8) | (word << 24)) ^ constant
      constant = double(constant)
    }
    words[i] = words[i - KEY_WORDS]! ^ word
  }
  return words
}

/**
 * Encrypts the block `input[at…at+3]` (little-endian words) into `output[0…3]`.
 *
 * PERF: 160 table look-ups, about 60 ns.
 */
export function encryptBlock(
  keys: Int32Array,
  input: Int32Array,
  at: number,
  output: Int32Array,
): void {
  let a = input[at]! ^ keys[0]!
  let b = input[at + 1]! ^ keys[1]!
  let c = input[at + 2]! ^ keys[2]!
  let d = input[at + 3]! ^ keys[3]!
  for (let k = 4; k < 40; k += 4) {
    const e = T0[a & 255]! ^ T1[(b >>> 8) & 255]! ^ T2[(c >>> 16) & 255]! ^ T3[d >>> 24]! ^ keys[k]!
    const f =
      T0[b & 255]! ^ T1[(c >>> 8) & 255]! ^ T2[(d >>> 16) & 255]! ^ T3[a >>> 24]! ^ keys[k + 1]!
    const g =
      T0[c & 255]! ^ T1[(d >>> 8) & 255]! ^ T2[(a >>> 16) & 255]! ^ T3[b >>> 24]! ^ keys[k + 2]!
    d = T0[d & 255]! ^ T1[(a >>> 8) & 255]! ^ T2[(b >>> 16) & 255]! ^ T3[c >>> 24]! ^ keys[k + 3]!
    a = e
    b = f
    c = g
  }
  output[0] = lastColumn(a, b, c, d) ^ keys[40]!
  output[1] = lastColumn(b, c, d, a) ^ keys[41]!
  output[2] = lastColumn(c, d, a, b) ^ keys[42]!
  output[3] = lastColumn(d, a, b, c) ^ keys[43]!
}

/** SubBytes and ShiftRows of one column; the last round has no MixColumns. */
const lastColumn = (a: number, b: number, c: number, d: number): number =>
  SBOX[a & 255]! |
  (SBOX[(b >>> 8) & 255]! << 8) |
  (SBOX[(c >>> 16) & 255]! << 16) |
  (SBOX[d >>> 24]! << 24)

const substitute = (word: number): number => lastColumn(word, word, word, word)

/** Times x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
function double(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 255
}

function fillTables(): void {
  // Inverses by walking the powers of the generator 3 and of its inverse side by side.
  let power = 1
  let inverse = 1
  do {
    power = power ^ double(power)
    inverse ^= inverse << 1
    inverse ^= inverse << 2
    inverse ^= inverse << 4
    inverse &= 255
    if (inverse & 0x80) inverse ^= 0x09
    const spread =
      inverse ^
      rotate8(inverse, 1) ^
      rotate8(inverse, 2) ^
      rotate8(inverse, 3) ^
      rotate8(inverse, 4)
    SBOX[power] = spread ^ 0x63
  } while (power !== 1)
  SBOX[0] = 0x63
  for (let i = 0; i < 256; i++) {
    const s = SBOX[i]!
    const s2 = double(s)
    const word = s2 | (s << 8) | (s << 16) | ((s2 ^ s) << 24)
    T0[i] = word
    T1[i] = (word << 8) | (word >>> 24)
    T2[i] = (word << 16) | (word >>> 16)
    T3[i] = (word << 24) | (word >>> 8)
  }
}

function rotate8(byte: number, by: number): number {
  return ((byte << by) | (byte >>> (8 - by))) & 255
}
