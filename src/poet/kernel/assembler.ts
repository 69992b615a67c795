/** Just enough of the WebAssembly binary format to write straight-line i32 code with one loop. */

const uleb = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value >>> 0
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return bytes
}

const sleb = (value: number): number[] => {
  const bytes: number[] = []
  for (let rest = value | 0; ;) {
    const low = rest & 0x7f
    rest >>= 7
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
    bytes.push(last ? low : low | 0x80)
    if (last) return bytes
  }
}

const I32 = 0x7f
const section = (id: number, body: number[]): number[] => [id, ...uleb(body.length), ...body]
const name = (text: string): number[] => [
  ...uleb(text.length),
  ...Array.from(text, (character) => character.charCodeAt(0)),
]

/** A function body under construction: parameters are the locals 0…, further ones come on demand. */
export class FunctionBody {
  readonly #parameters: number
  readonly #code: number[] = []
  #locals: number

  constructor(parameters: number) {
    this.#parameters = parameters
    this.#locals = parameters
  }

  local(): number {
    return this.#locals++
  }
  get(local: number): this {
    return this.#emit(0x20, ...uleb(local))
  }
  set(local: number): this {
    return this.#emit(0x21, ...uleb(local))
  }
  tee(local: number): this {
    return this.#emit(0x22, ...uleb(local))
  }
  constant(value: number): this {
    return this.#emit(0x41, ...sleb(value))
  }
  /** Pops an address, pushes the word at `address + offset`. */
  load(offset: number): this {
    return this.#emit(0x28, 2, ...uleb(offset))
  }
  /** Pops a value and the address below it. */
  store(offset: number): this {
    return this.#emit(0x36, 2, ...uleb(offset))
  }
  add(): this {
    return this.#emit(0x6a)
  }
  sub(): this {
    return this.#emit(0x6b)
  }
  and(): this {
    return this.#emit(0x71)
  }
  or(): this {
    return this.#emit(0x72)
  }
  xor(): this {
    return this.#emit(0x73)
  }
  shrU(bits: number): this {
    return this.constant(bits).#emit(0x76)
  }
  rotl(bits: number): this {
    return this.constant(bits).#emit(0x77)
  }
  rotr(bits: number): this {
    return this.constant(bits).#emit(0x78)
  }
  /** Runs `body` as often as the local `counter` says, counting it down to 0. */
  repeat(counter: number, body: () => void): this {
    this.#emit(0x02, 0x40) // block
    this.get(counter).#emit(0x45, 0x0d, 0) // i32.eqz, br_if out of the block
    this.#emit(0x03, 0x40) // loop
    body()
    this.get(counter).constant(1).sub().tee(counter).#emit(0x0d, 0) // br_if to the loop's start
    return this.#emit(0x0b, 0x0b)
  }

  get parameters(): number {
    return this.#parameters
  }
  finish(): number[] {
    const extra = this.#locals - this.#parameters
    const body = [1, ...uleb(extra), I32, ...this.#code, 0x0b]
    return [...uleb(body.length), ...body]
  }
  #emit(...bytes: number[]): this {
    for (const byte of bytes) this.#code.push(byte)
    return this
  }
}

/** A module with a fixed memory, exported as `memory`, and functions of i32 without result. */
export function assembleModule(
  pages: number,
  functions: Readonly<Record<string, FunctionBody>>,
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(functions)
  const vector = (items: number[][]) => [...uleb(items.length), ...items.flat()]
  const types = entries.map(([, body]) => [0x60, ...vector(Array(body.parameters).fill([I32])), 0])
  const exports = entries.map(([key], index) => [...name(key), 0, ...uleb(index)])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(entries.map((_, index) => uleb(index)))),
    ...section(5, vector([[1, ...uleb(pages), ...uleb(pages)]])),
    ...section(7, vector([[...name('memory'), 2, 0], ...exports])),
    ...section(10, vector(entries.map(([, body]) => body.finish()))),
  ])
}
