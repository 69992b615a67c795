import type { Reader, Writer } from '../protocol/codec.ts'
import { SmeshError } from '../util/error.ts'

import './errors.ts'

const MAX_BYTES = 5 // of a 32-bit value

/** Unsigned LEB128, the length prefix of frames outside SCALE. Spec 05 §1.4, §3.1. */
export function writeUvarint(writer: Writer, value: number): void {
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) writer.byte((rest % 128) | 0x80)
  writer.byte(rest)
}

/** @throws {SmeshError} `UNEXPECTED_END`, `BAD_UVARINT` beyond u32; longer forms of a value pass */
export function readUvarint(reader: Reader): number {
  const start = reader.offset
  let value = 0
  for (let i = 0; i < MAX_BYTES; i++) {
    const byte = reader.byte()
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) {
      if (value > 0xffff_ffff) break
      return value
    }
  }
  throw new SmeshError('BAD_UVARINT', { offset: start })
}
