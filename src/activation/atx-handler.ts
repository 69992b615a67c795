import {
  ActivationTxV1,
  atxIdV1,
  atxPublishEpoch,
  type InnerActivationTxV1,
} from '../protocol/activation-v1.ts'
import { EMPTY_ATX_ID } from '../protocol/primitives.ts'
import { equalBytes, hex } from '../util/bytes.ts'
import type { Clock } from '../util/clock.ts'
import { isSmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'
import type { AtxIndex } from './atx-index.ts'
import type { AtxRecord, AtxStore, StoredProof } from './atx-store.ts'
import type { AtxValidatorV1 } from './atx-validator.ts'
import type { AtxVerdict } from './atx-verdict.ts'
import {
  invalidPostIndexProof,
  invalidPrevAtxProof,
  multipleAtxsProof,
  storedAtxV1,
} from './malfeasance.ts'
import type { Schedule } from './schedule.ts'

export interface AtxHandlerOptions {
  /** Wire version of ATXs published in an epoch. */
  readonly versionAt: (publishEpoch: number) => 1 | 2
}

export interface AtxHandlerModules {
  readonly clock: Clock
  readonly schedule: Pick<Schedule, 'epochAt' | 'layersPerEpoch'>
  readonly validator: AtxValidatorV1
  readonly atxs: AtxStore
  readonly index: AtxIndex
  /** True for an identity whose key is in this node: it is stopped, not accused. */
  readonly isOwn: (smesherId: Uint8Array) => boolean
  /** Told after the commit: beacon, tortoise, screens. */
  readonly onStored?: (atx: AtxRecord) => void
  readonly onMalicious?: (proof: StoredProof) => void
}

export interface HandleOptions {
  readonly signal: AbortSignal
  /** The id that was asked for, when the ATX comes by sync. */
  readonly expectedId?: Uint8Array
}

/**
 * Takes ATX bytes from gossip, sync or the own builder through decoding, validation, the checks
 * against the author's other ATXs, and one atomic commit. Spec 08 §3.2–3.3;
 * go-spacemesh activation/handler.go, handler_v1.go.
 */
export class AtxHandler {
  readonly #options: AtxHandlerOptions
  readonly #modules: AtxHandlerModules
  /** Deliveries under way by ATX id: a second one waits for the first. */
  readonly #running = new Map<string, Promise<AtxVerdict>>()
  readonly #commits = new Turns()

  constructor(options: AtxHandlerOptions, modules: AtxHandlerModules) {
    this.#options = options
    this.#modules = modules
  }

  /** Verdict on encoded ATX bytes; on `accept` the ATX is stored and indexed. */
  async handle(bytes: Uint8Array, options: HandleOptions): Promise<AtxVerdict> {
    let atx: ActivationTxV1
    try {
      if (this.#options.versionAt(atxPublishEpoch(bytes)) !== 1) {
        return { verdict: 'ignore', reason: 'version_unsupported' }
      }
      atx = ActivationTxV1.decode(bytes)
    } catch (error) {
      if (isSmeshError(error)) return { verdict: 'reject', reason: 'undecodable' }
      throw error
    }
    const id = atxIdV1(atx)
    if (options.expectedId && !equalBytes(options.expectedId, id)) {
      return { verdict: 'reject', reason: 'wrong_id' }
    }
    // The signature is outside the id: one with a bad signature must not answer for a good one.
    const key = hex(id) + hex(atx.signature) + hex(atx.smesherId)
    const running = this.#running.get(key)
    if (running) return running
    const work = this.#process(atx, bytes, options.signal).finally(() => this.#running.delete(key))
    this.#running.set(key, work)
    return work
  }

  /**
   * What {@link handle} would say about an ATX that is about to be signed by `smesherId`. Nothing
   * is stored: an ATX that would be refused must never get a signature.
   */
  async check(
    atx: InnerActivationTxV1,
    smesherId: Uint8Array,
    { signal }: { signal: AbortSignal },
  ): Promise<AtxVerdict> {
    const whole = { ...atx, smesherId, signature: new Uint8Array(64) }
    const result = await this.#modules.validator.validate(whole, this.#context(signal, 'own'))
    if (result.verdict === 'reject') return result
    if (result.verdict === 'ignore') return { verdict: 'ignore', reason: result.reason }
    const record = { ...result.atx, blob: new Uint8Array() }
    const conflict = await this.#conflict(whole, record)
    return conflict && 'reason' in conflict ? conflict : { verdict: 'accept', atx: record }
  }

  #context(signal: AbortSignal, signature: 'check' | 'own') {
    const now = this.#modules.clock.now()
    const currentEpoch = this.#modules.schedule.epochAt(now)
    return { currentEpoch, receivedNs: nanoseconds(now), signal, signature }
  }

  async #process(atx: ActivationTxV1, blob: Uint8Array, signal: AbortSignal): Promise<AtxVerdict> {
    const { validator, atxs, schedule } = this.#modules
    const context = this.#context(signal, 'check')
    const result = await validator.validate(atx, context)
    if (result.verdict === 'reject') return result
    if (result.verdict === 'ignore') {
      const { reason, invalidIndex } = result
      if (invalidIndex === undefined) return { verdict: 'ignore', reason }
      if (await atxs.isMalicious(atx.smesherId)) return { verdict: 'ignore', reason }
      const bytes = invalidPostIndexProof(atx, invalidIndex, schedule.layersPerEpoch)
      const proof = this.#proof(atx.smesherId, bytes)
      await this.#commits.take(() => atxs.storeAtx(undefined, proof))
      this.#announce(undefined, proof)
      return { verdict: 'ignore', reason, proof }
    }
    const record: AtxRecord = { ...result.atx, blob: blob.slice() }
    return this.#commits.take(() => this.#commit(atx, record))
  }

  /** The checks against other ATXs and the commit, one ATX at a time. */
  async #commit(atx: ActivationTxV1, record: AtxRecord): Promise<AtxVerdict> {
    const { atxs } = this.#modules
    if (await atxs.has(record.id)) return { verdict: 'ignore', reason: 'known' }
    const conflict = await this.#conflict(atx, record)
    if (conflict && 'reason' in conflict) return conflict
    await atxs.storeAtx(record, conflict?.proof)
    this.#announce(record, conflict?.proof)
    return conflict
      ? { verdict: 'accept', atx: record, proof: conflict.proof }
      : { verdict: 'accept', atx: record }
  }

  /** A second ATX of the epoch, or a second successor of one ATX. Spec 08 §7 types 1 and 5. */
  async #conflict(
    atx: ActivationTxV1,
    record: AtxRecord,
  ): Promise<Extract<AtxVerdict, { verdict: 'ignore' }> | { proof: StoredProof } | undefined> {
    const { atxs, schedule, isOwn } = this.#modules
    const { smesherId, publishEpoch } = record
    if (await atxs.isMalicious(smesherId)) return undefined
    const own = isOwn(smesherId)
    const twin = await atxs.bySmesherInEpoch(smesherId, publishEpoch)
    if (twin && !equalBytes(twin.id, record.id)) {
      if (own) return { verdict: 'ignore', reason: 'own_double_publish' }
      const stored = storedAtxV1(twin)
      const bytes = stored && multipleAtxsProof(stored, atx, schedule.layersPerEpoch)
      if (bytes) return { proof: this.#proof(smesherId, bytes) }
    }
    const newest = await atxs.latestBySmesher(smesherId, publishEpoch)
    if (equalBytes(newest?.id ?? EMPTY_ATX_ID, record.prevAtxId)) return undefined
    if (own) return { verdict: 'ignore', reason: 'own_wrong_previous' }
    const rival = await atxs.byPrevious(smesherId, record.prevAtxId)
    const stored = rival && storedAtxV1(rival)
    if (!stored) return undefined
    const bytes = invalidPrevAtxProof(atx, stored, schedule.layersPerEpoch)
    return { proof: this.#proof(smesherId, bytes) }
  }

  #proof(smesherId: Uint8Array, bytes: Uint8Array): StoredProof {
    return { smesherId, bytes, receivedNs: nanoseconds(this.#modules.clock.now()) }
  }

  #announce(atx: AtxRecord | undefined, proof: StoredProof | undefined): void {
    const { index, onStored, onMalicious } = this.#modules
    if (atx) index.add(atx)
    if (proof) index.markMalicious(proof.smesherId, proof.receivedNs)
    if (atx) onStored?.(atx)
    if (proof) onMalicious?.(proof)
  }
}

const nanoseconds = (timeMs: number): bigint => BigInt(Math.floor(timeMs)) * 1_000_000n
