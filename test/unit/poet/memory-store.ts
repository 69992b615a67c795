import { hex } from '../../../src/util/bytes.ts'
import type { ClosedRound, PoetStore, RoundOutcome } from '../../../src/poet/store.ts'
import type { Member } from '../../../src/poet/membership.ts'
import type { ProverSnapshot } from '../../../src/poet/prover.ts'

/** What outlives a killed session: plain data, copied on the way in and out. */
export class MemoryPoetStore implements PoetStore {
  readonly #members = new Map<number, Map<string, Member>>()
  readonly #closed = new Map<number, ClosedRound>()
  readonly #checkpoints = new Map<number, ProverSnapshot>()
  readonly #outcomes = new Map<number, RoundOutcome>()

  addMember(round: number, member: Member): Promise<void> {
    const members = this.#members.get(round) ?? new Map<string, Member>()
    this.#members.set(round, members.set(hex(member.nodeId), structuredClone(member)))
    return Promise.resolve()
  }
  members(round: number): Promise<Member[]> {
    return Promise.resolve(structuredClone([...(this.#members.get(round)?.values() ?? [])]))
  }
  openRounds(): Promise<number[]> {
    const open = [...this.#members.keys()].filter((round) => !this.#closed.has(round))
    return Promise.resolve(open.sort((a, b) => a - b))
  }
  closeRound(closed: ClosedRound): Promise<void> {
    this.#closed.set(closed.round, structuredClone(closed))
    return Promise.resolve()
  }
  closedRounds(): Promise<ClosedRound[]> {
    const pending = [...this.#closed.values()].filter(({ round }) => !this.#outcomes.has(round))
    return Promise.resolve(structuredClone(pending.sort((a, b) => a.round - b.round)))
  }
  latestClosed(): Promise<number | undefined> {
    const rounds = [...this.#closed.keys()]
    return Promise.resolve(rounds.length > 0 ? Math.max(...rounds) : undefined)
  }
  saveCheckpoint(round: number, snapshot: ProverSnapshot): Promise<void> {
    this.#checkpoints.set(round, structuredClone(snapshot))
    return Promise.resolve()
  }
  checkpoint(round: number): Promise<ProverSnapshot | undefined> {
    return Promise.resolve(structuredClone(this.#checkpoints.get(round)))
  }
  saveOutcome(outcome: RoundOutcome): Promise<void> {
    this.#outcomes.set(outcome.round, structuredClone(outcome))
    this.#checkpoints.delete(outcome.round)
    return Promise.resolve()
  }
  outcome(round: number): Promise<RoundOutcome | undefined> {
    return Promise.resolve(structuredClone(this.#outcomes.get(round)))
  }
}

const WRITES = ['addMember', 'closeRound', 'saveCheckpoint', 'saveOutcome']

/**
 * `store` as one session sees it. Calls take some `turns` of the event loop. Once `dead()` holds nothing
 * answers any more, and a write under way is in the store or not, as `applied()` has it.
 */
export function mortalStore(
  store: PoetStore,
  dead: () => boolean,
  applied: () => boolean,
  turns: () => number = () => 1,
): PoetStore {
  const never = () => new Promise<never>(() => undefined)
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return new Proxy(store, {
    get: (target, key) => {
      const method = target[key as keyof PoetStore] as (...values: unknown[]) => Promise<unknown>
      return async (...values: unknown[]) => {
        if (dead()) return never()
        for (let left = turns(); left > 0; left--) await turn()
        const isWrite = WRITES.includes(String(key))
        if (dead() && !(isWrite && applied())) return never()
        const result = await method.apply(target, values)
        await turn()
        return dead() ? never() : result
      }
    },
  })
}
