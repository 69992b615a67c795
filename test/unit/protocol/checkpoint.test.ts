import { describe, expect, it } from 'vitest'

import { parseCheckpoint } from '../../../src/protocol/checkpoint-parse.ts'
import { checkpointId, formatCheckpoint } from '../../../src/protocol/checkpoint.ts'
import { hex, utf8 } from '../../../src/util/bytes.ts'
import { checkpointText } from './checkpoint-sample.ts'

const parse = (text: string) => parseCheckpoint(utf8(text))

describe('checkpoint', () => {
  const checkpoint = parse(checkpointText)

  it('keeps integers above 2^53', () => {
    const [first] = checkpoint.atxs
    expect(first).toMatchObject({ vrfNonce: 2n ** 64n - 1n, baseTickHeight: 2n ** 53n + 1n })
    expect(checkpoint.accounts[0]).toMatchObject({ balance: 2n ** 64n - 1n, nonce: 2n ** 53n + 3n })
  })

  it('tells an unspawned account from one with an empty template', () => {
    const templates = checkpoint.accounts.map(({ template }) => template && hex(template))
    expect(templates).toEqual(['07'.repeat(24), undefined, '00'.repeat(24)])
  })

  it('reads units and marriages', () => {
    expect(checkpoint.atxs[0]!.units.map(({ numUnits }) => numUnits)).toEqual([5, 4])
    expect(checkpoint.atxs.map(({ marriageAtxId }) => marriageAtxId?.[0])).toEqual([undefined, 1])
    expect(checkpoint.marriages).toHaveLength(1)
    expect(checkpoint.marriages[0]).toMatchObject({ id: 17, members: [{ index: 1 }] })
    expect(checkpoint.id).toBe(checkpointId(15))
  })

  it('formats to a document that reads back', () => {
    expect(parse(formatCheckpoint(checkpoint))).toEqual(checkpoint)
  })

  it('takes lists that Go wrote as null, and no marriages', () => {
    const head = '{"command":"","version":"https://spacemesh.io/checkpoint.schema.json.1.0"'
    const empty = parse(`${head},"data":{"id":"snapshot-1","atxs":null,"accounts":[]}}`)
    expect(empty).toEqual({ command: '', id: 'snapshot-1', atxs: [], accounts: [], marriages: [] })
  })

  it('takes a marriage ATX of another length for none', () => {
    const text = checkpointText.replace('"marriageAtx": null', '"marriageAtx": "AAAA"')
    expect(parse(text).atxs[0]!.marriageAtxId).toBeUndefined()
  })

  it.each([
    ['"epoch": 4', '"epoch": 4294967296', 'data.atxs[0].epoch: must be below 2^32'],
    ['"epoch": 4', '"epoch": 1e3', 'data.atxs[0].epoch: must be an integer'],
    ['"epoch": 4, ', '', 'data.atxs[0].epoch: must be an integer'],
    ['"nonce": 0', '"nonce": -1', 'data.accounts[1].nonce: must be an integer'],
    ['18446744073709551615', '18446744073709551616', 'data.atxs[0].vrfNonce: must be an integer'],
    ['"coinbase": "BAQE', '"coinbase": "B*QE', 'data.atxs[0].coinbase: must be base64'],
    ['"coinbase": "BAQE', '"coinbase": "', 'data.atxs[0].coinbase: must be 24 bytes'],
    ['"units": { "AwMD', '"units": { "', 'must be 32 bytes'],
    ['"17"', '"x"', 'data.marriages[x]: the key must be a number'],
    ['json.1.0', 'json.2.0', 'version: must be'],
    ['"atxs": [', '"atxs": {}, "x": [', 'data.atxs: must be a list'],
    ['"data": {', '"data": [], "x": {', 'data: must be an object'],
    ['"id": "snapshot-15"', '"id": 15', 'data.id: must be a string'],
  ])('names the field when %s is %s', (from, to, message) => {
    expect(checkpointText).toContain(from)
    expect(() => parse(checkpointText.replace(from, to))).toThrow(message)
  })
})
