import { hash20, hash32 } from '../crypto/hash.ts'
import { concat } from '../util/bytes.ts'
import { c32, c64, option, struct, vec, type Infer } from './codec.ts'
import {
  AtxId,
  BallotId,
  Beacon,
  BlockId,
  EdSignature,
  Hash32,
  LayerId,
  NodeId,
  VrfSignature,
} from './primitives.ts'

/** Against and support each: the votes of a ballot reach back a window of layers. */
export const MAX_VOTES = 10_000
export const MAX_BALLOT_ELIGIBILITIES = 25_000
export const MAX_LEGACY_ACTIVE_SET = 1

/** Named by the first ballot of a smesher in an epoch, and by no other. */
export const EpochData = struct({
  activeSetHash: Hash32,
  beacon: Beacon,
  /** Slots of the smesher in the epoch. */
  eligibilityCount: c32,
})
export type EpochData = Infer<typeof EpochData>

/** The part that the id and the signature cover. */
export const InnerBallot = struct({
  layer: LayerId,
  atxId: AtxId,
  opinionHash: Hash32,
  /** Zeros in the first ballot of the epoch, else the id of that ballot. */
  refBallot: BallotId,
  epochData: option(EpochData),
})
export type InnerBallot = Infer<typeof InnerBallot>

export const Vote = struct({ blockId: BlockId, layer: LayerId, height: c64 })
export type Vote = Infer<typeof Vote>

const VoteList = vec(Vote, { max: MAX_VOTES })

/** Difference of a ballot's votes to those of its base ballot. */
export const Votes = struct({
  base: BallotId,
  support: VoteList,
  against: VoteList,
  abstain: vec(LayerId, { max: MAX_VOTES }),
})
export type Votes = Infer<typeof Votes>

/** Votes with the hash that ties them to a ballot; the form kept in storage. */
export const Opinion = struct({ hash: Hash32, ...Votes.fields })
export type Opinion = Infer<typeof Opinion>

export const VotingEligibility = struct({
  /** Number of the slot, below the epoch's eligibility count. */
  j: c32,
  signature: VrfSignature,
})
export type VotingEligibility = Infer<typeof VotingEligibility>

/**
 * A smesher's vote on the history. Id and signature cover neither votes (which the opinion hash
 * ties to it) nor eligibility proofs nor active set.
 * Spec 01 §8; go-spacemesh common/types/ballot.go.
 */
export const Ballot = struct({
  ...InnerBallot.fields,
  signature: EdSignature,
  smesherId: NodeId,
  votes: Votes,
  eligibilityProofs: vec(VotingEligibility, { max: MAX_BALLOT_ELIGIBILITIES }),
  /** Legacy: sent empty, dropped on receipt. */
  activeSet: vec(AtxId, { max: MAX_LEGACY_ACTIVE_SET }),
})
export type Ballot = Infer<typeof Ballot>

export const ballotId = (ballot: InnerBallot): BallotId => hash20(InnerBallot.encode(ballot))

/** Message of the ballot signature (domain BALLOT): layer ‖ full hash of the inner ballot. */
export const ballotSignedBytes = (ballot: InnerBallot): Uint8Array =>
  concat(LayerId.encode(ballot.layer), hash32(InnerBallot.encode(ballot)))
