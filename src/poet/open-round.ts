import { hex } from '../util/bytes.ts'
import type { Member } from './membership.ts'

interface Entry {
  readonly challenge: Uint8Array
  readonly stored: Promise<void>
}

/** The members of the round that takes registrations, with those still being written. */
export class OpenRound {
  readonly number: number
  readonly #entries = new Map<string, Entry>()

  constructor(number: number, stored: readonly Member[] = []) {
    this.number = number
    for (const { nodeId, challenge } of stored) {
      this.#entries.set(hex(nodeId), { challenge, stored: Promise.resolve() })
    }
  }

  /** Members, those still being written included. */
  get size(): number {
    return this.#entries.size
  }

  challengeOf(nodeId: Uint8Array): Uint8Array | undefined {
    return this.#entries.get(hex(nodeId))?.challenge
  }

  /**
   * Resolves once the member is stored: true if this call stored it, false for a repeat. A member
   * whose write failed is forgotten again; whether it is in the store is then unknown.
   */
  async add(member: Member, store: (member: Member) => Promise<void>): Promise<boolean> {
    const key = hex(member.nodeId)
    const known = this.#entries.get(key)
    if (known) {
      await known.stored
      return false
    }
    const copy = { nodeId: member.nodeId.slice(), challenge: member.challenge.slice() }
    const entry = { challenge: copy.challenge, stored: store(copy) }
    this.#entries.set(key, entry)
    try {
      await entry.stored
    } catch (error) {
      this.#entries.delete(key)
      throw error
    }
    return true
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#entries.values()].map(({ stored }) => stored))
  }
}
