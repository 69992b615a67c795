import type { DeviceWatch } from './watch.ts'

/** Time one dispatch should take: the desktop stays responsive and no watchdog bites. */
const TARGET_MS = 100
const FIRST_STEPS = 16
/** Submissions in the device's queue: one runs, one waits, so that the device never idles. */
const IN_FLIGHT = 2

/**
 * Submits dispatches one after the other and learns from the time each took how many steps the
 * next one may have.
 */
export class Pump {
  readonly #device: GPUDevice
  readonly #watch: DeviceWatch
  readonly #now: () => number
  readonly #running: Promise<void>[] = []
  /** Milliseconds of one step of one batch, by kind of step. */
  readonly #stepMs = new Map<string, number>()
  #lastDoneMs = -Infinity

  constructor(device: GPUDevice, watch: DeviceWatch, now: () => number) {
    this.#device = device
    this.#watch = watch
    this.#now = now
  }

  /** Steps that the next dispatch of this kind may have. */
  steps(kind: string): number {
    const stepMs = this.#stepMs.get(kind)
    if (stepMs === undefined) return FIRST_STEPS
    return Math.max(1, Math.min(Math.floor(TARGET_MS / stepMs), 2 ** 20))
  }

  /** Runs `encode` and submits once there is room in the queue. */
  async submit(kind: string, steps: number, encode: () => GPUCommandBuffer): Promise<void> {
    while (this.#running.length >= IN_FLIGHT) await this.#watch.until(this.#running[0]!)
    this.#watch.check()
    const startMs = this.#now()
    this.#device.queue.submit([encode()])
    const done = this.#device.queue.onSubmittedWorkDone().then(
      () => this.#learn(kind, steps, startMs),
      () => undefined, // a lost device: the watch tells
    )
    const entry = done.then(() => void this.#running.splice(this.#running.indexOf(entry), 1))
    this.#running.push(entry)
  }

  /** Resolves when nothing is in the queue. */
  async drain(): Promise<void> {
    while (this.#running.length > 0) await this.#watch.until(this.#running[0]!)
  }

  #learn(kind: string, steps: number, startMs: number): void {
    const nowMs = this.#now()
    const stepMs = (nowMs - Math.max(startMs, this.#lastDoneMs)) / steps
    this.#lastDoneMs = nowMs
    // The slowest of late dispatches rules, and is forgotten slowly: a short measurement may be luck.
    const known = this.#stepMs.get(kind) ?? stepMs
    this.#stepMs.set(kind, Math.max(stepMs, 0.75 * known + 0.25 * stepMs, TARGET_MS / 2 ** 20))
  }
}
