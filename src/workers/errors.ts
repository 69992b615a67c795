declare module '../util/error.ts' {
  interface ErrorContext {
    /** A call before the worker was opened, or one that its close left without an answer. */
    WORKER_NOT_OPEN: { worker: string }
    /** A worker ended on its own: out of memory, or a bug. */
    WORKER_CRASHED: { worker: string; reason: string }
    /** The tab that hosted the node is gone; whether the call took effect is unknown. */
    LEADER_CHANGED: { method: string }
    /** The node serves as many other tabs as it may. */
    TOO_MANY_TABS: { max: number }
  }
}

export {}
