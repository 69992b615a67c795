declare module '../util/error.ts' {
  interface ErrorContext {
    /** Set-up options outside the network's limits; `field` names the first one that fails. */
    POST_BAD_OPTIONS: { field: string; expected: string; got: string }
    /** Labels lie on disk but `postdata_metadata.json` does not. */
    POST_METADATA_MISSING: { labels: string }
    /** `postdata_metadata.json` cannot be read. */
    POST_METADATA_BAD: { reason: string }
    /** Existing data was made for another identity or with other parameters. */
    POST_DATA_MISMATCH: { field: string; expected: string; found: string }
    /** Two set-ups of one data directory at once. */
    POST_ALREADY_RUNNING: { task: string }
    /** A computed label differs from the reference function: a defective or misused GPU. */
    POST_LABEL_MISMATCH: { index: string; commitment: string; expected: string; actual: string }
    /** Label data ends before the size that metadata promises; set-up must be finished first. */
    POST_DATA_INCOMPLETE: { file: number; expectedBytes: string; foundBytes: string }
    /** 2^256 / numLabels · 8 does not fit 256 bits, that is numLabels is 8 or less. */
    POST_VRF_OVERFLOW: { numLabels: string }
    /** No proving difficulty exists for this number of labels. */
    POST_NO_DIFFICULTY: { numLabels: string; k1: number; reason: string }
    /** All 256 nonce groups were scanned and none reached K2 good labels. */
    POST_NO_PROOF: { groups: number }
    /** The proof-of-work difficulty needs RandomX, which this build does not bring. */
    RANDOMX_MISSING: { difficulty: string }
    /** The GPU device was lost (driver reset, sleep, another tab); open a new one and resume. */
    GPU_LOST: { reason: string; message: string }
    /** The GPU refused a command or ran out of memory. */
    GPU_FAILED: { message: string }
    /** The adapter is too small for one label of this size. */
    GPU_TOO_SMALL: { limit: string; needed: number; available: number }
  }
}

export {}
