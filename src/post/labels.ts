import { blake3 } from '@noble/hashes/blake3.js'

import { concat } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { U64_MAX } from '../util/u64.ts'
import type { Labeler } from './labeler.ts'
import { LABEL_OUTPUT_BYTES, LabelFunction } from './labels/cpu.ts'

/** Stored bytes of a label: the first half of the label function's output. */
export const LABEL_BYTES = 16

export { LABEL_OUTPUT_BYTES }

export interface LabelOptions {
  /** 32 bytes, see {@link commitment}. */
  commitment: Uint8Array
  /** Scrypt's cost parameter, a power of two from 2. */
  scryptN: number
}

/**
 * What labels are bound to: BLAKE3(nodeId ‖ commitmentAtxId).
 * Spec 03 §2.1; post oracle/util.go, CommitmentBytes.
 */
export const commitment = (nodeId: Uint8Array, commitmentAtxId: Uint8Array): Uint8Array =>
  blake3(concat(nodeId, commitmentAtxId))

/**
 * The label function as a plain synchronous call, for verification and cross-checks.
 *
 * @returns Output of one index, 32 bytes.
 * @throws {SmeshError} `BAD_ARGUMENT`
 */
export function createLabelFunction(options: LabelOptions): (index: bigint) => Uint8Array {
  const labels = labelFunction(options)
  const words = new Int32Array(LABEL_OUTPUT_BYTES / 4)
  return (index) => {
    checkRange(index, 1)
    labels.fill(index, 1, words, 0)
    return new Uint8Array(words.buffer).slice()
  }
}

/** One slice runs about a tenth of a second: the unit after which an abort is honoured. */
const sliceLabels = (scryptN: number): number => Math.max(1, Math.floor(100_000 / (scryptN + 60)))

/**
 * Labels on the calling thread.
 *
 * @param modules - `breathe` is awaited between slices of about 0.1 s, so that a message that
 *   aborts can arrive; without it an abort is seen only if it came before the call.
 * @throws {SmeshError} `BAD_ARGUMENT`
 */
export function createCpuLabeler(
  options: LabelOptions,
  modules: { breathe?: () => Promise<void> } = {},
): Labeler {
  let labels: LabelFunction | undefined = labelFunction(options)
  const slice = sliceLabels(options.scryptN)
  return {
    batch: 8 * slice,
    async compute(start, count, { signal }) {
      checkRange(start, count)
      const words = new Int32Array(count * (LABEL_OUTPUT_BYTES / 4))
      for (let done = 0; done < count; done += slice) {
        if (done > 0) await modules.breathe?.()
        signal.throwIfAborted()
        if (!labels) throw new SmeshError('INTERNAL', { what: 'labeler used after destroy' })
        const step = Math.min(slice, count - done)
        labels.fill(start + BigInt(done), step, words, done * (LABEL_OUTPUT_BYTES / 4))
      }
      return new Uint8Array(words.buffer)
    },
    destroy() {
      labels = undefined
    },
  }
}

/** @throws {SmeshError} `BAD_ARGUMENT` unless N is a power of two that the label function takes. */
export function checkLabelOptions({ commitment, scryptN }: LabelOptions): void {
  if (commitment.length !== 32) {
    throw new SmeshError('BAD_ARGUMENT', {
      name: 'commitment',
      expected: '32 bytes',
      got: `${commitment.length} bytes`,
    })
  }
  if (!Number.isInteger(scryptN) || scryptN < 2 || scryptN > 2 ** 24 || !isPowerOfTwo(scryptN)) {
    throw new SmeshError('BAD_ARGUMENT', {
      name: 'scryptN',
      expected: 'power of two from 2 to 2^24',
      got: String(scryptN),
    })
  }
}

/** @throws {SmeshError} `BAD_ARGUMENT` for an index past 2^64 − 2, as in the reference. */
export function checkRange(start: bigint, count: number): void {
  if (!Number.isInteger(count) || count < 0 || start < 0n || start + BigInt(count) > U64_MAX) {
    throw new SmeshError('BAD_ARGUMENT', {
      name: 'label range',
      expected: 'indices below 2^64 - 1',
      got: `${start} and ${count} more`,
    })
  }
}

function labelFunction(options: LabelOptions): LabelFunction {
  checkLabelOptions(options)
  return new LabelFunction(options.commitment, options.scryptN)
}

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n))
