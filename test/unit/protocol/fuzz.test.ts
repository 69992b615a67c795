import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { addressFromText } from '../../../src/crypto/address.ts'
import { identityFromFile } from '../../../src/crypto/identity.ts'
import { decodeCookie } from '../../../src/network/cookie.ts'
import { decodeRequestFrame } from '../../../src/network/frame.ts'
import { parseCheckpoint } from '../../../src/protocol/checkpoint-parse.ts'
import type { Codec } from '../../../src/protocol/codec.ts'
import { parseLosslessJson } from '../../../src/protocol/lossless-json.ts'
import { equalBytes, fromHex, hex, utf8 } from '../../../src/util/bytes.ts'
import { isSmeshError } from '../../../src/util/error.ts'
import { wireTypes } from '../../conformance/checks/wire-types.ts'
import { checkpointText } from './checkpoint-sample.ts'

/**
 * Hostile bytes against every decoder: random ones and damaged genuine encodings. Nothing but a
 * SmeshError may come out, and what is accepted must encode and decode to itself again.
 */
const SEED = Number(process.env['SMESH_FUZZ_SEED'] ?? 20230714)
const TOTAL = 1_000_000
/** Decoders whose accepted inputs cost a key derivation or a long parse. */
const SLOW_INPUTS = 10_000
const MAX_SEED_BYTES = 1500

/** mulberry32: the fuzzer needs speed, not quality. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}
type Random = ReturnType<typeof generator>

const randomBytes = (random: Random, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = random(256)
  return bytes
}

/** Values that lengths and tags go wrong at. */
const EDGES = [0, 1, 2, 3, 0x13, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff]

const mutations: ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => randomBytes(random, random(Math.min(400, 2 * bytes.length + 8))),
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  (bytes, random) => Uint8Array.from([...bytes, ...randomBytes(random, 1 + random(8))]),
  (bytes, random) => changed(bytes, random, (at) => at ^ (1 << random(8))),
  (bytes, random) => changed(bytes, random, () => EDGES[random(EDGES.length)]!),
  (bytes, random) => changed(bytes, random, () => random(256)),
  (bytes, random) => {
    const [from, length] = [random(bytes.length + 1), random(64)]
    return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(from + length)])
  },
  (bytes, random) => {
    const at = random(bytes.length + 1)
    const inserted = randomBytes(random, 1 + random(5))
    return Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at)])
  },
]

function changed(bytes: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice()
  for (let n = 1 + random(3); n > 0 && copy.length > 0; n--) {
    const at = random(copy.length)
    copy[at] = change(copy[at]!)
  }
  return copy
}

const lines = (file: string): { type: string; encoding: string }[] => {
  const path = new URL(`../../vectors/types/${file}`, import.meta.url)
  return gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const encodings = lines('wire.jsonl.gz')
  .filter(({ encoding }) => encoding.length <= 2 * MAX_SEED_BYTES)
  .map(({ type, encoding }) => ({ codec: wireTypes[type]!.codec, bytes: fromHex(encoding) }))

const modules = import.meta.glob<Record<string, unknown>>(
  ['../../../src/protocol/*.ts', '../../../src/network/*-messages.ts'],
  { eager: true },
)

const isCodec = (value: unknown): value is Codec<unknown> =>
  typeof value === 'object' && value !== null && 'minSizeBytes' in value && 'decodePrefix' in value

/** Every codec that a file of src/protocol, or of messages in src/network, exports. */
const codecs = new Map<string, Codec<unknown>>()
for (const module of Object.values(modules)) {
  for (const [name, value] of Object.entries(module)) if (isCodec(value)) codecs.set(name, value)
}

interface Target {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  readonly inputs: number
  readonly decode: (bytes: Uint8Array) => void
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const identity =
  '01'.repeat(32) + '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c'
const address = 'sm1qqqqqqyhp05fkgauzudx0wclwcckr5vye2dexfs2gaams'

const slow = (name: string, seed: string, decode: Target['decode']): Target => ({
  ...{ name, seeds: [utf8(seed)], inputs: SLOW_INPUTS, decode },
})

const texts: Target[] = [
  slow('checkpoint', checkpointText, (bytes) => void parseCheckpoint(bytes)),
  slow('JSON', '[{"a":[1,-2.5e3,"\\u00e9\\n"],"b":{"c":null}},true]', (bytes) => {
    void parseLosslessJson(bytes)
  }),
  slow('identity file', identity, (bytes) => void identityFromFile(latin1(bytes))),
  slow('address', address, (bytes) => void addressFromText(latin1(bytes), 'sm')),
  slow('cookie', '!#BB\x05smesh', (bytes) => void decodeCookie(bytes)),
  slow('request frame', '\x05smesh', (bytes) => void decodeRequestFrame(bytes)),
]

const perCodec = Math.ceil((TOTAL - texts.length * SLOW_INPUTS) / codecs.size)

const binaries: Target[] = [...codecs].map(([name, codec]) => {
  const own = encodings.filter((encoding) => encoding.codec === codec)
  const seeds = (own.length > 0 ? own : encodings).map(({ bytes }) => bytes)
  // A zero of every field is a valid value of nearly every type.
  seeds.push(new Uint8Array(Math.min(codec.minSizeBytes, MAX_SEED_BYTES)))
  return { name, seeds, inputs: perCodec, decode: (bytes) => decodeTwice(codec, bytes) }
})

function decodeTwice(codec: Codec<unknown>, bytes: Uint8Array): void {
  const encoded = codec.encode(codec.decode(bytes))
  if (equalBytes(encoded, bytes)) return
  if (!equalBytes(codec.encode(codec.decode(encoded)), encoded)) throw new Error('not stable')
}

/** Number of refused inputs. */
function fuzz({ name, seeds, inputs, decode }: Target): number {
  const random = generator(SEED ^ name.length ^ name.charCodeAt(name.length >> 1))
  let refused = 0
  for (let i = 0; i < inputs; i++) {
    const seed = seeds[random(seeds.length)]!
    const bytes = mutations[random(mutations.length)]!(seed, random)
    try {
      decode(bytes)
    } catch (error) {
      if (!isSmeshError(error)) {
        const where = `seed ${SEED}, ${name} #${i}, input ${hex(bytes)}`
        throw new Error(`${where}: ${String(error)}`, { cause: error })
      }
      refused++
    }
  }
  return refused
}

describe(`decoders, seed ${SEED}`, () => {
  it('are fed a million inputs', () => {
    expect(codecs.size).toBeGreaterThan(80)
    const inputs = [...binaries, ...texts].reduce((sum, target) => sum + target.inputs, 0)
    expect(inputs).toBeGreaterThanOrEqual(TOTAL)
  })

  it.each([...binaries, ...texts])('$name', (target) => {
    expect(fuzz(target)).toBeGreaterThan(0)
  })

  it('are told apart from one that breaks, by seed and input', () => {
    const decode = (bytes: Uint8Array) => {
      if (bytes.length === 3) throw new TypeError('broken')
    }
    const target = { name: 'broken', seeds: [new Uint8Array(3)], inputs: 1000, decode }
    expect(() => fuzz(target)).toThrow(
      new RegExp(`^seed ${SEED}, broken #\\d+, input [0-9a-f]{6}: TypeError: broken`),
    )
  })
})
