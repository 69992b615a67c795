import { vrfLayer } from '../../crypto/vrf-readings.ts'
import type { Ballot } from '../../protocol/ballot.ts'
import { ballotVrfBytes } from '../../protocol/eligibility.ts'
import { epochOf } from '../../protocol/layers.ts'
import { equalBytes, isZero } from '../../util/bytes.ts'
import { accepted, ignore, reject, type Refused } from '../verdict.ts'
import { eligibleSlots, type SlotParams } from './slots.ts'

/** What the check must know of an ATX that targets the ballot's epoch. */
export interface EligibleAtx {
  smesherId: Uint8Array
  /** unit·ticks */
  weight: bigint
  vrfNonce: bigint
}

/** A ballot that was accepted before. */
export interface KnownBallot {
  layer: number
  atxId: Uint8Array
  smesherId: Uint8Array
  /** Of its own epoch data, or of the ballot that it refers to. */
  beacon: Uint8Array
  eligibilityCount: number
}

export interface EligibilityModules {
  /** The ATX in the index of a target epoch. */
  atx(targetEpoch: number, atxId: Uint8Array): EligibleAtx | undefined
  ballot(id: Uint8Array): KnownBallot | undefined
  verifyVrf(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): boolean | Promise<boolean>
}

export interface EligibilityContext extends SlotParams {
  /** Epoch of the clock. */
  currentEpoch: number
  /** Weight of the ballot's active set; 0 where it was not needed. */
  totalWeight: bigint
}

export type EligibilityVerdict =
  { outcome: 'accept'; beacon: Uint8Array; eligibilityCount: number; atx: EligibleAtx } | Refused

/**
 * Whether a ballot may stand in its layer, checked in the order of the reference.
 * Spec 06 §6; go-spacemesh proposals/eligibility_validator.go, CheckEligibility.
 */
export async function checkBallotEligibility(
  ballot: Ballot,
  context: EligibilityContext,
  modules: EligibilityModules,
): Promise<EligibilityVerdict> {
  const { layersPerEpoch } = context
  const epoch = epochOf(ballot.layer, layersPerEpoch)
  if (ballot.eligibilityProofs.length === 0) return reject('no eligibility proofs')
  const atx = modules.atx(epoch, ballot.atxId)
  if (!atx) return ignore('ATX is not in the index of the epoch')
  if (!equalBytes(atx.smesherId, ballot.smesherId)) return reject('ATX of another smesher')
  const data = epochDataOf(ballot, epoch, atx, context, modules)
  if (data.outcome !== 'accept') return data
  let last = -1
  for (const { j, signature } of ballot.eligibilityProofs) {
    if (j >= data.eligibilityCount) return reject('counter is not below the eligibility count')
    if (j <= last) return reject('counters do not ascend')
    last = j
    const alpha = ballotVrfBytes(data.beacon, epoch, atx.vrfNonce, j)
    if (!(await modules.verifyVrf(ballot.smesherId, alpha, signature))) {
      return ignore('VRF proof is not valid')
    }
    if (vrfLayer(signature, epoch, layersPerEpoch) !== ballot.layer) {
      return reject('eligible in another layer')
    }
  }
  return { ...data, atx }
}

type EpochDataVerdict =
  { outcome: 'accept'; beacon: Uint8Array; eligibilityCount: number } | Refused

function epochDataOf(
  ballot: Ballot,
  epoch: number,
  atx: EligibleAtx,
  context: EligibilityContext,
  modules: EligibilityModules,
): EpochDataVerdict {
  const own = ballot.epochData
  if (own && epoch === context.currentEpoch) {
    if (isZero(own.beacon)) return reject('beacon is empty')
    if (context.totalWeight === 0n) return reject('active set has no weight')
    if (own.eligibilityCount !== eligibleSlots(atx.weight, context.totalWeight, context)) {
      return reject('eligibility count is not the number of slots')
    }
    return { ...accepted, beacon: own.beacon, eligibilityCount: own.eligibilityCount }
  }
  if (isZero(ballot.refBallot)) {
    if (!own) return reject('neither epoch data nor reference ballot')
    return { ...accepted, beacon: own.beacon, eligibilityCount: own.eligibilityCount }
  }
  const ref = modules.ballot(ballot.refBallot)
  if (!ref) return ignore('reference ballot is not known')
  if (!equalBytes(ref.atxId, ballot.atxId)) return reject('reference ballot has another ATX')
  if (!equalBytes(ref.smesherId, ballot.smesherId)) {
    return reject('reference ballot is of another smesher')
  }
  if (epochOf(ref.layer, context.layersPerEpoch) !== epoch) {
    return reject('reference ballot is of another epoch')
  }
  return { ...accepted, beacon: ref.beacon, eligibilityCount: ref.eligibilityCount }
}
