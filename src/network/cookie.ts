import { Reader, Writer } from '../protocol/codec.ts'
import { equalBytes, hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { readUvarint, writeUvarint } from './uvarint.ts'

/** First bytes that both sides send on a fresh QUIC connection of a network with a cookie. */
export const COOKIE_MAGIC = Uint8Array.of(0x21, 0x23, 0x42, 0x42)
export const MAX_COOKIE_BYTES = 64

/** Magic ‖ length ‖ cookie. Spec 05 §1.4; go-spacemesh p2p/handshake/handshake.go. */
export function encodeCookie(cookie: Uint8Array): Uint8Array {
  checkSize(cookie.length)
  const writer = new Writer()
  writer.raw(COOKIE_MAGIC)
  writeUvarint(writer, cookie.length)
  writer.raw(cookie)
  return writer.finish()
}

/**
 * The cookie at the start of `bytes`, and the bytes it took up.
 *
 * @throws {SmeshError} `BAD_COOKIE_MAGIC`, `FRAME_TOO_LONG`, `BAD_UVARINT`; `UNEXPECTED_END` when
 *   more of the stream has to be awaited
 */
export function decodeCookie(bytes: Uint8Array): { cookie: Uint8Array; sizeBytes: number } {
  const reader = new Reader(bytes)
  const magic = reader.raw(COOKIE_MAGIC.length)
  if (!equalBytes(magic, COOKIE_MAGIC))
    throw new SmeshError('BAD_COOKIE_MAGIC', { got: hex(magic) })
  const length = readUvarint(reader)
  checkSize(length)
  return { cookie: reader.raw(length), sizeBytes: reader.offset }
}

function checkSize(sizeBytes: number): void {
  if (sizeBytes > MAX_COOKIE_BYTES) {
    throw new SmeshError('FRAME_TOO_LONG', { sizeBytes, max: MAX_COOKIE_BYTES })
  }
}
