import { ballotEligibilities, eligibleSlots, type VrfSigner } from '../consensus/index.ts'
import type { EpochData, InnerBallot, Opinion, VotingEligibility } from '../protocol/ballot.ts'
import { epochOf } from '../protocol/layers.ts'
import {
  EMPTY_BALLOT_ID,
  type BallotId,
  type Beacon,
  type EpochId,
  type Hash32,
  type LayerId,
  type NodeId,
  type ProposalId,
  type TxId,
} from '../protocol/primitives.ts'
import { Proposal, proposalId, type InnerProposal } from '../protocol/proposal.ts'
import { hex, isZero } from '../util/bytes.ts'
import { isAbort } from '../util/abort.ts'
import { SmeshError } from '../util/error.ts'
import type { ActiveSetGenerator, PreparedActiveSet } from './active-set-generator.ts'
import { meshHash } from './mesh-hash.ts'
import type {
  ActiveSetStore,
  AtxIndex,
  Beacons,
  BallotStore,
  CallOptions,
  IndexedAtx,
  LayerReader,
  Opinions,
} from './modules.ts'

import type {} from './errors.ts'

/** One own identity. It signs typed requests, each slot at most once (spec 08 §10.3). */
export interface ProposalSigner extends VrfSigner {
  readonly nodeId: NodeId
  signBallot(ballot: InnerBallot): Promise<Uint8Array>
  signProposal(proposal: InnerProposal): Promise<Uint8Array>
  /** Data of a first ballot that was signed and perhaps lost: it must be made again with them. */
  firstBallotData(targetEpoch: EpochId): Promise<EpochData | undefined>
}

export interface ProposalBuilderOptions {
  effectiveGenesis: LayerId
  layersPerEpoch: number
  layerAverageSize: number
  hdist: number
  minimalWeight(epoch: EpochId): bigint
}

export interface ProposalBuilderModules {
  atxs: Pick<AtxIndex, 'bySmesher'>
  ballots: Pick<BallotStore, 'firstInEpoch' | 'lastInEpoch'>
  opinions: Pick<Opinions, 'encodeVotes' | 'verified'>
  beacons: Beacons
  layers: LayerReader
  sets: ActiveSetStore
  generator: Pick<ActiveSetGenerator, 'generate'>
  txs: { selectForProposal(numEligibilities: number): TxId[] | Promise<TxId[]> }
}

export interface BuiltProposal {
  smesherId: NodeId
  id: ProposalId
  proposal: Proposal
  /** For the own handler and then for gossip topic `pp1`. */
  bytes: Uint8Array
}

/** Why a smesher has no proposal in a layer. */
export interface SkippedProposal {
  smesherId: NodeId
  /** `failed`: see the error. */
  reason:
    'no ATX for the epoch' | 'no beacon for the epoch' | 'not eligible in this layer' | 'failed'
  error?: unknown
}

export interface BuildOutcome {
  built: BuiltProposal[]
  skipped: SkippedProposal[]
}

/** Eligible layers of an own smesher in an epoch. */
export interface OwnEligibility {
  epoch: EpochId
  smesherId: NodeId
  slots: number
  /** Proofs by layer. */
  layers: ReadonlyMap<LayerId, readonly VotingEligibility[]>
}

interface OwnVotes {
  opinion: Opinion
  meshHash: Hash32
}

interface SharedEpoch {
  epoch: EpochId
  beacon: Beacon
  activeSet: PreparedActiveSet
}

interface SignerEpoch extends OwnEligibility {
  atx: IndexedAtx
  /** What the first ballot must name; used until that ballot is stored. */
  epochData: EpochData
  /** Layer of the last own ballot of the ATX in the epoch, −1 before the first. */
  lastLayer: LayerId
}

/**
 * Makes the proposals of own smeshers in their eligible layers. The caller passes each to the own
 * handler, which stores its ballot, and publishes what that accepts.
 * Spec 07 §4; go-spacemesh miner/proposal_builder.go (v1.7.6).
 */
export class ProposalBuilder {
  readonly #options: ProposalBuilderOptions
  readonly #modules: ProposalBuilderModules
  readonly #signers = new Map<string, ProposalSigner>()
  readonly #perSigner = new Map<string, SignerEpoch>()
  #shared: SharedEpoch | undefined

  constructor(options: ProposalBuilderOptions, modules: ProposalBuilderModules) {
    this.#options = options
    this.#modules = modules
  }

  addSigner(signer: ProposalSigner): void {
    this.#signers.set(hex(signer.nodeId), signer)
  }

  removeSigner(nodeId: NodeId): void {
    this.#signers.delete(hex(nodeId))
    this.#perSigner.delete(hex(nodeId))
  }

  /**
   * Everything of an epoch that can be known before its layers: active set, slots, VRF proofs.
   * Call it as soon as the beacon is known; `build` does it when it was not done.
   *
   * @returns the eligibilities of all own smeshers that have an ATX for the epoch
   * @throws {SmeshError} `NO_ACTIVE_SET`
   */
  async prepare(
    current: LayerId,
    epoch: EpochId,
    options: CallOptions,
  ): Promise<readonly OwnEligibility[]> {
    const shared = await this.#sharedEpoch(current, epoch)
    if (!shared) return []
    const prepared: OwnEligibility[] = []
    for (const signer of this.#signers.values()) {
      const own = await this.#signerEpoch(signer, shared, options)
      if (own) prepared.push(own)
    }
    return prepared
  }

  /**
   * The proposals of a layer. One smesher's failure does not stop the others.
   *
   * @throws {SmeshError} `NO_ACTIVE_SET`, `NO_BASE_BALLOT`: nobody proposes in this layer
   */
  async build(layer: LayerId, options: CallOptions): Promise<BuildOutcome> {
    const outcome: BuildOutcome = { built: [], skipped: [] }
    if (layer <= this.#options.effectiveGenesis) return outcome
    const epoch = epochOf(layer, this.#options.layersPerEpoch)
    const signers = [...this.#signers.values()].filter(({ nodeId: smesherId }) => {
      if (this.#modules.atxs.bySmesher(epoch, smesherId)) return true
      outcome.skipped.push({ smesherId, reason: 'no ATX for the epoch' })
      return false
    })
    if (signers.length === 0) return outcome
    const shared = await this.#sharedEpoch(layer, epoch)
    if (!shared) {
      for (const { nodeId: smesherId } of signers) {
        outcome.skipped.push({ smesherId, reason: 'no beacon for the epoch' })
      }
      return outcome
    }
    const attempt = async (smesherId: NodeId, work: () => Promise<void>) => {
      try {
        await work()
      } catch (error) {
        if (isAbort(error)) throw error
        outcome.skipped.push({ smesherId, reason: 'failed', error })
      }
    }
    const jobs: { smesherId: NodeId; make: (votes: OwnVotes) => Promise<BuiltProposal> }[] = []
    for (const signer of signers) {
      const smesherId = signer.nodeId
      await attempt(smesherId, async () => {
        const own = await this.#signerEpoch(signer, shared, options)
        const proofs = own?.layers.get(layer)
        if (!own || !proofs) {
          outcome.skipped.push({ smesherId, reason: 'not eligible in this layer' })
          return
        }
        if (layer <= own.lastLayer) {
          throw new SmeshError('PROPOSAL_ALREADY_BUILT', { layer, last: own.lastLayer })
        }
        own.lastLayer = layer
        jobs.push({ smesherId, make: (votes) => this.#propose(layer, signer, own, proofs, votes) })
      })
    }
    if (jobs.length === 0) return outcome
    const votes = await this.#votes(layer)
    for (const { smesherId, make } of jobs) {
      await attempt(smesherId, async () => void outcome.built.push(await make(votes)))
    }
    return outcome
  }

  async #votes(layer: LayerId): Promise<OwnVotes> {
    const opinion = this.#modules.opinions.encodeVotes(layer)
    return { opinion, meshHash: await meshHash(layer, this.#options, this.#modules) }
  }

  async #propose(
    layer: LayerId,
    signer: ProposalSigner,
    own: SignerEpoch,
    proofs: readonly VotingEligibility[],
    votes: OwnVotes,
  ): Promise<BuiltProposal> {
    const { hash: opinionHash, ...difference } = votes.opinion
    const first = await this.#modules.ballots.firstInEpoch(own.atx.id, own.epoch)
    const refBallot: BallotId = first?.id ?? EMPTY_BALLOT_ID
    const inner: InnerBallot = {
      ...{ layer, atxId: own.atx.id, opinionHash, refBallot },
      epochData: first ? undefined : own.epochData,
    }
    const ballot = {
      ...inner,
      signature: await signer.signBallot(inner),
      smesherId: signer.nodeId,
      votes: difference,
      eligibilityProofs: proofs,
      activeSet: [],
    }
    const txIds = await this.#modules.txs.selectForProposal(proofs.length)
    const unsigned = { ballot, txIds, meshHash: votes.meshHash }
    const proposal = { ...unsigned, signature: await signer.signProposal(unsigned) }
    const bytes = Proposal.encode(proposal)
    return { smesherId: signer.nodeId, id: proposalId(proposal), proposal, bytes }
  }

  /** Undefined while the epoch has no beacon. */
  async #sharedEpoch(current: LayerId, epoch: EpochId): Promise<SharedEpoch | undefined> {
    if (this.#shared?.epoch === epoch) return this.#shared
    const beacon = await this.#modules.beacons.beacon(epoch)
    if (!beacon || isZero(beacon)) return undefined
    const activeSet = await this.#modules.generator.generate(current, epoch)
    // The own handler reads it when the first ballot comes by.
    await this.#modules.sets.add(activeSet.id, { epoch, set: activeSet.set })
    this.#shared = { epoch, beacon, activeSet }
    return this.#shared
  }

  /** Undefined when the smesher has no ATX for the epoch. */
  async #signerEpoch(
    signer: ProposalSigner,
    shared: SharedEpoch,
    options: CallOptions,
  ): Promise<SignerEpoch | undefined> {
    const key = hex(signer.nodeId)
    const known = this.#perSigner.get(key)
    if (known?.epoch === shared.epoch) return known
    const { epoch } = shared
    const atx = this.#modules.atxs.bySmesher(epoch, signer.nodeId)
    if (!atx) return undefined
    const epochData = await this.#epochData(signer, atx, shared)
    const layers = await ballotEligibilities(
      {
        ...{ epoch, beacon: epochData.beacon, vrfNonce: atx.vrfNonce },
        ...{ slots: epochData.eligibilityCount, layersPerEpoch: this.#options.layersPerEpoch },
      },
      signer,
      options,
    )
    const last = await this.#modules.ballots.lastInEpoch(atx.id, epoch)
    const own = {
      ...{ epoch, smesherId: signer.nodeId, slots: epochData.eligibilityCount, layers },
      ...{ atx, epochData, lastLayer: last?.ballot.layer ?? -1 },
    }
    this.#perSigner.set(key, own)
    return own
  }

  /** Of the stored first ballot, else of one that was signed before, else new. */
  async #epochData(
    signer: ProposalSigner,
    atx: IndexedAtx,
    { epoch, beacon, activeSet }: SharedEpoch,
  ): Promise<EpochData> {
    const first = await this.#modules.ballots.firstInEpoch(atx.id, epoch)
    if (first) {
      if (first.ballot.epochData) return first.ballot.epochData
      throw new SmeshError('REFERENCE_BALLOT_BROKEN', { ballotId: hex(first.id) })
    }
    const signed = await signer.firstBallotData(epoch)
    if (signed) return signed
    const { layerAverageSize, layersPerEpoch, minimalWeight } = this.#options
    const params = { layerAverageSize, layersPerEpoch, minimalWeight: minimalWeight(epoch) }
    const eligibilityCount = eligibleSlots(atx.weight, activeSet.weight, params)
    return { activeSetHash: activeSet.id, beacon, eligibilityCount }
  }
}
