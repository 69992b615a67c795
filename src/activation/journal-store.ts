/** One committed slot; `slot` is text, `value` what was or will be signed there. */
export interface JournalRecord {
  readonly slot: string
  readonly value: Uint8Array
}

/** `new`: at least one slot was free and is now taken. `same`: all held these values already. */
export type ClaimOutcome = 'new' | 'same' | { readonly conflict: string }

/**
 * Durable home of the journal of one identity on one network. Every write is on disk before its
 * promise resolves (IndexedDB `durability: 'strict'`, fsync). Nothing is ever deleted.
 * Spec 08 §10.2–10.3.
 */
export interface JournalStore {
  /**
   * Raises the fencing counter by one, durably, and returns it with the head; the head is
   * undefined when there is no journal yet.
   */
  open(): Promise<{ readonly fence: number; readonly head: Uint8Array | undefined }>
  /** The value of a slot. */
  read(slot: string): Promise<Uint8Array | undefined>
  /** Every slot, in any order: for export only. */
  records(): Promise<readonly JournalRecord[]>
  /**
   * In one transaction: compares every record with what its slot holds; on a difference writes
   * nothing and names the slot; else writes the free ones and the head.
   *
   * @throws {SmeshError} `JOURNAL_FENCED` when `fence` is not the newest counter
   */
  claim(records: readonly JournalRecord[], head: Uint8Array, fence: number): Promise<ClaimOutcome>
}
