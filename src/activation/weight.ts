import { U32_MAX, U64_MAX } from '../util/u64.ts'

/** Whole ticks in a PoET proof of `leafCount` leaves; 0 is allowed. */
export const ticksOf = (leafCount: bigint, tickSize: bigint): bigint => leafCount / tickSize

/** Units that count: growth pays one ATX later, shrinking at once. No previous ATX: as declared. */
export const effectiveUnits = (declared: number, previousDeclared: number | undefined): number =>
  previousDeclared === undefined ? declared : Math.min(declared, previousDeclared)

/** Weight of a V1 ATX, units · ticks; undefined when it does not fit u64 (the ATX is rejected). */
export function atxWeightV1(units: number, ticks: bigint): bigint | undefined {
  const weight = BigInt(units) * ticks
  return weight > U64_MAX ? undefined : weight
}

/** One NIPoST of a V2 ATX: the leaves of its PoET proof and the effective units of its posts. */
export interface NipostShare {
  leafCount: bigint
  effectiveUnits: readonly number[]
}

/** `ticks` is the least of all NIPoSTs; units and weight are missing when the ATX is rejected. */
export type AtxWeightV2 =
  | { ticks: bigint; units: number; weight: bigint }
  | { ticks: bigint; units?: undefined; weight?: undefined }

/**
 * Weight of a V2 ATX: Σ units · ticks over its NIPoSTs. As in the reference an addend that would
 * take the units of one NIPoST past u32 is skipped, a product or a sum of units that overflows
 * rejects the ATX, and the sum of the weights wraps at 2^64.
 *
 * Spec 08 §4 step 16; go-spacemesh activation/handler_v2.go.
 */
export function atxWeightV2(niposts: readonly NipostShare[], tickSize: bigint): AtxWeightV2 {
  let ticks = U64_MAX
  let units = 0
  let weight = 0n
  let overflow = false
  for (const nipost of niposts) {
    const own = ticksOf(nipost.leafCount, tickSize)
    if (own < ticks) ticks = own
    let sum = 0
    for (const addend of nipost.effectiveUnits) if (sum + addend <= U32_MAX) sum += addend
    units += sum
    const product = atxWeightV1(sum, own)
    if (product === undefined) overflow = true
    else weight += product
  }
  if (overflow || units > U32_MAX) return { ticks }
  return { ticks, units, weight: BigInt.asUintN(64, weight) }
}
