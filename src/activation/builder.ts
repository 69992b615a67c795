import { ActivationTxV1, type InnerActivationTxV1, type PostV1 } from '../protocol/activation-v1.ts'
import { EMPTY_ATX_ID } from '../protocol/primitives.ts'
import { equalBytes, fromHex, hex } from '../util/bytes.ts'
import type { Clock } from '../util/clock.ts'
import { isSmeshError, SmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'
import { tickHeight } from './atx-store.ts'
import type { AtxVerdict } from './atx-verdict.ts'
import { withDeadline } from './deadline.ts'
import type {
  AtxPublisher,
  ChallengeRecord,
  InitialPostRecord,
  NipostRecord,
  OwnAtxs,
  PositioningSearch,
  PostService,
  SmeshingState,
  SmeshingStore,
} from './modules.ts'
import type { NipostBuilder, NipostProgress } from './nipost-builder.ts'
import type { Schedule } from './schedule.ts'
import type { Signer } from './signer.ts'
import type { OnStatus, SmeshingStatus } from './status.ts'

export interface BuilderOptions {
  readonly goldenAtxId: Uint8Array
  /** Budget for the positioning search, from the opening of registration. */
  readonly positioningTimeoutMs: number
  /** Pause after trouble with PoETs. */
  readonly poetRetryMs: number
  /** The own ATX of the epoch is sent out again at this interval; 0 = never. */
  readonly regossipIntervalMs: number
  /**
   * `grace`: as the reference, only shortly before the round starts. `early`: as soon as the last
   * ATX is out, so that a tab may be closed for the rest of the round.
   */
  readonly registration: 'grace' | 'early'
  /** 24 bytes; asked for when an ATX is put together. */
  readonly coinbase: () => Uint8Array
}

export interface BuilderModules {
  readonly clock: Clock
  readonly schedule: Schedule
  readonly signer: Signer
  readonly nipost: NipostBuilder
  readonly post: PostService
  readonly store: SmeshingStore
  readonly atxs: OwnAtxs
  readonly publisher: AtxPublisher
  readonly positioning: PositioningSearch
  /** Resolves once the ATXs of the network are known here; at once without peers. */
  readonly synced: (options: { signal: AbortSignal }) => Promise<void>
  readonly onStatus: OnStatus
}

const ZERO_CHALLENGE = new Uint8Array(32)

/** Errors after which the identity does not go on by itself. */
const FINAL = [
  'SIGNER_HALTED',
  'SIGNER_RETIRED',
  'JOURNAL_CONFLICT',
  'JOURNAL_FENCED',
  'SIGNER_NO_LOCK',
  'POET_REGISTRATION_MISMATCH',
] as const

/**
 * Smeshing of one identity: first proof, then an ATX epoch after epoch, for as long as it runs. It
 * may be stopped or die at any moment; the next run goes on after the last persisted phase, and
 * what was signed is published as it was signed.
 *
 * Spec 08 §5; go-spacemesh activation/activation.go.
 */
export class SmeshingBuilder {
  readonly #options: BuilderOptions
  readonly #modules: BuilderModules
  #state: SmeshingState = { registrations: [] }
  readonly #saving = new Turns()
  #run: { stop: AbortController; done: Promise<void> } | undefined

  constructor(options: BuilderOptions, modules: BuilderModules) {
    this.#options = options
    this.#modules = modules
  }

  /** Starts in the background; a second call while it runs does nothing. */
  start(): void {
    if (this.#run) return
    const stop = new AbortController()
    const run = { stop, done: Promise.resolve() }
    this.#run = run
    run.done = this.run(stop.signal).finally(() => {
      if (this.#run === run) this.#run = undefined
    })
    run.done.catch(() => undefined) // aborted; every other end was reported as a status
  }

  /** Stops and waits until nothing runs any more. What was reached is kept. */
  async stop(): Promise<void> {
    const run = this.#run
    if (!run) return
    run.stop.abort()
    await run.done.catch(() => undefined)
    this.#report({ phase: 'STOPPED' })
  }

  /**
   * Runs until the signal aborts (rejects with its reason) or the identity is halted (resolves
   * after a HALTED status).
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    const inner = AbortSignal.any([signal, stop.signal])
    const regossip = this.#regossip(inner).catch(() => undefined) // ends with the abort only
    try {
      while (await this.#attempt(inner));
    } finally {
      stop.abort()
      await regossip
      signal.throwIfAborted()
    }
  }

  /** One ATX; false when there is no going on. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const { clock, schedule, store } = this.#modules
    try {
      this.#state = (await store.load()) ?? { registrations: [] }
      await this.#initialPost(signal)
      this.#report({ phase: 'WAIT_FOR_ATX_SYNCED' })
      await this.#modules.synced({ signal })
      await this.#leaveQuarantine(signal)
      await this.#publishSigned(signal)
      await this.#publishActivation(signal)
      return true
    } catch (error) {
      signal.throwIfAborted()
      if (FINAL.some((code) => isSmeshError(error, code))) {
        this.#report({ phase: 'HALTED', error: describe(error) })
        return false
      }
      await this.#recover(error)
      signal.throwIfAborted()
      const now = clock.now()
      const againMs = isSmeshError(error, 'POET_UNSTABLE')
        ? now + this.#options.poetRetryMs
        : schedule.layerStartMs(schedule.layerAt(now) + 1)
      this.#report({ phase: 'RETRYING', untilMs: againMs, error: describe(error) })
      await clock.sleepUntil(againMs, { signal })
      return true
    }
  }

  /** Drops what an error has made useless. The next attempt reads the state from disk again. */
  async #recover(error: unknown): Promise<void> {
    try {
      if (isSmeshError(error, 'CHALLENGE_EXPIRED')) await this.#dropChallenge()
      if (isSmeshError(error, 'INITIAL_POST_INVALID')) await this.#update(NOTHING_KEPT)
    } catch (failure) {
      this.#report({ phase: 'RETRYING', error: describe(failure) })
    }
  }

  /** A: the proof over zeros that an initial ATX carries. */
  async #initialPost(signal: AbortSignal): Promise<void> {
    const { signer, post, nipost } = this.#modules
    if (signer.journalHead.lastAtx || this.#state.initialPost) return
    if (await this.#modules.atxs.latestBySmesher(signer.nodeId)) return
    this.#report({ phase: 'INITIAL_PROOF' })
    const before = await post.status()
    if (!equalBytes(before.nodeId, signer.nodeId)) {
      const problem = `the space belongs to ${hex(before.nodeId)}`
      throw new SmeshError('POST_INCOMPLETE', { problem })
    }
    const proof: PostV1 = await post.prove(ZERO_CHALLENGE, {
      signal,
      onProgress: (progress) => this.#report({ phase: 'INITIAL_PROOF', progress }),
    })
    const { numUnits, labelsPerUnit, commitmentAtxId, vrfNonce } = await post.status()
    if (vrfNonce === undefined) {
      throw new SmeshError('POST_INCOMPLETE', { problem: 'the space has no VRF nonce' })
    }
    const initialPost: InitialPostRecord = {
      post: proof,
      numUnits,
      labelsPerUnit,
      commitmentAtxId,
      vrfNonce,
    }
    await nipost.checkInitialPost({ initialPost, registrations: [] }, before, signal)
    await this.#update({ initialPost })
  }

  /** An imported identity waits for the next epoch and takes over from what the network knows. */
  async #leaveQuarantine(signal: AbortSignal): Promise<void> {
    const { clock, schedule, signer, atxs } = this.#modules
    const untilEpoch = signer.journalHead.quarantinedUntil
    if (untilEpoch === null) return
    const untilMs = schedule.epochStartMs(untilEpoch)
    if (clock.now() < untilMs) {
      this.#report({ phase: 'QUARANTINED', untilMs })
      await clock.sleepUntil(untilMs, { signal })
      await this.#modules.synced({ signal })
    }
    const newest = await atxs.latestBySmesher(signer.nodeId)
    await signer.endQuarantine(
      newest && {
        epoch: newest.publishEpoch,
        sequence: newest.sequence.toString(),
        id: hex(newest.id),
      },
    )
  }

  /** A signed ATX goes out as it was signed, however late, before anything else is built. */
  async #publishSigned(signal: AbortSignal): Promise<void> {
    const { signer } = this.#modules
    const { lastAtx } = signer.journalHead
    if (!lastAtx || lastAtx.published) return
    const bytes = await signer.signedAtx(lastAtx.epoch)
    if (!bytes) throw new SmeshError('INTERNAL', { what: `no bytes of ATX ${lastAtx.id}` })
    await this.#publish(bytes, lastAtx.epoch, signal)
  }

  /** C: one way from challenge to published ATX. The numbers are those of spec 08 §5.2. */
  async #publishActivation(signal: AbortSignal): Promise<void> {
    const { clock, schedule, nipost } = this.#modules
    if (!this.#challengeUsable()) {
      if (this.#state.challenge) await this.#dropChallenge() // 2
      await this.#buildChallenge(signal) // 3 to 6
    }
    const challenge = this.#state.challenge
    if (!challenge) throw new SmeshError('INTERNAL', { what: 'no challenge was built' })
    const { publishEpoch } = challenge
    const current = () => this.#state
    const progress: NipostProgress = {
      get state() {
        return current()
      },
      update: (change) => this.#update(change),
      report: (status) => this.#report(status),
    }
    const record = await nipost.build(progress, signal) // 7
    if (schedule.epochAt(clock.now()) > publishEpoch) {
      const reason = 'its epoch ended before the ATX was ready' // 8
      throw new SmeshError('CHALLENGE_EXPIRED', { publishEpoch, reason })
    }
    const atx = this.#assemble(challenge, record) // 9
    const startMs = schedule.epochStartMs(publishEpoch)
    const targetMs = schedule.publishDeadlineMs(publishEpoch)
    this.#report({ phase: 'ATX_READY', publishEpoch, untilMs: startMs, numUnits: record.numUnits })
    await clock.sleepUntil(startMs, { signal })
    const bytes = await withDeadline(
      { clock, step: 'signing the ATX', deadlineMs: targetMs, signal },
      (inner) => this.#sign(atx, publishEpoch, inner),
    )
    await this.#publish(bytes, publishEpoch, signal) // 10
  }

  #challengeUsable(): boolean {
    const { clock, schedule, signer } = this.#modules
    const { challenge } = this.#state
    if (!challenge) return false
    const { lastAtx } = signer.journalHead
    const prevAtxId = lastAtx?.id ?? hex(EMPTY_ATX_ID)
    return (
      challenge.publishEpoch >= schedule.epochAt(clock.now()) &&
      challenge.publishEpoch > (lastAtx?.epoch ?? -1) &&
      hex(challenge.prevAtxId) === prevAtxId
    )
  }

  async #buildChallenge(signal: AbortSignal): Promise<void> {
    const { clock, schedule, signer, nipost, post } = this.#modules
    const lastEpoch = signer.journalHead.lastAtx?.epoch ?? 0
    let epoch = Math.max(schedule.epochAt(clock.now()), lastEpoch) // 3
    while (clock.now() >= schedule.roundStartMs(epoch)) epoch++ // 4
    // An epoch whose registration went to a challenge that is lost now cannot be used any more.
    while (await signer.signedChallenge(epoch + 1)) epoch++
    const publishEpoch = epoch + 1
    const opensMs =
      this.#options.registration === 'early'
        ? schedule.roundStartMs(epoch - 1)
        : schedule.registrationOpensMs(publishEpoch)
    if (clock.now() < opensMs) {
      const phase = 'WAITING_FOR_POET_REGISTRATION_WINDOW'
      this.#report({ phase, publishEpoch, untilMs: opensMs })
      await clock.sleepUntil(opensMs, { signal }) // 5
    }
    const last = signer.journalHead.lastAtx // 6
    const positioningAtxId = await this.#position(publishEpoch, signal)
    let challenge: ChallengeRecord
    if (last) {
      const sequence = BigInt(last.sequence) + 1n
      challenge = { publishEpoch, sequence, prevAtxId: fromHex(last.id), positioningAtxId }
    } else {
      await nipost.checkInitialPost(this.#state, await post.status(), signal)
      const { initialPost } = this.#state
      if (!initialPost) throw new SmeshError('INITIAL_POST_INVALID', { problem: 'there is none' })
      challenge = {
        publishEpoch,
        sequence: 0n,
        prevAtxId: EMPTY_ATX_ID,
        positioningAtxId,
        commitmentAtxId: initialPost.commitmentAtxId,
        initialPost: initialPost.post,
      }
    }
    await this.#update({
      challenge,
      registrations: [],
      poetChoice: undefined,
      nipost: undefined,
    })
    const untilMs = schedule.registrationClosesMs(publishEpoch)
    this.#report({ phase: 'POET_CHALLENGE_READY', publishEpoch, untilMs })
  }

  /** The highest ATX that the search finds in its time, unless the own previous one is as high. */
  async #position(publishEpoch: number, signal: AbortSignal): Promise<Uint8Array> {
    const { clock, schedule, signer, atxs, positioning } = this.#modules
    const { goldenAtxId, positioningTimeoutMs, registration } = this.#options
    const closesMs = schedule.registrationClosesMs(publishEpoch)
    const fromMs =
      registration === 'early' ? clock.now() : schedule.registrationOpensMs(publishEpoch)
    const deadlineMs = Math.min(fromMs + positioningTimeoutMs, closesMs)
    let found = { atxId: goldenAtxId, height: 0n }
    if (clock.now() < deadlineMs) {
      try {
        const step = 'search of a positioning ATX'
        found = await withDeadline({ clock, step, deadlineMs, signal }, (inner) =>
          positioning.find(publishEpoch, { signal: inner }),
        )
      } catch (error) {
        signal.throwIfAborted()
        if (!isSmeshError(error, 'DEADLINE_PASSED')) throw error
      }
    }
    const lastId = signer.journalHead.lastAtx?.id
    const last = lastId === undefined ? undefined : await atxs.get(fromHex(lastId))
    if (last && (equalBytes(found.atxId, goldenAtxId) || tickHeight(last) >= found.height)) {
      return last.id
    }
    return found.atxId
  }

  #assemble(challenge: ChallengeRecord, record: NipostRecord): InnerActivationTxV1 {
    const common = {
      ...challenge,
      coinbase: this.#options.coinbase(),
      numUnits: record.numUnits,
      nipost: record.nipost,
    }
    const { nodeId } = this.#modules.signer
    if (challenge.initialPost) return { ...common, nodeId, vrfNonce: record.vrfNonce }
    return common
  }

  /** The signed bytes: those of the journal if there are any, else checked first and then signed. */
  async #sign(
    atx: InnerActivationTxV1,
    publishEpoch: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { signer, publisher, atxs } = this.#modules
    const held = await signer.signedAtx(publishEpoch)
    if (held) return signer.signAtx(ActivationTxV1.decode(held))
    const previous = await atxs.get(atx.prevAtxId)
    const nonce = this.#state.nipost?.vrfNonce
    const whole = previous && previous.vrfNonce !== nonce ? { ...atx, vrfNonce: nonce } : atx
    const verdict = await publisher.check(whole, signer.nodeId, { signal })
    if (verdict.verdict !== 'accept') {
      throw new SmeshError('OWN_ATX_INVALID', { publishEpoch, reason: verdict.reason })
    }
    return signer.signAtx(whole)
  }

  /** Hands signed bytes to the network and clears the way for the next ATX. */
  async #publish(bytes: Uint8Array, publishEpoch: number, signal: AbortSignal): Promise<void> {
    const { schedule, signer, publisher } = this.#modules
    const verdict = await publisher.publish(bytes, { signal })
    if (!isOut(verdict)) {
      throw new SmeshError('OWN_ATX_INVALID', { publishEpoch, reason: verdict.reason })
    }
    await signer.markAtxPublished(publishEpoch) // 11
    await this.#dropChallenge()
    this.#report({
      phase: 'ATX_BROADCASTED',
      publishEpoch,
      untilMs: schedule.publishDeadlineMs(publishEpoch),
      ...(signer.journalHead.lastAtx ? { atxId: signer.journalHead.lastAtx.id } : {}),
    })
  }

  /** Sends the own ATX of the epoch out again, for peers that were not there the first time. */
  async #regossip(signal: AbortSignal): Promise<void> {
    const { clock, schedule, signer, atxs, publisher } = this.#modules
    const { regossipIntervalMs } = this.#options
    if (regossipIntervalMs === 0) return
    for (;;) {
      await clock.sleepUntil(clock.now() + regossipIntervalMs, { signal })
      try {
        const epoch = schedule.epochAt(clock.now())
        const atx = await atxs.bySmesherInEpoch(signer.nodeId, epoch)
        if (atx && atx.blob.length > 0) await publisher.regossip(atx.blob, { signal })
      } catch (error) {
        signal.throwIfAborted()
        this.#report({ phase: 'RETRYING', error: describe(error) })
      }
    }
  }

  #dropChallenge(): Promise<void> {
    return this.#update({
      challenge: undefined,
      registrations: [],
      poetChoice: undefined,
      nipost: undefined,
    })
  }

  /** Merges a change at once and resolves when it is on disk; writes keep their order. */
  async #update(change: StateChange): Promise<void> {
    const merged = Object.entries({ ...this.#state, ...change }).filter(
      ([, value]) => value !== undefined,
    )
    this.#state = Object.fromEntries(merged) as unknown as SmeshingState
    const state = this.#state
    await this.#saving.take(() => this.#modules.store.save(state))
  }

  #report(status: Omit<SmeshingStatus, 'atMs'>): void {
    this.#modules.onStatus({ ...status, atMs: this.#modules.clock.now() })
  }
}

/** A change of the state; undefined removes a field. */
type StateChange = { readonly [K in keyof SmeshingState]?: SmeshingState[K] | undefined }

const NOTHING_KEPT: StateChange = {
  initialPost: undefined,
  challenge: undefined,
  registrations: [],
  poetChoice: undefined,
  nipost: undefined,
}

const isOut = (
  verdict: AtxVerdict,
): verdict is Extract<AtxVerdict, { verdict: 'accept' }> | (AtxVerdict & { reason: 'known' }) =>
  verdict.verdict === 'accept' || verdict.reason === 'known'

function describe(error: unknown): { code: string; message: string } {
  if (isSmeshError(error)) return { code: error.code, message: error.message }
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) }
}
