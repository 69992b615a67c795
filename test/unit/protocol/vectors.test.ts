import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { hex, fromHex } from '../../../src/util/bytes.ts'
import { isSmeshError } from '../../../src/util/error.ts'
import { wireTypes } from '../../conformance/checks/wire-types.ts'
import { checkWire } from '../../conformance/checks/wire.ts'

/** Encodings of the reference; the whole of types/ runs in the conformance runner. */
interface WireRecord {
  type: string
  fill: string
  encoding: string
}

const path = new URL('../../vectors/types/wire.jsonl.gz', import.meta.url)
const records = gunzipSync(readFileSync(path))
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as WireRecord)

describe.each(Object.keys(wireTypes))('%s', (type) => {
  const { codec } = wireTypes[type]!
  const own = records.filter((record) => record.type === type)
  const shortest = own.toSorted((a, b) => a.encoding.length - b.encoding.length)[0]!

  it('has the fields, bytes and derived values of the reference', () => {
    expect(own.length).toBeGreaterThan(10)
    for (const fill of ['random', 'zero', 'max']) {
      const record = own.find((candidate) => candidate.fill === fill)
      if (record) checkWire(record)
    }
  })

  it('refuses every shorter prefix of an encoding, and one more byte', () => {
    const encoded = fromHex(shortest.encoding)
    for (let n = 0; n < encoded.length; n++) {
      expect(() => codec.decode(encoded.subarray(0, n)), `prefix ${n}`).toThrow('UNEXPECTED_END')
    }
    expect(() => codec.decode(Uint8Array.from([...encoded, 0]))).toThrow('TRAILING_BYTES')
  })

  it('never needs less than its least size', () => {
    for (const { encoding } of own) {
      expect(encoding.length / 2).toBeGreaterThanOrEqual(codec.minSizeBytes)
    }
  })
})

describe('damaged encodings', () => {
  it('are judged as in the reference, and accepted ones encode as there', () => {
    const file = new URL('../../vectors/types/decode.jsonl', import.meta.url)
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    const verdicts = lines.map((line) => {
      const record = JSON.parse(line) as { type: string; input: string }
      const { codec } = wireTypes[record.type]!
      try {
        return hex(codec.encode(codec.decode(fromHex(record.input))))
      } catch (error) {
        expect(isSmeshError(error)).toBe(true)
        return undefined
      }
    })
    expect(verdicts).toEqual(
      lines.map((line) => (JSON.parse(line) as { reencoded?: string }).reencoded),
    )
  })
})
