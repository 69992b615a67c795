import { hex } from '../../util/bytes.ts'
import type { Database, Writer } from '../database.ts'
import { keyOf, u32Key } from '../keys.ts'
import type { HistoryRow, RewardRow } from '../schema.ts'

export interface Page {
  limit: number
  /** Cursor of the last row of the page before. */
  before?: string
}

const pageRange = (prefix: string, { limit, before }: Page) => ({
  prefix,
  reverse: true,
  limit,
  ...(before === undefined ? {} : { before: prefix + before }),
})

/** Writes one line of an account's history; `place` orders the lines of a layer. */
export const putHistory = (writer: Writer, address: Uint8Array, place: number, row: HistoryRow) =>
  writer.put('history', keyOf(hex(address), u32Key(row.layer), u32Key(place)), row)

export const putReward = (writer: Writer, row: RewardRow) =>
  writer.put('rewards', keyOf(hex(row.coinbase), u32Key(row.layer), hex(row.smesherId)), row)

/** What happened to an account, and what it was paid; newest first, paged without skipping. */
export class HistoryRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async page(address: Uint8Array, page: Page): Promise<{ cursor: string; row: HistoryRow }[]> {
    const prefix = `${hex(address)}/`
    const rows = await this.#db.list('history', pageRange(prefix, page))
    return rows.map(({ key, value }) => ({ cursor: key.slice(prefix.length), row: value }))
  }

  async rewards(coinbase: Uint8Array, page: Page): Promise<{ cursor: string; row: RewardRow }[]> {
    const prefix = `${hex(coinbase)}/`
    const rows = await this.#db.list('rewards', pageRange(prefix, page))
    return rows.map(({ key, value }) => ({ cursor: key.slice(prefix.length), row: value }))
  }

  /** What a coinbase was paid in one layer, smidge. */
  async rewardIn(coinbase: Uint8Array, layer: number): Promise<bigint> {
    const prefix = `${keyOf(hex(coinbase), u32Key(layer))}/`
    const rows = await this.#db.list('rewards', { prefix })
    return rows.reduce((sum, { value }) => sum + value.total, 0n)
  }

  /** All that a coinbase was ever paid. */
  async rewardTotals(coinbase: Uint8Array): Promise<{ total: bigint; count: number }> {
    const rows = await this.#db.list('rewards', { prefix: `${hex(coinbase)}/` })
    return { total: rows.reduce((sum, { value }) => sum + value.total, 0n), count: rows.length }
  }
}
