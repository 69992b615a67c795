/** 32-bit words of one scrypt block: two halves of sixteen. */
export const BLOCK_WORDS = 32

/**
 * One half of the block mix: `out[o+i] = H(left ^ right)[i]`, where H is the ChaCha core with eight
 * rounds on sixteen words in natural order, followed by the word-wise addition of its input.
 * `out[o…]` may be `left[l…]` itself. Written out, as a loop over rounds of calls runs at a third
 * of the speed.
 */
function mixHalf(
  left: Int32Array,
  l: number,
  right: Int32Array,
  r: number,
  out: Int32Array,
  o: number,
): void {
  let x0 = left[l + 0]! ^ right[r + 0]!
  let x1 = left[l + 1]! ^ right[r + 1]!
  let x2 = left[l + 2]! ^ right[r + 2]!
  let x3 = left[l + 3]! ^ right[r + 3]!
  let x4 = left[l + 4]! ^ right[r + 4]!
  let x5 = left[l + 5]! ^ right[r + 5]!
  let x6 = left[l + 6]! ^ right[r + 6]!
  let x7 = left[l + 7]! ^ right[r + 7]!
  let x8 = left[l + 8]! ^ right[r + 8]!
  let x9 = left[l + 9]! ^ right[r + 9]!
  let x10 = left[l + 10]! ^ right[r + 10]!
  let x11 = left[l + 11]! ^ right[r + 11]!
  let x12 = left[l + 12]! ^ right[r + 12]!
  let x13 = left[l + 13]! ^ right[r + 13]!
  let x14 = left[l + 14]! ^ right[r + 14]!
  let x15 = left[l + 15]! ^ right[r + 15]!
  for (let round = 0; round < 8; round += 2) {
    x0 = (x0 + x4) | 0
    x12 ^= x0
    x12 = (x12 << 16) | (x12 >>> 16)
    x8 = (x8 + x12) | 0
    x4 ^= x8
    x4 = (x4 << 12) | (x4 >>> 20)
    x0 = (x0 + x4) | 0
    x12 ^= x0
    x12 = (x12 << 8) | (x12 >>> 24)
    x8 = (x8 + x12) | 0
    x4 ^= x8
    x4 = (x4 << 7) | (x4 >>> 25)
    x1 = (x1 + x5) | 0
    x13 ^= x1
    x13 = (x13 << 16) | (x13 >>> 16)
    x9 = (x9 + x13) | 0
    x5 ^= x9
    x5 = (x5 << 12) | (x5 >>> 20)
    x1 = (x1 + x5) | 0
    x13 ^= x1
    x13 = (x13 << 8) | (x13 >>> 24)
    x9 = (x9 + x13) | 0
    x5 ^= x9
    x5 = (x5 << 7) | (x5 >>> 25)
    x2 = (x2 + x6) | 0
    x14 ^= x2
    x14 = (x14 << 16) | (x14 >>> 16)
    x10 = (x10 + x14) | 0
    x6 ^= x10
    x6 = (x6 << 12) | (x6 >>> 20)
    x2 = (x2 + x6) | 0
    x14 ^= x2
    x14 = (x14 << 8) | (x14 >>> 24)
    x10 = (x10 + x14) | 0
    x6 ^= x10
    x6 = (x6 << 7) | (x6 >>> 25)
    x3 = (x3 + x7) | 0
    x15 ^= x3
    x15 = (x15 << 16) | (x15 >>> 16)
    x11 = (x11 + x15) | 0
    x7 ^= x11
    x7 = (x7 << 12) | (x7 >>> 20)
    x3 = (x3 + x7) | 0
    x15 ^= x3
    x15 = (x15 << 8) | (x15 >>> 24)
    x11 = (x11 + x15) | 0
    x7 ^= x11
    x7 = (x7 << 7) | (x7 >>> 25)
    x0 = (x0 + x5) | 0
    x15 ^= x0
    x15 = (x15 << 16) | (x15 >>> 16)
    x10 = (x10 + x15) | 0
    x5 ^= x10
    x5 = (x5 << 12) | (x5 >>> 20)
    x0 = (x0 + x5) | 0
    x15 ^= x0
    x15 = (x15 << 8) | (x15 >>> 24)
    x10 = (x10 + x15) | 0
    x5 ^= x10
    x5 = (x5 << 7) | (x5 >>> 25)
    x1 = (x1 + x6) | 0
    x12 ^= x1
    x12 = (x12 << 16) | (x12 >>> 16)
    x11 = (x11 + x12) | 0
    x6 ^= x11
    x6 = (x6 << 12) | (x6 >>> 20)
    x1 = (x1 + x6) | 0
    x12 ^= x1
    x12 = (x12 << 8) | (x12 >>> 24)
    x11 = (x11 + x12) | 0
    x6 ^= x11
    x6 = (x6 << 7) | (x6 >>> 25)
    x2 = (x2 + x7) | 0
    x13 ^= x2
    x13 = (x13 << 16) | (x13 >>> 16)
    x8 = (x8 + x13) | 0
    x7 ^= x8
    x7 = (x7 << 12) | (x7 >>> 20)
    x2 = (x2 + x7) | 0
    x13 ^= x2
    x13 = (x13 << 8) | (x13 >>> 24)
    x8 = (x8 + x13) | 0
    x7 ^= x8
    x7 = (x7 << 7) | (x7 >>> 25)
    x3 = (x3 + x4) | 0
    x14 ^= x3
    x14 = (x14 << 16) | (x14 >>> 16)
    x9 = (x9 + x14) | 0
    x4 ^= x9
    x4 = (x4 << 12) | (x4 >>> 20)
    x3 = (x3 + x4) | 0
    x14 ^= x3
    x14 = (x14 << 8) | (x14 >>> 24)
    x9 = (x9 + x14) | 0
    x4 ^= x9
    x4 = (x4 << 7) | (x4 >>> 25)
  }
  out[o + 0] = (x0 + (left[l + 0]! ^ right[r + 0]!)) | 0
  out[o + 1] = (x1 + (left[l + 1]! ^ right[r + 1]!)) | 0
  out[o + 2] = (x2 + (left[l + 2]! ^ right[r + 2]!)) | 0
  out[o + 3] = (x3 + (left[l + 3]! ^ right[r + 3]!)) | 0
  out[o + 4] = (x4 + (left[l + 4]! ^ right[r + 4]!)) | 0
  out[o + 5] = (x5 + (left[l + 5]! ^ right[r + 5]!)) | 0
  out[o + 6] = (x6 + (left[l + 6]! ^ right[r + 6]!)) | 0
  out[o + 7] = (x7 + (left[l + 7]! ^ right[r + 7]!)) | 0
  out[o + 8] = (x8 + (left[l + 8]! ^ right[r + 8]!)) | 0
  out[o + 9] = (x9 + (left[l + 9]! ^ right[r + 9]!)) | 0
  out[o + 10] = (x10 + (left[l + 10]! ^ right[r + 10]!)) | 0
  out[o + 11] = (x11 + (left[l + 11]! ^ right[r + 11]!)) | 0
  out[o + 12] = (x12 + (left[l + 12]! ^ right[r + 12]!)) | 0
  out[o + 13] = (x13 + (left[l + 13]! ^ right[r + 13]!)) | 0
  out[o + 14] = (x14 + (left[l + 14]! ^ right[r + 14]!)) | 0
  out[o + 15] = (x15 + (left[l + 15]! ^ right[r + 15]!)) | 0
}

/**
 * Block mix of scrypt with r = 1 (no reordering of halves is needed then): reads 32 words of `from`
 * at `f`, writes 32 words of `to` at `t`; both may be the same place.
 * Spec 03 §2.2 step 5; post-rs scrypt-ocl/src/scrypt-jane.cl.
 */
export function blockMix(from: Int32Array, f: number, to: Int32Array, t: number): void {
  mixHalf(from, f, from, f + 16, to, t)
  mixHalf(from, f + 16, to, t, to, t + 16)
}

/**
 * Memory-hard mix of the block `x` in place, with `rows` holding N blocks of scratch.
 * Spec 03 §2.2 step 4.
 *
 * PERF: 4·N cores of 8 rounds; 2 MiB of memory traffic at N = 8192.
 */
export function roMix(x: Int32Array, rows: Int32Array, scryptN: number): void {
  rows.set(x, 0)
  const last = (scryptN - 1) * BLOCK_WORDS
  for (let at = 0; at < last; at += BLOCK_WORDS) blockMix(rows, at, rows, at + BLOCK_WORDS)
  blockMix(rows, last, x, 0)
  for (let step = 0; step < scryptN; step++) {
    const at = (x[16]! & (scryptN - 1)) * BLOCK_WORDS
    for (let i = 0; i < BLOCK_WORDS; i++) x[i]! ^= rows[at + i]!
    blockMix(x, 0, x, 0)
  }
}
