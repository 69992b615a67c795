import { base64 } from '@scure/base'

import { SmeshError } from '../util/error.ts'
import { U32_MAX, U64_MAX } from '../util/u64.ts'
import {
  CHECKPOINT_VERSION,
  type Checkpoint,
  type CheckpointAccount,
  type CheckpointAtx,
  type CheckpointMarriage,
} from './checkpoint.ts'
import { parseLosslessJson, type JsonValue } from './lossless-json.ts'

/**
 * Reads a checkpoint document: UTF-8 JSON with full u64 integers and base64 bytes. Unknown fields
 * are ignored, missing ones refused. Marriages may be absent, as in documents of older nodes.
 *
 * @throws {SmeshError} `BAD_DOCUMENT`; the reason names the field
 */
export function parseCheckpoint(document: Uint8Array): Checkpoint {
  const root = new Field(parseLosslessJson(document), '')
  const version = root.get('version').text()
  if (version !== CHECKPOINT_VERSION) root.get('version').fail(`must be ${CHECKPOINT_VERSION}`)
  const data = root.get('data')
  const marriages = data.get('marriages')
  return {
    command: root.get('command').text(),
    id: data.get('id').text(),
    atxs: data.get('atxs').list().map(parseAtx),
    accounts: data.get('accounts').list().map(parseAccount),
    marriages: marriages.absent ? [] : marriages.entries().map(parseMarriage),
  }
}

function parseAtx(atx: Field): CheckpointAtx {
  const marriageAtx = atx.get('marriageAtx')
  const marriageAtxId = marriageAtx.absent ? undefined : marriageAtx.bytes()
  return {
    id: atx.get('id').bytes(32),
    epoch: atx.get('epoch').u32(),
    commitmentAtxId: atx.get('commitmentAtx').bytes(32),
    // The reference takes one of another length for none.
    marriageAtxId: marriageAtxId?.length === 32 ? marriageAtxId : undefined,
    vrfNonce: atx.get('vrfNonce').u64(),
    baseTickHeight: atx.get('baseTickHeight').u64(),
    tickCount: atx.get('tickCount').u64(),
    smesherId: atx.get('publicKey').bytes(32),
    sequence: atx.get('sequence').u64(),
    coinbase: atx.get('coinbase').bytes(24),
    numUnits: atx.get('numUnits').u32(),
    units: atx
      .get('units')
      .entries()
      .map(([key, units]) => ({ nodeId: units.decode(key, 32), numUnits: units.u32() })),
  }
}

function parseAccount(account: Field): CheckpointAccount {
  const [template, state] = [account.get('template'), account.get('state')]
  return {
    address: account.get('address').bytes(24),
    balance: account.get('balance').u64(),
    nonce: account.get('nonce').u64(),
    template: template.absent ? undefined : parseTemplate(template),
    state: state.absent ? new Uint8Array(0) : state.bytes(),
  }
}

/** An empty template is the zero address in the reference, unlike an absent one. */
function parseTemplate(template: Field): Uint8Array {
  const bytes = template.bytes()
  return bytes.length === 0 ? new Uint8Array(24) : template.bytes(24)
}

function parseMarriage([key, members]: [string, Field]): CheckpointMarriage {
  const id = Number(key)
  if (!/^[0-9]+$/.test(key) || !Number.isSafeInteger(id)) members.fail('the key must be a number')
  return {
    id,
    members: members.list().map((member) => ({
      atxId: member.get('atx').bytes(32),
      index: member.get('index').u32(),
      marriedTo: member.get('marriedTo').bytes(32),
      signer: member.get('signer').bytes(32),
      signature: member.get('signature').bytes(64),
    })),
  }
}

/** A value of the document with its place in it. */
class Field {
  readonly #value: JsonValue | undefined
  readonly #path: string

  constructor(value: JsonValue | undefined, path: string) {
    this.#value = value
    this.#path = path
  }

  fail(reason: string): never {
    const path = this.#path.slice(0, 200) || 'document'
    throw new SmeshError('BAD_DOCUMENT', { what: 'checkpoint', reason: `${path}: ${reason}` })
  }

  get absent(): boolean {
    return this.#value === undefined || this.#value === null
  }

  get(key: string): Field {
    return new Field(this.#object()[key], this.#path === '' ? key : `${this.#path}.${key}`)
  }

  entries(): [string, Field][] {
    return Object.entries(this.#object()).map(([key, value]) => [
      key,
      new Field(value, `${this.#path}[${key.slice(0, 60)}]`),
    ])
  }

  #object(): { [key: string]: JsonValue } {
    const value = this.#value
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.fail('must be an object')
    }
    return value
  }

  list(): Field[] {
    // Go writes an empty list as null.
    if (this.#value === null) return []
    if (!Array.isArray(this.#value)) return this.fail('must be a list')
    return this.#value.map((value, i) => new Field(value, `${this.#path}[${i}]`))
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.fail('must be a string')
  }

  u32(): number {
    const value = this.u64()
    return value <= BigInt(U32_MAX) ? Number(value) : this.fail('must be below 2^32')
  }

  u64(): bigint {
    const value = this.#value
    if (typeof value !== 'bigint' || value < 0n || value > U64_MAX) {
      return this.fail('must be an integer from 0 to 2^64 − 1')
    }
    return value
  }

  bytes(length?: number): Uint8Array {
    return this.decode(this.text(), length)
  }

  /** Base64 of `text`, which is this value or its key. */
  decode(text: string, length?: number): Uint8Array {
    let bytes: Uint8Array
    try {
      bytes = base64.decode(text)
    } catch {
      return this.fail('must be base64')
    }
    if (length !== undefined && bytes.length !== length) this.fail(`must be ${length} bytes`)
    return bytes
  }
}
