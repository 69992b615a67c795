import { utf8 } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'

/** Requests that belong to a layer, each with its own highest signed layer. */
export type LayerRequest = 'ballot' | 'proposal' | 'hare' | 'certify'

/** The newest ATX of the identity: signed here, or adopted from the network. */
export interface LastAtx {
  readonly epoch: number
  /** u64 as decimal text. */
  readonly sequence: string
  readonly id: string
  /** False until it was handed to the network: no successor is signed before. */
  readonly published: boolean
}

/** The part of a journal that changes; the slots never do. */
export interface JournalHead {
  readonly version: 1
  readonly genesisId: string
  readonly nodeId: string
  readonly lastAtx: LastAtx | null
  /** Highest layer signed for; −1 = none. */
  readonly highest: Readonly<Record<LayerRequest, number>>
  /** Why the identity never signs again. */
  readonly halted: string | null
  /** First epoch in which it may sign again, after a look at the network. */
  readonly quarantinedUntil: number | null
  /** Exported: signs elsewhere. */
  readonly retired: boolean
}

export const newHead = (
  genesisId: string,
  nodeId: string,
  quarantinedUntil: number | null,
): JournalHead => ({
  version: 1,
  genesisId,
  nodeId,
  lastAtx: null,
  highest: { ballot: -1, proposal: -1, hare: -1, certify: -1 },
  halted: null,
  quarantinedUntil,
  retired: false,
})

export const encodeHead = (head: JournalHead): Uint8Array => utf8(JSON.stringify(head))

/** @throws {SmeshError} `JOURNAL_INVALID` */
export function decodeHead(bytes: Uint8Array): JournalHead {
  let head: unknown
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new SmeshError('JOURNAL_INVALID', { problem: 'the head cannot be read' }, { cause })
  }
  if (!isHead(head)) {
    throw new SmeshError('JOURNAL_INVALID', { problem: 'the head lacks a field or is newer' })
  }
  return head
}

function isHead(value: unknown): value is JournalHead {
  if (typeof value !== 'object' || value === null) return false
  const head = value as Record<string, unknown>
  const highest = head['highest'] as Record<string, unknown> | null | undefined
  const last = head['lastAtx'] as Record<string, unknown> | null | undefined
  return (
    head['version'] === 1 &&
    typeof head['genesisId'] === 'string' &&
    typeof head['nodeId'] === 'string' &&
    typeof highest === 'object' &&
    highest !== null &&
    ['ballot', 'proposal', 'hare', 'certify'].every((key) => Number.isInteger(highest[key])) &&
    (last === null ||
      (typeof last === 'object' &&
        Number.isInteger(last['epoch']) &&
        typeof last['sequence'] === 'string' &&
        typeof last['id'] === 'string' &&
        typeof last['published'] === 'boolean')) &&
    (head['halted'] === null || typeof head['halted'] === 'string') &&
    (head['quarantinedUntil'] === null || Number.isInteger(head['quarantinedUntil'])) &&
    typeof head['retired'] === 'boolean'
  )
}
