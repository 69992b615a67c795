import { SmeshError } from '../../util/error.ts'
import { maxBig, wrap64 } from '../../util/u64.ts'

import type {} from '../errors.ts'

export interface SlotParams {
  /** Least weight that counts as the whole; u64. */
  minimalWeight: bigint
  /** Proposals that a layer has on average. */
  layerAverageSize: number
  layersPerEpoch: number
}

/**
 * Proposal slots of one ATX in its target epoch:
 * ⌊weight · layerAverageSize · layersPerEpoch / max(minimalWeight, totalWeight)⌋, at least 1.
 *
 * @param weight - ATX weight in unit·ticks; u64
 * @param totalWeight - sum of weights over the ballot's active set, unit·ticks; u64
 * @returns slots per epoch (not per layer), u32. The product wraps at 2^64 and the quotient is cut
 *   to 32 bits, as in the reference.
 * @throws {SmeshError} `ZERO_TOTAL_WEIGHT` if `totalWeight` is 0
 * @see spec 06 §6; go-spacemesh proposals/util/util.go, GetNumEligibleSlots (v1.7.6)
 */
export function eligibleSlots(weight: bigint, totalWeight: bigint, params: SlotParams): number {
  if (totalWeight === 0n) throw new SmeshError('ZERO_TOTAL_WEIGHT', { weight: weight.toString() })
  const { layerAverageSize, layersPerEpoch, minimalWeight } = params
  const slotsInEpoch = wrap64(BigInt(layerAverageSize) * BigInt(layersPerEpoch))
  const slots = wrap64(weight * slotsInEpoch) / maxBig(minimalWeight, totalWeight)
  return slots === 0n ? 1 : Number(BigInt.asUintN(32, slots))
}
