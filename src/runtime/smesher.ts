import './errors.ts'

import { Signer, type SmeshingBuilder, type SmeshingStatus } from '../activation/index.ts'
import { genesisId, type NetworkConfig } from '../config/index.ts'
import type { HeldLock, Platform } from '../platform/types.ts'
import { LABEL_BYTES, type InitProgress, type ProveProgress } from '../post/index.ts'
import { JournalRepository } from '../storage/repositories/journal.ts'
import type { Database } from '../storage/database.ts'
import { isAbort } from '../util/abort.ts'
import { hex } from '../util/bytes.ts'
import type { Clock } from '../util/clock.ts'
import { isSmeshError } from '../util/error.ts'

import type { Problem, SmeshingPhase, SmeshingState } from './api.ts'
import type { Activation } from './create-activation.ts'
import type { NodeModules, PoetWorker, PostWorker } from './modules.ts'
import type { PostHostOptions } from './post-host.ts'
import { postService } from './post-service.ts'
import { Rate } from './rate.ts'
import type { SmeshingRecord } from './records.ts'

export interface SmesherModules {
  config: NetworkConfig
  clock: Clock
  activation: Activation
  poet: PoetWorker
  signer: Signer
  platform: Pick<Platform, 'monotonicMs' | 'random'>
  openPost: NodeModules['openPost']
  /** Told after every change of {@link Smesher.state}. */
  onChange: () => void
  onEvent: (event: SmesherEvent) => void
}

export interface SmesherEvent {
  level: 'info' | 'success' | 'warning' | 'error'
  code: string
  context: Record<string, string | number>
}

export type SmesherState = Pick<
  SmeshingState,
  'phase' | 'init' | 'proof' | 'publishEpoch' | 'nextStepMs' | 'problem'
>

/** What the builder's phases are to a screen. */
const PHASES: Partial<Record<SmeshingStatus['phase'], SmeshingPhase>> = {
  STOPPED: 'idle',
  INITIAL_PROOF: 'initialProof',
  QUARANTINED: 'retrying',
  WAITING_FOR_POET_REGISTRATION_WINDOW: 'waitingForRound',
  POET_CHALLENGE_READY: 'registering',
  POET_REGISTERED: 'waitingForPoet',
  WAIT_FOR_POET_ROUND_END: 'waitingForPoet',
  POET_PROOF_RECEIVED: 'proving',
  GENERATING_POST_PROOF: 'proving',
  POST_PROOF_READY: 'publishing',
  ATX_READY: 'publishing',
  ATX_BROADCASTED: 'publishing',
  RETRYING: 'retrying',
  HALTED: 'halted',
}

/** Phases that are told as events, with their level. */
const TOLD: Partial<Record<SmeshingStatus['phase'], SmesherEvent['level']>> = {
  POET_REGISTERED: 'info',
  POET_PROOF_RECEIVED: 'info',
  POST_PROOF_READY: 'info',
  RETRYING: 'warning',
  HALTED: 'error',
}

/**
 * One identity at work, from its labels to an ATX an epoch: makes what is missing of its space, then
 * lets the builder of the activation room go on for ever. May be paused, stopped and started again.
 */
export class Smesher {
  readonly #modules: SmesherModules
  readonly #rate: Rate
  #record: SmeshingRecord
  readonly #commitmentAtxId: Uint8Array
  #post: Promise<PostWorker> | undefined
  #builder: SmeshingBuilder | undefined
  #run: { stop: AbortController; done: Promise<void> } | undefined
  #state: SmesherState = { phase: 'off' }
  #device = { kind: 'cpu' as 'gpu' | 'cpu', name: '' }

  constructor(
    options: { record: SmeshingRecord; commitmentAtxId: Uint8Array },
    modules: SmesherModules,
  ) {
    this.#modules = modules
    this.#record = options.record
    this.#commitmentAtxId = options.commitmentAtxId
    this.#rate = new Rate(() => modules.platform.monotonicMs())
    if (!options.record.on) this.#state = { phase: 'idle' }
    else if (options.record.paused) this.#state = { phase: 'paused' }
  }

  get nodeId(): Uint8Array {
    return this.#modules.signer.nodeId
  }

  get record(): SmeshingRecord {
    return this.#record
  }

  get state(): SmesherState {
    return this.#state
  }

  /** Works in the background from here on; nothing happens when it does already. */
  start(record: SmeshingRecord = this.#record): void {
    this.#record = record
    if (this.#run) return
    const { init } = this.#state
    this.#set({ phase: 'init', ...(init ? { init: still(init) } : {}) })
    const stop = new AbortController()
    const run = { stop, done: this.#work(stop.signal) }
    this.#run = run
    run.done = run.done.finally(() => {
      if (this.#run === run) this.#run = undefined
    })
  }

  /** Stops and waits; `phase` is what it is shown as afterwards. */
  async stop(phase: 'paused' | 'idle', record: SmeshingRecord = this.#record): Promise<void> {
    this.#record = record
    this.#run?.stop.abort()
    await this.#builder?.stop()
    await this.#run?.done
    this.#builder = undefined
    const { init } = this.#state
    this.#set(phase === 'paused' && init ? { phase, init: still(init) } : { phase })
  }

  /** Deletes labels, metadata and what was reached between two ATXs; not the journal. */
  async deleteData(): Promise<void> {
    const post = await this.#openPost()
    await post.reset()
    await this.close()
    this.#set({ phase: 'off' })
  }

  /** Bytes in label files. */
  async sizeBytes(): Promise<bigint> {
    return BigInt(await (await this.#openPost()).sizeBytes())
  }

  /** Closes files and ends the thread that had them; the next use opens them as the record says. */
  async close(): Promise<void> {
    const opening = this.#post
    this.#post = undefined
    const post = await opening?.catch(() => undefined) // whoever opened it was told
    await post?.close()
  }

  async #work(signal: AbortSignal): Promise<void> {
    try {
      const post = await this.#openPost()
      await this.#init(post, signal)
      await this.#build(post, signal)
    } catch (error) {
      if (isAbort(error)) return
      const problem = problemOf(error, this.#modules.clock.now())
      await this.close() // the next try opens files and devices anew
      this.#modules.onEvent({ level: 'error', code: problem.code, context: problem.context })
      const { init } = this.#state
      this.#set({ phase: 'paused', problem, ...(init ? { init: still(init) } : {}) })
    }
  }

  async #init(post: PostWorker, signal: AbortSignal): Promise<void> {
    const { config, onEvent } = this.#modules
    const { numUnits } = this.#record
    const size = BigInt(numUnits) * config.post.labelsPerUnit * BigInt(LABEL_BYTES)
    const found = (await post.metadata())?.nonce !== undefined // may be long before the last label
    const wasComplete = found && BigInt(await post.sizeBytes()) >= size
    if (!wasComplete) onEvent({ level: 'info', code: 'INIT_STARTED', context: {} })
    this.#rate.reset()
    let told = -1n
    const metadata = await post.init({
      signal,
      onProgress: (progress) => {
        if (progress.done === told && progress.phase === 'labels') return
        told = progress.done
        this.#onInit(progress)
      },
    })
    signal.throwIfAborted()
    if (!wasComplete) {
      const context = { nonce: String(metadata.nonce ?? '') }
      onEvent({ level: 'success', code: 'INIT_COMPLETE', context })
    }
  }

  #onInit({ done, total }: InitProgress): void {
    this.#rate.add(done)
    const rate = this.#rate.perSecond
    const leftMs = rate > 0 ? (Number(total - done) * 1000) / rate : undefined
    this.#set({
      phase: 'init',
      init: {
        done,
        total,
        rate,
        provider: this.#device.kind,
        providerName: this.#device.name,
        ...(leftMs === undefined ? {} : { leftMs }),
      },
    })
  }

  /** Ends with the signal, or when the identity is halted. */
  async #build(post: PostWorker, signal: AbortSignal): Promise<void> {
    const { activation, signer, poet, platform } = this.#modules
    const builder = activation.builder({
      signer,
      post: {
        ...postService(post),
        prove: async (challenge, task) => {
          const proof = await post.prove(challenge, {
            signal: task.signal,
            onProgress: (progress) => this.#onProof(progress),
          })
          return proof
        },
      },
      poet,
      random: platform.random,
      coinbase: () => this.#record.coinbase,
      onStatus: (status) => this.#onStatus(status),
    })
    this.#builder = builder
    await builder.run(signal)
  }

  #onProof({ phase, nonces, done, total }: ProveProgress): void {
    if (phase !== 'scan') return
    this.#set({ ...this.#state, proof: { nonces: nonces.to - nonces.from, done, total } })
  }

  #onStatus({ phase, untilMs, publishEpoch, error, atxId, poets }: SmeshingStatus): void {
    const roundId = poets?.find((poet) => poet.roundId !== undefined)?.roundId
    const shown = PHASES[phase]
    const level = TOLD[phase]
    const problem = error && {
      code: error.code,
      context: { message: error.message },
      atMs: this.#modules.clock.now(),
    }
    if (level) {
      const context = {
        ...(publishEpoch === undefined ? {} : { publishEpoch }),
        ...(atxId === undefined ? {} : { atxId }),
        ...(roundId === undefined ? {} : { roundId }),
        ...(error ? { error: error.code, message: error.message } : {}),
      }
      this.#modules.onEvent({ level, code: phase, context })
    }
    if (!shown) return
    const { proof } = this.#state
    this.#set({
      phase: shown,
      ...(untilMs === undefined ? {} : { nextStepMs: untilMs }),
      ...(publishEpoch === undefined ? {} : { publishEpoch }),
      ...(problem ? { problem } : {}),
      ...(proof && (shown === 'initialProof' || shown === 'proving') ? { proof } : {}),
    })
  }

  /** One thread has the files, however many ask for it at once. */
  #openPost(): Promise<PostWorker> {
    const { config, openPost, onEvent } = this.#modules
    if (this.#post) return this.#post
    const opening = openPost(this.#postOptions(config), ({ kind, name }, lost) => {
      this.#device = { kind, name }
      this.#rate.reset()
      if (lost === undefined) return
      const code = kind === 'cpu' ? 'GPU_FALLBACK' : 'GPU_LOST'
      onEvent({ level: 'warning', code, context: { reason: lost } })
    })
    this.#post = opening
    opening.catch(() => {
      if (this.#post === opening) this.#post = undefined // a failed call may be repeated
    })
    return opening
  }

  #postOptions({ post }: NetworkConfig): PostHostOptions {
    return {
      nodeId: this.nodeId,
      commitmentAtxId: this.#commitmentAtxId,
      numUnits: this.#record.numUnits,
      labelsPerUnit: post.labelsPerUnit,
      maxFileSize: post.maxFileSizeBytes,
      scryptN: post.scryptN,
      computeBatchSize: post.computeBatchSize,
      k1: post.k1,
      k2: post.k2,
      powDifficulty: post.powDifficulty,
      noncesPerPass: post.provingNonces,
      provider: this.#record.provider,
    }
  }

  #set(state: SmesherState): void {
    this.#state = state
    this.#modules.onChange()
  }
}

/** Progress that stands: no rate and no time left. */
function still({ leftMs: _leftMs, ...init }: NonNullable<SmesherState['init']>) {
  return { ...init, rate: 0 }
}

/** An error as a screen tells it. */
export function problemOf(error: unknown, atMs: number): Problem {
  if (isSmeshError(error)) {
    return { code: error.code, context: error.context as Problem['context'], atMs }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'INTERNAL', context: { what: message }, atMs }
}

/**
 * Opens the signer of an identity under its exclusive lock.
 *
 * @throws what the lock throws when aborted, and {SmeshError} `JOURNAL_INVALID`, `STORAGE_…`
 */
export async function openSigner(
  options: { config: NetworkConfig; seed: Uint8Array; nodeId: Uint8Array; isNew: boolean },
  modules: {
    clock: Clock
    activation: Activation
    database: Database
    platform: Pick<Platform, 'locks'>
  },
  signal: AbortSignal,
): Promise<{ signer: Signer; lock: HeldLock }> {
  const { config, seed, nodeId, isNew } = options
  const genesis = genesisId(config)
  const name = `smesh/sign/${hex(genesis)}/${hex(nodeId)}`
  const lock = await modules.platform.locks.acquire(name, { signal })
  try {
    const journal = new JournalRepository(modules.database, { genesisId: genesis, nodeId })
    const { schedule } = modules.activation
    const signer = await Signer.open(
      { genesisId: genesis, seed, origin: isNew ? 'created' : 'existing' },
      { clock: modules.clock, schedule, journal },
    )
    return { signer, lock }
  } catch (error) {
    lock.release()
    throw error
  }
}
