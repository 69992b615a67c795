import { compareBytes } from '../util/bytes.ts'
import { vrfDifficulty } from './difficulty.ts'
import type { Labeler } from './labeler.ts'
import { commitment, createLabelFunction, LABEL_OUTPUT_BYTES } from './labels.ts'

/** A label index with the output it stands for. */
export interface VrfNonce {
  index: bigint
  /** All 32 bytes of the label function. */
  output: Uint8Array
}

/**
 * Smallest output of a batch that is strictly below `difficulty`; the earlier index wins a tie.
 *
 * @param outputs - 32 bytes per label, the first of index `start`.
 */
export function smallestBelow(
  outputs: Uint8Array,
  start: bigint,
  difficulty: Uint8Array,
): VrfNonce | undefined {
  let best = difficulty
  let at = -1
  for (let i = 0; i < outputs.length; i += LABEL_OUTPUT_BYTES) {
    if (outputs[i]! > best[0]!) continue // settles nearly every label
    const output = outputs.subarray(i, i + LABEL_OUTPUT_BYTES)
    if (compareBytes(output, best) < 0) {
      best = output
      at = i
    }
  }
  if (at < 0) return undefined
  return { index: start + BigInt(at / LABEL_OUTPUT_BYTES), output: best.slice() }
}

/**
 * Smallest output of `[from, to)` below `difficulty`, computed in batches and not stored.
 *
 * @param onBatch - Told the labels done after each batch of `batch` labels.
 */
export async function searchVrfNonce(
  range: { from: bigint; to: bigint; batch: number; difficulty: Uint8Array },
  { labeler }: { labeler: Labeler },
  { signal, onBatch }: { signal: AbortSignal; onBatch?: (done: bigint) => void },
): Promise<VrfNonce | undefined> {
  let best: VrfNonce | undefined
  for (let at = range.from; at < range.to;) {
    signal.throwIfAborted()
    const count = Number(range.to - at < BigInt(range.batch) ? range.to - at : BigInt(range.batch))
    const outputs = await labeler.compute(at, count, { signal })
    best = smallestBelow(outputs, at, best?.output ?? range.difficulty) ?? best
    at += BigInt(count)
    onBatch?.(at - range.from)
  }
  return best
}

export interface VrfNonceClaim {
  nodeId: Uint8Array
  commitmentAtxId: Uint8Array
  numUnits: number
  /** The claimed one for V1 ATXs, the network's for V2. */
  labelsPerUnit: bigint
  nonce: bigint
}

/**
 * Whether an index is a valid VRF nonce for an identity's data. There is no range check: an index
 * past the data is as good as one inside.
 * Spec 03 §2.3; post verifying, VerifyVRFNonce.
 *
 * @throws {SmeshError} `POST_VRF_OVERFLOW` for 8 labels or fewer; `BAD_ARGUMENT` for a nonce of
 *   2^64 − 1, which the reference's library cannot compute either
 */
export function isVrfNonceValid(claim: VrfNonceClaim, { scryptN }: { scryptN: number }): boolean {
  const difficulty = vrfDifficulty(BigInt(claim.numUnits) * claim.labelsPerUnit)
  const id = commitment(claim.nodeId, claim.commitmentAtxId)
  const output = createLabelFunction({ commitment: id, scryptN })(claim.nonce)
  return compareBytes(output, difficulty) < 0
}
