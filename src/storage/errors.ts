declare module '../util/error.ts' {
  interface ErrorContext {
    /** The browser's or disk's limit is reached; nothing of the write was kept. */
    STORAGE_FULL: { what: string }
    /** The database was closed under us: deleted, or opened by a newer Smesh in another tab. */
    STORAGE_CLOSED: { reason: string }
    /** The stored data is of a newer Smesh, or another tab keeps an older one open. */
    STORAGE_VERSION: { have: number; want: number; reason: string }
    /** This browser or mode offers no database (private window, denied permission). */
    STORAGE_UNAVAILABLE: { reason: string }
    /** A read or write failed for another reason. */
    STORAGE_FAILED: { reason: string }
  }
}

export {}
