declare module '../util/error.ts' {
  interface ErrorContext {
    /** A whole-value decode left bytes unread. */
    TRAILING_BYTES: { left: number }
    /** A compact integer below the range of its mode, or too wide for its type. */
    COMPACT_OUT_OF_RANGE: { bits: number; offset: number }
    /** A list or byte string longer than its limit. Raised before any element is read. */
    LENGTH_OVER_LIMIT: { length: number; max: number }
    /** A fixed-size value of another size was given for encoding. */
    WRONG_LENGTH: { expected: number; got: number }
    /** A tagged value with a tag that the format does not define. */
    UNKNOWN_TAG: { what: string; tag: number }
    /** A text document (checkpoint, identity file) that breaks its format. */
    BAD_DOCUMENT: { what: string; reason: string }
  }
}

export {}
