import type { Pacer } from '../../../src/poet/worker.ts'
import { abortable } from '../../../src/util/abort.ts'
import type { Clock } from '../../../src/util/clock.ts'

/**
 * Time that passes only by {@link pass} and by work: every look at the pacer costs a millisecond.
 * No timer of the host is used.
 */
export class SimTime {
  #nowMs: number
  #waiting: { dueMs: number; wake: () => void }[] = []

  constructor(nowMs = 0) {
    this.#nowMs = nowMs
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Jumps, also backwards; nobody is woken before time passes again. */
  jump(toMs: number): void {
    this.#nowMs = toMs
  }

  /** Lets time pass in steps of a millisecond, with turns of the event loop in between. */
  async pass(untilMs: number): Promise<void> {
    while (this.#nowMs < untilMs) {
      await turn()
      this.#nowMs++
      this.#wakeDue()
    }
    await turn()
  }

  /** Turns of the event loop without time. */
  async turns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await turn()
  }

  /** Clock and pacer of one session; once `dead()` holds, they wake nobody. */
  session(dead: () => boolean = () => false): { clock: Clock; pacer: Pacer } {
    const at = (dueMs: number) =>
      new Promise<void>((resolve) => {
        this.#waiting.push({ dueMs, wake: () => void (dead() || resolve()) })
      })
    const clock: Clock = {
      now: () => this.#nowMs,
      sleepUntil: async (timeMs, { signal }) => {
        signal.throwIfAborted()
        if (timeMs > this.#nowMs) await abortable(at(timeMs), signal)
      },
    }
    const pacer: Pacer = {
      now: () => ++this.#nowMs,
      rest: async (ms) => {
        if (dead()) await new Promise<never>(() => undefined)
        if (ms > 0) await at(this.#nowMs + ms)
        else await turn()
        if (dead()) await new Promise<never>(() => undefined)
      },
    }
    return { clock, pacer }
  }

  #wakeDue(): void {
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= this.#nowMs)
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > this.#nowMs)
    for (const { wake } of due) wake()
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
