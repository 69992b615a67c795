import { absoluteRound } from '../../protocol/hare.ts'

/** A round of Hare 3: iteration and {@link HareRound}. */
export interface IterRound {
  iter: number
  round: number
}

/**
 * Rounds that a message of `target` came late when the round next to execute was `received`.
 * The preround takes up two numbers, so one is taken off behind it.
 * Spec 06 §9.1; go-spacemesh hare3/types.go, IterRound.Delay.
 */
export function roundDelay(received: IterRound, target: IterRound): number {
  const late =
    absoluteRound(received.iter, received.round) - absoluteRound(target.iter, target.round)
  if (late <= 0) return 0
  return target.iter === 0 && target.round === 0 ? late - 1 : late
}

/** Grade of a message, u8. It wraps: seven rounds late passes every test, as in the reference. */
export const messageGrade = (received: IterRound, target: IterRound): number =>
  (6 - roundDelay(received, target)) & 0xff
