import type {} from '../util/error.ts'

declare module '../util/error.ts' {
  interface ErrorContext {
    /** Eligibility was asked for over an active set without weight. */
    ZERO_TOTAL_WEIGHT: { weight: string }
    /** A weight beyond what the Hare oracle can count with. */
    ORACLE_WEIGHT_TOO_LARGE: { scaled: string }
    /** No ballot can be the base of an own ballot; `reason` is that of the last one tried. */
    NO_BASE_BALLOT: { layer: number; reason: string }
    /** A layer that was already dropped from memory. */
    LAYER_EVICTED: { layer: number; evicted: number }
  }
}
