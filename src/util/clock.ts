/** Time as a module: nothing below the hosts reads a clock or sets a timer by itself. */
export interface Clock {
  /** Milliseconds since the Unix epoch as this network sees them. */
  now(): number
  /**
   * Resolves once {@link now} has reached `timeMs`, at once when it already has.
   * Rejects with the signal's reason when aborted.
   */
  sleepUntil(timeMs: number, options: { signal: AbortSignal }): Promise<void>
}
