import type { Database } from '../database.ts'
import { u32Key } from '../keys.ts'
import type { EventRow } from '../schema.ts'

/** Events that are kept. */
const KEPT = 500

/** What the person was told, newest 500. */
export class EventRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  add(event: Omit<EventRow, 'id'>): Promise<EventRow> {
    return this.#db.update(['events'], async (writer) => {
      const [last] = await writer.list('events', { reverse: true, limit: 1 })
      const row = { id: (last?.value.id ?? -1) + 1, ...event }
      writer.put('events', u32Key(row.id), row)
      if (row.id >= KEPT) writer.delete('events', u32Key(row.id - KEPT))
      return row
    })
  }

  /** Newest first. */
  async list(limit: number): Promise<EventRow[]> {
    return (await this.#db.list('events', { reverse: true, limit })).map(({ value }) => value)
  }
}
