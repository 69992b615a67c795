import { openDB, type IDBPDatabase, type IDBPTransaction } from 'idb'

import { isSmeshError, SmeshError } from '../util/error.ts'

import {
  boundsOf,
  type Database,
  type Range,
  type Row,
  type StoreName,
  type UpdateOptions,
  type Writer,
} from './database.ts'
import { SCHEMA_VERSION, STORES_BY_VERSION, type Schema } from './schema.ts'

/** Names of all open object stores are checked by Schema; idb's own schema type adds nothing here. */
type Db = IDBPDatabase
type WriteTransaction = IDBPTransaction<unknown, string[], 'readwrite'>

function toError(error: unknown): unknown {
  if (isSmeshError(error)) return error
  const { name, message } = error as { name?: string; message?: string }
  const reason = `${name ?? 'Error'}: ${message ?? String(error)}`
  if (name === 'QuotaExceededError') {
    return new SmeshError('STORAGE_FULL', { what: 'database' }, { cause: error })
  }
  if (name === 'InvalidStateError' || name === 'AbortError') {
    return new SmeshError('STORAGE_CLOSED', { reason }, { cause: error })
  }
  return new SmeshError('STORAGE_FAILED', { reason }, { cause: error })
}

const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw toError(error)
  }
}

/** null: all keys; undefined: none, for which IndexedDB has no range. */
function keyRange(range: Range): IDBKeyRange | null | undefined {
  const { lower, lowerOpen, upper } = boundsOf(range)
  if (lower === undefined) return upper === undefined ? null : IDBKeyRange.upperBound(upper, true)
  if (upper === undefined) return IDBKeyRange.lowerBound(lower, lowerOpen)
  return lower < upper ? IDBKeyRange.bound(lower, upper, lowerOpen, true) : undefined
}

/** The calls that idb's stores share in read and write transactions. */
interface ObjectStore {
  get(key: string): Promise<unknown>
  getAll(range: IDBKeyRange | null, limit?: number): Promise<unknown[]>
  getAllKeys(range: IDBKeyRange | null, limit?: number): Promise<IDBValidKey[]>
  openCursor(
    range: IDBKeyRange | null,
    direction: IDBCursorDirection,
  ): Promise<{ key: IDBValidKey; value: unknown; continue(): Promise<unknown> } | null>
}

async function listFrom(store: ObjectStore, range: Range): Promise<Row<unknown>[]> {
  const bounds = keyRange(range)
  if (bounds === undefined || range.limit === 0) return []
  if (!range.reverse) {
    const [keys, values] = await Promise.all([
      store.getAllKeys(bounds, range.limit),
      store.getAll(bounds, range.limit),
    ])
    return keys.map((key, i) => ({ key: key as string, value: values[i] }))
  }
  const rows: Row<unknown>[] = []
  const limit = range.limit ?? Infinity
  let cursor = await store.openCursor(bounds, 'prev')
  while (cursor && rows.length < limit) {
    rows.push({ key: cursor.key as string, value: cursor.value })
    cursor = rows.length < limit ? ((await cursor.continue()) as typeof cursor) : null
  }
  return rows
}

/**
 * Opens, creates or upgrades the database `name`.
 *
 * @param onClosed - Told once when the browser or a newer Smesh closes the database under us.
 * @throws {SmeshError} `STORAGE_UNAVAILABLE`, `STORAGE_VERSION`, `STORAGE_FULL`, `STORAGE_FAILED`
 */
export async function openIdb(
  name: string,
  { onClosed }: { onClosed?: (reason: string) => void } = {},
): Promise<Database> {
  if (typeof indexedDB === 'undefined') {
    throw new SmeshError('STORAGE_UNAVAILABLE', { reason: 'no IndexedDB' })
  }
  let database: IdbDatabase | undefined
  const closed = (reason: string) => {
    database?.closedBy(reason)
    onClosed?.(reason)
  }
  try {
    const db = await openDB(name, SCHEMA_VERSION, {
      upgrade(db, oldVersion) {
        STORES_BY_VERSION.slice(oldVersion).forEach((stores) => {
          for (const store of stores) db.createObjectStore(store)
        })
      },
      blocking() {
        closed('a newer Smesh opened the database')
      },
      terminated() {
        closed('the browser closed the database')
      },
    })
    return (database = new IdbDatabase(db))
  } catch (error) {
    const { name: kind, message } = error as { name?: string; message?: string }
    if (kind === 'VersionError') {
      throw new SmeshError(
        'STORAGE_VERSION',
        { have: 0, want: SCHEMA_VERSION, reason: String(message) },
        { cause: error },
      )
    }
    if (kind === 'SecurityError' || kind === 'InvalidStateError' || kind === 'UnknownError') {
      throw new SmeshError('STORAGE_UNAVAILABLE', { reason: String(message) }, { cause: error })
    }
    throw toError(error)
  }
}

class IdbDatabase implements Database {
  readonly #db: Db
  readonly #running = new Set<Promise<unknown>>()
  #closedBy: string | undefined

  constructor(db: Db) {
    this.#db = db
  }

  closedBy(reason: string): void {
    this.#closedBy = reason
    this.#db.close()
  }

  get<S extends StoreName>(store: S, key: string): Promise<Schema[S] | undefined> {
    return this.#run(() => this.#db.get(store, key) as Promise<Schema[S] | undefined>)
  }

  list<S extends StoreName>(store: S, range: Range = {}): Promise<Row<Schema[S]>[]> {
    return this.#run(async () => {
      const { store: objects } = this.#db.transaction(store, 'readonly')
      return (await listFrom(objects as unknown as ObjectStore, range)) as Row<Schema[S]>[]
    })
  }

  count(store: StoreName, range: Range = {}): Promise<number> {
    const bounds = keyRange(range)
    return this.#run(async () => (bounds === undefined ? 0 : this.#db.count(store, bounds)))
  }

  update<T>(
    stores: readonly StoreName[],
    work: (writer: Writer) => Promise<T> | T,
    { durability = 'relaxed' }: UpdateOptions = {},
  ): Promise<T> {
    return this.#run(async () => {
      const transaction = this.#db.transaction([...stores], 'readwrite', { durability })
      const writer = new IdbWriter(transaction)
      const done = transaction.done
      done.catch(() => undefined) // the failure is told below, once
      try {
        const result = await work(writer)
        await writer.settled()
        await done
        return result
      } catch (error) {
        try {
          transaction.abort()
        } catch {
          // it aborted itself already: quota, or a failed request
        }
        await done.catch(() => undefined)
        throw transaction.error ?? error
      }
    })
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running)
    this.closedBy('closed')
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closedBy !== undefined) {
      return Promise.reject(new SmeshError('STORAGE_CLOSED', { reason: this.#closedBy }))
    }
    const run = guarded(work)
    this.#running.add(run)
    void run.then(
      () => this.#running.delete(run),
      () => this.#running.delete(run),
    )
    return run
  }
}

class IdbWriter implements Writer {
  readonly #transaction: WriteTransaction
  readonly #writes: Promise<unknown>[] = []

  constructor(transaction: WriteTransaction) {
    this.#transaction = transaction
  }

  async get<S extends StoreName>(store: S, key: string): Promise<Schema[S] | undefined> {
    return (await this.#store(store).get(key)) as Schema[S] | undefined
  }

  async list<S extends StoreName>(store: S, range: Range = {}): Promise<Row<Schema[S]>[]> {
    const objects = this.#store(store) as unknown as ObjectStore
    return (await listFrom(objects, range)) as Row<Schema[S]>[]
  }

  count(store: StoreName, range: Range = {}): Promise<number> {
    const bounds = keyRange(range)
    return bounds === undefined ? Promise.resolve(0) : this.#store(store).count(bounds)
  }

  put<S extends StoreName>(store: S, key: string, value: Schema[S]): void {
    this.#wrote(this.#store(store).put(value, key))
  }

  delete(store: StoreName, key: string): void {
    this.#wrote(this.#store(store).delete(key))
  }

  async deleteRange(store: StoreName, range: Range): Promise<void> {
    for (const { key } of await this.list(store, range)) this.delete(store, key)
  }

  /** Rejects with the first failed write. */
  async settled(): Promise<void> {
    await Promise.all(this.#writes)
  }

  #wrote(write: Promise<unknown>): void {
    write.catch(() => undefined) // told by settled()
    this.#writes.push(write)
  }

  #store(store: StoreName) {
    try {
      return this.#transaction.objectStore(store)
    } catch (error) {
      if ((error as { name?: string }).name !== 'NotFoundError') throw error
      throw new SmeshError('INTERNAL', { what: `store ${store} is not in this update` })
    }
  }
}
