declare module '../util/error.ts' {
  interface ErrorContext {
    /** A network document that cannot be used: `path` names the field, `problem` says what to do. */
    NETWORK_DOCUMENT_INVALID: { path: string; problem: string }
    /** A layer or epoch beyond 2^32 − 1, or before 0. */
    LAYER_OVERFLOW: { value: string }
  }
}

export {}
