import type { LabelStore } from '../../../src/post/files.ts'
import type {
  Database,
  Range,
  Row,
  StoreName,
  UpdateOptions,
  Writer,
} from '../../../src/storage/database.ts'
import type { MemoryDatabase } from '../../../src/storage/memory.ts'
import type { Schema } from '../../../src/storage/schema.ts'

/**
 * The life of one process: once it is dead nothing that it asked for is ever answered, so that no
 * line of its code runs any more, no error handler either.
 */
export class Life {
  readonly death: Promise<void>
  dead = false
  /** Writes so far, of the database and of label files. */
  writes = 0
  #planned: { write: number; place: 'before' | 'within' | 'after' } | undefined
  #ended!: () => void

  constructor() {
    this.death = new Promise((resolve) => (this.#ended = resolve))
  }

  /** Dies in the `write`-th write from now on: before it is kept, half way, or once it is kept. */
  dieAt(write: number, place: 'before' | 'within' | 'after'): void {
    this.#planned = { write: this.writes + write, place }
  }

  die(): void {
    this.dead = true
    this.#ended()
  }

  answer<T>(ask: () => Promise<T>): Promise<T> {
    if (this.dead) return new Promise<never>(() => undefined)
    return new Promise((resolve, reject) => {
      ask().then(
        (value) => this.dead || resolve(value),
        (error: unknown) => this.dead || reject(error as Error),
      )
    })
  }

  /** A write that keeps all or nothing unless `half` says what half of it is. */
  write<T>(whole: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
    if (this.dead) return new Promise<never>(() => undefined)
    const number = ++this.writes
    if (number !== this.#planned?.write) return this.answer(whole)
    const { place } = this.#planned
    if (place === 'before' || (place === 'within' && !half)) {
      this.die()
      return new Promise<never>(() => undefined)
    }
    const last = place === 'within' ? half! : whole
    return new Promise((_resolve, reject) => {
      last().then(
        () => this.die(),
        (error: unknown) => reject(error as Error), // it failed by itself: no death here
      )
    })
  }
}

/** A database as one process sees it. */
export class MortalDatabase implements Database {
  readonly #disk: MemoryDatabase
  readonly #life: Life

  constructor(disk: MemoryDatabase, life: Life) {
    this.#disk = disk
    this.#life = life
  }

  get<S extends StoreName>(store: S, key: string): Promise<Schema[S] | undefined> {
    return this.#life.answer(() => this.#disk.get(store, key))
  }

  list<S extends StoreName>(store: S, range?: Range): Promise<Row<Schema[S]>[]> {
    return this.#life.answer(() => this.#disk.list(store, range))
  }

  count(store: StoreName, range?: Range): Promise<number> {
    return this.#life.answer(() => this.#disk.count(store, range))
  }

  update<T>(
    stores: readonly StoreName[],
    work: (writer: Writer) => Promise<T> | T,
    options?: UpdateOptions,
  ): Promise<T> {
    return this.#life.write(() => this.#disk.update(stores, work, options))
  }

  close(): Promise<void> {
    return this.#life.answer(() => this.#disk.close())
  }
}

/** Label files as one process sees them; a write may be torn in two. */
export function mortalLabels(disk: LabelStore, life: Life): LabelStore {
  return {
    list: () => life.answer(() => disk.list()),
    size: (file) => life.answer(() => disk.size(file)),
    read: (file, offset, length) => life.answer(() => disk.read(file, offset, length)),
    write: (file, offset, bytes) =>
      life.write(
        () => disk.write(file, offset, bytes),
        () => disk.write(file, offset, bytes.subarray(0, (bytes.length >> 1) + 5)),
      ),
    truncate: (file, size) => life.write(() => disk.truncate(file, size)),
    flush: (file) => life.answer(() => disk.flush(file)),
    remove: (file) => life.write(() => disk.remove(file)),
    getText: (name) => life.answer(() => disk.getText(name)),
    putText: (name, text) => life.write(() => disk.putText(name, text)),
    removeText: (name) => life.write(() => disk.removeText(name)),
  }
}
