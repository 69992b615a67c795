import { Domain } from '../crypto/ed25519.ts'
import { accepted, ignore, reject, type Refused, type Verdict } from '../consensus/index.ts'
import { ballotId, ballotSignedBytes, type Ballot } from '../protocol/ballot.ts'
import type { Beacon, LayerId, ProposalId } from '../protocol/primitives.ts'
import { padId } from '../protocol/primitives.ts'
import { Proposal, proposalId, proposalSignedBytes } from '../protocol/proposal.ts'
import { equalBytes, hex, isZero } from '../util/bytes.ts'
import { isSmeshError } from '../util/error.ts'
import type { BallotHandler } from './ballot-handler.ts'
import { fetched } from './fetching.ts'
import type { BallotStore, CallOptions, Fetcher, LayerTime, SignatureVerifier } from './modules.ts'
import type { ProposalStore, StoredProposal } from './proposal-store.ts'

export interface ProposalHandlerModules {
  time: LayerTime
  ballotHandler: Pick<BallotHandler, 'process' | 'hasUsableAtx'>
  proposals: Pick<ProposalStore, 'has' | 'add'>
  ballots: Pick<BallotStore, 'get'>
  signatures: SignatureVerifier
  fetch: Pick<Fetcher, 'txs' | 'register'>
  /** Contiguously processed layers end here. */
  mesh: { readonly processedLayer: LayerId }
  /** False: gossip is ignored. */
  listening(): boolean
  /** Links the transactions to the proposal, and lets the mesh know of its layer. */
  onProposal(entry: StoredProposal): Promise<void>
  /** Gossips an encoded `MalfeasanceProof`. */
  publishProof(proof: Uint8Array): Promise<void>
}

/** Where a proposal comes from. */
export interface ProposalSource extends CallOptions {
  /** Name of the peer; `self` for own ones. */
  peer: string
  /** Set when it was asked for by its id. */
  expected?: ProposalId
}

/**
 * Checks a proposal from gossip, from a peer that was asked for it, or from this node, and keeps
 * it. All three go the same way. Spec 07 §3.1; go-spacemesh proposals/handler.go (v1.7.6).
 */
export class ProposalHandler {
  readonly #options: { effectiveGenesis: LayerId }
  readonly #modules: ProposalHandlerModules

  constructor(options: { effectiveGenesis: LayerId }, modules: ProposalHandlerModules) {
    this.#options = options
    this.#modules = modules
  }

  async handle(bytes: Uint8Array, source: ProposalSource): Promise<Verdict> {
    const { ballotHandler, proposals, publishProof } = this.#modules
    if (source.expected === undefined && !this.#modules.listening()) return ignore('not listening')
    const proposal = decodeProposal(bytes)
    if (!proposal) return reject('malformed data')
    const { ballot } = proposal
    const early = this.#checkLayer(ballot.layer) ?? (await this.#checkSignatures(proposal))
    if (early) return early
    const id = proposalId(proposal)
    if (source.expected && !equalBytes(id, source.expected)) return reject('incorrect hash')
    if (!ballotHandler.hasUsableAtx(ballot)) return reject('ATX is empty or golden')
    if (proposals.has(ballot.layer, id)) {
      return source.expected ? accepted : ignore('known proposal')
    }
    this.#register(proposal, source.peer)
    const verdict = await ballotHandler.process(ballot, ballotId(ballot), source)
    if (verdict.outcome !== 'accept') return verdict
    if (hasDuplicates(proposal.txIds)) return reject('duplicate transactions')
    const missing = await this.#keep(proposal, id, verdict.malicious, source)
    if (missing) return missing
    if (verdict.proof) {
      await publishProof(verdict.proof)
      return ignore('second ballot of its smesher in the layer')
    }
    return accepted
  }

  #checkLayer(layer: LayerId): Refused | undefined {
    const { mesh, time } = this.#modules
    if (layer <= this.#options.effectiveGenesis) return ignore('before effective genesis')
    if (layer <= mesh.processedLayer) return ignore('too late')
    if (layer > time.currentLayer()) return ignore('from the future')
    return undefined
  }

  async #checkSignatures(proposal: Proposal): Promise<Refused | undefined> {
    const { signatures } = this.#modules
    const { ballot, signature } = proposal
    const { smesherId } = ballot
    const message = proposalSignedBytes(proposal)
    if (!(await signatures.verify(Domain.proposal, message, signature, smesherId))) {
      return ignore('proposal signature is not valid')
    }
    const inner = ballotSignedBytes(ballot)
    if (!(await signatures.verify(Domain.ballot, inner, ballot.signature, smesherId))) {
      return ignore('ballot signature is not valid')
    }
    return undefined
  }

  #register({ ballot, txIds }: Proposal, peer: string): void {
    const { votes, refBallot, epochData } = ballot
    const hashes = votes.support.map(({ blockId }) => padId(blockId))
    if (!isZero(votes.base)) hashes.push(padId(votes.base))
    if (epochData) hashes.push(epochData.activeSetHash)
    else if (!isZero(refBallot)) hashes.push(padId(refBallot))
    this.#modules.fetch.register(peer, [...hashes, ...txIds])
  }

  async #keep(
    proposal: Proposal,
    id: ProposalId,
    malicious: boolean,
    options: CallOptions,
  ): Promise<Refused | undefined> {
    const { fetch, proposals, onProposal } = this.#modules
    if (proposal.txIds.length > 0 && !(await fetched(fetch.txs(proposal.txIds, options)))) {
      return ignore('transactions could not be fetched')
    }
    const beacon = await this.#beaconOf(proposal.ballot)
    if (!beacon) return ignore('reference ballot has no beacon')
    const ballot = { ...proposal.ballot, activeSet: [] }
    const entry = { id, proposal: { ...proposal, ballot }, beacon, malicious }
    const added = proposals.add(entry)
    if (added === 'known') return ignore('known proposal')
    if (added === 'evicted') return ignore('layer is not kept any more')
    await onProposal(entry)
    return undefined
  }

  async #beaconOf({ epochData, refBallot }: Ballot): Promise<Beacon | undefined> {
    if (epochData) return epochData.beacon
    return (await this.#modules.ballots.get(refBallot))?.ballot.epochData?.beacon
  }
}

const hasDuplicates = (ids: readonly Uint8Array[]): boolean =>
  new Set(ids.map(hex)).size !== ids.length

function decodeProposal(bytes: Uint8Array): Proposal | undefined {
  try {
    return Proposal.decode(bytes)
  } catch (error) {
    if (isSmeshError(error)) return undefined
    throw error
  }
}
