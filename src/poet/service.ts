import './errors.ts'

import { Domain } from '../crypto/ed25519.ts'
import { PoetProof } from '../protocol/poet.ts'
import { isAbort } from '../util/abort.ts'
import { concat } from '../util/bytes.ts'
import { isSmeshError, SmeshError } from '../util/error.ts'
import { membershipStatement, orderedChallenges } from './membership.ts'
import { OpenRound } from './open-round.ts'
import { createProver, restoreProver, type SequentialProver } from './prover.ts'
import {
  checkAuthorization,
  checkRound,
  checkSubmission,
  type PoetSubmission,
} from './registration.ts'
import type {
  PoetInfo,
  PoetRegistration,
  PoetRoundProof,
  PoetServiceModules,
  PoetServiceOptions,
  PoetStatus,
} from './service-types.ts'
import type { ClosedRound, RoundOutcome } from './store.ts'

const MAX_MEMBERS = 2 ** 32
/** Pause after a failed step before it is tried again. */
const RETRY_MS = 1000
const ROUND_ID = /^(0|[1-9]\d{0,15})$/

/**
 * A PoET: takes registrations for the open round, works through closed ones, serves proofs.
 * Killed at any moment, it goes on from its store: an acknowledged registration is in its round, a
 * started round resumes from its last checkpoint. Rounds without members are not worked on.
 *
 * Spec 04 §1, §2; poet registration/registration.go, service/service.go.
 */
export class PoetService {
  readonly #options: PoetServiceOptions
  readonly #modules: PoetServiceModules
  readonly #prefix: Uint8Array
  readonly #closing: OpenRound[] = []
  readonly #jobs: ClosedRound[] = []
  #wakeWorker: (() => void) | undefined
  #open: OpenRound | undefined
  #executing: PoetStatus['executing'] | undefined
  #stop: AbortController | undefined
  #loops: Promise<unknown> = Promise.resolve()

  constructor(options: PoetServiceOptions, modules: PoetServiceModules) {
    this.#options = options
    this.#modules = modules
    this.#prefix = concat(options.genesisId, Uint8Array.of(Domain.poet))
  }

  /**
   * Reads the store and starts to run; registrations are taken once it resolves.
   *
   * @throws {SmeshError} `POET_RUNNING`, or the store's error: nothing runs then
   */
  async start(): Promise<void> {
    if (this.#stop) throw new SmeshError('POET_RUNNING', {})
    const stop = (this.#stop = new AbortController())
    const { store, clock } = this.#modules
    try {
      const [latestClosed, unclosed, closed] = await Promise.all([
        store.latestClosed(),
        store.openRounds(),
        store.closedRounds(),
      ])
      // Whatever the clock says now, a round that took members or was closed is not gone behind.
      const open = Math.max(
        this.#options.schedule.openRoundAt(clock.now()),
        (latestClosed ?? -1) + 1,
        ...unclosed,
      )
      for (const round of unclosed) if (round < open) this.#closing.push(new OpenRound(round))
      this.#jobs.push(...closed)
      const members = await store.members(open)
      stop.signal.throwIfAborted()
      this.#setOpen(new OpenRound(open, members))
    } catch (error) {
      this.#reset()
      throw error
    }
    const loops = { rounds: this.#runRounds(stop.signal), work: this.#runWork(stop.signal) }
    this.#loops = Promise.all(
      Object.entries(loops).map(([step, loop]) =>
        loop.catch((error: unknown) => {
          if (!stop.signal.aborted) this.#trouble(step, error)
        }),
      ),
    )
  }

  /** Stops after the current slice and a last checkpoint. `start` may follow. */
  async stop(): Promise<void> {
    this.#stop?.abort()
    await this.#loops
    await this.#open?.settled()
    this.#reset()
  }

  info(): PoetInfo {
    const { servicePubkey, phaseShiftMs, cycleGapMs } = this.#options
    return { servicePubkey, phaseShiftMs, cycleGapMs }
  }

  /** @throws {SmeshError} `POET_NOT_RUNNING` */
  status(): PoetStatus {
    const open = this.#running('status')
    const executing = this.#executing
    return {
      openRound: open.number,
      openMembers: open.size,
      ...(executing && { executing: { ...executing } }),
    }
  }

  /**
   * Registers a challenge in the open round; resolves once that is stored. A repeat with the same
   * challenge gets the same answer.
   *
   * @throws {SmeshError} `POET_REGISTRATION_REFUSED`, `POET_NOT_RUNNING`, or the store's error: then
   *   the same request may be made again
   */
  async submit(request: PoetSubmission): Promise<PoetRegistration> {
    this.#running('submit')
    const { clock, store, verify, terms, onEvent } = this.#modules
    const { schedule, maxMembers = MAX_MEMBERS } = this.#options
    const nowMs = clock.now()
    this.#rollOver(nowMs)
    const open = this.#running('submit')
    const refusal =
      checkSubmission({ ...request, prefix: request.prefix ?? this.#prefix }, verify) ??
      checkAuthorization(request, terms?.() ?? {}, BigInt(Math.floor(nowMs / 1000))) ??
      checkRound(
        request,
        { number: open.number, members: open.size, known: open.challengeOf(request.nodeId) },
        { schedule, maxMembers },
      )
    if (refusal) throw new SmeshError('POET_REGISTRATION_REFUSED', { ...refusal })
    const isNew = await open.add(request, (member) => store.addMember(open.number, member))
    if (isNew) onEvent?.({ kind: 'registered', round: open.number, members: open.size })
    const roundEndMs = schedule.roundEndMs(open.number) - nowMs
    return { round: open.number, roundId: String(open.number), roundEndMs }
  }

  /** The proof of a finished round; `undefined` for a round unknown, unfinished or without one. */
  async proof(roundId: string): Promise<PoetRoundProof | undefined> {
    if (!ROUND_ID.test(roundId)) return undefined
    const outcome = await this.#modules.store.outcome(Number(roundId))
    if (outcome?.kind !== 'proof') return undefined
    const { proof, challenges, statement } = outcome
    const { servicePubkey } = this.#options
    const decoded = PoetProof.decode(proof)
    return { roundId, servicePubkey, proof: decoded, members: challenges, statement }
  }

  #running(call: string): OpenRound {
    if (!this.#open || this.#stop?.signal.aborted) {
      throw new SmeshError('POET_NOT_RUNNING', { call })
    }
    return this.#open
  }

  #reset(): void {
    this.#open = this.#stop = this.#executing = undefined
    this.#closing.length = this.#jobs.length = 0
  }

  #setOpen(round: OpenRound): void {
    this.#open = round
    const startMs = this.#options.schedule.roundStartMs(round.number)
    this.#modules.onEvent?.({ kind: 'opened', round: round.number, startMs })
  }

  /** Opens the round that `nowMs` asks for; never an earlier one than is open. */
  #rollOver(nowMs: number): void {
    const open = this.#open
    const due = this.#options.schedule.openRoundAt(nowMs)
    if (!open || due <= open.number) return
    this.#closing.push(open)
    this.#setOpen(new OpenRound(due))
  }

  /** Closes rounds when their time has come. */
  async #runRounds(signal: AbortSignal): Promise<void> {
    const { clock, pacer } = this.#modules
    for (;;) {
      for (let round = this.#closing[0]; round; round = this.#closing[0]) {
        const closing = round
        await this.#insist('close', signal, () => this.#close(closing))
        this.#closing.shift()
      }
      const open = this.#open!.number
      await clock.sleepUntil(this.#options.schedule.roundStartMs(open), { signal })
      signal.throwIfAborted()
      this.#rollOver(clock.now())
      // A timer may fire early: the same round must not be opened twice.
      if (this.#open!.number === open) await pacer.rest(1)
    }
  }

  async #close(round: OpenRound): Promise<void> {
    const { store, onEvent } = this.#modules
    await round.settled()
    const members = await store.members(round.number)
    if (members.length > 0) {
      const challenges = orderedChallenges(members)
      const closed = { round: round.number, statement: membershipStatement(challenges), challenges }
      await store.closeRound(closed)
      this.#jobs.push(closed)
      this.#wakeWorker?.()
    }
    onEvent?.({ kind: 'closed', round: round.number, members: members.length })
  }

  /** Works through closed rounds, one at a time. */
  async #runWork(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wakeWorker?.(), { once: true })
    for (;;) {
      signal.throwIfAborted()
      const job = this.#jobs[0]
      if (!job) {
        await new Promise<void>((resolve) => (this.#wakeWorker = resolve))
        continue
      }
      const outcome = await this.#insist('execute', signal, () => this.#execute(job, signal))
      await this.#insist('save the outcome', signal, () => this.#save(outcome))
      this.#jobs.shift()
    }
  }

  async #execute(job: ClosedRound, signal: AbortSignal): Promise<RoundOutcome> {
    const { clock, store, worker, onEvent } = this.#modules
    const { round } = job
    const endMs = this.#options.schedule.roundEndMs(round)
    const prover = await this.#proverOf(job)
    if (prover.leafCount === 0 && clock.now() >= endMs && this.#options.lateRounds === 'skip') {
      return { ...job, kind: 'skipped' }
    }
    onEvent?.({ kind: 'executing', round, endMs, leafCount: prover.leafCount })
    const executing = { round, endMs, leafCount: prover.leafCount, phase: 'working' as const }
    this.#executing = executing
    try {
      const proof = await worker.execute(prover, endMs, {
        signal,
        onProgress: (progress) => {
          this.#executing = { round, endMs, ...progress }
          onEvent?.({ kind: 'progress', round, ...progress })
        },
        onCheckpoint: (snapshot) =>
          // Without this checkpoint the one before it still holds: the work goes on.
          store.saveCheckpoint(round, snapshot).catch((error: unknown) => {
            this.#trouble('save a checkpoint', error)
          }),
      })
      return { ...job, kind: 'proof', proof, leafCount: BigInt(prover.leafCount) }
    } finally {
      this.#executing = undefined
    }
  }

  /** The prover where it was left; from the start when its checkpoint is not whole. */
  async #proverOf({ round, statement }: ClosedRound): Promise<SequentialProver> {
    const checkpoint = await this.#modules.store.checkpoint(round)
    if (checkpoint) {
      try {
        return restoreProver(checkpoint)
      } catch (error) {
        if (!isSmeshError(error, 'POET_SNAPSHOT_DAMAGED')) throw error
        this.#trouble('read the checkpoint', error)
      }
    }
    return createProver({ statement, minLayer: this.#options.minLayer ?? 0 })
  }

  async #save(outcome: RoundOutcome): Promise<void> {
    const { store, onEvent } = this.#modules
    await store.saveOutcome(outcome)
    const { round } = outcome
    if (outcome.kind === 'skipped') {
      onEvent?.({ kind: 'skipped', round })
      return
    }
    const { root } = PoetProof.decode(outcome.proof)
    onEvent?.({ kind: 'finished', round, leafCount: Number(outcome.leafCount), root })
  }

  /** Repeats a step until it succeeds: a full disk may be emptied, a round must not be lost. */
  async #insist<T>(step: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (;;) {
      signal.throwIfAborted()
      try {
        return await work()
      } catch (error) {
        if (signal.aborted || isAbort(error)) throw error
        this.#trouble(step, error)
      }
      await this.#modules.pacer.rest(RETRY_MS)
    }
  }

  #trouble(step: string, error: unknown): void {
    const code = isSmeshError(error) ? error.code : 'INTERNAL'
    const message = error instanceof Error ? error.message : String(error)
    this.#modules.onEvent?.({ kind: 'trouble', step, code, message })
  }
}
