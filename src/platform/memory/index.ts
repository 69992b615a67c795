import { seededRandom } from '../../util/random.ts'
import type { HeldLock, Locks, Platform } from '../types.ts'
import { VirtualTime } from './time.ts'

/** Locks within one process; {@link killHolder} drops them as a killed tab would. */
export class MemoryLocks implements Locks {
  readonly #held = new Set<string>()
  readonly #waiting = new Map<string, (() => void)[]>()

  async acquire(name: string, { signal }: { signal: AbortSignal }): Promise<HeldLock> {
    while (this.#held.has(name)) {
      signal.throwIfAborted()
      await new Promise<void>((resolve, reject) => {
        const waiting = this.#waiting.get(name) ?? []
        this.#waiting.set(name, [...waiting, resolve])
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
    }
    return this.#hold(name)
  }

  tryAcquire(name: string): Promise<HeldLock | undefined> {
    return Promise.resolve(this.#held.has(name) ? undefined : this.#hold(name))
  }

  /** Drops every lock: their holder is gone. */
  killHolder(): void {
    for (const name of [...this.#held]) this.#release(name)
  }

  #hold(name: string): HeldLock {
    this.#held.add(name)
    return { release: () => this.#release(name) }
  }

  #release(name: string): void {
    if (!this.#held.delete(name)) return
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
