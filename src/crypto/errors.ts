import type {} from '../util/error.ts'

declare module '../util/error.ts' {
  interface ErrorContext {
    /** Text that is no bech32 at all; `reason` is one of the words listed at `addressFromText`. */
    ADDRESS_MALFORMED: { text: string; reason: string }
    /** Well-formed bech32 whose checksum does not fit: most likely a typing error. */
    ADDRESS_CHECKSUM: { text: string }
    /** Good bech32 with the wrong amount of data; an address has 39 words (24 bytes). */
    ADDRESS_LENGTH: { text: string; words: number }
    /** An address of another network. */
    ADDRESS_NETWORK: { expected: string; actual: string }
    /** One of the first four bytes is not zero. */
    ADDRESS_RESERVED: { text: string }
    /** Identity file with something else than pairs of hex digits. The content is a secret. */
    IDENTITY_NOT_HEX: { length: number }
    /** Identity file of the wrong length; `bytes` counts the decoded ones. */
    IDENTITY_LENGTH: { bytes: number }
    /** The public half of an identity file does not belong to its private half. */
    IDENTITY_MISMATCH: { publicKey: string }
    /** A fixed-point result left its 127 bits; `operation` says which one. */
    FIXED_OVERFLOW: { operation: string }
  }
}
