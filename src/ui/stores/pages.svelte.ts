import { untrack } from 'svelte'

import { failureOf, type Failure } from './task.svelte.ts'

/** A list that grows at its end page by page and at its head with time. */
export class Pages<Row extends { cursor: string }> {
  rows = $state.raw<Row[] | undefined>()
  more = $state(false)
  loading = $state(false)
  failure = $state.raw<Failure | undefined>()
  readonly #ask: (query: { limit: number; before?: string }) => Promise<Row[]>
  readonly #limit: number
  #turn = 0

  constructor(limit: number, ask: (query: { limit: number; before?: string }) => Promise<Row[]>) {
    this.#limit = limit
    this.#ask = ask
  }

  /** Reads again what is shown, at least one page. */
  async refresh(): Promise<void> {
    // Asked from effects: what is shown must not make them ask again.
    const shown = Math.max(
      this.#limit,
      untrack(() => this.rows?.length ?? 0),
    )
    await this.#read({ limit: shown }, (rows) => {
      this.rows = rows
      this.more = rows.length >= shown
    })
  }

  async next(): Promise<void> {
    const last = this.rows?.at(-1)
    if (!last) return this.refresh()
    await this.#read({ limit: this.#limit, before: last.cursor }, (rows) => {
      this.rows = [...(this.rows ?? []), ...rows]
      this.more = rows.length >= this.#limit
    })
  }

  async #read(
    query: { limit: number; before?: string },
    take: (rows: Row[]) => void,
  ): Promise<void> {
    const turn = ++this.#turn
    this.loading = true
    try {
      const rows = await this.#ask(query)
      if (turn !== this.#turn) return
      take(rows)
      this.failure = undefined
    } catch (error) {
      if (turn === this.#turn) this.failure = failureOf(error)
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }
}
