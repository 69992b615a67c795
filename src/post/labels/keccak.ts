/** Round constants of Keccak-f[1600], low and high words in turn. */
// prettier-ignore
const ROUND_CONSTANTS = Int32Array.of(
  0x00000001, 0x00000000, 0x00008082, 0x00000000,
  0x0000808a, 0x80000000, 0x80008000, 0x80000000,
  0x0000808b, 0x00000000, 0x80000001, 0x00000000,
  0x80008081, 0x80000000, 0x00008009, 0x80000000,
  0x0000008a, 0x00000000, 0x00000088, 0x00000000,
  0x80008009, 0x00000000, 0x8000000a, 0x00000000,
  0x8000808b, 0x00000000, 0x0000008b, 0x80000000,
  0x00008089, 0x80000000, 0x00008003, 0x80000000,
  0x00008002, 0x80000000, 0x00000080, 0x80000000,
  0x0000800a, 0x00000000, 0x8000000a, 0x80000000,
  0x80008081, 0x80000000, 0x00008080, 0x80000000,
  0x80000001, 0x00000000, 0x80008008, 0x80000000,
)

/** Words of the state: 25 lanes, each its low and its high half. */
export const STATE_WORDS = 50

const scratch = new Int32Array(STATE_WORDS)

/**
 * Keccak-f[1600] in place on 32-bit words (FIPS 202 §3). A round is written out over the lanes and
 * goes from one array to another, row by row, so that few values are alive at a time: several
 * times as fast as loops over lanes, and at small N most of a label is Keccak.
 */
export function keccakF(state: Int32Array): void {
  for (let at = 0; at < ROUND_CONSTANTS.length; at += 4) {
    keccakRound(state, scratch, at)
    keccakRound(scratch, state, at + 2)
  }
}

// prettier-ignore
function keccakRound(s: Int32Array, t: Int32Array, at: number): void {
  const c0l = s[0]! ^ s[10]! ^ s[20]! ^ s[30]! ^ s[40]!
  const c0h = s[1]! ^ s[11]! ^ s[21]! ^ s[31]! ^ s[41]!
  const c1l = s[2]! ^ s[12]! ^ s[22]! ^ s[32]! ^ s[42]!
  const c1h = s[3]! ^ s[13]! ^ s[23]! ^ s[33]! ^ s[43]!
  const c2l = s[4]! ^ s[14]! ^ s[24]! ^ s[34]! ^ s[44]!
  const c2h = s[5]! ^ s[15]! ^ s[25]! ^ s[35]! ^ s[45]!
  const c3l = s[6]! ^ s[16]! ^ s[26]! ^ s[36]! ^ s[46]!
  const c3h = s[7]! ^ s[17]! ^ s[27]! ^ s[37]! ^ s[47]!
  const c4l = s[8]! ^ s[18]! ^ s[28]! ^ s[38]! ^ s[48]!
  const c4h = s[9]! ^ s[19]! ^ s[29]! ^ s[39]! ^ s[49]!
  const d0l = c4l ^ ((c1l << 1) | (c1h >>> 31))
  const d0h = c4h ^ ((c1h << 1) | (c1l >>> 31))
  const d1l = c0l ^ ((c2l << 1) | (c2h >>> 31))
  const d1h = c0h ^ ((c2h << 1) | (c2l >>> 31))
  const d2l = c1l ^ ((c3l << 1) | (c3h >>> 31))
  const d2h = c1h ^ ((c3h << 1) | (c3l >>> 31))
  const d3l = c2l ^ ((c4l << 1) | (c4h >>> 31))
  const d3h = c2h ^ ((c4h << 1) | (c4l >>> 31))
  const d4l = c3l ^ ((c0l << 1) | (c0h >>> 31))
  const d4h = c3h ^ ((c0h << 1) | (c0l >>> 31))
  let l: number
  let h: number
  let b0l: number
  let b0h: number
  let b1l: number
  let b1h: number
  let b2l: number
  let b2h: number
  let b3l: number
  let b3h: number
  let b4l: number
  let b4h: number

  b0l = s[0]! ^ d0l
  b0h = s[1]! ^ d0h
  h = s[12]! ^ d1l
  l = s[13]! ^ d1h
  b1l = (l << 12) | (h >>> 20)
  b1h = (h << 12) | (l >>> 20)
  h = s[24]! ^ d2l
  l = s[25]! ^ d2h
  b2l = (l << 11) | (h >>> 21)
  b2h = (h << 11) | (l >>> 21)
  l = s[36]! ^ d3l
  h = s[37]! ^ d3h
  b3l = (l << 21) | (h >>> 11)
  b3h = (h << 21) | (l >>> 11)
  l = s[48]! ^ d4l
  h = s[49]! ^ d4h
  b4l = (l << 14) | (h >>> 18)
  b4h = (h << 14) | (l >>> 18)
  t[0] = b0l ^ (~b1l & b2l) ^ ROUND_CONSTANTS[at]!
  t[1] = b0h ^ (~b1h & b2h) ^ ROUND_CONSTANTS[at + 1]!
  t[2] = b1l ^ (~b2l & b3l)
  t[3] = b1h ^ (~b2h & b3h)
  t[4] = b2l ^ (~b3l & b4l)
  t[5] = b2h ^ (~b3h & b4h)
  t[6] = b3l ^ (~b4l & b0l)
  t[7] = b3h ^ (~b4h & b0h)
  t[8] = b4l ^ (~b0l & b1l)
  t[9] = b4h ^ (~b0h & b1h)

  l = s[6]! ^ d3l
  h = s[7]! ^ d3h
  b0l = (l << 28) | (h >>> 4)
  b0h = (h << 28) | (l >>> 4)
  l = s[18]! ^ d4l
  h = s[19]! ^ d4h
  b1l = (l << 20) | (h >>> 12)
  b1h = (h << 20) | (l >>> 12)
  l = s[20]! ^ d0l
  h = s[21]! ^ d0h
  b2l = (l << 3) | (h >>> 29)
  b2h = (h << 3) | (l >>> 29)
  h = s[32]! ^ d1l
  l = s[33]! ^ d1h
  b3l = (l << 13) | (h >>> 19)
  b3h = (h << 13) | (l >>> 19)
  h = s[44]! ^ d2l
  l = s[45]! ^ d2h
  b4l = (l << 29) | (h >>> 3)
  b4h = (h << 29) | (l >>> 3)
  t[10] = b0l ^ (~b1l & b2l)
  t[11] = b0h ^ (~b1h & b2h)
  t[12] = b1l ^ (~b2l & b3l)
  t[13] = b1h ^ (~b2h & b3h)
  t[14] = b2l ^ (~b3l & b4l)
  t[15] = b2h ^ (~b3h & b4h)
  t[16] = b3l ^ (~b4l & b0l)
  t[17] = b3h ^ (~b4h & b0h)
  t[18] = b4l ^ (~b0l & b1l)
  t[19] = b4h ^ (~b0h & b1h)

  l = s[2]! ^ d1l
  h = s[3]! ^ d1h
  b0l = (l << 1) | (h >>> 31)
  b0h = (h << 1) | (l >>> 31)
  l = s[14]! ^ d2l
  h = s[15]! ^ d2h
  b1l = (l << 6) | (h >>> 26)
  b1h = (h << 6) | (l >>> 26)
  l = s[26]! ^ d3l
  h = s[27]! ^ d3h
  b2l = (l << 25) | (h >>> 7)
  b2h = (h << 25) | (l >>> 7)
  l = s[38]! ^ d4l
  h = s[39]! ^ d4h
  b3l = (l << 8) | (h >>> 24)
  b3h = (h << 8) | (l >>> 24)
  l = s[40]! ^ d0l
  h = s[41]! ^ d0h
  b4l = (l << 18) | (h >>> 14)
  b4h = (h << 18) | (l >>> 14)
  t[20] = b0l ^ (~b1l & b2l)
  t[21] = b0h ^ (~b1h & b2h)
  t[22] = b1l ^ (~b2l & b3l)
  t[23] = b1h ^ (~b2h & b3h)
  t[24] = b2l ^ (~b3l & b4l)
  t[25] = b2h ^ (~b3h & b4h)
  t[26] = b3l ^ (~b4l & b0l)
  t[27] = b3h ^ (~b4h & b0h)
  t[28] = b4l ^ (~b0l & b1l)
  t[29] = b4h ^ (~b0h & b1h)

  l = s[8]! ^ d4l
  h = s[9]! ^ d4h
  b0l = (l << 27) | (h >>> 5)
  b0h = (h << 27) | (l >>> 5)
  h = s[10]! ^ d0l
  l = s[11]! ^ d0h
  b1l = (l << 4) | (h >>> 28)
  b1h = (h << 4) | (l >>> 28)
  l = s[22]! ^ d1l
  h = s[23]! ^ d1h
  b2l = (l << 10) | (h >>> 22)
  b2h = (h << 10) | (l >>> 22)
  l = s[34]! ^ d2l
  h = s[35]! ^ d2h
  b3l = (l << 15) | (h >>> 17)
  b3h = (h << 15) | (l >>> 17)
  h = s[46]! ^ d3l
  l = s[47]! ^ d3h
  b4l = (l << 24) | (h >>> 8)
  b4h = (h << 24) | (l >>> 8)
  t[30] = b0l ^ (~b1l & b2l)
  t[31] = b0h ^ (~b1h & b2h)
  t[32] = b1l ^ (~b2l & b3l)
  t[33] = b1h ^ (~b2h & b3h)
  t[34] = b2l ^ (~b3l & b4l)
  t[35] = b2h ^ (~b3h & b4h)
  t[36] = b3l ^ (~b4l & b0l)
  t[37] = b3h ^ (~b4h & b0h)
  t[38] = b4l ^ (~b0l & b1l)
  t[39] = b4h ^ (~b0h & b1h)

  h = s[4]! ^ d2l
  l = s[5]! ^ d2h
  b0l = (l << 30) | (h >>> 2)
  b0h = (h << 30) | (l >>> 2)
  h = s[16]! ^ d3l
  l = s[17]! ^ d3h
  b1l = (l << 23) | (h >>> 9)
  b1h = (h << 23) | (l >>> 9)
  h = s[28]! ^ d4l
  l = s[29]! ^ d4h
  b2l = (l << 7) | (h >>> 25)
  b2h = (h << 7) | (l >>> 25)
  h = s[30]! ^ d0l
  l = s[31]! ^ d0h
  b3l = (l << 9) | (h >>> 23)
  b3h = (h << 9) | (l >>> 23)
  l = s[42]! ^ d1l
  h = s[43]! ^ d1h
  b4l = (l << 2) | (h >>> 30)
  b4h = (h << 2) | (l >>> 30)
  t[40] = b0l ^ (~b1l & b2l)
  t[41] = b0h ^ (~b1h & b2h)
  t[42] = b1l ^ (~b2l & b3l)
  t[43] = b1h ^ (~b2h & b3h)
  t[44] = b2l ^ (~b3l & b4l)
  t[45] = b2h ^ (~b3h & b4h)
  t[46] = b3l ^ (~b4l & b0l)
  t[47] = b3h ^ (~b4h & b0h)
  t[48] = b4l ^ (~b0l & b1l)
  t[49] = b4h ^ (~b0h & b1h)
}
