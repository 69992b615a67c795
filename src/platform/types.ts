import type { Clock } from '../util/clock.ts'
import type { Random } from '../util/random.ts'

/**
 * What a host gives: browser, Node or memory. A missing capability shows in the type, so that the
 * caller must say what it does without it.
 */
export interface Platform {
  readonly kind: 'browser' | 'node' | 'memory'
  /** The machine's own clock; a network may run on another one, see runtime/network-clock.ts. */
  readonly clock: Clock
  /** A clock that tells `nowMs` and sleeps with this host's timers. */
  clockOver(nowMs: () => number): Clock
  /** Milliseconds that only ever grow, for rates and durations. */
  monotonicMs(): number
  /** Gives the thread away for `ms`; for 0 until everything that waits was handled. */
  rest(ms: number): Promise<void>
  readonly random: Random
  readonly locks: Locks
  readonly cores: number
  /** Runs `task` every `intervalMs` until the returned function is called. */
  every(intervalMs: number, task: () => void): () => void
}

/** Exclusive locks by name over all that share this origin or data directory. */
export interface Locks {
  /**
   * Waits for the lock and holds it until `release` is called.
   *
   * Rejects with the signal's reason when aborted before the lock is held.
   */
  acquire(name: string, options: { signal: AbortSignal }): Promise<HeldLock>
  /** As acquire without waiting: undefined when another holds it. */
  tryAcquire(name: string): Promise<HeldLock | undefined>
}

export interface HeldLock {
  release(): void
}
