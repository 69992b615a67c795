import { Domain, verifyDomain } from '../crypto/ed25519.ts'
import { verifyMultiproof } from '../crypto/merkle.ts'
import {
  atxIdV1,
  atxSignedBytesV1,
  challengeHashV1,
  type ActivationTxV1,
  type NipostV1,
  type PostMetadataV1,
  type PostV1,
} from '../protocol/activation-v1.ts'
import { equalBytes, isZero } from '../util/bytes.ts'
import { assert } from '../util/error.ts'
import { wrap64 } from '../util/u64.ts'
import { tickHeight, type AtxRecord, type AtxStore } from './atx-store.ts'
import type { AtxIgnoreReason, AtxRejectReason } from './atx-verdict.ts'
import type { PostVerifier } from './post-verifier.ts'
import { atxWeightV1, effectiveUnits, ticksOf } from './weight.ts'

export interface AtxValidatorOptions {
  readonly genesisId: Uint8Array
  readonly goldenAtxId: Uint8Array
  readonly labelsPerUnit: bigint
  readonly minNumUnits: number
  readonly maxNumUnits: number
  readonly k2: number
  readonly k3: number
  /** Leaves in one tick. */
  readonly tickSize: bigint
}

/** What an ATX needs of a PoET proof. */
export interface PoetSummary {
  readonly leafCount: bigint
  /** Membership root of the round. */
  readonly statement: Uint8Array
}

export interface AtxValidatorModules {
  readonly atxs: Pick<AtxStore, 'has' | 'get' | 'commitmentOf' | 'declaredUnits'>
  readonly poets: { get(ref: Uint8Array): Promise<PoetSummary | undefined> }
  readonly post: PostVerifier
  /** Gets what an ATX refers to, validated and stored; false when it cannot be had. */
  readonly references: {
    fetchPoetProof(ref: Uint8Array, options: { signal: AbortSignal }): Promise<boolean>
    fetchAtxs(ids: readonly Uint8Array[], options: { signal: AbortSignal }): Promise<boolean>
  }
}

export interface ValidationContext {
  readonly currentEpoch: number
  /** Arrival, ns since the Unix epoch. */
  readonly receivedNs: bigint
  readonly signal: AbortSignal
  /** `own`: an ATX about to be signed here; signature and novelty are not looked at. */
  readonly signature?: 'check' | 'own'
}

/** A verdict on content alone; the handler adds what depends on the author's other ATXs. */
export type ValidationResult =
  | { readonly verdict: 'accept'; readonly atx: Omit<AtxRecord, 'blob'> }
  | { readonly verdict: 'ignore'; readonly reason: AtxIgnoreReason; readonly invalidIndex?: number }
  | { readonly verdict: 'reject'; readonly reason: AtxRejectReason }

const reject = (reason: AtxRejectReason): ValidationResult => ({ verdict: 'reject', reason })
const ZERO_CHALLENGE = new Uint8Array(32)

/**
 * Validates V1 ATXs in the order and with the outcomes of spec 08 §3.3, the numbers in the
 * comments. Reads and verifies, stores nothing.
 *
 * Source: go-spacemesh activation/handler_v1.go, validation.go.
 */
export class AtxValidatorV1 {
  readonly #options: AtxValidatorOptions
  readonly #modules: AtxValidatorModules

  constructor(options: AtxValidatorOptions, modules: AtxValidatorModules) {
    this.#options = options
    this.#modules = modules
  }

  async validate(atx: ActivationTxV1, context: ValidationContext): Promise<ValidationResult> {
    const { goldenAtxId, genesisId } = this.#options
    const { atxs, references } = this.#modules
    const { signal } = context
    const id = atxIdV1(atx)
    const own = context.signature === 'own'
    if (!own) {
      const message = atxSignedBytesV1(atx, id) // 1
      if (!verifyDomain(atx.signature, genesisId, Domain.atx, message, atx.smesherId)) {
        return reject('invalid_signature')
      }
      if (await atxs.has(id)) return { verdict: 'ignore', reason: 'known' } // 2
    }
    const { nipost } = atx
    if (!nipost) return reject('nipost_missing') // 3
    if (!nipost.post) return reject('post_missing') // the reference would crash on these two
    if (!nipost.postMetadata) return reject('post_metadata_missing')
    const proof = { ...nipost, post: nipost.post, postMetadata: nipost.postMetadata }
    if (atx.publishEpoch > context.currentEpoch + 1) return reject('publish_epoch_too_far') // 4
    if (isZero(atx.positioningAtxId)) return reject('positioning_missing') // 5
    const initial = isZero(atx.prevAtxId)
    const fault = initial ? await this.#checkInitial(atx, proof, signal) : checkSubsequentShape(atx) // 6b
    if (fault) return reject(fault)

    const ref = rightAligned(proof.postMetadata.challenge) // 9
    if (!(await references.fetchPoetProof(ref, { signal }))) return fetching
    const wanted = [atx.prevAtxId, atx.positioningAtxId, atx.commitmentAtxId].filter(
      (wantedId) => wantedId && !isZero(wantedId) && !equalBytes(wantedId, goldenAtxId),
    ) as Uint8Array[]
    if (wanted.length > 0 && !(await references.fetchAtxs(wanted, { signal }))) return fetching
    return this.#checkDeep(atx, id, proof, context)
  }

  /** 6a to 8a: what an initial ATX must carry. */
  async #checkInitial(
    atx: ActivationTxV1,
    proof: FullNipost,
    signal: AbortSignal,
  ): Promise<AtxRejectReason | undefined> {
    const { initialPost, commitmentAtxId, vrfNonce, numUnits, smesherId: nodeId } = atx
    if (!initialPost) return 'initial_post_missing'
    if (!atx.nodeId) return 'node_id_missing'
    if (vrfNonce === undefined) return 'vrf_nonce_missing'
    if (!commitmentAtxId) return 'commitment_missing'
    if (isZero(commitmentAtxId)) return 'commitment_empty'
    if (atx.sequence !== 0n) return 'sequence_not_zero'
    const { labelsPerUnit } = proof.postMetadata
    if (labelsPerUnit < this.#options.labelsPerUnit) return 'labels_per_unit_too_small'
    const numLabels = wrap64(BigInt(numUnits) * labelsPerUnit)
    const nonceClaim = { nodeId, commitmentAtxId, numLabels, nonce: vrfNonce }
    if (!(await this.#modules.post.isVrfNonceValid(nonceClaim, { signal }))) {
      return 'vrf_nonce_invalid' // 7a
    }
    const claim = { nodeId, commitmentAtxId, numUnits, challenge: ZERO_CHALLENGE }
    const verdict = await this.#modules.post.verify(initialPost, claim, { mode: 'all', signal })
    return verdict.valid ? undefined : 'initial_post_invalid' // 8a
  }

  /** 10 to 18: what depends on stored ATXs and the PoET proof. */
  async #checkDeep(
    atx: ActivationTxV1,
    id: Uint8Array,
    proof: FullNipost,
    context: ValidationContext,
  ): Promise<ValidationResult> {
    const { options, modules } = { options: this.#options, modules: this.#modules }
    const { signal } = context
    const { smesherId: nodeId, numUnits, publishEpoch } = atx
    const golden = (otherId: Uint8Array) => equalBytes(otherId, options.goldenAtxId)

    const commitmentAtxId = atx.commitmentAtxId ?? (await modules.atxs.commitmentOf(nodeId)) // 10
    if (!commitmentAtxId) return reject('commitment_not_found')

    let units = numUnits
    let vrfNonce = atx.vrfNonce
    if (isZero(atx.prevAtxId)) {
      if (!golden(commitmentAtxId)) {
        const commitment = await modules.atxs.get(commitmentAtxId) // 11a
        if (!commitment) return reject('commitment_not_found')
        if (commitment.publishEpoch >= publishEpoch) return reject('commitment_not_older')
      }
    } else {
      const previous = await modules.atxs.get(atx.prevAtxId) // 11b
      if (!previous) return reject('previous_not_found')
      if (!equalBytes(previous.smesherId, nodeId)) return reject('previous_of_other_smesher')
      if (previous.publishEpoch >= publishEpoch) return reject('previous_not_older')
      if (wrap64(previous.sequence + 1n) !== atx.sequence) return reject('sequence_not_next')
      vrfNonce ??= previous.vrfNonce
      if (atx.vrfNonce !== undefined || numUnits > previous.effectiveNumUnits) {
        // 12b; the claimed size of a unit, as the reference takes it
        const numLabels = wrap64(BigInt(numUnits) * proof.postMetadata.labelsPerUnit)
        const claim = { nodeId, commitmentAtxId, numLabels, nonce: vrfNonce }
        if (!(await modules.post.isVrfNonceValid(claim, { signal }))) {
          return reject('vrf_nonce_invalid')
        }
      }
      const declared = await modules.atxs.declaredUnits(atx.prevAtxId, nodeId) // 13b
      if (declared === undefined) return reject('previous_units_unknown')
      units = effectiveUnits(numUnits, declared)
    }
    assert(vrfNonce !== undefined, 'an initial ATX was let through without a VRF nonce')

    let baseTickHeight = 0n
    if (!golden(atx.positioningAtxId)) {
      const positioning = await modules.atxs.get(atx.positioningAtxId) // 14
      if (!positioning) return reject('positioning_not_found')
      if (positioning.publishEpoch >= publishEpoch) return reject('positioning_not_older')
      baseTickHeight = tickHeight(positioning)
    }

    const poet = await this.#checkNipost(atx, proof, commitmentAtxId, signal)
    if ('verdict' in poet) return poet
    const tickCount = ticksOf(poet.leafCount, options.tickSize)
    const weight = atxWeightV1(units, tickCount) // 18
    if (weight === undefined) return reject('weight_overflow')
    return {
      verdict: 'accept',
      atx: {
        id,
        version: 1,
        publishEpoch,
        sequence: atx.sequence,
        prevAtxId: atx.prevAtxId,
        positioningAtxId: atx.positioningAtxId,
        commitmentAtxId: atx.commitmentAtxId,
        smesherId: nodeId,
        coinbase: atx.coinbase,
        numUnits,
        effectiveNumUnits: units,
        vrfNonce,
        baseTickHeight,
        tickCount,
        weight,
        receivedNs: context.receivedNs,
        validity: options.k3 >= options.k2 ? 'valid' : 'unknown',
      },
    }
  }

  /** 15 to 17; the PoET proof when all of them hold. */
  async #checkNipost(
    atx: ActivationTxV1,
    { post, postMetadata, membership }: FullNipost,
    commitmentAtxId: Uint8Array,
    signal: AbortSignal,
  ): Promise<PoetSummary | ValidationResult> {
    const { options, modules } = { options: this.#options, modules: this.#modules }
    const { smesherId: nodeId, numUnits } = atx
    const { challenge } = postMetadata
    if (numUnits < options.minNumUnits || numUnits > options.maxNumUnits) {
      return reject('units_out_of_range') // 15
    }
    if (postMetadata.labelsPerUnit < options.labelsPerUnit) {
      return reject('labels_per_unit_too_small')
    }
    if (challenge.length !== 32) return reject('post_invalid')
    const claim = { nodeId, commitmentAtxId, challenge, numUnits }
    const verdict = await modules.post.verify(post, claim, { mode: 'subset', signal }) // 16
    if (!verdict.valid) {
      if (verdict.invalidIndex === undefined) return reject('post_invalid')
      const { invalidIndex } = verdict
      return { verdict: 'ignore', reason: 'post_index_invalid', invalidIndex }
    }
    const poet = await modules.poets.get(challenge)
    if (!poet) return reject('poet_proof_unavailable')
    const leaf = challengeHashV1(atx) // 17
    const { leafIndex, nodes } = membership
    return verifyMultiproof([leafIndex], [leaf], nodes, poet.statement)
      ? poet
      : reject('membership_invalid')
  }
}

/** A NIPoST whose options are present. */
type FullNipost = NipostV1 & { readonly post: PostV1; readonly postMetadata: PostMetadataV1 }

const fetching: ValidationResult = { verdict: 'ignore', reason: 'fetching_references' }

/** 6b: what a subsequent ATX must not carry. */
function checkSubsequentShape(atx: ActivationTxV1): AtxRejectReason | undefined {
  if (atx.nodeId) return 'node_id_unexpected'
  if (atx.initialPost) return 'initial_post_unexpected'
  if (atx.commitmentAtxId) return 'commitment_unexpected'
  return undefined
}

/** A short reference as the reference's fetcher reads it; such a PoST challenge never verifies. */
function rightAligned(ref: Uint8Array): Uint8Array {
  if (ref.length === 32) return ref
  const aligned = new Uint8Array(32)
  aligned.set(ref, 32 - ref.length)
  return aligned
}
