import { bytes, c32, fixed, struct, vec, type Infer } from './codec.ts'
import { EdSignature, EpochId, NodeId, RoundId, VrfSignature } from './primitives.ts'

/**
 * Messages of the beacon protocol. Spec 01 §11; go-spacemesh beacon/message.go,
 * beacon/weakcoin/weak_coin.go.
 */
export const MAX_BEACON_PROPOSALS = 1000
export const MAX_VOTES_BIT_VECTOR_BYTES = 128

/** First bytes of the VRF proof of a {@link BeaconProposal}. */
export const BeaconProposalValue = fixed(4)
export type BeaconProposalValue = Uint8Array

/** Gossip topic `bp1`. Not signed: the VRF (type beacon) is the authentication. */
export const BeaconProposal = struct({
  epoch: EpochId,
  nodeId: NodeId,
  vrfSignature: VrfSignature,
})
export type BeaconProposal = Infer<typeof BeaconProposal>

const ValueList = vec(BeaconProposalValue, { max: MAX_BEACON_PROPOSALS })

export const BeaconFirstVoteBody = struct({
  epoch: EpochId,
  validProposals: ValueList,
  potentiallyValidProposals: ValueList,
})
export type BeaconFirstVoteBody = Infer<typeof BeaconFirstVoteBody>

/** Gossip topic `bf1`. */
export const BeaconFirstVote = struct({
  ...BeaconFirstVoteBody.fields,
  smesherId: NodeId,
  signature: EdSignature,
})
export type BeaconFirstVote = Infer<typeof BeaconFirstVote>

export const BeaconFollowingVoteBody = struct({
  epoch: EpochId,
  round: RoundId,
  /** Big-endian without leading zeros; bit i is a vote for entry i of the smesher's first list. */
  votesBitVector: bytes({ max: MAX_VOTES_BIT_VECTOR_BYTES }),
})
export type BeaconFollowingVoteBody = Infer<typeof BeaconFollowingVoteBody>

/** Gossip topic `bo1`. */
export const BeaconFollowingVote = struct({
  ...BeaconFollowingVoteBody.fields,
  smesherId: NodeId,
  signature: EdSignature,
})
export type BeaconFollowingVote = Infer<typeof BeaconFollowingVote>

/** Gossip topic `bw1`. Not signed: the VRF (type weak coin) is the authentication. */
export const WeakCoinMessage = struct({
  epoch: EpochId,
  round: RoundId,
  /** Number of the participant's coin, below its units. */
  unit: c32,
  nodeId: NodeId,
  vrfSignature: VrfSignature,
})
export type WeakCoinMessage = Infer<typeof WeakCoinMessage>

/** Message of the first-vote signature (domain BEACON_FIRST_MSG). */
export const beaconFirstVoteSignedBytes = (body: BeaconFirstVoteBody): Uint8Array =>
  BeaconFirstVoteBody.encode(body)

/** Message of the following-vote signature (domain BEACON_FOLLOWUP_MSG). */
export const beaconFollowingVoteSignedBytes = (body: BeaconFollowingVoteBody): Uint8Array =>
  BeaconFollowingVoteBody.encode(body)
