/** 32-byte outputs of the label function for consecutive indices, from a CPU or a GPU. */
export interface Labeler {
  /** Labels that one call computes well: large enough to keep the device busy, about a second. */
  readonly batch: number
  /**
   * Outputs for indices start … start + count − 1, 32 bytes each, in order. Only the first half of
   * each is stored as label; the whole output is the candidate for the VRF nonce.
   *
   * @param start - First index, u64; start + count may be at most 2^64 − 1.
   * @throws the signal's reason when aborted; a GPU labeler also throws `GPU_LOST`, `GPU_FAILED`
   *   and `POST_LABEL_MISMATCH`.
   */
  compute(start: bigint, count: number, options: { signal: AbortSignal }): Promise<Uint8Array>
  /** Frees memory; the labeler must not be used afterwards. */
  destroy(): void
}
