import { PoetProof } from '../protocol/poet.ts'
import type { Clock } from '../util/clock.ts'
import { SmeshError } from '../util/error.ts'
import { PROVEN_LEAVES } from './params.ts'
import type { ProverSnapshot, SequentialProver } from './prover.ts'

/** Where a round's work stands. */
export interface WorkProgress {
  phase: 'working' | 'proving'
  leafCount: number
}

export interface WorkOptions {
  signal: AbortSignal
  onProgress(progress: WorkProgress): void
  /** Awaited before the work goes on. A rejection ends the work. */
  onCheckpoint(snapshot: ProverSnapshot): Promise<void>
}

/** Does the sequential work of one round after another. */
export interface RoundWorker {
  /**
   * Works until the clock reaches `endMs` and there are enough leaves for a valid proof.
   * When aborted it hands over a last checkpoint and rejects with the signal's reason.
   *
   * @returns the encoded proof
   */
  execute(prover: SequentialProver, endMs: number, options: WorkOptions): Promise<Uint8Array>
}

/** Real time of the thread that works, whatever the network's clock says. */
export interface Pacer {
  /** Monotonic milliseconds. */
  now(): number
  /**
   * Gives the thread away for `ms`; for 0 to whatever waits. In a browser by a MessageChannel:
   * its timers are throttled in hidden tabs.
   */
  rest(ms: number): Promise<void>
}

export interface SlicedWorkerOptions {
  /** Longest stretch without giving the thread away. Default 25. */
  sliceMs?: number
  /** Part of the thread's time that work may take, 1–100: the rest is slept. Default 100. */
  dutyPercent?: number
  /** Time between two checkpoints. Default 5000. */
  checkpointMs?: number
  /** Lowest layer in checkpoints, see `SequentialProver.snapshot`. Default 7. */
  checkpointLayer?: number
  /** Time between two progress reports. Default 250. */
  progressMs?: number
}

/** Leaves between two looks at the clocks: 1–3 ms. */
const LEAVES_PER_LOOK = 16

const DEFAULTS = {
  sliceMs: 25,
  dutyPercent: 100,
  checkpointMs: 5000,
  checkpointLayer: 7,
  progressMs: 250,
}

/** Works in the thread that calls it, in slices, so that messages are handled in between. */
export class SlicedWorker implements RoundWorker {
  readonly #options: Required<SlicedWorkerOptions>
  readonly #clock: Pick<Clock, 'now'>
  readonly #pacer: Pacer

  /** @throws {SmeshError} `BAD_ARGUMENT` for a `dutyPercent` outside 1–100 */
  constructor(
    options: SlicedWorkerOptions,
    { clock, pacer }: { clock: Pick<Clock, 'now'>; pacer: Pacer },
  ) {
    this.#options = { ...DEFAULTS, ...options }
    this.#clock = clock
    this.#pacer = pacer
    const { dutyPercent } = this.#options
    if (!(dutyPercent >= 1 && dutyPercent <= 100)) {
      const got = String(dutyPercent)
      throw new SmeshError('BAD_ARGUMENT', { name: 'dutyPercent', expected: '1 to 100', got })
    }
  }

  async execute(
    prover: SequentialProver,
    endMs: number,
    { signal, onProgress, onCheckpoint }: WorkOptions,
  ): Promise<Uint8Array> {
    const { checkpointMs, checkpointLayer, dutyPercent } = this.#options
    const report = this.#throttled(() =>
      onProgress({ phase: 'working', leafCount: prover.leafCount }),
    )
    let checkpointed = prover.leafCount
    let checkpointDue = this.#pacer.now() + checkpointMs
    const checkpoint = async () => {
      if (prover.leafCount === checkpointed) return
      checkpointed = prover.leafCount
      await onCheckpoint(prover.snapshot(checkpointLayer))
      checkpointDue = this.#pacer.now() + checkpointMs
    }
    for (;;) {
      const spent = this.#slice(() => this.#advance(prover, endMs))
      report()
      if (spent === undefined) break
      if (signal.aborted || this.#pacer.now() >= checkpointDue) await checkpoint()
      signal.throwIfAborted()
      await this.#pacer.rest((spent * (100 - dutyPercent)) / dutyPercent)
    }
    await checkpoint() // a kill while proving must not cost work
    onProgress({ phase: 'proving', leafCount: prover.leafCount })
    await this.#pacer.rest(0)
    return this.#prove(prover, signal)
  }

  /** Some leaves; false once the round is over and can be proved. */
  #advance(prover: SequentialProver, endMs: number): boolean {
    const over = this.#clock.now() >= endMs
    if (over && prover.provable) return false
    const missing = PROVEN_LEAVES - prover.leafCount
    prover.advance(over ? Math.min(LEAVES_PER_LOOK, missing) : LEAVES_PER_LOOK)
    return true
  }

  async #prove(prover: SequentialProver, signal: AbortSignal): Promise<Uint8Array> {
    const steps = prover.finishSteps()
    for (;;) {
      let proof: PoetProof | undefined
      const spent = this.#slice(() => {
        const step = steps.next()
        if (step.done) proof = step.value
        return !step.done
      })
      if (spent === undefined) return PoetProof.encode(proof!)
      signal.throwIfAborted()
      await this.#pacer.rest(0)
    }
  }

  /** Repeats `work` for one slice; the milliseconds it took, `undefined` when `work` had no more. */
  #slice(work: () => boolean): number | undefined {
    const from = this.#pacer.now()
    for (;;) {
      if (!work()) return undefined
      const spent = this.#pacer.now() - from
      if (spent >= this.#options.sliceMs) return spent
    }
  }

  #throttled(report: () => void): () => void {
    let due = -Infinity
    return () => {
      const now = this.#pacer.now()
      if (now < due) return
      due = now + this.#options.progressMs
      report()
    }
  }
}
