/**
 * SCALE in the dialect of go-scale: a wire struct is declared once, in wire order, and its type,
 * encoder, decoder and limits come from that declaration.
 *
 *     export const Vote = struct({ blockId: BlockId, layer: LayerId, height: c64 })
 *     export type Vote = Infer<typeof Vote>
 *
 * Every decoder yields a value or throws a `SmeshError`; no other throw, whatever the bytes.
 * Several byte strings decode to one value (option tags, long compact integers), so ids and signed
 * messages are always taken over a fresh encoding. Spec 01 §1; go-scale v1.2.1.
 */
import { SmeshError } from '../util/error.ts'
import { Reader, Writer } from './buffer.ts'
import { readCompact, readCompact64, writeCompact, writeCompact64 } from './compact.ts'

export { Reader, Writer } from './buffer.ts'

/** Limit of lists and byte strings that have none of their own. */
export const DEFAULT_LIMIT = 2 ** 20

export interface Codec<T> {
  /** Least size of an encoding, bytes: lets a list refuse a count that the input cannot hold. */
  readonly minSizeBytes: number
  /** @throws {SmeshError} `INTEGER_OVERFLOW`, `LENGTH_OVER_LIMIT`, `WRONG_LENGTH` */
  encode(value: T): Uint8Array
  /**
   * Reads a value that takes up all of `bytes`.
   *
   * @throws {SmeshError} `UNEXPECTED_END`, `TRAILING_BYTES`, `COMPACT_OUT_OF_RANGE`,
   *   `LENGTH_OVER_LIMIT`, `UNKNOWN_TAG`
   */
  decode(bytes: Uint8Array): T
  /** Reads a value from the start of `bytes` and ignores what follows. Throws as `decode` does. */
  decodePrefix(bytes: Uint8Array): { value: T; sizeBytes: number }
  write(writer: Writer, value: T): void
  read(reader: Reader): T
}

/** The TypeScript type of a codec's values. */
export type Infer<C> = C extends Codec<infer T> ? T : never

const KEPT_CAPACITY = 2 ** 20
let idle: Writer | undefined

/** A codec from its two halves. */
export function codec<T>(
  minSizeBytes: number,
  write: (writer: Writer, value: T) => void,
  read: (reader: Reader) => T,
): Codec<T> {
  return {
    minSizeBytes,
    write,
    read,
    encode(value) {
      const writer = idle ?? new Writer()
      idle = undefined // taken, so that an encode within an encode gets its own
      writer.length = 0
      try {
        write(writer, value)
        return writer.finish()
      } finally {
        if (writer.capacity <= KEPT_CAPACITY) idle = writer
      }
    },
    decode(bytes) {
      const reader = new Reader(bytes)
      const value = read(reader)
      if (reader.left !== 0) throw new SmeshError('TRAILING_BYTES', { left: reader.left })
      return value
    },
    decodePrefix(bytes) {
      const reader = new Reader(bytes)
      return { value: read(reader), sizeBytes: reader.offset }
    },
  }
}

const compact = (bits: 8 | 16 | 32): Codec<number> => {
  const max = 2 ** bits - 1
  return codec<number>(
    1,
    (writer, value) => writeCompact(writer, value, max, bits),
    (reader) => readCompact(reader, max, bits),
  )
}

/** Compact integers: the form of every integer field. c64 is a BigInt, the others are numbers. */
export const c8 = compact(8)
export const c16 = compact(16)
export const c32 = compact(32)
export const c64: Codec<bigint> = codec<bigint>(1, writeCompact64, readCompact64)

/** A byte that is not a compact integer; only the malfeasance type is one. */
export const rawByte: Codec<number> = codec<number>(
  1,
  (writer, value) => {
    if (!Number.isInteger(value) || value < 0 || value > 255) {
      throw new SmeshError('INTEGER_OVERFLOW', { bits: 8, value: String(value) })
    }
    writer.byte(value)
  },
  (reader) => reader.byte(),
)

/** Exactly 01 is true; every other byte is false, as in the reference. */
export const bool: Codec<boolean> = codec<boolean>(
  1,
  (writer, value) => writer.byte(value ? 1 : 0),
  (reader) => reader.byte() === 1,
)

/** `size` raw bytes without a length. */
export const fixed = (size: number): Codec<Uint8Array> =>
  codec<Uint8Array>(
    size,
    (writer, value) => {
      if (value.length !== size) {
        throw new SmeshError('WRONG_LENGTH', { expected: size, got: value.length })
      }
      writer.raw(value)
    },
    (reader) => reader.raw(size),
  )

const checkLength = (length: number, max: number): void => {
  if (length > max) throw new SmeshError('LENGTH_OVER_LIMIT', { length, max })
}

/** Byte string with a length prefix. Also the form of strings, which need not be UTF-8. */
export const bytes = ({ max }: { max: number }): Codec<Uint8Array> =>
  codec<Uint8Array>(
    1,
    (writer, value) => {
      checkLength(value.length, max)
      c32.write(writer, value.length)
      writer.raw(value)
    },
    (reader) => {
      const length = c32.read(reader)
      checkLength(length, max)
      return reader.raw(length)
    },
  )

/** List with a count prefix. */
export const vec = <T>(item: Codec<T>, { max }: { max: number }): Codec<readonly T[]> =>
  codec<readonly T[]>(
    1,
    (writer, values) => {
      checkLength(values.length, max)
      c32.write(writer, values.length)
      for (const value of values) item.write(writer, value)
    },
    (reader) => {
      const count = c32.read(reader)
      checkLength(count, max)
      reader.need(count * item.minSizeBytes)
      const values: T[] = []
      for (let i = 0; i < count; i++) values.push(item.read(reader))
      return values
    },
  )

/** `count` elements back to back, without a length. */
export const array = <T>(item: Codec<T>, count: number): Codec<readonly T[]> =>
  codec<readonly T[]>(
    count * item.minSizeBytes,
    (writer, values) => {
      if (values.length !== count) {
        throw new SmeshError('WRONG_LENGTH', { expected: count, got: values.length })
      }
      for (const value of values) item.write(writer, value)
    },
    (reader) => {
      const values: T[] = []
      for (let i = 0; i < count; i++) values.push(item.read(reader))
      return values
    },
  )

/** A value or `undefined`. Exactly 01 announces a value; every other tag byte means none. */
export const option = <T>(item: Codec<T>): Codec<T | undefined> =>
  codec<T | undefined>(
    1,
    (writer, value) => {
      writer.byte(value === undefined ? 0 : 1)
      if (value !== undefined) item.write(writer, value)
    },
    (reader) => (reader.byte() === 1 ? item.read(reader) : undefined),
  )

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any codec at all, T is invariant
export type Fields = Record<string, Codec<any>>

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: undefined extends Infer<F[K]> ? K : never
}[keyof F]
type Flat<T> = { [K in keyof T]: T[K] }

/** Options may be left out of a literal; a decoded value has every key. */
export type StructValue<F extends Fields> = Flat<
  { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & {
    readonly [K in OptionalKeys<F>]?: Infer<F[K]>
  }
>

export interface Struct<F extends Fields> extends Codec<StructValue<F>> {
  /** The declaration, to be spread into a struct that embeds this one. */
  readonly fields: F
}

/**
 * Fields in the order of their keys. An embedded struct is inlined by spreading its `fields`; a
 * value of the outer struct then also encodes as the inner one.
 */
export function struct<const F extends Fields>(fields: F): Struct<F> {
  const entries = Object.entries(fields)
  const keys = entries.map(([key]) => key)
  const codecs = entries.map(([, item]) => item as Codec<unknown>)
  const minSizeBytes = codecs.reduce((sum, item) => sum + item.minSizeBytes, 0)
  const whole = codec<StructValue<F>>(
    minSizeBytes,
    (writer, value) => {
      const record = value as Record<string, unknown>
      for (let i = 0; i < codecs.length; i++) codecs[i]!.write(writer, record[keys[i]!])
    },
    (reader) => {
      const record: Record<string, unknown> = {}
      for (let i = 0; i < codecs.length; i++) record[keys[i]!] = codecs[i]!.read(reader)
      return record as StructValue<F>
    },
  )
  return { ...whole, fields }
}
