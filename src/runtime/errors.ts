declare module '../util/error.ts' {
  interface ErrorContext {
    /** Something was started here before; see the state. */
    ALREADY_STARTED: { phase: string }
    /** A call that needs a running node. */
    NODE_NOT_RUNNING: { phase: string }
    /** Space outside what the network allows. */
    UNITS_OUT_OF_RANGE: { units: number; min: number; max: number }
    /** A size that is not on offer. */
    UNIT_SIZE_UNKNOWN: { unitLabels: string }
    /** This browser or mode keeps no files: committed space has no place. */
    NO_FILE_STORAGE: { reason: string }
    /** No graphics card that computes, and `gpu` was asked for. */
    NO_GPU: { reason: string }
    /** An address that is not one of this wallet. */
    UNKNOWN_ACCOUNT: { address: string }
    AMOUNT_ZERO: { text: string }
    /** The own node does not take the transaction; `reason` is the code of the rule. */
    TX_REJECTED: { reason: string; detail: string }
    /** Smeshing is stopped, so there is nothing to pause. */
    NOT_SMESHING: { phase: string }
    /** Smeshing runs already. */
    ALREADY_SMESHING: { phase: string }
    /** The browser may delete what is stored when space runs short; a condition, never thrown. */
    STORAGE_NOT_PERSISTED: Record<string, never>
    /** The stored network document is not one any more. */
    NETWORK_UNREADABLE: { reason: string }
  }
}

export {}
