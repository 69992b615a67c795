import type { Random } from '../util/random.ts'
import type { TaskOptions } from '../util/task.ts'
import { checkLabel } from './data.ts'
import { labelsInFile, layoutOf, type DataSize, type LabelStore } from './files.ts'
import { commitment, createLabelFunction, LABEL_BYTES } from './labels.ts'

export interface CheckOptions extends DataSize {
  nodeId: Uint8Array
  commitmentAtxId: Uint8Array
  scryptN: number
  /** Share of each file's labels to compute again, 0 to 100; the reference's tool takes 0.2. */
  percent: number
}

/**
 * Computes randomly chosen labels of each file again and compares them with the disk: what an
 * operator runs on data that was copied or made on a doubtful card.
 * Spec 03 §3.4; post-rs src/pos_verification.rs. Labels are drawn with repetition below 100 percent.
 *
 * @throws the signal's reason; {SmeshError} `POST_LABEL_MISMATCH` with the index of the first bad
 *   label, also where a file ends too early
 */
export async function checkData(
  options: CheckOptions,
  modules: { store: LabelStore; random: Random; breathe?: () => Promise<void> },
  { signal, onProgress }: TaskOptions,
): Promise<void> {
  const { store, random, breathe } = modules
  const layout = layoutOf(options)
  const id = commitment(options.nodeId, options.commitmentAtxId)
  const expected = createLabelFunction({ commitment: id, scryptN: options.scryptN })
  for (let file = 0; file < layout.files; file++) {
    const labels = Number(labelsInFile(layout, file))
    const checks = Math.floor((labels * options.percent) / 100)
    for (let i = 0; i < checks; i++) {
      signal.throwIfAborted()
      const label = checks === labels ? i : randomBelow(labels, random)
      const index = BigInt(file) * layout.labelsPerFile + BigInt(label)
      const stored = await store.read(file, label * LABEL_BYTES, LABEL_BYTES)
      checkLabel(index, stored, expected(index), id)
      await breathe?.()
    }
    onProgress?.({ done: BigInt(file + 1), total: BigInt(layout.files) })
  }
}

/** Uniform enough for a sample: the bias of 2^53 drawn values is below a millionth. */
function randomBelow(limit: number, random: Random): number {
  const bytes = new DataView(random.bytes(8).slice().buffer)
  const value = (bytes.getUint32(0) & 0x1fffff) * 2 ** 32 + bytes.getUint32(4)
  return value % limit
}
