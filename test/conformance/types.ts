/**
 * How a topic plugs into the runner: test/conformance/topics/<folder name>.ts exports
 *
 *     export const topic: Topic = {
 *       files: {
 *         'compact.jsonl': (record) => expectEqual(...),      // once for each line; throws on mismatch
 *         'layer-run.json': (document) => { ... },             // the whole document is one record
 *         'labels.json': eachOf((document) => document.cases, (record) => { ... }),
 *         'messages.jsonl': skipped('request messages come with the network room'),
 *       },
 *     }
 *
 * A check may call `skip(reason)` for a record that needs what is not there yet. Files that a topic
 * does not name are skipped and reported as such.
 */

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- records are data from outside
export type Json = any

export interface RecordContext {
  /** Folder name and file name, such as `types/wire.jsonl.gz`. */
  readonly file: string
  /** Number of the record in its file, from 0. */
  readonly index: number
}

export type RecordCheck = (record: Json, context: RecordContext) => void | Promise<void>

export interface EachOf {
  readonly kind: 'each'
  readonly records: (document: Json) => readonly Json[]
  readonly check: RecordCheck
}

export interface SkippedFile {
  readonly kind: 'skipped'
  readonly reason: string
}

export type FileCheck = RecordCheck | EachOf | SkippedFile

export interface Topic {
  readonly files: Readonly<Record<string, FileCheck>>
}

/** For a `.json` file that holds many records. */
export const eachOf = (records: EachOf['records'], check: RecordCheck): EachOf => ({
  kind: 'each',
  records,
  check,
})

/** For a file none of whose records can be checked yet. */
export const skipped = (reason: string): SkippedFile => ({ kind: 'skipped', reason })

/** Thrown by {@link skip}. */
export class Skip {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** Ends the check of one record, which counts as skipped. */
export function skip(reason: string): never {
  throw new Skip(reason)
}

/** Thrown by the expectations below. */
export class Mismatch extends Error {}

const show = (value: unknown): string => {
  const text =
    value instanceof Uint8Array
      ? Buffer.from(value).toString('hex')
      : (JSON.stringify(value, (_key, inner: unknown) =>
          typeof inner === 'bigint' ? `${inner}n` : inner,
        ) ?? String(value))
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

/** Strict equality of strings, numbers, bigints and booleans. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) {
    throw new Mismatch(`${what}: got ${show(actual)}, expected ${show(expected)}`)
  }
}

/** Equality of bytes with a hex string. */
export function expectHex(actual: Uint8Array, expected: string, what: string): void {
  expectEqual(Buffer.from(actual).toString('hex'), expected, what)
}

/** Equality of JSON-like values, whatever the order of keys; bytes as hex, bigints as decimals. */
export function expectJson(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [canonical(actual), canonical(expected)]
  if (a !== b) throw new Mismatch(`${what}: got ${show(a)}, expected ${show(b)}`)
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString()
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString('hex')
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })

/** Runs `body` and tells whether it ended without a throw; other throws than `SmeshError` pass. */
export function accepts(body: () => unknown): boolean {
  try {
    body()
    return true
  } catch (error) {
    if ((error as { name?: unknown }).name === 'SmeshError') return false
    throw error
  }
}
