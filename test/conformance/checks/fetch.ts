import * as fetch from '../../../src/network/fetch-messages.ts'
import { decodeRequestFrame, encodeRequestFrame } from '../../../src/network/frame.ts'
import { c32, struct, type Codec } from '../../../src/protocol/codec.ts'
import { concat, fromHex, hex, utf8 } from '../../../src/util/bytes.ts'
import { expectEqual, expectHex, expectJson, type Json } from '../types.ts'
import { bin, int, list, obj, opt, u64, type Shape } from './shapes.ts'

interface Message {
  readonly codec: Codec<unknown>
  readonly shape: Shape
}

const message = <T>(codec: Codec<T>, shape: Shape): Message => ({
  codec: codec as Codec<unknown>,
  shape,
})

/** Hints are text in the vectors. */
const text: Shape = { toValue: utf8, toJson: (value) => new TextDecoder().decode(value) }

const messages: Record<string, Message> = {
  RequestBatch: message(
    fetch.RequestBatch,
    obj({
      id: ['ID', bin],
      requests: ['Requests', list(obj({ hint: ['hint', text], hash: ['hash', bin] }))],
    }),
  ),
  ResponseBatch: message(
    fetch.ResponseBatch,
    obj({
      id: ['ID', bin],
      responses: ['Responses', list(obj({ hash: ['hash', bin], data: ['data', bin] }))],
    }),
  ),
  MeshHashRequest: message(
    fetch.MeshHashRequest,
    obj({ from: ['From', int], to: ['To', int], step: ['Step', int] }),
  ),
  MeshHashes: message(fetch.MeshHashes, obj({ hashes: ['Hashes', list(bin)] })),
  EpochID: message(struct({ epoch: c32 }), obj({ epoch: ['epoch', int] })),
  LayerID: message(struct({ layer: c32 }), obj({ layer: ['layer', int] })),
  OpinionRequest: message(
    fetch.OpinionRequest,
    obj({ layer: ['Layer', int], block: ['Block', opt(bin)] }),
  ),
  LayerOpinion: message(
    fetch.LayerOpinion,
    obj({ prevAggHash: ['PrevAggHash', bin], certified: ['Certified', opt(bin)] }),
  ),
  MaliciousIDs: message(fetch.MaliciousIds, obj({ nodeIds: ['NodeIDs', list(bin)] })),
  LayerData: message(fetch.LayerData, obj({ ballots: ['Ballots', list(bin)] })),
  EpochData: message(fetch.EpochInfo, obj({ atxIds: ['AtxIDs', list(bin)] })),
  Request: message(fetch.ClockRequest, obj({ id: ['ID', u64] })),
  Response: message(fetch.ClockResponse, obj({ id: ['ID', u64], timestampNs: ['Timestamp', u64] })),
}
/** Records about framing alone. */
const WITHOUT_FIELDS = ['empty', 'error', 'empty data and empty error']

/** network/messages.jsonl */
export function checkMessage(record: Json): void {
  const body = bodyOf(record)
  if (!WITHOUT_FIELDS.includes(record.message)) checkFields(record, body)
  const { wire } = record
  if (record.kind === 'request') {
    expectHex(encodeRequestFrame(body), wire, 'wire')
    expectHex(decodeRequestFrame(fromHex(wire)).body, record.body, 'body')
  } else if (record.kind === 'response') {
    const response = { data: body, error: fromHex(record.error) }
    expectHex(fetch.Response.encode(response), wire, 'wire')
    expectJson(fetch.Response.decode(fromHex(wire)), response, 'response')
  }
}

function bodyOf(record: Json): Uint8Array {
  const source = { request: record.body, response: record.data }[record.kind as string]
  return fromHex(source ?? record.wire)
}

function checkFields(record: Json, body: Uint8Array): void {
  const found = messages[record.message]
  if (!found) throw new Error(`unknown message ${record.message}`)
  const { codec, shape } = found
  const value = shape.toValue(record.fields)
  expectHex(codec.encode(value), hex(body), 'body')
  const { Count, serverAccepts, builtByClient, ...fields } = record.fields
  expectJson(shape.toJson(codec.decode(body)), fields, 'fields')
  if (record.message === 'RequestBatch') {
    expectHex(fetch.requestBatchId((value as fetch.RequestBatch).requests), fields.ID, 'ID')
  }
  if (record.message !== 'MeshHashRequest') return
  const request = value as fetch.MeshHashRequest
  const count = fetch.meshHashCount(request)
  expectEqual(count !== undefined, serverAccepts, 'serverAccepts')
  if (serverAccepts) expectEqual(count, Count, 'Count')
  if (builtByClient) expectJson(fetch.meshHashRequest(request.from, request.to), request, 'step')
}

const hash = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte)

const batchRequest = (...wanted: [string, Uint8Array][]): Uint8Array => {
  const requests = wanted.map(([hint, id]) => ({ hint: utf8(hint), hash: id }))
  const id = fetch.requestBatchId(requests)
  return encodeRequestFrame(fetch.RequestBatch.encode({ id, requests }))
}

const batchResponse = (...responses: fetch.ResponseMessage[]): Uint8Array => {
  const id = fetch.requestBatchId([{ hint: utf8('ATXDB'), hash: hash(0x11) }])
  return answer(fetch.ResponseBatch.encode({ id, responses }))
}

const answer = (data: Uint8Array, error = ''): Uint8Array =>
  fetch.Response.encode({ data, error: utf8(error) })

const opinion = (certified?: Uint8Array): Uint8Array =>
  answer(fetch.LayerOpinion.encode({ prevAggHash: hash(0x33), certified }))

const ids = (...nodeIds: Uint8Array[]): Uint8Array => answer(fetch.MaliciousIds.encode({ nodeIds }))

/** The messages of spec 05 §3.1 and §1.7. */
const named: Record<string, () => Uint8Array> = {
  'request {ATXDB, 32x11}': () => batchRequest(['ATXDB', hash(0x11)]),
  'response to it, blob aabbcc': () => batchResponse({ hash: hash(0x11), data: fromHex('aabbcc') }),
  'response to it, nothing found': () => batchResponse(),
  'request {activeset, 32x11}': () => batchRequest(['activeset', hash(0x11)]),
  'empty batch': () => batchRequest(),
  'layers 8063..8065': () =>
    encodeRequestFrame(fetch.MeshHashRequest.encode(fetch.meshHashRequest(8063, 8065))),
  'layers 8063..18063': () =>
    encodeRequestFrame(fetch.MeshHashRequest.encode(fetch.meshHashRequest(8063, 18063))),
  'layer 100, opinion': () => encodeRequestFrame(fetch.OpinionRequest.encode({ layer: 100 })),
  'layer 100, certificate of 20x22': () =>
    encodeRequestFrame(fetch.OpinionRequest.encode({ layer: 100, block: hash(0x22, 20) })),
  'opinion 32x33, none certified': () => opinion(),
  'opinion 32x33, certified 20x22': () => opinion(hash(0x22, 20)),
  'epoch 2': () => encodeRequestFrame(c32.encode(2)),
  'layer 8064': () => encodeRequestFrame(c32.encode(8064)),
  'malicious ids': () => encodeRequestFrame(concat()),
  'empty id list': () => ids(),
  'id list [32x11]': () => ids(hash(0x11)),
  'error "oops"': () => answer(new Uint8Array(0), 'oops'),
  'id 1, 1700000000000000000 ns': () =>
    fetch.ClockResponse.encode({ id: 1n, timestampNs: 1700000000000000000n }),
  'id 7, 1732270000123456789 ns': () =>
    fetch.ClockResponse.encode({ id: 7n, timestampNs: 1732270000123456789n }),
}

/** network/named.jsonl */
export function checkNamedMessage(record: Json): void {
  const build = named[record.name]
  if (!build) throw new Error('this name is not built')
  expectHex(build(), record.wire, 'wire')
}
