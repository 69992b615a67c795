import { layerStartMs } from '../timeline.ts'

import type { NodeStore } from './node.svelte.ts'

const TICK_MS = 250
/** A state older than this when it arrives comes from a host whose clock differs: its age is ignored. */
const MAX_AGE_MS = 3_000

/**
 * Network time between broadcasts: counted on from the newest `ClockState` with this page's own
 * monotonic clock, so that a changed system clock moves nothing.
 */
export class ClockStore {
  #node: NodeStore
  #base = { nowMs: 0, atMs: 0, running: false }
  #tick = $state(0)
  #timer: ReturnType<typeof setInterval>
  readonly #monotonic: () => number

  /** Network time, ms; undefined while no network runs. */
  now: number | undefined = $derived.by(() => {
    const clock = this.#node.state?.clock
    if (!clock) return undefined
    if (this.#base.nowMs !== clock.nowMs || this.#base.running !== clock.running) {
      const age = Date.now() - clock.hostNowMs
      const skip = clock.running && age > 0 && age < MAX_AGE_MS ? age : 0
      this.#base = {
        nowMs: clock.nowMs,
        atMs: this.#monotonic() - skip,
        running: clock.running,
      }
    }
    void this.#tick
    return clock.running ? clock.nowMs + this.#monotonic() - this.#base.atMs : clock.nowMs
  })
  layer: number = $derived.by(() => {
    const [clock, network] = [this.#node.state?.clock, this.#node.network]
    if (!clock) return 0
    if (!network || this.now === undefined) return clock.layer
    const counted = Math.floor((this.now - network.genesisTimeMs) / network.layerDurationMs)
    return Math.max(0, Math.min(counted, clock.layer + 2)) // a silent node is not run ahead of
  })
  epoch = $derived.by(() => {
    const network = this.#node.network
    return network ? Math.floor(this.layer / network.layersPerEpoch) : 0
  })
  running = $derived.by(() => this.#node.state?.clock?.running ?? false)
  /** Share of the present layer that has passed, 0 to 1. */
  layerProgress = $derived.by(() => {
    const network = this.#node.network
    if (!network || this.now === undefined) return 0
    const into = this.now - layerStartMs(network, this.layer)
    return Math.min(1, Math.max(0, into / network.layerDurationMs))
  })
  epochProgress = $derived.by(() => {
    const network = this.#node.network
    if (!network) return 0
    return ((this.layer % network.layersPerEpoch) + this.layerProgress) / network.layersPerEpoch
  })

  constructor(node: NodeStore, monotonic: () => number = () => performance.now()) {
    this.#node = node
    this.#monotonic = monotonic
    this.#timer = setInterval(() => this.#tick++, TICK_MS)
  }

  /** Milliseconds of network time until `atMs`; undefined while time is unknown. */
  until(atMs: number | undefined): number | undefined {
    return atMs === undefined || this.now === undefined ? undefined : atMs - this.now
  }

  /** Milliseconds of network time since `atMs`. */
  since(atMs: number): number {
    return this.now === undefined ? 0 : Math.max(0, this.now - atMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
