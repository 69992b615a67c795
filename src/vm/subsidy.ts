import { checkU32 } from '../util/u64.ts'
import { expMinus, round34 } from './decimal.ts'

/** Smidge that smeshing will ever earn: 2 250 000 000 SMH. */
export const TOTAL_SUBSIDY = 2_250_000_000_000_000_000n

/** λ of the decay, 10^−40: −ln(0.8) / 1 051 201. */
const LAMBDA = 2122748659050074683778792926470147n
const LAMBDA_EXPONENT = -40

/**
 * Smidge issued in layers 0 … `index`: T·(1 − e^(−λ(index+1))), every step in decimals of 34
 * digits, the result truncated. No double can do this. Spec 02 §11; economics v0.1.4
 * rewards/rewards.go.
 *
 * @param index - layer − firstEffectiveGenesis, u32
 */
export function accumulatedSubsidy(index: number): bigint {
  const steps = BigInt(checkU32(index)) + 1n
  const decay = round34(
    expMinus(round34({ coefficient: LAMBDA * steps, exponent: LAMBDA_EXPONENT })),
  )
  const issuedShare = round34(oneMinus(decay.coefficient, decay.exponent))
  const issued = round34({
    coefficient: issuedShare.coefficient * TOTAL_SUBSIDY,
    exponent: issuedShare.exponent,
  })
  return issued.exponent >= 0
    ? issued.coefficient * 10n ** BigInt(issued.exponent)
    : issued.coefficient / 10n ** BigInt(-issued.exponent)
}

/**
 * Subsidy of one layer, smidge. Index 0 is the effective genesis layer, which pays nobody: the
 * first paid layer has index 1.
 */
export function subsidyAt(index: number): bigint {
  const accumulated = accumulatedSubsidy(index)
  return index === 0 ? accumulated : accumulated - accumulatedSubsidy(index - 1)
}

const oneMinus = (coefficient: bigint, exponent: number) => ({
  coefficient: exponent < 0 ? 10n ** BigInt(-exponent) - coefficient : 1n - coefficient,
  exponent: Math.min(exponent, 0),
})
