import { hash20, hash32 } from '../crypto/hash.ts'
import { concat } from '../util/bytes.ts'
import { Ballot } from './ballot.ts'
import { struct, vec, type Infer } from './codec.ts'
import { EdSignature, Hash32, LayerId, padId, TxId, type ProposalId } from './primitives.ts'

export const MAX_TRANSACTIONS = 100_000

/** All but the signature, the ballot with its own signature, votes and proofs included. */
export const InnerProposal = struct({
  ballot: Ballot,
  txIds: vec(TxId, { max: MAX_TRANSACTIONS }),
  meshHash: Hash32,
})
export type InnerProposal = Infer<typeof InnerProposal>

/**
 * Candidate for a layer's block, gossip topic `pp1`. Both signatures are by `ballot.smesherId`;
 * sign the ballot first. Spec 01 §8.3; go-spacemesh common/types/proposal.go.
 */
export const Proposal = struct({ ...InnerProposal.fields, signature: EdSignature })
export type Proposal = Infer<typeof Proposal>

/** Message of the proposal signature (domain PROPOSAL): layer ‖ hash of the inner proposal. */
export const proposalSignedBytes = (proposal: InnerProposal): Uint8Array =>
  concat(LayerId.encode(proposal.ballot.layer), hash32(InnerProposal.encode(proposal)))

/** Hash of the signed message, which itself holds a hash. */
export const proposalId = (proposal: InnerProposal): ProposalId =>
  hash20(proposalSignedBytes(proposal))

/**
 * Hash of a set of proposals in the order given: hare references take it over ascending ids.
 * Each id is padded to 32 bytes. Spec 01 §10; common/types/hashes.go, CalcProposalsHash32.
 */
export const proposalSetHash = (ids: readonly ProposalId[]): Hash32 => hash32(...ids.map(padId))
