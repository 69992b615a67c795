declare module '../util/error.ts' {
  interface ErrorContext {
    /** The slot already holds other content: signing would equivocate. The identity is halted. */
    JOURNAL_CONFLICT: { slot: string }
    /** A request against the order that the journal keeps; nothing was signed, nobody is halted. */
    JOURNAL_ORDER: { request: string; problem: string }
    /** Another holder opened the journal later: this one must not sign any more. */
    JOURNAL_FENCED: { fence: number; current: number }
    /** The identity was halted for good; `reason` is for its owner. */
    SIGNER_HALTED: { reason: string }
    /** The journal is missing or stale: no signature before `untilEpoch` and a look at the network. */
    SIGNER_QUARANTINED: { untilEpoch: number }
    /** The identity was exported: it signs elsewhere. */
    SIGNER_RETIRED: { nodeId: string }
    /** The exclusive lock of the identity is not held here. */
    SIGNER_NO_LOCK: { nodeId: string }
    /** The clock is too far off the peers' to sign for a layer. */
    SIGNER_CLOCK_OFF: { offsetMs: number; limitMs: number }
    /** A journal or its export that is damaged or belongs to another identity or network. */
    JOURNAL_INVALID: { problem: string }
    /** A step did not finish before its deadline. */
    DEADLINE_PASSED: { step: string; deadlineMs: number }
    /** The challenge can no longer lead to an ATX in its epoch; it is dropped. */
    CHALLENGE_EXPIRED: { publishEpoch: number; reason: string }
    /** No PoET took the registration, or none gave a valid proof; tried again. */
    POET_UNSTABLE: { step: string; problem: string }
    /** One PoET does not answer now; a client raises it for failures worth another try. */
    POET_UNAVAILABLE: { poetId: string; problem: string }
    /** One PoET refused the request or answered wrongly; another try would not help. */
    POET_REFUSED: { poetId: string; problem: string }
    /** The only registrations are at PoETs that are no longer configured. */
    POET_REGISTRATION_MISMATCH: { publishEpoch: number; registered: string }
    /** The stored first proof does not fit the space any more; it is made again. */
    INITIAL_POST_INVALID: { problem: string }
    /** The PoST service did not report what the ATX needs. */
    POST_INCOMPLETE: { problem: string }
    /** The own ATX failed validation before or after signing. */
    OWN_ATX_INVALID: { publishEpoch: number; reason: string }
  }
}

export {}
