import { SmeshError } from '../util/error.ts'

import './errors.ts'

const FIRST_CAPACITY = 1024

/** Growing output of one encoding. All of a value's fields go into the same buffer. */
export class Writer {
  #bytes = new Uint8Array(FIRST_CAPACITY)
  length = 0

  /** Makes room for `count` more bytes and returns the buffer to write them to. */
  reserve(count: number): Uint8Array {
    const needed = this.length + count
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
      grown.set(this.#bytes.subarray(0, this.length))
      this.#bytes = grown
    }
    return this.#bytes
  }

  byte(value: number): void {
    this.reserve(1)[this.length++] = value
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.length)
    this.length += bytes.length
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length)
  }

  get capacity(): number {
    return this.#bytes.length
  }
}

/** Cursor over received bytes. Byte strings come out as copies, so values outlive the buffer. */
export class Reader {
  readonly bytes: Uint8Array
  offset = 0

  constructor(bytes: Uint8Array) {
    // A Buffer's slice() aliases its source, that of a plain Uint8Array copies.
    this.bytes =
      bytes.constructor === Uint8Array
        ? bytes
        : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.offset
  }

  /** @throws {SmeshError} `UNEXPECTED_END` when fewer than `count` bytes are left */
  need(count: number): void {
    if (count > this.bytes.length - this.offset) {
      throw new SmeshError('UNEXPECTED_END', { needed: count, left: this.left })
    }
  }

  byte(): number {
    this.need(1)
    return this.bytes[this.offset++]!
  }

  raw(count: number): Uint8Array {
    this.need(count)
    return this.bytes.slice(this.offset, (this.offset += count))
  }
}
