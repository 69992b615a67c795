import { SmeshError } from '../util/error.ts'

import './errors.ts'

/** JSON with integers as BigInt; objects have no prototype, so any key is an ordinary one. */
export type JsonValue =
  null | boolean | string | bigint | number | JsonValue[] | { [key: string]: JsonValue }

const MAX_DEPTH = 64
/** Longer digit strings fit no field of any document here, and BigInt takes quadratic time. */
const MAX_DIGITS = 40

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d]

const NUMBER_BYTES = new Set<number | undefined>([...'+-.0123456789eE'].map((c) => c.charCodeAt(0)))

/**
 * Parses UTF-8 JSON without loss: `JSON.parse` rounds integers above 2^53. A later duplicate of a
 * key wins. A number with a fraction or an exponent comes out as a number.
 *
 * @throws {SmeshError} `BAD_DOCUMENT`
 */
export function parseLosslessJson(bytes: Uint8Array): JsonValue {
  const parser = new Parser(bytes)
  const value = parser.value(0)
  parser.end()
  return value
}

class Parser {
  readonly #bytes: Uint8Array
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  end(): void {
    if (this.#next() !== undefined) this.#fail('characters after the value')
  }

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) this.#fail('nested too deep')
    const byte = this.#next()
    switch (byte) {
      case OPEN_OBJECT:
        return this.#object(depth)
      case OPEN_ARRAY:
        return this.#array(depth)
      case QUOTE:
        return this.#string()
      case 0x74:
        return this.#word('true', true)
      case 0x66:
        return this.#word('false', false)
      case 0x6e:
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #fail(reason: string): never {
    throw new SmeshError('BAD_DOCUMENT', { what: 'JSON', reason: `${reason} at byte ${this.#at}` })
  }

  /** The next byte that is not white space, without taking it. */
  #next(): number | undefined {
    for (; ; this.#at++) {
      const byte = this.#bytes[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte
    }
  }

  /** Takes `byte` if it is next. */
  #take(byte: number): boolean {
    if (this.#next() !== byte) return false
    this.#at++
    return true
  }

  #object(depth: number): { [key: string]: JsonValue } {
    this.#at++
    const object = Object.create(null) as { [key: string]: JsonValue }
    if (this.#take(CLOSE_OBJECT)) return object
    do {
      if (this.#next() !== QUOTE) this.#fail('expected a key')
      const key = this.#string()
      if (!this.#take(COLON)) this.#fail('expected a colon')
      object[key] = this.value(depth + 1)
    } while (this.#take(COMMA))
    if (!this.#take(CLOSE_OBJECT)) this.#fail('expected a comma or a closing brace')
    return object
  }

  #array(depth: number): JsonValue[] {
    this.#at++
    const array: JsonValue[] = []
    if (this.#take(CLOSE_ARRAY)) return array
    do array.push(this.value(depth + 1))
    while (this.#take(COMMA))
    if (!this.#take(CLOSE_ARRAY)) this.#fail('expected a comma or a closing bracket')
    return array
  }

  #string(): string {
    const start = ++this.#at
    let escaped = false
    for (; ; this.#at++) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) this.#fail('unfinished string')
      if (byte === QUOTE) break
      if (byte < 0x20) this.#fail('control character in a string')
      if (byte === BACKSLASH) {
        escaped = true
        this.#at++ // whatever follows is not the end; JSON.parse below judges it
      }
    }
    const raw = this.#bytes.subarray(start, this.#at++)
    try {
      const text = this.#decoder.decode(raw)
      return escaped ? (JSON.parse(`"${text}"`) as string) : text
    } catch {
      return this.#fail('malformed string')
    }
  }

  #word<T>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++) {
      if (this.#bytes[this.#at + i] !== word.charCodeAt(i)) this.#fail('unknown word')
    }
    this.#at += word.length
    return value
  }

  #number(): bigint | number {
    const start = this.#at
    while (this.#at - start <= MAX_DIGITS && NUMBER_BYTES.has(this.#bytes[this.#at])) this.#at++
    const text = String.fromCharCode(...this.#bytes.subarray(start, this.#at))
    if (!/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/.test(text)) this.#fail('no JSON value')
    return /[.eE]/.test(text) ? Number(text) : BigInt(text)
  }
}
