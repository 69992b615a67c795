import { base64 } from '@scure/base'

import { fromHex, hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { U32_MAX, U64_MAX } from '../util/u64.ts'

/** Name of the file beside the labels. */
export const METADATA_NAME = 'postdata_metadata.json'

/** Contents of {@link METADATA_NAME}. Spec 03 §3.2; post shared/post_metadata.go. */
export interface DataMetadata {
  /** 32 bytes when Smesh or the reference wrote it; the reference's reader takes any length. */
  nodeId: Uint8Array
  commitmentAtxId: Uint8Array
  labelsPerUnit: bigint
  numUnits: number
  maxFileSize: bigint
  /** Index of the VRF nonce; 0 is a nonce. */
  nonce?: bigint
  /** First 16 bytes of the output at `nonce`. */
  nonceValue?: Uint8Array
  /** Start of the last batch of a search past the end of the data. */
  lastPosition?: bigint
}

/** The file's text, byte for byte as the reference writes it: tabs, absent fields left out. */
export function writeMetadata(metadata: DataMetadata): string {
  const rows: [name: string, value: string][] = [
    ['NodeId', `"${base64.encode(metadata.nodeId)}"`],
    ['CommitmentAtxId', `"${base64.encode(metadata.commitmentAtxId)}"`],
    ['LabelsPerUnit', metadata.labelsPerUnit.toString()],
    ['NumUnits', metadata.numUnits.toString()],
    ['MaxFileSize', metadata.maxFileSize.toString()],
  ]
  if (metadata.nonce !== undefined) rows.push(['Nonce', metadata.nonce.toString()])
  if (metadata.nonceValue?.length) rows.push(['NonceValue', `"${hex(metadata.nonceValue)}"`])
  if (metadata.lastPosition !== undefined) {
    rows.push(['LastPosition', metadata.lastPosition.toString()])
  }
  return `{\n${rows.map(([name, value]) => `\t"${name}": ${value}`).join(',\n')}\n}`
}

/**
 * Reads the file as the reference's Go code does, whoever wrote it: keys in any case, the last of
 * several wins, unknown ones are ignored, null is absent, missing numbers are 0, integers keep
 * all 64 bits, ids may have any length.
 *
 * @throws {SmeshError} `POST_METADATA_BAD`
 */
export function readMetadata(text: string): DataMetadata {
  const metadata: DataMetadata = {
    nodeId: new Uint8Array(0),
    commitmentAtxId: new Uint8Array(0),
    labelsPerUnit: 0n,
    numUnits: 0,
    maxFileSize: 0n,
  }
  for (const [key, raw] of topLevelPairs(text)) FIELDS[fold(key)]?.(metadata, raw)
  return metadata
}

const bad = (reason: string): SmeshError => new SmeshError('POST_METADATA_BAD', { reason })

/** Equal for keys that Go's reader takes for the same field. */
const fold = (key: string): string => key.toUpperCase().toLowerCase()

const FIELDS: Record<string, (metadata: DataMetadata, raw: string) => void> = {
  nodeid: (metadata, raw) => (metadata.nodeId = readBytes('NodeId', raw)),
  commitmentatxid: (metadata, raw) =>
    (metadata.commitmentAtxId = readBytes('CommitmentAtxId', raw)),
  labelsperunit: (metadata, raw) =>
    (metadata.labelsPerUnit = readInteger('LabelsPerUnit', raw, U64_MAX) ?? metadata.labelsPerUnit),
  numunits: (metadata, raw) =>
    (metadata.numUnits = Number(
      readInteger('NumUnits', raw, BigInt(U32_MAX)) ?? metadata.numUnits,
    )),
  maxfilesize: (metadata, raw) =>
    (metadata.maxFileSize = readInteger('MaxFileSize', raw, U64_MAX) ?? metadata.maxFileSize),
  nonce: (metadata, raw) => {
    delete metadata.nonce
    const nonce = readInteger('Nonce', raw, U64_MAX)
    if (nonce !== undefined) metadata.nonce = nonce
  },
  noncevalue: (metadata, raw) => (metadata.nonceValue = readHex('NonceValue', raw)),
  lastposition: (metadata, raw) => {
    delete metadata.lastPosition
    const position = readInteger('LastPosition', raw, U64_MAX)
    if (position !== undefined) metadata.lastPosition = position
  },
}

function readInteger(name: string, raw: string, max: bigint): bigint | undefined {
  if (raw === 'null') return undefined
  if (!/^(0|[1-9][0-9]*)$/.test(raw)) throw bad(`${name} is not an unsigned integer`)
  const value = BigInt(raw)
  if (value > max) throw bad(`${name} exceeds ${max}`)
  return value
}

/** Bytes as base64 (standard alphabet, padded; line ends are skipped) or as a list of numbers. */
function readBytes(name: string, raw: string): Uint8Array {
  const value = JSON.parse(raw) as unknown
  if (value === null) return new Uint8Array(0)
  if (Array.isArray(value)) return Uint8Array.from(value, (item) => readByte(name, item))
  if (typeof value !== 'string') throw bad(`${name} is not base64`)
  const text = value.replace(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw bad(`${name} is not base64`)
  }
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}

function readByte(name: string, item: unknown): number {
  if (item === null) return 0
  if (typeof item !== 'number' || !Number.isInteger(item) || item < 0 || item > 255) {
    throw bad(`${name} holds something else than bytes`)
  }
  return item
}

function readHex(name: string, raw: string): Uint8Array {
  const value = JSON.parse(raw) as unknown
  if (value === null) return new Uint8Array(0)
  if (typeof value !== 'string') throw bad(`${name} is not hex`)
  try {
    return fromHex(value)
  } catch (cause) {
    throw new SmeshError('POST_METADATA_BAD', { reason: `${name} is not hex` }, { cause })
  }
}

/** Keys and values as written of the one object in `text`: JSON.parse would round large integers. */
function topLevelPairs(text: string): [key: string, raw: string][] {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch (cause) {
    throw new SmeshError('POST_METADATA_BAD', { reason: 'not JSON' }, { cause })
  }
  if (whole === null) return []
  if (typeof whole !== 'object' || Array.isArray(whole)) throw bad('not a JSON object')

  // From here on the text is known to be well-formed.
  const pairs: [string, string][] = []
  let depth = 0
  let from = 0
  let key: string | undefined
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '"') {
      at = endOfString(text, at)
    } else if (char === '{' || char === '[') {
      if (++depth === 1) from = at + 1
    } else if (char === ':' && depth === 1) {
      key = JSON.parse(text.slice(from, at)) as string
      from = at + 1
    } else if ((char === ',' && depth === 1) || ((char === '}' || char === ']') && --depth === 0)) {
      if (key !== undefined) pairs.push([key, text.slice(from, at).trim()])
      key = undefined
      from = at + 1
    }
  }
  return pairs
}

function endOfString(text: string, open: number): number {
  let at = open + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
