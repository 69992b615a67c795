import { Domain } from '../crypto/ed25519.ts'
import { membershipStatement, proveMembership } from '../poet/membership.ts'
import { challengeHashV1 } from '../protocol/activation-v1.ts'
import { concat, equalBytes, utf8 } from '../util/bytes.ts'
import type { Clock } from '../util/clock.ts'
import { isSmeshError, SmeshError } from '../util/error.ts'
import type { Random } from '../util/random.ts'
import { inParallel, pause, uniform, withDeadline } from './deadline.ts'
import type {
  ChallengeRecord,
  NipostRecord,
  PoetChoiceRecord,
  PoetClient,
  PoetProofSink,
  PostService,
  PostServiceStatus,
  RegistrationRecord,
  SmeshingState,
} from './modules.ts'
import type { PostVerifier } from './post-verifier.ts'
import type { Schedule } from './schedule.ts'
import type { Signer } from './signer.ts'
import type { PoetStatus, SmeshingStatus } from './status.ts'

export interface NipostOptions {
  readonly genesisId: Uint8Array
  /** Of the network; a PoET with another one is not used. */
  readonly phaseShiftMs: number
  readonly cycleGapMs: number
  /** Longest time for one PoET to answer about a proof. */
  readonly requestTimeoutMs: number
  /** A failed request is repeated after one to two times this. */
  readonly requestRetryDelayMs: number
}

export interface NipostModules {
  readonly clock: Clock
  readonly random: Random
  readonly schedule: Schedule
  readonly signer: Pick<Signer, 'nodeId' | 'signPoet'>
  readonly poets: readonly PoetClient[]
  readonly poetDb: PoetProofSink
  readonly post: PostService
  readonly verifier: PostVerifier
}

/** Access to the persisted state: every change is on disk before the call returns. */
export interface NipostProgress {
  readonly state: SmeshingState
  update(change: Partial<SmeshingState>): Promise<void>
  report(status: Omit<SmeshingStatus, 'atMs'>): void
}

const ZERO_CHALLENGE = new Uint8Array(32)

/**
 * The three phases between a challenge and its NIPoST: registration, PoET proof, PoST. Each ends
 * in a persisted record and is skipped when that is there.
 *
 * Spec 08 §5.3; go-spacemesh activation/nipost.go.
 */
export class NipostBuilder {
  readonly #options: NipostOptions
  readonly #modules: NipostModules

  constructor(options: NipostOptions, modules: NipostModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * @throws {SmeshError} `CHALLENGE_EXPIRED`, `POET_UNSTABLE`, `POET_REGISTRATION_MISMATCH`,
   *   `INITIAL_POST_INVALID`, `POST_INCOMPLETE`, and what signer and PoST service throw
   */
  async build(progress: NipostProgress, signal: AbortSignal): Promise<NipostRecord> {
    const { challenge, nipost } = progress.state
    if (!challenge) throw new SmeshError('INTERNAL', { what: 'a NIPoST without a challenge' })
    if (nipost) return nipost
    if (!progress.state.poetChoice) {
      await this.#register(challenge, progress, signal)
      await this.#chooseProof(challenge, progress, signal)
    }
    return this.#prove(challenge, progress, signal)
  }

  /** Phase 0: at every PoET in parallel, until the round starts. One registration is enough. */
  async #register(challenge: ChallengeRecord, progress: NipostProgress, signal: AbortSignal) {
    const { clock, poets, schedule } = this.#modules
    const { publishEpoch } = challenge
    const configured = new Set(poets.map(({ id }) => id))
    const usable = () => progress.state.registrations.filter(({ poetId }) => configured.has(poetId))
    const registered = new Set(usable().map(({ poetId }) => poetId))
    const missing = poets.filter(({ id }) => !registered.has(id))
    const deadlineMs = schedule.registrationClosesMs(publishEpoch)
    if (missing.length > 0 && clock.now() < deadlineMs) {
      const errors = new Map<string, string>()
      const report = () => {
        const done = usable()
        progress.report({
          phase: done.length > 0 ? 'POET_REGISTERED' : 'POET_CHALLENGE_READY',
          publishEpoch,
          untilMs: deadlineMs,
          poets: poets.map((poet) => poetStatus(poet.id, done, errors.get(poet.id))),
        })
      }
      report()
      await inParallel(missing, signal, async (poet, outer) => {
        try {
          const registration = await withDeadline(
            { clock, step: `registration at ${poet.id}`, deadlineMs, signal: outer },
            (inner) => this.#submit(poet, challenge, inner),
          )
          await progress.update({
            registrations: [...progress.state.registrations, registration],
          })
        } catch (error) {
          outer.throwIfAborted()
          if (!isPoetFailure(error)) throw error
          errors.set(poet.id, error.code)
        }
        report()
      })
    }
    if (usable().length > 0) return
    const others = progress.state.registrations.map(({ poetId }) => poetId).join(', ')
    if (clock.now() < deadlineMs) {
      throw new SmeshError('POET_UNSTABLE', {
        step: 'registration',
        problem: 'no PoET accepted the registration',
      })
    }
    if (others !== '') {
      throw new SmeshError('POET_REGISTRATION_MISMATCH', { publishEpoch, registered: others })
    }
    const reason = 'the round started without a registration'
    throw new SmeshError('CHALLENGE_EXPIRED', { publishEpoch, reason })
  }

  async #submit(
    poet: PoetClient,
    challenge: ChallengeRecord,
    signal: AbortSignal,
  ): Promise<RegistrationRecord> {
    const { clock, schedule, signer } = this.#modules
    const { genesisId, phaseShiftMs } = this.#options
    const info = await this.#persist(signal, () => poet.info({ signal }))
    if (info.phaseShiftMs !== phaseShiftMs) {
      const problem = `its rounds start ${info.phaseShiftMs} ms into an epoch, not ${phaseShiftMs}`
      throw new SmeshError('POET_REFUSED', { poetId: poet.id, problem })
    }
    const challengeHash = challengeHashV1(challenge)
    const signature = await signer.signPoet(challenge.publishEpoch, challengeHash)
    const request = {
      nodeId: signer.nodeId,
      challenge: challengeHash,
      prefix: concat(genesisId, Uint8Array.of(Domain.poet)),
      signature,
      deadlineMs: schedule.proofDeadlineMs(challenge.publishEpoch),
    }
    const reply = await this.#persist(signal, () => poet.submit(request, { signal }))
    const roundEndMs = clock.now() + reply.untilRoundEndMs
    return { poetId: poet.id, challengeHash, roundId: reply.roundId, roundEndMs }
  }

  /** Repeats a request while its PoET is unavailable; the signal's deadline ends it. */
  async #persist<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await request()
      } catch (error) {
        signal.throwIfAborted()
        if (!isSmeshError(error, 'POET_UNAVAILABLE')) throw error
      }
      await pause({ ...this.#modules, signal }, this.#options.requestRetryDelayMs)
    }
  }

  /** Phase 1: the proofs of all rounds, of which the one with most leaves is taken. */
  async #chooseProof(challenge: ChallengeRecord, progress: NipostProgress, signal: AbortSignal) {
    const { clock, poets, schedule } = this.#modules
    const { publishEpoch } = challenge
    const deadlineMs = schedule.proofDeadlineMs(publishEpoch)
    if (clock.now() >= deadlineMs) {
      const reason = 'the PoET proof did not come in time'
      throw new SmeshError('CHALLENGE_EXPIRED', { publishEpoch, reason })
    }
    const { registrations } = progress.state
    const results = new Map<string, PoetStatus>()
    const report = (phase: 'WAIT_FOR_POET_ROUND_END' | 'POET_PROOF_RECEIVED') =>
      progress.report({
        phase,
        publishEpoch,
        untilMs:
          phase === 'POET_PROOF_RECEIVED'
            ? deadlineMs
            : Math.max(...registrations.map(({ roundEndMs }) => roundEndMs)),
        poets: registrations.map(
          ({ poetId, roundId }) => results.get(poetId) ?? { poetId, roundId },
        ),
      })
    report('WAIT_FOR_POET_ROUND_END')
    let best: PoetChoiceRecord | undefined
    await inParallel(registrations, signal, async (registration, outer) => {
      const { poetId, roundId } = registration
      const poet = poets.find(({ id }) => id === poetId)
      if (!poet) return // no longer configured; the others decide
      try {
        const choice = await withDeadline(
          { clock, step: `proof of ${poetId}`, deadlineMs, signal: outer },
          (inner) => this.#fetch(poet, registration, inner),
        )
        if (!best || choice.leafCount > best.leafCount) best = choice
        results.set(poetId, { poetId, roundId, leafCount: choice.leafCount })
      } catch (error) {
        outer.throwIfAborted()
        if (!isPoetFailure(error)) throw error
        results.set(poetId, { poetId, roundId, error: error.code })
      }
      report('POET_PROOF_RECEIVED')
    })
    if (!best) {
      const problems = [...results.values()].map(({ poetId, error }) => `${poetId}: ${error}`)
      const problem = problems.join('; ')
      throw new SmeshError('POET_UNSTABLE', { step: 'proof', problem })
    }
    await progress.update({ poetChoice: best })
  }

  async #fetch(
    poet: PoetClient,
    registration: RegistrationRecord,
    signal: AbortSignal,
  ): Promise<PoetChoiceRecord> {
    const { clock, random, poetDb } = this.#modules
    const { cycleGapMs, requestTimeoutMs } = this.#options
    const { poetId, roundId, challengeHash, roundEndMs } = registration
    const jitterMs = cycleGapMs * 0.0002 * (1 + uniform(random)) // spreads the load on the PoET
    await clock.sleepUntil(roundEndMs + jitterMs, { signal })
    const deadlineMs = clock.now() + requestTimeoutMs
    const { proof, poetServiceId, members } = await withDeadline(
      { clock, step: `answer of ${poetId}`, deadlineMs, signal },
      (inner) => this.#persist(inner, () => poet.proof(roundId, { signal: inner })),
    )
    const refuse = (problem: string) => new SmeshError('POET_REFUSED', { poetId, problem })
    const statement = membershipStatement(members)
    if (statement.length !== 32) throw refuse(`round ${roundId} has no members`)
    const outcome = await poetDb.add({
      root: proof.root,
      provenLeaves: proof.provenLeaves,
      proofNodes: proof.proofNodes,
      leafCount: proof.leafCount,
      poetServiceId,
      roundId: utf8(roundId),
      statement,
      signature: new Uint8Array(64),
    })
    if (!outcome.taken) throw refuse(`its proof of round ${roundId} is ${outcome.reason}`)
    if (!members.some((member) => equalBytes(member, challengeHash))) {
      throw refuse(`our challenge is not a member of round ${roundId}`)
    }
    const membership = proveMembership(members, challengeHash)
    return { ref: outcome.ref, poetId, leafCount: proof.leafCount, membership }
  }

  /** Phase 2: the PoST over the reference of the PoET proof. */
  async #prove(
    challenge: ChallengeRecord,
    progress: NipostProgress,
    signal: AbortSignal,
  ): Promise<NipostRecord> {
    const { clock, post, schedule } = this.#modules
    const { publishEpoch } = challenge
    const choice = progress.state.poetChoice
    if (!choice) throw new SmeshError('INTERNAL', { what: 'a PoST without a PoET proof' })
    const deadlineMs = schedule.publishDeadlineMs(publishEpoch)
    if (clock.now() >= deadlineMs) {
      const reason = 'its epoch ended before the PoST was started'
      throw new SmeshError('CHALLENGE_EXPIRED', { publishEpoch, reason })
    }
    if (challenge.initialPost) {
      await this.checkInitialPost(progress.state, await post.status(), signal)
    }
    const status = { phase: 'GENERATING_POST_PROOF', publishEpoch, untilMs: deadlineMs } as const
    progress.report(status)
    const proof = await withDeadline({ clock, step: 'PoST', deadlineMs, signal }, (inner) =>
      post.prove(choice.ref, {
        signal: inner,
        onProgress: (done) => progress.report({ ...status, progress: done }),
      }),
    )
    const { numUnits, labelsPerUnit, vrfNonce } = await post.status() // what was proven just now
    if (vrfNonce === undefined) {
      throw new SmeshError('POST_INCOMPLETE', { problem: 'the space has no VRF nonce' })
    }
    const postMetadata = { challenge: choice.ref, labelsPerUnit }
    const record: NipostRecord = {
      nipost: { membership: choice.membership, post: proof, postMetadata },
      numUnits,
      vrfNonce,
    }
    await progress.update({ nipost: record })
    progress.report({ phase: 'POST_PROOF_READY', publishEpoch, untilMs: deadlineMs, numUnits })
    return record
  }

  /**
   * The stored first proof against the space as it is now.
   *
   * @throws {SmeshError} `INITIAL_POST_INVALID`
   */
  async checkInitialPost(
    { initialPost }: SmeshingState,
    status: PostServiceStatus,
    signal: AbortSignal,
  ): Promise<void> {
    const fail = (problem: string) => new SmeshError('INITIAL_POST_INVALID', { problem })
    if (!initialPost) throw fail('there is none')
    const { commitmentAtxId, numUnits } = status
    if (!equalBytes(initialPost.commitmentAtxId, commitmentAtxId)) {
      throw fail('the space was made again for another commitment')
    }
    if (initialPost.numUnits !== numUnits) {
      throw fail(`the space has ${numUnits} units, the proof ${initialPost.numUnits}`)
    }
    const nodeId = this.#modules.signer.nodeId
    const claim = { nodeId, commitmentAtxId, numUnits, challenge: ZERO_CHALLENGE }
    const options = { mode: 'all', signal, prioritized: true } as const
    const verdict = await this.#modules.verifier.verify(initialPost.post, claim, options)
    if (!verdict.valid) throw fail(verdict.reason)
  }
}

/** A failure of one PoET, which the others can make up for. */
function isPoetFailure(error: unknown): error is SmeshError {
  return (
    isSmeshError(error, 'POET_UNAVAILABLE') ||
    isSmeshError(error, 'POET_REFUSED') ||
    isSmeshError(error, 'DEADLINE_PASSED')
  )
}

function poetStatus(
  poetId: string,
  registrations: readonly RegistrationRecord[],
  error: string | undefined,
): PoetStatus {
  const roundId = registrations.find((registration) => registration.poetId === poetId)?.roundId
  return {
    poetId,
    ...(roundId === undefined ? {} : { roundId }),
    ...(error === undefined ? {} : { error }),
  }
}
