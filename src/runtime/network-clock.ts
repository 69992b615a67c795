import type { Platform } from '../platform/types.ts'
import type { Clock } from '../util/clock.ts'

export interface NetworkClockOptions {
  /** Network time at which to go on. */
  startMs: number
  /**
   * How far time may run without a {@link NetworkClock.tick}. A longer silence means that the host
   * slept: time stood still for it, so that no layer passes unseen.
   */
  maxStepMs: number
}

/**
 * The clock of a network that lives inside one host: it advances only while the host ticks it, and
 * never with the machine's calendar, so neither sleep nor a changed system time moves a layer.
 */
export class NetworkClock implements Clock {
  readonly #maxStepMs: number
  readonly #monotonicMs: () => number
  readonly #timers: Clock
  #atMs: number
  #sinceMs: number

  constructor(options: NetworkClockOptions, modules: Pick<Platform, 'monotonicMs' | 'clockOver'>) {
    this.#maxStepMs = options.maxStepMs
    this.#monotonicMs = modules.monotonicMs
    this.#atMs = options.startMs
    this.#sinceMs = modules.monotonicMs()
    this.#timers = modules.clockOver(() => this.now())
  }

  now(): number {
    return this.#atMs + Math.min(this.#silenceMs(), this.#maxStepMs)
  }

  /**
   * The host is awake: call several times per `maxStepMs`.
   *
   * @returns Milliseconds that passed outside and were left out; more than 0 after a sleep.
   */
  tick(): number {
    const skippedMs = Math.max(0, this.#silenceMs() - this.#maxStepMs)
    this.#atMs = this.now()
    this.#sinceMs = this.#monotonicMs()
    return skippedMs
  }

  /** Follows another thread's clock: goes to `timeMs` at once, but never back. */
  follow(timeMs: number): void {
    this.#atMs = Math.max(timeMs, this.now())
    this.#sinceMs = this.#monotonicMs()
  }

  sleepUntil(timeMs: number, options: { signal: AbortSignal }): Promise<void> {
    return this.#timers.sleepUntil(timeMs, options)
  }

  #silenceMs(): number {
    return Math.max(0, this.#monotonicMs() - this.#sinceMs)
  }
}
