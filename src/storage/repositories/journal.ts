import { equalBytes, hex } from '../../util/bytes.ts'
import { SmeshError } from '../../util/error.ts'
import type { Database } from '../database.ts'
import { keyOf } from '../keys.ts'

declare module '../../util/error.ts' {
  interface ErrorContext {
    /** Another holder opened this sign journal later: this one may write no more. */
    JOURNAL_FENCED: { fence: number; current: number }
  }
}

interface SignedSlot {
  readonly slot: string
  readonly value: Uint8Array
}

/**
 * Durable home of one identity's sign journal on one network: strict writes, nothing ever deleted.
 * Spec 08 §10.2–10.3.
 */
export class JournalRepository {
  readonly #db: Database
  readonly #owner: string

  constructor(db: Database, { genesisId, nodeId }: { genesisId: Uint8Array; nodeId: Uint8Array }) {
    this.#db = db
    this.#owner = keyOf(hex(genesisId), hex(nodeId))
  }

  /** Raises the counter that fences off earlier holders. */
  open(): Promise<{ fence: number; head: Uint8Array | undefined }> {
    return this.#db.update(
      ['journalHeads'],
      async (writer) => {
        const row = await writer.get('journalHeads', this.#owner)
        const opened = { fence: (row?.fence ?? 0) + 1, head: row?.head }
        writer.put('journalHeads', this.#owner, opened)
        return opened
      },
      { durability: 'strict' },
    )
  }

  /** The newest head, to look at only. */
  async head(): Promise<Uint8Array | undefined> {
    return (await this.#db.get('journalHeads', this.#owner))?.head
  }

  read(slot: string): Promise<Uint8Array | undefined> {
    return this.#db.get('journal', keyOf(this.#owner, slot))
  }

  async records(): Promise<SignedSlot[]> {
    const prefix = `${this.#owner}/`
    const rows = await this.#db.list('journal', { prefix })
    return rows.map(({ key, value }) => ({ slot: key.slice(prefix.length), value }))
  }

  /** @throws {SmeshError} `JOURNAL_FENCED` */
  claim(
    records: readonly SignedSlot[],
    head: Uint8Array,
    fence: number,
  ): Promise<'new' | 'same' | { conflict: string }> {
    return this.#db.update(
      ['journal', 'journalHeads'],
      async (writer) => {
        const current = (await writer.get('journalHeads', this.#owner))?.fence ?? 0
        if (current !== fence) throw new SmeshError('JOURNAL_FENCED', { fence, current })
        const free: SignedSlot[] = []
        for (const record of records) {
          const value = await writer.get('journal', keyOf(this.#owner, record.slot))
          if (!value) free.push(record)
          else if (!equalBytes(value, record.value)) return { conflict: record.slot }
        }
        for (const { slot, value } of free) {
          writer.put('journal', keyOf(this.#owner, slot), value)
        }
        writer.put('journalHeads', this.#owner, { fence, head })
        return free.length > 0 ? 'new' : 'same'
      },
      { durability: 'strict' },
    )
  }
}
