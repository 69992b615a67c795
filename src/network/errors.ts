declare module '../util/error.ts' {
  interface ErrorContext {
    /** A length prefix that does not end within the bytes of a 32-bit value. */
    BAD_UVARINT: { offset: number }
    /** Another magic number than Spacemesh's: the peer speaks another protocol. */
    BAD_COOKIE_MAGIC: { got: string }
    /** A frame that announces more than its reader takes. */
    FRAME_TOO_LONG: { sizeBytes: number; max: number }
  }
}

export {}
