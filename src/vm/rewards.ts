import type { Reward } from '../protocol/transaction.ts'
import { compareBytes } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { wrap64 } from '../util/u64.ts'

import './errors.ts'

/** A share of a layer's reward, taken from its block. */
export interface RewardShare {
  coinbase: Uint8Array
  /** Exact fraction, u64 each; not 0 in a valid block. */
  weightNum: bigint
  weightDenom: bigint
  /** Who smeshed; kept with the reward, no part of the arithmetic. */
  smesherId: Uint8Array
}

export interface RewardPot {
  layer: number
  subsidy: bigint
  fees: bigint
}

/**
 * Shares out a layer's subsidy and fees by weight, each share rounded down; what is left over is
 * burnt, and all of it when there is no share. Paid in order of the coinbases.
 * Spec 02 §8; go-spacemesh genvm/rewards.go, addRewards (v1.7.6).
 *
 * @throws {SmeshError} `REWARD_WEIGHTS`
 */
export function shareRewards(
  shares: readonly RewardShare[],
  { layer, subsidy, fees }: RewardPot,
): Reward[] {
  const sorted = shares.toSorted((a, b) => compareBytes(a.coinbase, b.coinbase))
  const denominator = commonDenominator(sorted, layer)
  const weights = sorted.map(
    ({ weightNum, weightDenom }) => (weightNum * denominator) / weightDenom,
  )
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0n)
  if (sorted.length > 0 && weightSum === 0n) {
    throw new SmeshError('REWARD_WEIGHTS', { layer, reason: 'all weights are zero' })
  }
  const total = wrap64(subsidy + fees)
  return sorted.map(({ coinbase, smesherId }, i) => ({
    layer,
    coinbase,
    smesherId,
    totalReward: (total * weights[i]!) / weightSum,
    layerReward: (subsidy * weights[i]!) / weightSum,
  }))
}

/** Least common multiple of the denominators: with it weights are whole numbers, and exact. */
function commonDenominator(shares: readonly RewardShare[], layer: number): bigint {
  let common = 1n
  for (const { weightDenom } of shares) {
    if (weightDenom === 0n) {
      throw new SmeshError('REWARD_WEIGHTS', { layer, reason: 'a denominator is zero' })
    }
    common = (common / gcd(weightDenom, common % weightDenom)) * weightDenom
  }
  return common
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}
