import type { Clock } from '../../util/clock.ts'

interface Timer {
  atMs: number
  order: number
  fire: () => void
}

/**
 * Time that moves only when told. Timers fire in the order of their times, those of one time in the
 * order in which they were set, and what each sets off is done before the next one fires.
 */
export class VirtualTime {
  #nowMs: number
  #order = 0
  #timers: Timer[] = []

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  /** A clock over `nowMs`, which must advance no faster than this time does. */
  clockOver(nowMs: () => number): Clock {
    return {
      now: nowMs,
      sleepUntil: async (timeMs, { signal }) => {
        signal.throwIfAborted()
        while (nowMs() < timeMs) await this.#sleep(Math.max(1, timeMs - nowMs()), signal)
      },
    }
  }

  /** Ends after `ms` of this time; for 0 once everything that waits was done. */
  rest(ms: number): Promise<void> {
    if (ms > 0) return this.#sleep(ms)
    return settle()
  }

  every(intervalMs: number, task: () => void): () => void {
    let timer: Timer
    const again = () => {
      timer = this.#set(this.#nowMs + intervalMs, () => {
        again()
        task()
      })
    }
    again()
    return () => this.#remove(timer)
  }

  /** Lets `ms` pass. `until` may end it before, looked at after each timer. */
  async advance(ms: number, until: () => boolean = () => false): Promise<void> {
    const endMs = this.#nowMs + ms
    await settle()
    for (let next = this.#first(); next && next.atMs <= endMs; next = this.#first()) {
      if (until()) return
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      this.#remove(next)
      next.fire()
      await settle()
    }
    if (!until()) this.#nowMs = endMs
  }

  /** Lets `ms` pass without firing anything: a machine that sleeps. */
  sleep(ms: number): void {
    this.#nowMs += ms
  }

  /** Everything that was set is gone: what a killed process leaves behind. */
  clear(): void {
    this.#timers = []
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#remove(timer)
        reject(signal?.reason as Error)
      }
      const timer = this.#set(this.#nowMs + ms, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  #set(atMs: number, fire: () => void): Timer {
    const timer = { atMs, order: this.#order++, fire }
    this.#timers.push(timer)
    return timer
  }

  #remove(timer: Timer): void {
    const at = this.#timers.indexOf(timer)
    if (at >= 0) this.#timers.splice(at, 1)
  }

  #first(): Timer | undefined {
    return this.#timers.reduce<Timer | undefined>(
      (first, timer) =>
        !first ||
        timer.atMs < first.atMs ||
        (timer.atMs === first.atMs && timer.order < first.order)
          ? timer
          : first,
      undefined,
    )
  }
}

/** Turns of the event loop after which promises that wait for no timer have come to rest. */
const TURNS = 20

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve()
      }
      port2.postMessage(0)
    })
  }
}
