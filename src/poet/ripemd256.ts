/**
 * RIPEMD-256: the hash of registration PoW. Two lines of four rounds over the same block that swap
 * one register after each round. Spec 04 §5.1; Dobbertin, Bosselaers, Preneel.
 */

const IV: readonly number[] = [
  0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0x76543210, 0xfedcba98, 0x89abcdef, 0x01234567,
]
const LEFT_K = [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc]
const RIGHT_K = [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0]

/** Message word of each step. */
const LEFT_WORD = Uint8Array.of(
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  ...[7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8],
  ...[3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12],
  ...[1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2],
)
const RIGHT_WORD = Uint8Array.of(
  ...[5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12],
  ...[6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2],
  ...[15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13],
  ...[8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14],
)
/** Rotation of each step. */
const LEFT_ROTATE = Uint8Array.of(
  ...[11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8],
  ...[7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12],
  ...[11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5],
  ...[11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12],
)
const RIGHT_ROTATE = Uint8Array.of(
  ...[8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6],
  ...[9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11],
  ...[9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5],
  ...[15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8],
)

function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return x ^ y ^ z
  if (round === 1) return (x & y) | (~x & z)
  if (round === 2) return (x | ~y) ^ z
  return (x & z) | (y & ~z)
}

/** Absorbs one block of 16 little-endian words into the eight state words. */
export function ripemd256Compress(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!]
  let [e, f, g, h] = [state[4]!, state[5]!, state[6]!, state[7]!]
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    let sum = (a + mix(round, b, c, d) + words[LEFT_WORD[i]!]! + LEFT_K[round]!) | 0
    let bits = LEFT_ROTATE[i]!
    a = d
    d = c
    c = b
    b = (sum << bits) | (sum >>> (32 - bits))
    sum = (e + mix(3 - round, f, g, h) + words[RIGHT_WORD[i]!]! + RIGHT_K[round]!) | 0
    bits = RIGHT_ROTATE[i]!
    e = h
    h = g
    g = f
    f = (sum << bits) | (sum >>> (32 - bits))
    if (i === 15) [a, e] = [e, a]
    else if (i === 31) [b, f] = [f, b]
    else if (i === 47) [c, g] = [g, c]
    else if (i === 63) [d, h] = [h, d]
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

export const ripemd256State = (): Int32Array => Int32Array.from(IV)

/** `message` with its padding: whole blocks of 64 bytes. */
export function ripemd256Pad(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(64 * Math.ceil((message.length + 9) / 64))
  padded.set(message)
  padded[message.length] = 0x80
  const bits = 8n * BigInt(message.length)
  new DataView(padded.buffer).setBigUint64(padded.length - 8, bits, true)
  return padded
}

/** Sixteen little-endian words of the block at `at`. */
export function ripemd256Words(padded: Uint8Array, at: number): Int32Array {
  const view = new DataView(padded.buffer, padded.byteOffset + at, 64)
  return Int32Array.from({ length: 16 }, (_, i) => view.getInt32(4 * i, true))
}

export function ripemd256Digest(state: Int32Array): Uint8Array {
  const digest = new Uint8Array(32)
  const view = new DataView(digest.buffer)
  state.forEach((word, i) => view.setInt32(4 * i, word, true))
  return digest
}

/** RIPEMD-256 of a message. */
export function ripemd256(message: Uint8Array): Uint8Array {
  const padded = ripemd256Pad(message)
  const state = ripemd256State()
  for (let at = 0; at < padded.length; at += 64)
    ripemd256Compress(state, ripemd256Words(padded, at))
  return ripemd256Digest(state)
}
