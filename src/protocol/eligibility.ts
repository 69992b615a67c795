import { c32, struct, type Infer } from './codec.ts'
import { CERTIFY_ROUND } from './certificate.ts'
import {
  Beacon,
  EligibilityType,
  EligibilityTypeCode,
  EpochId,
  LayerId,
  RoundId,
  VrfNonce,
  type VrfSignature,
} from './primitives.ts'

/**
 * Messages that VRF proofs are made over. No genesis id and no domain go before them.
 * Spec 01 §3.3; go-spacemesh common/types/eligibility.go, hare3/eligibility/oracle.go,
 * proposals/util.go, beacon/message.go, beacon/weakcoin/weak_coin.go.
 */
export const BeaconProposalVrf = struct({
  type: EligibilityTypeCode,
  vrfNonce: VrfNonce,
  epoch: EpochId,
})
export type BeaconProposalVrf = Infer<typeof BeaconProposalVrf>

export const HareVrf = struct({
  type: EligibilityTypeCode,
  beacon: Beacon,
  /** Absolute round of hare, or {@link CERTIFY_ROUND}. */
  round: c32,
  layer: LayerId,
})
export type HareVrf = Infer<typeof HareVrf>

export const BallotVrf = struct({
  type: EligibilityTypeCode,
  beacon: Beacon,
  epoch: EpochId,
  vrfNonce: VrfNonce,
  /** The slot, j of a voting eligibility. */
  counter: c32,
})
export type BallotVrf = Infer<typeof BallotVrf>

export const WeakCoinVrf = struct({
  type: EligibilityTypeCode,
  vrfNonce: VrfNonce,
  epoch: EpochId,
  round: RoundId,
  unit: c32,
})
export type WeakCoinVrf = Infer<typeof WeakCoinVrf>

export const beaconProposalVrfBytes = (vrfNonce: VrfNonce, epoch: EpochId): Uint8Array =>
  BeaconProposalVrf.encode({ type: EligibilityType.beacon, vrfNonce, epoch })

export const hareVrfBytes = (beacon: Beacon, round: number, layer: LayerId): Uint8Array =>
  HareVrf.encode({ type: EligibilityType.hare, beacon, round, layer })

export const certifyVrfBytes = (beacon: Beacon, layer: LayerId): Uint8Array =>
  hareVrfBytes(beacon, CERTIFY_ROUND, layer)

export const ballotVrfBytes = (
  beacon: Beacon,
  epoch: EpochId,
  vrfNonce: VrfNonce,
  counter: number,
): Uint8Array =>
  BallotVrf.encode({ type: EligibilityType.voting, beacon, epoch, vrfNonce, counter })

export const weakCoinVrfBytes = (
  vrfNonce: VrfNonce,
  epoch: EpochId,
  round: RoundId,
  unit: number,
): Uint8Array =>
  WeakCoinVrf.encode({ type: EligibilityType.beaconWeakCoin, vrfNonce, epoch, round, unit })

/** The value that a beacon proposal stands for: the head of its proof. */
export const beaconProposalValue = (proof: VrfSignature): Uint8Array => proof.slice(0, 4)

/** Hare4's short id of a proposal: the head of its first eligibility proof. */
export const compactProposalId = (proof: VrfSignature): Uint8Array => proof.slice(0, 4)
