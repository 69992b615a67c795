/** Samples of the last seconds that a rate is taken from. */
const WINDOW_MS = 5000

/** Work per second over the last five seconds, from a monotonic clock. */
export class Rate {
  readonly #now: () => number
  #samples: { atMs: number; done: bigint }[] = []

  constructor(monotonicMs: () => number) {
    this.#now = monotonicMs
  }

  /** Notes how much is done in all. */
  add(done: bigint): void {
    const atMs = this.#now()
    this.#samples.push({ atMs, done })
    while (this.#samples.length > 2 && this.#samples[1]!.atMs < atMs - WINDOW_MS) {
      this.#samples.shift()
    }
  }

  /** Forgets the past: after a pause, or on another device. */
  reset(): void {
    this.#samples = []
  }

  /** Units a second; 0 until two samples are there. */
  get perSecond(): number {
    const first = this.#samples[0]
    const last = this.#samples[this.#samples.length - 1]
    if (!first || !last || last.atMs <= first.atMs) return 0
    return (Number(last.done - first.done) * 1000) / (last.atMs - first.atMs)
  }
}
