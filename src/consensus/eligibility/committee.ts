import { binomialCdf } from '../../crypto/bincdf.ts'
import { fixedFromFraction, fixedFromRatio, type Fixed } from '../../crypto/fixed.ts'
import { SmeshError } from '../../util/error.ts'

import type {} from '../errors.ts'

/** Binomial trials beyond this are refused by the oracle. */
const MAX_TRIALS = 2n ** 30n
const U16 = 0xffff

/** A draw for a committee: n trials of probability `p`; `fraction` is where the VRF proof fell. */
export interface CommitteeDraw {
  n: number
  p: Fixed
  fraction: Fixed
}

/**
 * The draw of one smesher. A committee larger than the total weight scales both weights up.
 * Spec 06 §5, prepare; go-spacemesh hare3/eligibility/oracle.go.
 *
 * @param weight - weight of the smesher in the active set; u64
 * @param total - weight of the active set; u64
 * @param committee - expected number of seats, at least 1
 * @param proof - the VRF proof; its first eight bytes are read
 * @throws {SmeshError} `ZERO_TOTAL_WEIGHT`, `ORACLE_WEIGHT_TOO_LARGE`
 */
export function prepareDraw(
  weight: bigint,
  total: bigint,
  committee: number,
  proof: Uint8Array,
): CommitteeDraw {
  if (total === 0n) throw new SmeshError('ZERO_TOTAL_WEIGHT', { weight: weight.toString() })
  const size = BigInt(committee)
  const scaled = size > total
  const n = scaled ? weight * size : weight
  const t = scaled ? total * size : total
  if (n > MAX_TRIALS) {
    throw new SmeshError('ORACLE_WEIGHT_TOO_LARGE', { scaled: n.toString() })
  }
  return { n: Number(n), p: fixedFromRatio(size, t), fraction: fixedFromFraction(proof) }
}

/** Seats won: the smallest x below n with BinCDF(n, p, x) > fraction, else n; u16. */
export function countSeats({ n, p, fraction }: CommitteeDraw): number {
  let x = 0
  while (x < n && binomialCdf(n, p, x) <= fraction) x++
  return x & U16
}

/** True if a smesher that claims `count` seats has won as many. */
export const validSeats = ({ n, p, fraction }: CommitteeDraw, count: number): boolean =>
  binomialCdf(n, p, count - 1) <= fraction && fraction < binomialCdf(n, p, count)
