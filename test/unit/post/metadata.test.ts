import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readMetadata, writeMetadata, type DataMetadata } from '../../../src/post/metadata.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { postVectors, type Row } from './vectors.ts'

function metadataOf(fields: Row): DataMetadata {
  const { nodeId, commitmentAtxId, labelsPerUnit, numUnits, maxFileSize, ...rest } = fields
  return {
    nodeId: fromHex(nodeId),
    commitmentAtxId: fromHex(commitmentAtxId),
    labelsPerUnit: BigInt(labelsPerUnit),
    numUnits,
    maxFileSize: BigInt(maxFileSize),
    ...(rest['nonce'] === undefined ? {} : { nonce: BigInt(rest['nonce']) }),
    ...(rest['nonceValue'] === undefined ? {} : { nonceValue: fromHex(rest['nonceValue']) }),
    ...(rest['lastPosition'] === undefined ? {} : { lastPosition: BigInt(rest['lastPosition']) }),
  }
}

describe('metadata file', () => {
  it.each(postVectors('metadata', 'writtenByGo'))('is written as Go does: $name', (row) => {
    expect(writeMetadata(metadataOf(row['fields']))).toBe(row['text'])
  })

  it.each(postVectors('metadata', 'writtenByRust'))('of post-rs is read: $name', (row) => {
    expect(readMetadata(row['text'])).toEqual(metadataOf(row['fields']))
  })

  it.each(postVectors('metadata', 'readByGo'))('is read as Go does: $name', (row) => {
    if (row['error'] === undefined) {
      expect(readMetadata(row['text'])).toEqual(metadataOf(row['parsed']))
    } else {
      expect(() => readMetadata(row['text'])).toThrow('POST_METADATA_BAD')
    }
  })

  it('comes back', () => {
    const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    const id = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const half = fc.uint8Array({ minLength: 16, maxLength: 16 })
    const fields = fc.record(
      {
        nodeId: id,
        commitmentAtxId: id,
        labelsPerUnit: u64,
        numUnits: fc.nat(2 ** 31 - 1),
        maxFileSize: u64,
        nonce: u64,
        nonceValue: half,
        lastPosition: u64,
      },
      {
        requiredKeys: ['nodeId', 'commitmentAtxId', 'labelsPerUnit', 'numUnits', 'maxFileSize'],
      },
    )
    const plain = (metadata: object) =>
      Object.entries(metadata).map(([key, value]) => [
        key,
        value instanceof Uint8Array ? hex(value) : value,
      ])
    fc.assert(
      fc.property(fields, (metadata) => {
        expect(plain(readMetadata(writeMetadata(metadata))).sort()).toEqual(plain(metadata).sort())
      }),
    )
  })

  it('any text is read or refused with a code', () => {
    const json = fc.oneof(fc.json(), fc.string(), fc.constant('{"NodeId":"\\"AQID:,"}'))
    fc.assert(
      fc.property(json, (text) => {
        try {
          readMetadata(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'POST_METADATA_BAD' })
        }
      }),
    )
  })

  it('is not confused by quotes, brackets and commas inside values', () => {
    const text = '{"a\\"}":"}],\\"Nonce\\":1","b":[{"Nonce":5},[","]],"Nonce":7,"c":{"Nonce":9}}'
    expect(readMetadata(text).nonce).toBe(7n)
  })
})
