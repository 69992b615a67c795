import { equalBytes, hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'
import { decodeHead, encodeHead, newHead, type JournalHead, type LastAtx } from './journal-head.ts'
import type { JournalRecord, JournalStore } from './journal-store.ts'

/** Names of slots: what one identity may sign once only. Spec 08 §10.3. */
export const Slot = {
  atx: (publishEpoch: number) => `atx/${publishEpoch}`,
  prevAtx: (prevAtxId: Uint8Array) => `prev/${hex(prevAtxId)}`,
  poet: (publishEpoch: number) => `poet/${publishEpoch}`,
  ballot: (layer: number) => `ballot/${layer}`,
  proposal: (layer: number) => `proposal/${layer}`,
  firstBallot: (targetEpoch: number) => `first/${targetEpoch}`,
  hare: (layer: number, absoluteRound: number) => `hare/${layer}/${absoluteRound}`,
  beacon: (epoch: number, kind: string, round: number) => `beacon/${epoch}/${kind}/${round}`,
  certify: (layer: number) => `certify/${layer}`,
  marriage: () => 'marriage',
} as const

/**
 * Where the key came from. `created`: made together with this journal. `existing`: used here
 * before. `imported`: brought from elsewhere, or a backup was restored: quarantine.
 */
export type JournalOrigin = 'created' | 'existing' | 'imported'

export interface JournalOptions {
  readonly genesisId: Uint8Array
  readonly nodeId: Uint8Array
  readonly origin: JournalOrigin
  /** Epoch at the time of opening: a quarantine lasts until the next. */
  readonly currentEpoch: number
}

/** What leaves with an exported key: all slots and the last head. */
export interface JournalExport {
  readonly head: Uint8Array
  readonly records: readonly JournalRecord[]
}

/**
 * The memory of everything an identity has signed. A slot is committed before a signature for it
 * exists anywhere else, and never changes; a second content halts the identity for good.
 * Spec 08 §10.3.
 */
export class SignJournal {
  readonly #store: JournalStore
  readonly #fence: number
  #head: JournalHead
  readonly #turns = new Turns()

  private constructor(store: JournalStore, fence: number, head: JournalHead) {
    this.#store = store
    this.#fence = fence
    this.#head = head
  }

  /**
   * Opens the journal and fences off every earlier holder.
   *
   * @throws {SmeshError} `JOURNAL_INVALID` when it is of another identity or network, or when a
   *   `created` identity already has one
   */
  static async open(options: JournalOptions, store: JournalStore): Promise<SignJournal> {
    const genesisId = hex(options.genesisId)
    const nodeId = hex(options.nodeId)
    const { fence, head: bytes } = await store.open()
    if (bytes) {
      const head = decodeHead(bytes)
      if (head.genesisId !== genesisId || head.nodeId !== nodeId) {
        throw new SmeshError('JOURNAL_INVALID', { problem: `of ${head.nodeId}, not ${nodeId}` })
      }
      if (options.origin === 'created' && head.lastAtx !== null) {
        throw new SmeshError('JOURNAL_INVALID', { problem: 'a new identity has signed before' })
      }
      const journal = new SignJournal(store, fence, head)
      if (options.origin === 'imported' && head.quarantinedUntil === null) {
        await journal.#claim([], { ...head, quarantinedUntil: options.currentEpoch + 1 })
      }
      return journal
    }
    const until = options.origin === 'created' ? null : options.currentEpoch + 1
    const journal = new SignJournal(store, fence, newHead(genesisId, nodeId, until))
    await journal.#claim([], journal.#head)
    return journal
  }

  /** Brings a journal that left with {@link retire} into an empty store; no quarantine follows. */
  static async import(exported: JournalExport, store: JournalStore): Promise<void> {
    const head = decodeHead(exported.head)
    if (!head.retired) throw new SmeshError('JOURNAL_INVALID', { problem: 'it is still in use' })
    const { fence, head: present } = await store.open()
    if (present && !decodeHead(present).retired) {
      throw new SmeshError('JOURNAL_INVALID', { problem: 'this identity has a journal here' })
    }
    const outcome = await store.claim(
      exported.records,
      encodeHead({ ...head, retired: false }),
      fence,
    )
    if (typeof outcome === 'object') {
      throw new SmeshError('JOURNAL_CONFLICT', { slot: outcome.conflict })
    }
  }

  get head(): JournalHead {
    return this.#head
  }

  /** Runs `request` alone: checks, claim and signature of one request never mix with another's. */
  exclusive<T>(request: () => Promise<T>): Promise<T> {
    return this.#turns.take(request)
  }

  /** @throws {SmeshError} `SIGNER_HALTED`, `SIGNER_RETIRED`, `SIGNER_QUARANTINED` */
  assertUsable(): void {
    const { halted, retired, quarantinedUntil, nodeId } = this.#head
    if (halted !== null) throw new SmeshError('SIGNER_HALTED', { reason: halted })
    if (retired) throw new SmeshError('SIGNER_RETIRED', { nodeId })
    if (quarantinedUntil !== null) {
      throw new SmeshError('SIGNER_QUARANTINED', { untilEpoch: quarantinedUntil })
    }
  }

  read(slot: string): Promise<Uint8Array | undefined> {
    return this.#store.read(slot)
  }

  /**
   * Commits `records` and the changed head. Call it inside {@link exclusive}.
   *
   * @throws {SmeshError} `JOURNAL_CONFLICT` after halting the identity; `JOURNAL_FENCED`
   */
  async claim(
    records: readonly JournalRecord[],
    change: Partial<JournalHead> = {},
  ): Promise<'new' | 'same'> {
    return this.#claim(records, { ...this.#head, ...change })
  }

  async #claim(records: readonly JournalRecord[], head: JournalHead): Promise<'new' | 'same'> {
    const outcome = await this.#store.claim(records, encodeHead(head), this.#fence)
    if (typeof outcome === 'object') {
      const conflict = { slot: outcome.conflict }
      // If the halt cannot be written the taken slot itself still refuses the next time.
      await this.#halt(`A second, different signature was asked for ${conflict.slot}.`).catch(
        (cause: unknown) => {
          throw new SmeshError('JOURNAL_CONFLICT', conflict, { cause })
        },
      )
      throw new SmeshError('JOURNAL_CONFLICT', conflict)
    }
    this.#head = head
    return outcome
  }

  /** Refuses every further request, for good. The first reason stays. */
  halt(reason: string): Promise<void> {
    return this.exclusive(() => this.#halt(reason))
  }

  async #halt(reason: string): Promise<void> {
    if (this.#head.halted !== null) return
    const head = { ...this.#head, halted: reason }
    this.#head = head // even if the disk fails, this session signs nothing more
    await this.#store.claim([], encodeHead(head), this.#fence)
  }

  /** Records that the ATX of `epoch` has been handed to the network. */
  markPublished(epoch: number): Promise<void> {
    return this.exclusive(async () => {
      const { lastAtx } = this.#head
      if (lastAtx?.epoch !== epoch || lastAtx.published) return
      await this.claim([], { lastAtx: { ...lastAtx, published: true } })
    })
  }

  /**
   * Ends the quarantine. `newestAtx` is the newest ATX that the network has of this identity, to
   * be asked for once ATXs are in sync; undefined when it has none. If the journal knows a newer
   * one, that one is due to be published (again).
   *
   * @throws {SmeshError} `SIGNER_QUARANTINED` while its epoch has not started
   */
  endQuarantine(currentEpoch: number, newestAtx: Omit<LastAtx, 'published'> | undefined) {
    return this.exclusive(async () => {
      const { quarantinedUntil: untilEpoch, lastAtx } = this.#head
      if (untilEpoch === null) return
      if (currentEpoch < untilEpoch) throw new SmeshError('SIGNER_QUARANTINED', { untilEpoch })
      if (lastAtx && (!newestAtx || newestAtx.epoch < lastAtx.epoch)) {
        const held = await this.#store.read(Slot.atx(lastAtx.epoch))
        const due = held ? { ...lastAtx, published: false } : lastAtx
        await this.claim([], { quarantinedUntil: null, lastAtx: due })
        return
      }
      const adopted = newestAtx ? { ...newestAtx, published: true } : null
      await this.claim([], { quarantinedUntil: null, lastAtx: adopted })
    })
  }

  /**
   * Tripwire: something validly signed by this identity was seen. What the journal does not hold
   * was signed elsewhere, and the identity is halted before two holders contradict each other.
   *
   * @returns true when the journal holds it
   */
  observe(slot: string, value: Uint8Array): Promise<boolean> {
    return this.exclusive(async () => {
      if (this.#head.quarantinedUntil !== null) return false // its own past, not yet adopted
      const held = await this.#store.read(slot)
      if (held && equalBytes(held.subarray(0, value.length), value)) return true
      await this.#halt(`This identity is running elsewhere: ${slot} was signed by another node.`)
      return false
    })
  }

  /** Takes the identity out of use here and returns its whole journal, to go with the key. */
  retire(): Promise<JournalExport> {
    return this.exclusive(async () => {
      await this.claim([], { retired: true })
      return { head: encodeHead(this.#head), records: await this.#store.records() }
    })
  }
}
