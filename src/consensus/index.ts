import type {} from './errors.ts'

export {
  passesThreshold,
  proposalThreshold,
  votingThreshold,
  type Ratio,
} from './beacon/thresholds.ts'
export { beaconHash, decodeVotes, encodeVotes } from './beacon/votes.ts'
export { smallestProof, tossCoin } from './coin.ts'
export {
  checkBallotEligibility,
  type EligibilityContext,
  type EligibilityModules,
  type EligibilityVerdict,
  type EligibleAtx,
  type KnownBallot,
} from './eligibility/check.ts'
export { countSeats, prepareDraw, validSeats, type CommitteeDraw } from './eligibility/committee.ts'
export { ballotEligibilities, type ProofParams, type VrfSigner } from './eligibility/proofs.ts'
export { eligibleSlots, type SlotParams } from './eligibility/slots.ts'
export { messageGrade, roundDelay, type IterRound } from './hare/grade.ts'
export { accepted, ignore, reject, type Refused, type Verdict } from './verdict.ts'
export { extendChain, unwrapVotes, type VoteBase, type VoteNode } from './opinion/chain.ts'
export {
  OpinionTracker,
  type BlockHeader,
  type Decoded,
  type DecodedBallot,
  type OpinionModules,
  type OpinionOptions,
} from './opinion/tracker.ts'
