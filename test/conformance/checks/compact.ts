import { c16, c32, c64, c8, type Codec } from '../../../src/protocol/codec.ts'
import { fromHex } from '../../../src/util/bytes.ts'
import { accepts, expectEqual, expectHex, type Json } from '../types.ts'

const codecs: Record<number, Codec<unknown>> = {
  8: c8 as Codec<unknown>,
  16: c16 as Codec<unknown>,
  32: c32 as Codec<unknown>,
  64: c64 as Codec<unknown>,
}

/** types/compact.jsonl */
export function checkCompact(record: Json): void {
  const codec = codecs[record.bits]
  if (!codec) throw new Error(`no compact integer of ${record.bits} bits`)
  if (record.op === 'encode') {
    const value = record.bits === 64 ? BigInt(record.value) : Number(record.value)
    expectHex(codec.encode(value), record.encoding, 'encoding')
    expectEqual(codec.decode(fromHex(record.encoding)), value, 'value')
    return
  }
  const input = fromHex(record.input)
  expectEqual(
    accepts(() => codec.decodePrefix(input)),
    record.accepted,
    'accepted',
  )
  if (!record.accepted) return
  const { value, sizeBytes } = codec.decodePrefix(input)
  expectEqual(String(value), record.value, 'value')
  expectEqual(sizeBytes, record.consumed, 'consumed')
}
