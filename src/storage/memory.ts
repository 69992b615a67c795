import { SmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'

import {
  boundsOf,
  type Database,
  type Range,
  type Reader,
  type Row,
  type StoreName,
  type UpdateOptions,
  type Writer,
} from './database.ts'
import type { Schema } from './schema.ts'

/** One store: values by key, and the keys in order, rebuilt when a read needs them. */
class MemoryStore {
  readonly values = new Map<string, unknown>()
  #sorted: string[] | undefined

  set(key: string, value: unknown): void {
    if (!this.values.has(key)) this.#sorted = undefined
    this.values.set(key, value)
  }

  delete(key: string): void {
    if (this.values.delete(key)) this.#sorted = undefined
  }

  keys(): string[] {
    return (this.#sorted ??= [...this.values.keys()].sort())
  }
}

/** Index of the first of the sorted `keys` that is ≥ `key`, or > `key` when `open`. */
function lowerBound(keys: string[], key: string, open: boolean): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const before = open ? keys[middle]! <= key : keys[middle]! < key
    if (before) low = middle + 1
    else high = middle
  }
  return low
}

function keysIn(keys: string[], range: Range): string[] {
  const { lower, lowerOpen, upper } = boundsOf(range)
  const start = lower === undefined ? 0 : lowerBound(keys, lower, lowerOpen)
  const end = upper === undefined ? keys.length : lowerBound(keys, upper, false)
  const found = keys.slice(start, Math.max(start, end))
  if (range.reverse) found.reverse()
  return range.limit === undefined ? found : found.slice(0, range.limit)
}

/**
 * The memory twin of the IndexedDB database, for tests and simulations. `snapshot` and the
 * constructor's argument let a test kill and reopen it; values are cloned in and out as on a disk.
 */
export class MemoryDatabase implements Database {
  readonly #stores = new Map<StoreName, MemoryStore>()
  readonly #turns = new Turns()
  #closed = false

  constructor(from?: MemorySnapshot) {
    for (const [store, rows] of from ?? []) {
      for (const [key, value] of rows) this.#store(store).set(key, structuredClone(value))
    }
  }

  /** Everything that finished updates have kept. */
  snapshot(): MemorySnapshot {
    return new Map(
      [...this.#stores].map(([store, { values }]) => [store, structuredClone(new Map(values))]),
    )
  }

  async get<S extends StoreName>(store: S, key: string): Promise<Schema[S] | undefined> {
    this.#open()
    return structuredClone(this.#store(store).values.get(key)) as Schema[S] | undefined
  }

  async list<S extends StoreName>(store: S, range: Range = {}): Promise<Row<Schema[S]>[]> {
    this.#open()
    const { values, ...rest } = this.#view(store)
    return rest
      .keys(range)
      .map((key) => ({ key, value: structuredClone(values.get(key)) as Schema[S] }))
  }

  async count(store: StoreName, range: Range = {}): Promise<number> {
    this.#open()
    return this.#view(store).keys(range).length
  }

  update<T>(
    stores: readonly StoreName[],
    work: (writer: Writer) => Promise<T> | T,
    _options: UpdateOptions = {},
  ): Promise<T> {
    return this.#turns.take(async () => {
      this.#open()
      const writer = new MemoryWriter(this, stores)
      const result = await work(writer)
      this.#open()
      for (const [store, changes] of writer.changes) {
        for (const [key, change] of changes) {
          if (change.deleted) this.#store(store).delete(key)
          else this.#store(store).set(key, change.value)
        }
      }
      return result
    })
  }

  async close(): Promise<void> {
    await this.#turns.take(() => undefined)
    this.#closed = true
  }

  /** Fails every later call at once, also of updates under way: what a killed process does. */
  kill(): void {
    this.#closed = true
  }

  #open(): void {
    if (this.#closed) throw new SmeshError('STORAGE_CLOSED', { reason: 'closed' })
  }

  #view(store: StoreName) {
    const { values } = this.#store(store)
    return { values, keys: (range: Range) => keysIn(this.#store(store).keys(), range) }
  }

  #store(name: StoreName): MemoryStore {
    let store = this.#stores.get(name)
    if (!store) this.#stores.set(name, (store = new MemoryStore()))
    return store
  }
}

export type MemorySnapshot = Map<StoreName, Map<string, unknown>>

type Change = { deleted: true } | { deleted: false; value: unknown }

/** Buffers an update's writes and lays them over the reader. */
class MemoryWriter implements Writer {
  readonly changes = new Map<StoreName, Map<string, Change>>()
  readonly #base: Reader
  readonly #stores: readonly StoreName[]

  constructor(base: Reader, stores: readonly StoreName[]) {
    this.#base = base
    this.#stores = stores
  }

  async get<S extends StoreName>(store: S, key: string): Promise<Schema[S] | undefined> {
    const change = this.#changes(store).get(key)
    if (!change) return this.#base.get(store, key)
    return change.deleted ? undefined : (structuredClone(change.value) as Schema[S])
  }

  async list<S extends StoreName>(store: S, range: Range = {}): Promise<Row<Schema[S]>[]> {
    const changes = this.#changes(store)
    const { limit, ...unlimited } = range
    const rows = await this.#base.list(store, unlimited)
    const merged = new Map(rows.map(({ key, value }) => [key, value]))
    for (const key of keysIn([...changes.keys()].sort(), unlimited)) {
      const change = changes.get(key)!
      if (change.deleted) merged.delete(key)
      else merged.set(key, structuredClone(change.value) as Schema[S])
    }
    const keys = keysIn([...merged.keys()].sort(), limit === undefined ? unlimited : range)
    return keys.map((key) => ({ key, value: merged.get(key)! }))
  }

  async count(store: StoreName, range: Range = {}): Promise<number> {
    return (await this.list(store, range)).length
  }

  put<S extends StoreName>(store: S, key: string, value: Schema[S]): void {
    this.#changes(store).set(key, { deleted: false, value: structuredClone(value) })
  }

  delete(store: StoreName, key: string): void {
    this.#changes(store).set(key, { deleted: true })
  }

  async deleteRange(store: StoreName, range: Range): Promise<void> {
    for (const { key } of await this.list(store, range)) this.delete(store, key)
  }

  #changes(store: StoreName): Map<string, Change> {
    if (!this.#stores.includes(store)) {
      throw new SmeshError('INTERNAL', { what: `store ${store} is not in this update` })
    }
    let changes = this.changes.get(store)
    if (!changes) this.changes.set(store, (changes = new Map()))
    return changes
  }
}
