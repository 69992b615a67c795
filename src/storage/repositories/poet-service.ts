import { hex } from '../../util/bytes.ts'
import type { Database } from '../database.ts'
import { keyOf, u32Key } from '../keys.ts'
import type { PoetMemberRow, PoetOutcomeRow, PoetRoundRow } from '../schema.ts'

const STRICT = { durability: 'strict' } as const
const roundOf = (key: string): number => parseInt(key.slice(0, 8), 16)

/**
 * What an embedded PoET keeps: members of rounds, closed rounds, checkpoints, outcomes. Every write
 * is on the disk before its promise resolves. Spec 04 §2.
 */
export class PoetServiceRepository<Snapshot> {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  addMember(round: number, { nodeId, challenge }: PoetMemberRow): Promise<void> {
    const key = keyOf(u32Key(round), hex(nodeId))
    const write = { nodeId, challenge }
    return this.#db.update(['poetMembers'], (w) => w.put('poetMembers', key, write), STRICT)
  }

  async members(round: number): Promise<PoetMemberRow[]> {
    const rows = await this.#db.list('poetMembers', { prefix: `${u32Key(round)}/` })
    return rows.map(({ value }) => value)
  }

  async openRounds(): Promise<number[]> {
    const latest = await this.latestClosed()
    const from = latest === undefined ? {} : { from: u32Key(latest + 1) }
    const rows = await this.#db.list('poetMembers', from)
    return [...new Set(rows.map(({ key }) => roundOf(key)))]
  }

  closeRound(closed: PoetRoundRow): Promise<void> {
    const key = u32Key(closed.round)
    return this.#db.update(['poetClosed'], (w) => w.put('poetClosed', key, closed), STRICT)
  }

  async closedRounds(): Promise<PoetRoundRow[]> {
    return (await this.#db.list('poetClosed')).map(({ value }) => value)
  }

  async latestClosed(): Promise<number | undefined> {
    const newest = { reverse: true, limit: 1 }
    const [[closed], [ended]] = await Promise.all([
      this.#db.list('poetClosed', newest),
      this.#db.list('poetOutcomes', newest),
    ])
    const rounds = [closed, ended].flatMap((row) => (row ? [roundOf(row.key)] : []))
    return rounds.length === 0 ? undefined : Math.max(...rounds)
  }

  saveCheckpoint(round: number, snapshot: Snapshot): Promise<void> {
    const key = u32Key(round)
    return this.#db.update(
      ['poetCheckpoints'],
      (w) => w.put('poetCheckpoints', key, snapshot),
      STRICT,
    )
  }

  async checkpoint(round: number): Promise<Snapshot | undefined> {
    return (await this.#db.get('poetCheckpoints', u32Key(round))) as Snapshot | undefined
  }

  saveOutcome(outcome: PoetOutcomeRow): Promise<void> {
    const key = u32Key(outcome.round)
    return this.#db.update(
      ['poetClosed', 'poetCheckpoints', 'poetOutcomes'],
      (writer) => {
        writer.put('poetOutcomes', key, outcome)
        writer.delete('poetClosed', key)
        writer.delete('poetCheckpoints', key)
      },
      STRICT,
    )
  }

  outcome(round: number): Promise<PoetOutcomeRow | undefined> {
    return this.#db.get('poetOutcomes', u32Key(round))
  }
}
