declare module '../util/error.ts' {
  interface ErrorContext {
    /** Rewards whose weights cannot be shared out: a zero denominator, or a sum of zero. */
    REWARD_WEIGHTS: { layer: number; reason: string }
    /** Genesis balances do not add up to the expected sum, smidge. */
    GENESIS_SUM: { expected: string; got: string }
    /** An address occurs twice in a genesis ledger. */
    GENESIS_DUPLICATE: { address: string }
  }
}

export {}
