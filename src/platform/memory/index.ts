import { abortable } from '../../util/abort.ts'
import { seededRandom } from '../../util/random.ts'
import type { HeldLock, Locks, Platform } from '../types.ts'
import { VirtualTime } from './time.ts'

/** Locks within one process; {@link killHolder} drops them as a killed tab would. */
export class MemoryLocks implements Locks {
  /** Name → whoever holds it now. */
  readonly #held = new Map<string, HeldLock>()
  readonly #waiting = new Map<string, (() => void)[]>()

  async acquire(name: string, { signal }: { signal: AbortSignal }): Promise<HeldLock> {
    signal.throwIfAborted()
    while (this.#held.has(name)) {
      const waiting = this.#waiting.get(name) ?? []
      const free = new Promise<void>((resolve) => this.#waiting.set(name, [...waiting, resolve]))
      await abortable(free, signal)
    }
    return this.#hold(name)
  }

  tryAcquire(name: string): Promise<HeldLock | undefined> {
    return Promise.resolve(this.#held.has(name) ? undefined : this.#hold(name))
  }

  /** Locks that are held now. */
  get names(): Iterable<string> {
    return this.#held.keys()
  }

  /** Drops every lock: their holder is gone. */
  killHolder(): void {
    for (const [name, lock] of [...this.#held]) this.#release(name, lock)
  }

  #hold(name: string): HeldLock {
    const lock = { release: () => this.#release(name, lock) }
    this.#held.set(name, lock)
    return lock
  }

  /** Does nothing when somebody else holds it by now. */
  #release(name: string, lock: HeldLock): void {
    if (this.#held.get(name) !== lock) return
    this.#held.delete(name)
    const waiting = this.#waiting.get(name) ?? []
    this.#waiting.delete(name)
    for (const wake of waiting) wake()
  }
}

/** A host of simulated time, seeded randomness and locks in memory: for tests and simulations. */
export function memoryPlatform(
  seed: number,
  time = new VirtualTime(),
  locks: Locks = new MemoryLocks(),
): Platform {
  return {
    kind: 'memory',
    clock: time.clockOver(() => time.now()),
    clockOver: (nowMs) => time.clockOver(nowMs),
    monotonicMs: () => time.now(),
    rest: (ms) => time.rest(ms),
    random: seededRandom(seed),
    locks,
    cores: 1,
    every: (intervalMs, task) => time.every(intervalMs, task),
  }
}
