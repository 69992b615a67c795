import './errors.ts'

import type { Schema } from './schema.ts'

export type StoreName = keyof Schema & string

/** A part of a store in key order. Keys are compared as text; see keys.ts for how numbers sort. */
export interface Range {
  /** Only keys that start with this. */
  prefix?: string
  /** Only keys ≥ `from`. */
  from?: string
  /** Only keys < `before`. */
  before?: string
  /** Only keys > `after`: the last key of the previous page. */
  after?: string
  /** Highest key first. */
  reverse?: boolean
  limit?: number
}

export interface Row<V> {
  key: string
  value: V
}

/** Reads of one moment. */
export interface Reader {
  get<S extends StoreName>(store: S, key: string): Promise<Schema[S] | undefined>
  list<S extends StoreName>(store: S, range?: Range): Promise<Row<Schema[S]>[]>
  count(store: StoreName, range?: Range): Promise<number>
}

/** Reads and writes of one transaction; reads see its own writes. */
export interface Writer extends Reader {
  put<S extends StoreName>(store: S, key: string, value: Schema[S]): void
  delete(store: StoreName, key: string): void
  deleteRange(store: StoreName, range: Range): Promise<void>
}

export interface UpdateOptions {
  /** `strict`: on the disk before the promise resolves. For what must survive a power cut. */
  durability?: 'strict' | 'relaxed'
}

/**
 * Ordered key–value stores with atomic updates. Everything that Smesh keeps, labels excepted, lies in
 * one of these; the back ends are IndexedDB and memory, and one compliance suite holds for both.
 *
 * Errors of all calls: `STORAGE_FULL`, `STORAGE_CLOSED`, `STORAGE_FAILED`.
 */
export interface Database extends Reader {
  /**
   * Runs `work` as one transaction over `stores`: all of it is kept, or, when `work` throws or the
   * write fails, none. Updates that share a store run one after another. `work` awaits nothing but
   * calls of its writer.
   */
  update<T>(
    stores: readonly StoreName[],
    work: (writer: Writer) => Promise<T> | T,
    options?: UpdateOptions,
  ): Promise<T>
  /** Resolves when nothing is under way; later calls fail with `STORAGE_CLOSED`. */
  close(): Promise<void>
}

/** Bounds of a range as the half-open or open interval that back ends need. */
export function boundsOf(range: Range): {
  lower: string | undefined
  lowerOpen: boolean
  upper: string | undefined
} {
  const { prefix, from, before, after } = range
  let lower: string | undefined = prefix
  let lowerOpen = false
  if (from !== undefined && (lower === undefined || from > lower)) lower = from
  if (after !== undefined && (lower === undefined || after >= lower)) {
    lower = after
    lowerOpen = true
  }
  const end = prefix === undefined ? undefined : prefix + '\uffff'
  const upper = end === undefined ? before : before === undefined || end < before ? end : before
  return { lower, lowerOpen, upper }
}
