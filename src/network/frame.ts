import { Reader, Writer } from '../protocol/codec.ts'
import { SmeshError } from '../util/error.ts'
import { readUvarint, writeUvarint } from './uvarint.ts'

/** A server closes the connection over a longer request. */
export const MAX_REQUEST_BYTES = 10_240

/** A request as it goes on the stream: length ‖ body. Spec 05 §3.1; p2p/server/server.go. */
export function encodeRequestFrame(body: Uint8Array): Uint8Array {
  checkSize(body.length)
  const writer = new Writer()
  writeUvarint(writer, body.length)
  writer.raw(body)
  return writer.finish()
}

/**
 * The request at the start of `bytes`, and the bytes it took up.
 *
 * @throws {SmeshError} `FRAME_TOO_LONG`, `BAD_UVARINT`; `UNEXPECTED_END` when more of the stream
 *   has to be awaited
 */
export function decodeRequestFrame(bytes: Uint8Array): { body: Uint8Array; sizeBytes: number } {
  const reader = new Reader(bytes)
  const length = readUvarint(reader)
  checkSize(length)
  return { body: reader.raw(length), sizeBytes: reader.offset }
}

function checkSize(sizeBytes: number): void {
  if (sizeBytes > MAX_REQUEST_BYTES) {
    throw new SmeshError('FRAME_TOO_LONG', { sizeBytes, max: MAX_REQUEST_BYTES })
  }
}
