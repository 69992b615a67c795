/** Work done so far and in all, in the task's own unit. */
export interface Progress {
  done: bigint
  total: bigint
}

/** Every long call takes these: abort is honoured between steps, progress told after each. */
export interface TaskOptions<P = Progress> {
  signal: AbortSignal
  onProgress?: (progress: P) => void
}
