/** How early an ATX was seen, and whether its author was known malicious by then. */
export type AtxGrade = 'good' | 'acceptable' | 'evil'

export interface GradingTimes {
  /** Start of the target epoch, ns since the Unix epoch. */
  epochStartNs: bigint
  /** Longest delay of a message, ns. */
  delayNs: bigint
  /** Local arrival of the ATX, ns. */
  atxReceivedNs: bigint
  /** Local arrival of the author's malfeasance proof, ns; absent when there is none. */
  proofReceivedNs?: bigint | undefined
}

/**
 * Grade of an ATX for the active set of its target epoch. Comparisons are strict.
 *
 * Spec 08 §8; go-spacemesh miner/active_set_generator.go.
 *
 * @example gradeAtx({ epochStartNs: 100n, delayNs: 10n, atxReceivedNs: 59n }) // 'good'
 */
export function gradeAtx(times: GradingTimes): AtxGrade {
  const { epochStartNs: start, delayNs: delay, atxReceivedNs: seen, proofReceivedNs: proof } = times
  if (seen < start - 4n * delay && (proof === undefined || proof >= start)) return 'good'
  if (seen < start - 3n * delay && (proof === undefined || proof >= start - delay)) {
    return 'acceptable'
  }
  return 'evil'
}

/**
 * True if the own view is fit to be the active set: more than `goodAtxsPercent` of all known ATXs
 * are good, in whole percent rounded down.
 */
export function ownActiveSetUsable(good: number, total: number, goodAtxsPercent: number): boolean {
  return total > 0 && Math.floor((100 * good) / total) > goodAtxsPercent
}
