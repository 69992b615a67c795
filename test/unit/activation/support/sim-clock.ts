import { abortable } from '../../../../src/util/abort.ts'
import type { Clock } from '../../../../src/util/clock.ts'

/** Turns of the event loop in which everything that can go on without time has gone on. */
const SETTLE_TURNS = 12

/** Time that stands still while something runs and jumps to the next timer when all is quiet. */
export class SimClock implements Clock {
  #nowMs: number
  #timers: { dueMs: number; wake: () => void; signal: AbortSignal }[] = []

  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  async sleepUntil(timeMs: number, { signal }: { signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted()
    if (timeMs <= this.#nowMs) return
    const due = new Promise<void>((wake) => this.#timers.push({ dueMs: timeMs, wake, signal }))
    await abortable(due, signal)
  }

  /** Jumps, also backwards; nobody is woken. */
  jump(toMs: number): void {
    this.#nowMs = toMs
  }

  /** Runs until `done` holds, at most until `limitMs`; true when it held. */
  async run(done: () => boolean, limitMs: number): Promise<boolean> {
    for (;;) {
      for (let i = 0; i < SETTLE_TURNS; i++) {
        if (done()) return true
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
      this.#timers = this.#timers.filter(({ signal }) => !signal.aborted)
      const nextMs = Math.min(...this.#timers.map(({ dueMs }) => dueMs))
      if (nextMs > limitMs) return done()
      this.#nowMs = Math.max(nextMs, this.#nowMs)
      const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#nowMs)
      this.#timers = this.#timers.filter(({ dueMs }) => dueMs > this.#nowMs)
      for (const { wake } of due) wake()
    }
  }
}
