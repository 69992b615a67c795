import { SHA256_IV, SHA256_K } from './constants.ts'
import { assembleModule, FunctionBody } from './assembler.ts'
import { KERNEL_MEMORY_BYTES, STATE_AT, type Sha256Core } from './kernel.ts'

/** A message word: a local, or a number where the padding of a 32-byte message fixes it. */
type Word = { local: number } | { constant: number }

const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n))
const sigma0 = (x: number): number => rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)
const sigma1 = (x: number): number => rotr(x, 17) ^ rotr(x, 19) ^ (x >>> 10)

/** Pushes rotr(x, p) ^ rotr(x, q) ^ rotr or shift (x, r). */
function pushSigma(f: FunctionBody, x: number, p: number, q: number, r: number, shift: boolean) {
  f.get(x).rotr(p).get(x).rotr(q).xor().get(x)
  if (shift) f.shrU(r)
  else f.rotr(r)
  f.xor()
}

/**
 * Emits W[i] = W[i−16] + σ0(W[i−15]) + W[i−7] + σ1(W[i−2]), adding the constant terms up here.
 * `schedule` is a window of 16 words; `spare[i % 16]` is the local that the result goes to.
 */
function emitExpansion(f: FunctionBody, schedule: Word[], spare: readonly number[], i: number) {
  const at = (k: number): Word => schedule[(i - k) & 15]!
  let fixed = 0
  let terms = 0
  const term = (word: Word, fold: (x: number) => number, push: (local: number) => void) => {
    if ('constant' in word) {
      fixed = (fixed + fold(word.constant)) | 0
      return
    }
    push(word.local)
    if (terms++ > 0) f.add()
  }
  const plain = (x: number) => x
  const get = (local: number) => void f.get(local)
  term(at(16), plain, get)
  term(at(15), sigma0, (local) => pushSigma(f, local, 7, 18, 3, true))
  term(at(7), plain, get)
  term(at(2), sigma1, (local) => pushSigma(f, local, 17, 19, 10, true))
  if (terms === 0) {
    schedule[i & 15] = { constant: fixed }
    return
  }
  if (fixed !== 0) f.constant(fixed).add()
  f.set(spare[i & 15]!)
  schedule[i & 15] = { local: spare[i & 15]! }
}

/** Emits the 64 rounds; on return `v` names the locals that hold a…h. */
function emitRounds(f: FunctionBody, v: number[], schedule: Word[], spare: readonly number[]) {
  const t = f.local()
  const ab = f.local() // a ^ b of this round is b ^ c of the next: Maj = ((a^b) & (b^c)) ^ b
  const bc = f.local()
  f.get(v[1]!).get(v[2]!).xor().set(bc)
  let [current, previous] = [ab, bc]
  for (let i = 0; i < 64; i++) {
    if (i >= 16) emitExpansion(f, schedule, spare, i)
    const [a, b, , d, e, g, h, last] = v as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    const word = schedule[i & 15]!
    f.get(last)
    if ('constant' in word) f.constant((SHA256_K[i]! + word.constant) | 0).add()
    else f.get(word.local).constant(SHA256_K[i]!).add().add()
    f.get(g).get(h).xor().get(e).and().get(h).xor().add() // Ch(e, f, g)
    pushSigma(f, e, 6, 11, 25, false)
    f.add().tee(t)
    f.get(d).add().set(d)
    f.get(a).get(b).xor().tee(current).get(previous).and().get(b).xor()
    f.get(t).add()
    pushSigma(f, a, 2, 13, 22, false)
    f.add().set(last)
    v.unshift(v.pop()!)
    ;[current, previous] = [previous, current]
  }
}

/** compress(at, blocks) */
function compressBody(): FunctionBody {
  const f = new FunctionBody(2)
  const [at, blocks] = [0, 1]
  const words = Array.from({ length: 16 }, () => f.local())
  const state = Array.from({ length: 8 }, () => f.local())
  const t = f.local()
  return f.repeat(blocks, () => {
    words.forEach((word, i) => {
      // Big-endian bytes to a word.
      f.get(at)
        .load(4 * i)
        .tee(t)
        .rotl(8)
        .constant(0x00ff00ff)
        .and()
      f.get(t).rotr(8).constant(0xff00ff00).and().or().set(word)
    })
    state.forEach((local, i) =>
      f
        .constant(STATE_AT)
        .load(4 * i)
        .set(local),
    )
    const v = [...state]
    emitRounds(
      f,
      v,
      words.map((local) => ({ local })),
      words,
    )
    v.forEach((local, i) => {
      f.constant(STATE_AT)
        .constant(STATE_AT)
        .load(4 * i)
        .get(local)
        .add()
        .store(4 * i)
    })
    f.get(at).constant(64).add().set(at)
  })
}

/** chain(times): the eight words stay in locals for the whole run. */
function chainBody(): FunctionBody {
  const f = new FunctionBody(1)
  const times = 0
  const words = Array.from({ length: 16 }, () => f.local())
  const state = Array.from({ length: 8 }, () => f.local())
  for (let i = 0; i < 8; i++)
    f.constant(STATE_AT)
      .load(4 * i)
      .set(words[i]!)
  f.repeat(times, () => {
    state.forEach((local, i) => f.constant(SHA256_IV[i]!).set(local))
    const padding = [0x80000000, 0, 0, 0, 0, 0, 0, 256]
    const schedule: Word[] = [
      ...words.slice(0, 8).map((local) => ({ local })),
      ...padding.map((constant) => ({ constant })),
    ]
    const v = [...state]
    emitRounds(f, v, schedule, words)
    v.forEach((local, i) => f.get(local).constant(SHA256_IV[i]!).add().set(words[i]!))
  })
  for (let i = 0; i < 8; i++)
    f.constant(STATE_AT)
      .get(words[i]!)
      .store(4 * i)
  return f
}

/** The module, about 16 kB: both loops unrolled, everything in locals (spec 04 §9). */
export const assembleSha256 = (): Uint8Array<ArrayBuffer> =>
  assembleModule(KERNEL_MEMORY_BYTES / 65_536, { compress: compressBody(), chain: chainBody() })

/**
 * SHA-256 in WebAssembly generated on the spot.
 *
 * @throws {WebAssembly.CompileError} where the page's security policy forbids WebAssembly
 */
export function createWasmCore(): Sha256Core {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleSha256()))
  const { memory, compress, chain } = exports as unknown as {
    memory: WebAssembly.Memory
    compress: Sha256Core['compress']
    chain: Sha256Core['chain']
  }
  return { kind: 'wasm', buffer: memory.buffer as ArrayBuffer, compress, chain }
}
