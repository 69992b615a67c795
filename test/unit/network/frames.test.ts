import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decodeCookie, encodeCookie } from '../../../src/network/cookie.ts'
import { decodeRequestFrame, encodeRequestFrame } from '../../../src/network/frame.ts'
import { gossipMessageId } from '../../../src/network/message-id.ts'
import { readUvarint, writeUvarint } from '../../../src/network/uvarint.ts'
import { Reader, Writer } from '../../../src/protocol/codec.ts'
import { concat, fromHex, hex, utf8 } from '../../../src/util/bytes.ts'

fc.configureGlobal({ seed: 1 })

const rest = Uint8Array.of(1, 2, 3)

describe('uvarint', () => {
  it.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [300, 'ac02'],
    [2 ** 32 - 1, 'ffffffff0f'],
  ])('%d is %s', (value, text) => {
    const writer = new Writer()
    writeUvarint(writer, value)
    expect(hex(writer.finish())).toBe(text)
    expect(readUvarint(new Reader(fromHex(text)))).toBe(value)
  })

  it('refuses more than u32 and an endless one', () => {
    expect(() => readUvarint(new Reader(fromHex('ffffffff10')))).toThrow('BAD_UVARINT')
    expect(() => readUvarint(new Reader(fromHex('808080808001')))).toThrow('BAD_UVARINT')
    expect(() => readUvarint(new Reader(fromHex('8080')))).toThrow('UNEXPECTED_END')
  })
})

describe('frames', () => {
  const body = fc.uint8Array({ maxLength: 300 })

  it('requests come back with their size, whatever follows', () =>
    fc.assert(
      fc.property(body, (content) => {
        const frame = encodeRequestFrame(content)
        const read = decodeRequestFrame(concat(frame, rest))
        expect(read).toEqual({ body: content, sizeBytes: frame.length })
      }),
    ))

  it('a longer request is refused by its length alone', () => {
    expect(() => decodeRequestFrame(fromHex('8150'))).toThrow('FRAME_TOO_LONG')
    expect(() => decodeRequestFrame(fromHex('8050'))).toThrow('UNEXPECTED_END')
    expect(() => encodeRequestFrame(new Uint8Array(10_241))).toThrow('FRAME_TOO_LONG')
  })

  it('every prefix of a cookie waits for more', () => {
    const wire = encodeCookie(utf8('e956eff99be943fb70bd385dd509a3f84e9a75dd-575'))
    expect(hex(wire).slice(0, 10)).toBe('212342422c') // spec 05 §1.4
    for (let n = 0; n < wire.length; n++) {
      expect(() => decodeCookie(wire.subarray(0, n))).toThrow('UNEXPECTED_END')
    }
    expect(decodeCookie(concat(wire, rest)).sizeBytes).toBe(wire.length)
  })

  it('a cookie has its magic and its limit', () => {
    expect(() => decodeCookie(fromHex('2123424300'))).toThrow('BAD_COOKIE_MAGIC')
    expect(() => decodeCookie(fromHex('2123424241'))).toThrow('FRAME_TOO_LONG')
    expect(() => encodeCookie(new Uint8Array(65))).toThrow('FRAME_TOO_LONG')
    expect(decodeCookie(encodeCookie(new Uint8Array(64))).cookie).toHaveLength(64)
  })
})

describe('gossip message id', () => {
  it('is that of spec 05 §2.1', () => {
    const id = '86f022ef86c3a34c6d4e5b955b6f4e5e2b244a5df67c13a85f0508b4438ab279'
    expect(hex(gossipMessageId('ax1', rest))).toBe(id)
  })
})
