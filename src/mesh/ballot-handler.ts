import { Domain } from '../crypto/ed25519.ts'
import { hash32 } from '../crypto/hash.ts'
import {
  accepted,
  checkBallotEligibility,
  ignore,
  reject,
  type DecodedBallot,
  type EligibilityContext,
  type Refused,
  type Verdict,
} from '../consensus/index.ts'
import { Ballot, ballotId, ballotSignedBytes, InnerBallot } from '../protocol/ballot.ts'
import { epochOf } from '../protocol/layers.ts'
import { MalfeasanceProof, MalfeasanceType } from '../protocol/malfeasance.ts'
import type { AtxId, BallotId, LayerId } from '../protocol/primitives.ts'
import { equalBytes, hex, isZero } from '../util/bytes.ts'
import { isSmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'
import type { ActiveSets } from './active-sets.ts'
import { fetched } from './fetching.ts'
import type {
  AtxIndex,
  BallotStore,
  CallOptions,
  Fetcher,
  LayerTime,
  NewMalfeasanceProof,
  Opinions,
  SignatureVerifier,
  StoredBallot,
  VrfVerifier,
} from './modules.ts'

export interface BallotHandlerOptions {
  /** Last layer without ballots. */
  effectiveGenesis: LayerId
  goldenAtxId: AtxId
  layersPerEpoch: number
  layerAverageSize: number
  hdist: number
  maxExceptions: number
  /** Least weight that counts as the whole in an epoch. */
  minimalWeight(epoch: number): bigint
}

export interface BallotHandlerModules {
  time: LayerTime
  atxs: AtxIndex
  opinions: Opinions
  ballots: BallotStore
  activeSets: Pick<ActiveSets, 'weight'>
  fetch: Pick<Fetcher, 'ballots' | 'atxs'>
  signatures: SignatureVerifier
  vrf: VrfVerifier
  /** An eligible ballot tells the beacon of its epoch with this many proofs of `slots`. */
  reportBeacon?(report: BeaconReport): void
}

export interface BeaconReport {
  epoch: number
  ballotId: BallotId
  beacon: Uint8Array
  atxWeight: bigint
  /** Slots of the ATX in the epoch. */
  slots: number
  /** Proofs that the ballot lists. */
  proofs: number
}

export type BallotVerdict =
  | {
      outcome: 'accept'
      /** It was accepted before; nothing was done. */
      known: boolean
      /** Flagged: its smesher is malicious. */
      malicious: boolean
      /** Encoded proof, when this ballot is the second of its smesher in the layer. */
      proof?: Uint8Array
    }
  | Refused

/**
 * Checks a ballot, alone or inside a proposal, and keeps it.
 * Spec 07 §3.1–3.2; go-spacemesh proposals/handler.go (v1.7.6).
 */
export class BallotHandler {
  readonly #options: BallotHandlerOptions
  readonly #modules: BallotHandlerModules
  /** Second ballots are seen only if ballots are saved one after the other. */
  readonly #saving = new Turns()

  constructor(options: BallotHandlerOptions, modules: BallotHandlerModules) {
    this.#options = options
    this.#modules = modules
  }

  /** A ballot that was asked for by its id. */
  async receive(bytes: Uint8Array, expected: BallotId, options: CallOptions): Promise<Verdict> {
    const ballot = decodeBallot(bytes)
    if (!ballot) return reject('malformed data')
    if (ballot.layer <= this.#options.effectiveGenesis) return reject('before effective genesis')
    if (!(await this.#isSigned(ballot))) return reject('ballot signature is not valid')
    const id = ballotId(ballot)
    if (!equalBytes(id, expected)) return reject('incorrect hash')
    if (!this.hasUsableAtx(ballot)) return reject('ATX is empty or golden')
    const verdict = await this.process(ballot, id, options)
    return verdict.outcome === 'accept' ? accepted : verdict
  }

  hasUsableAtx({ atxId }: Pick<InnerBallot, 'atxId'>): boolean {
    return !isZero(atxId) && !equalBytes(atxId, this.#options.goldenAtxId)
  }

  /** The checks from "known" to the store, in this order; the signature was checked before. */
  async process(ballot: Ballot, id: BallotId, options: CallOptions): Promise<BallotVerdict> {
    const { opinions } = this.#modules
    const { layer } = ballot
    if (opinions.ballot(id)) return { ...accepted, known: true, malicious: false }
    const integrity = await this.#checkIntegrity(ballot, options)
    if (integrity.outcome !== 'accept') return integrity
    const unavailable = await this.#fetchReferences(ballot, options)
    if (unavailable) return unavailable
    const decoded = opinions.decode(ballot)
    if (decoded.outcome === 'refused') return ignore(`votes: ${decoded.reason}`)
    const contradiction = checkVotes(ballot, this.#options)
    if (contradiction) return contradiction
    const verdict = await checkBallotEligibility(
      ballot,
      this.#eligibilityContext(layer, integrity.weight),
      {
        atx: (epoch, atxId) => this.#modules.atxs.get(epoch, atxId),
        ballot: (other) => opinions.ballot(other),
        verifyVrf: (key, alpha, proof) => this.#modules.vrf.verifyVrf(key, alpha, proof),
      },
    )
    if (verdict.outcome !== 'accept') return verdict
    this.#modules.reportBeacon?.({
      epoch: this.#epochOf(layer),
      ballotId: id,
      beacon: verdict.beacon,
      atxWeight: verdict.atx.weight,
      slots: verdict.eligibilityCount,
      proofs: ballot.eligibilityProofs.length,
    })
    return this.#saving.take(() => this.#save(ballot, decoded.ballot))
  }

  #eligibilityContext(layer: LayerId, totalWeight: bigint): EligibilityContext {
    const { layersPerEpoch, layerAverageSize, minimalWeight } = this.#options
    return {
      layersPerEpoch,
      layerAverageSize,
      totalWeight,
      minimalWeight: minimalWeight(this.#epochOf(layer)),
      currentEpoch: this.#epochOf(this.#modules.time.currentLayer()),
    }
  }

  async #checkIntegrity(
    { layer, refBallot, epochData }: Ballot,
    options: CallOptions,
  ): Promise<{ outcome: 'accept'; weight: bigint } | Refused> {
    if (!isZero(refBallot)) {
      return epochData
        ? reject('epoch data beside a reference ballot')
        : { ...accepted, weight: 0n }
    }
    if (!epochData) return reject('neither epoch data nor reference ballot')
    if (isZero(epochData.beacon)) return reject('beacon is empty')
    // The reference lets it pass here and divides by it later.
    if (epochData.eligibilityCount === 0) return reject('eligibility count is zero')
    const current = this.#epochOf(this.#modules.time.currentLayer())
    if (this.#epochOf(layer) < Math.max(current, 1) - 1) return { ...accepted, weight: 0n }
    return this.#modules.activeSets.weight(epochData.activeSetHash, options)
  }

  async #fetchReferences(ballot: Ballot, options: CallOptions): Promise<Refused | undefined> {
    const { opinions, atxs, fetch } = this.#modules
    const ids = [ballot.votes.base, ballot.refBallot].filter(
      (id) => !isZero(id) && !opinions.ballot(id),
    )
    if (ids.length > 0 && !(await fetched(fetch.ballots(ids, options)))) {
      return ignore('ballots that it refers to could not be fetched')
    }
    const epoch = this.#epochOf(ballot.layer)
    if (atxs.get(epoch, ballot.atxId)) return undefined
    if (await fetched(fetch.atxs(epoch, [ballot.atxId], options))) return undefined
    return ignore('ATX could not be fetched')
  }

  async #save(ballot: Ballot, decoded: DecodedBallot): Promise<BallotVerdict> {
    const { atxs, ballots, opinions, time } = this.#modules
    const { layer, smesherId } = ballot
    const wasMalicious = atxs.isMalicious(smesherId)
    const stored = wasMalicious ? [] : await ballots.inLayerBySmesher(layer, smesherId)
    const other = stored.find(({ id }) => !equalBytes(id, decoded.id))
    const malicious = wasMalicious || other !== undefined
    const proof: NewMalfeasanceProof | undefined = other && {
      smesherId,
      bytes: multipleBallotsProof(other.ballot, ballot),
      receivedNs: BigInt(time.now()) * 1_000_000n,
    }
    const kept: StoredBallot = { id: decoded.id, ballot: { ...ballot, activeSet: [] }, malicious }
    await ballots.add(kept, proof)
    if (proof) {
      atxs.setMalicious(smesherId)
      opinions.onMalfeasance(smesherId)
    }
    opinions.store({ ...decoded, malicious })
    return { ...accepted, known: false, malicious, ...(proof ? { proof: proof.bytes } : {}) }
  }

  #isSigned(ballot: Ballot): boolean | Promise<boolean> {
    const message = ballotSignedBytes(ballot)
    const { signature, smesherId } = ballot
    return this.#modules.signatures.verify(Domain.ballot, message, signature, smesherId)
  }

  #epochOf(layer: LayerId): number {
    return epochOf(layer, this.#options.layersPerEpoch)
  }
}

/** Votes that contradict each other. Spec 07 §3.2, step 5. */
function checkVotes(
  { layer, votes }: Ballot,
  { hdist, maxExceptions }: BallotHandlerOptions,
): Refused | undefined {
  const supported = new Set<string>()
  const idsOfLayer = new Map<LayerId, string>()
  for (const { blockId, layer: voted } of votes.support) {
    const id = hex(blockId)
    const other = idsOfLayer.get(voted)
    if (other !== undefined && other !== id && voted + hdist > layer) {
      return reject('supports two blocks of a recent layer')
    }
    idsOfLayer.set(voted, id)
    supported.add(id)
  }
  if (supported.size > maxExceptions) return reject('too many exceptions')
  const decidedLayers = new Set(votes.support.map((vote) => vote.layer))
  for (const { blockId, layer: voted } of votes.against) {
    if (supported.has(hex(blockId))) return reject('votes for and against one block')
    decidedLayers.add(voted)
  }
  if (votes.abstain.some((abstained) => decidedLayers.has(abstained))) {
    return reject('abstains on a layer that it votes on')
  }
  return undefined
}

/** Encoded proof that one smesher made two ballots in a layer, the stored one first. */
export function multipleBallotsProof(stored: Ballot, added: Ballot): Uint8Array {
  const messages = [stored, added].map((ballot) => ({
    innerMessage: { layer: ballot.layer, messageHash: hash32(InnerBallot.encode(ballot)) },
    smesherId: ballot.smesherId,
    signature: ballot.signature,
  }))
  const proof = { type: MalfeasanceType.multipleBallots, messages }
  return MalfeasanceProof.encode({ layer: added.layer, proof })
}

function decodeBallot(bytes: Uint8Array): Ballot | undefined {
  try {
    return Ballot.decode(bytes)
  } catch (error) {
    if (isSmeshError(error)) return undefined
    throw error
  }
}
