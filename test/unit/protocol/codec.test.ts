import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  array,
  bool,
  bytes,
  c16,
  c32,
  c64,
  c8,
  fixed,
  option,
  rawByte,
  struct,
  vec,
  type Codec,
  type Infer,
} from '../../../src/protocol/codec.ts'
import { concat, equalBytes, fromHex, hex } from '../../../src/util/bytes.ts'

fc.configureGlobal({ seed: 1 })

const decodeHex = <T>(codec: Codec<T>, text: string): T => codec.decode(fromHex(text))

describe('compact integers', () => {
  // The table of spec 01 §1.2.
  it.each([
    [0n, '00'],
    [1n, '04'],
    [63n, 'fc'],
    [64n, '0101'],
    [255n, 'fd03'],
    [16383n, 'fdff'],
    [16384n, '02000100'],
    [65535n, 'feff0300'],
    [2n ** 30n - 1n, 'feffffff'],
    [2n ** 30n, '0300000040'],
    [2n ** 32n - 1n, '03ffffffff'],
    [2n ** 32n, '070000000001'],
    [2n ** 56n, '130000000000000001'],
    [2n ** 64n - 1n, '13ffffffffffffffff'],
  ])('%i is %s', (value, text) => {
    expect(hex(c64.encode(value))).toBe(text)
    expect(decodeHex(c64, text)).toBe(value)
    for (const [codec, bits] of [
      [c8, 8n],
      [c16, 16n],
      [c32, 32n],
    ] as const) {
      if (value >> bits === 0n) {
        expect(hex(codec.encode(Number(value)))).toBe(text)
        expect(decodeHex(codec, text)).toBe(Number(value))
      } else {
        expect(() => codec.encode(Number(value))).toThrow('INTEGER_OVERFLOW')
        expect(() => decodeHex(codec, text)).toThrow('COMPACT_OUT_OF_RANGE')
      }
    }
  })

  it('takes superfluous high zeros in the long mode of c64 only', () => {
    expect(decodeHex(c64, '070000004000')).toBe(2n ** 30n)
    expect(decodeHex(c64, '130000004000000000')).toBe(2n ** 30n)
    expect(() => decodeHex(c32, '070000004000')).toThrow('COMPACT_OUT_OF_RANGE')
  })

  it.each(['fd00', '0100', 'fe000000', '02000000', '03ffffff3f', '13ffffff3f00000000'])(
    'refuses %s, below the range of its mode',
    (text) => expect(() => decodeHex(c64, text)).toThrow('COMPACT_OUT_OF_RANGE'),
  )

  it('refuses more than eight bytes', () => {
    expect(() => decodeHex(c64, '17000000000000000001')).toThrow('COMPACT_OUT_OF_RANGE')
  })

  it.each([-1, 1.5, NaN, 2 ** 32, Infinity])('refuses to encode %d', (value) => {
    expect(() => c32.encode(value)).toThrow('INTEGER_OVERFLOW')
  })

  it.each([-1n, 2n ** 64n])('refuses to encode %i', (value) => {
    expect(() => c64.encode(value)).toThrow('INTEGER_OVERFLOW')
  })

  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

  it('c64 round-trips, and a larger value is never shorter', () =>
    fc.assert(
      fc.property(u64, u64, (a, b) => {
        expect(c64.decode(c64.encode(a))).toBe(a)
        const [low, high] = a <= b ? [a, b] : [b, a]
        expect(c64.encode(low).length).toBeLessThanOrEqual(c64.encode(high).length)
      }),
    ))

  it.each([
    ['c8', c8, 255],
    ['c16', c16, 65535],
    ['c32', c32, 2 ** 32 - 1],
  ] as const)('%s round-trips and agrees with c64', (_name, codec, max) =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max }), (value) => {
        expect(codec.decode(codec.encode(value))).toBe(value)
        expect(hex(codec.encode(value))).toBe(hex(c64.encode(BigInt(value))))
      }),
    ),
  )
})

describe('options and booleans', () => {
  it('take 01 for true and every other byte for false', () => {
    for (let tag = 0; tag < 256; tag++) {
      expect(bool.decode(Uint8Array.of(tag))).toBe(tag === 1)
      if (tag !== 1) expect(option(c8).decode(Uint8Array.of(tag))).toBeUndefined()
    }
    expect(option(c8).decode(Uint8Array.of(1, 8))).toBe(2)
    expect(() => option(c8).decode(Uint8Array.of(2, 8))).toThrow('TRAILING_BYTES')
  })
})

describe('lengths', () => {
  it('fixed takes and gives exactly its size', () => {
    expect(() => fixed(3).encode(new Uint8Array(2))).toThrow('WRONG_LENGTH')
    expect(() => fixed(3).decode(new Uint8Array(2))).toThrow('UNEXPECTED_END')
    expect(() => fixed(3).decode(new Uint8Array(4))).toThrow('TRAILING_BYTES')
    expect(() => array(c8, 2).encode([1])).toThrow('WRONG_LENGTH')
  })

  it('limits hold in both directions', () => {
    const list = vec(c8, { max: 2 })
    expect(hex(list.encode([1, 2]))).toBe('080408')
    expect(() => list.encode([1, 2, 3])).toThrow('LENGTH_OVER_LIMIT')
    expect(() => decodeHex(list, '0c04080c')).toThrow('LENGTH_OVER_LIMIT')
    expect(() => bytes({ max: 2 }).encode(new Uint8Array(3))).toThrow('LENGTH_OVER_LIMIT')
    expect(() => decodeHex(bytes({ max: 2 }), '0c000000')).toThrow('LENGTH_OVER_LIMIT')
  })

  it('a count that the input cannot hold is refused before an element is read', () => {
    let reads = 0
    const counted: Codec<Uint8Array> = {
      ...fixed(32),
      read: (reader) => {
        reads++
        return fixed(32).read(reader)
      },
    }
    const lying = concat(c32.encode(8_000_000), new Uint8Array(64))
    expect(() => vec(counted, { max: 8_000_000 }).decode(lying)).toThrow('UNEXPECTED_END')
    expect(reads).toBe(0)
  })
})

describe('whole values and prefixes', () => {
  const pair = struct({ a: c8, b: c8 })

  it('decode takes up all input, decodePrefix what it needs', () => {
    const input = Uint8Array.of(4, 8, 12)
    expect(() => pair.decode(input)).toThrow('TRAILING_BYTES')
    expect(pair.decodePrefix(input)).toEqual({ value: { a: 1, b: 2 }, sizeBytes: 2 })
  })

  it('decoded bytes do not share memory with the input, whatever its class', () => {
    for (const input of [Uint8Array.of(1, 2), Buffer.from([1, 2])]) {
      const value = fixed(2).decode(input)
      input[0] = 9
      expect(value).toEqual(Uint8Array.of(1, 2))
    }
  })

  it('reads from a view into a larger buffer', () => {
    const view = Uint8Array.of(9, 4, 8, 9).subarray(1, 3)
    expect(pair.decode(view)).toEqual({ a: 1, b: 2 })
  })

  it('a raw byte is not compact', () => {
    expect(hex(rawByte.encode(255))).toBe('ff')
    expect(() => rawByte.encode(256)).toThrow('INTEGER_OVERFLOW')
  })

  it('an encode inside another keeps both outputs apart', () => {
    const nested: Codec<number> = {
      ...c8,
      write: (writer, value) => {
        writer.raw(bytes({ max: 9 }).encode(c8.encode(value)))
      },
    }
    expect(hex(struct({ a: c8, b: nested, c: c8 }).encode({ a: 1, b: 2, c: 3 }))).toBe('0404080c')
  })

  it('a failed encode leaves nothing behind', () => {
    expect(() => pair.encode({ a: 1, b: 256 })).toThrow('INTEGER_OVERFLOW')
    expect(hex(pair.encode({ a: 3, b: 4 }))).toBe('0c10')
  })
})

describe('structs', () => {
  const Inner = struct({ id: fixed(2), note: option(bytes({ max: 10 })) })
  const Outer = struct({
    ...Inner.fields,
    list: vec(struct({ x: c16, y: c64 }), { max: 50 }),
    tag: option(c32),
    pair: array(bool, 2),
  })
  type Outer = Infer<typeof Outer>

  const byteArray = (constraints: fc.IntArrayConstraints) => fc.uint8Array(constraints)
  const value: fc.Arbitrary<Outer> = fc.record({
    id: byteArray({ minLength: 2, maxLength: 2 }),
    note: fc.option(byteArray({ maxLength: 10 }), { nil: undefined }),
    list: fc.array(
      fc.record({
        x: fc.integer({ min: 0, max: 65535 }),
        y: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      }),
      { maxLength: 50 },
    ),
    tag: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: undefined }),
    pair: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
  })

  it('values survive', () =>
    fc.assert(fc.property(value, (v) => void expect(Outer.decode(Outer.encode(v))).toEqual(v))))

  it('the encoding of an embedded struct is a prefix, and an outer value encodes as the inner', () =>
    fc.assert(
      fc.property(value, (v) => {
        const inner = Inner.encode(v)
        expect(hex(Outer.encode(v)).startsWith(hex(inner))).toBe(true)
        expect(Inner.decodePrefix(Outer.encode(v)).sizeBytes).toBe(inner.length)
      }),
    ))

  it('every shorter prefix ends unexpectedly', () =>
    fc.assert(
      fc.property(value, (v) => {
        const encoded = Outer.encode(v)
        for (let n = 0; n < encoded.length; n++) {
          expect(() => Outer.decode(encoded.subarray(0, n))).toThrow('UNEXPECTED_END')
        }
      }),
      { numRuns: 10 },
    ))

  it('any bytes give a value or a SmeshError', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (input) => {
        try {
          Outer.decode(input)
        } catch (error) {
          expect(error).toHaveProperty('name', 'SmeshError')
        }
      }),
      { numRuns: 5000 },
    ))

  it('an option may be left out of a literal, and a decoded value has its key', () => {
    const encoded = Inner.encode({ id: Uint8Array.of(1, 2) })
    expect(Object.keys(Inner.decode(encoded))).toEqual(['id', 'note'])
  })

  it('a value larger than the first buffer is whole', () => {
    const big = bytes({ max: 5_000_000 })
    const content = new Uint8Array(3_000_000).fill(7)
    expect(equalBytes(big.decode(big.encode(content)), content)).toBe(true)
  })
})
