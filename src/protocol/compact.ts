import { SmeshError } from '../util/error.ts'
import type { Reader, Writer } from './buffer.ts'

/** Largest values of the one-, two- and four-byte modes. */
const MAX_MODE_0 = 0x3f
const MAX_MODE_1 = 0x3fff
const MAX_MODE_2 = 0x3fff_ffff
const U32 = 0x1_0000_0000n

/**
 * Compact integers of the go-scale dialect: the low two bits of the first byte are the mode, the
 * encoder takes the shortest. Spec 01 §1.2; go-scale v1.2.1 encoder.go, decoder.go.
 */
export function writeCompact(writer: Writer, value: number, max: number, bits: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new SmeshError('INTEGER_OVERFLOW', { bits, value: String(value) })
  }
  const bytes = writer.reserve(5)
  let at = writer.length
  if (value <= MAX_MODE_0) {
    bytes[at++] = value << 2
  } else if (value <= MAX_MODE_1) {
    bytes[at++] = (value << 2) | 1
    bytes[at++] = value >>> 6
  } else if (value <= MAX_MODE_2) {
    bytes[at++] = (value << 2) | 2
    bytes[at++] = value >>> 6
    bytes[at++] = value >>> 14
    bytes[at++] = value >>> 22
  } else {
    bytes[at++] = 3
    bytes[at++] = value
    bytes[at++] = value >>> 8
    bytes[at++] = value >>> 16
    bytes[at++] = value >>> 24
  }
  writer.length = at
}

export function writeCompact64(writer: Writer, value: bigint): void {
  if (typeof value !== 'bigint' || value < 0n || value >> 64n !== 0n) {
    throw new SmeshError('INTEGER_OVERFLOW', { bits: 64, value: String(value) })
  }
  if (value < U32) {
    writeCompact(writer, Number(value), 0xffff_ffff, 64)
    return
  }
  const bytes = writer.reserve(9)
  const start = writer.length
  let at = start + 1
  let low = Number(value % U32)
  for (let i = 0; i < 4; i++, low >>>= 8) bytes[at++] = low
  for (let high = Number(value / U32); high !== 0; high >>>= 8) bytes[at++] = high
  bytes[start] = ((at - start - 5) << 2) | 3
  writer.length = at
}

const outOfRange = (bits: number, offset: number): never => {
  throw new SmeshError('COMPACT_OUT_OF_RANGE', { bits, offset })
}

/** Value of a one-, two- or four-byte mode; −1 for the long mode, whose first byte is not taken. */
function readShort(reader: Reader, bits: number): number {
  reader.need(1)
  const { bytes } = reader
  const at = reader.offset
  const first = bytes[at]!
  switch (first & 3) {
    case 0:
      reader.offset = at + 1
      return first >>> 2
    case 1: {
      reader.need(2)
      const value = (first | (bytes[at + 1]! << 8)) >>> 2
      if (value <= MAX_MODE_0) outOfRange(bits, at)
      reader.offset = at + 2
      return value
    }
    case 2: {
      if (bits < 16) outOfRange(bits, at)
      reader.need(4)
      const value =
        (first | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 2
      if (value <= MAX_MODE_1) outOfRange(bits, at)
      reader.offset = at + 4
      return value
    }
    default:
      if (bits < 32) outOfRange(bits, at)
      return -1
  }
}

const u32At = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0

/**
 * @param max - Largest value of the type, 2^bits − 1.
 * @throws {SmeshError} `UNEXPECTED_END`, `COMPACT_OUT_OF_RANGE`
 */
export function readCompact(reader: Reader, max: number, bits: number): number {
  const at = reader.offset
  let value = readShort(reader, bits)
  if (value < 0) {
    if (reader.bytes[at] !== 3) outOfRange(bits, at) // more than four bytes cannot fit
    reader.need(5)
    value = u32At(reader.bytes, at + 1)
    if (value <= MAX_MODE_2) outOfRange(bits, at)
    reader.offset = at + 5
  }
  if (value > max) outOfRange(bits, at)
  return value
}

/** As {@link readCompact} for u64. Superfluous high zero bytes are accepted, as in the reference. */
export function readCompact64(reader: Reader): bigint {
  const at = reader.offset
  const short = readShort(reader, 64)
  if (short >= 0) return BigInt(short)
  const count = (reader.bytes[at]! >>> 2) + 4
  if (count > 8) outOfRange(64, at)
  reader.need(1 + count)
  const low = u32At(reader.bytes, at + 1)
  let high = 0
  for (let i = count; i > 4; i--) high = high * 256 + reader.bytes[at + i]!
  if (high === 0 && low <= MAX_MODE_2) outOfRange(64, at)
  reader.offset = at + 1 + count
  return high === 0 ? BigInt(low) : BigInt(high) * U32 + BigInt(low)
}
