import { equalBytes, hex, isZero } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import type { LabelStore, Layout } from './files.ts'
import { labelsInFile } from './files.ts'
import type { InitOptions } from './init-options.ts'
import { commitment, createLabelFunction, LABEL_BYTES } from './labels.ts'
import { METADATA_NAME, readMetadata, writeMetadata, type DataMetadata } from './metadata.ts'

/** Metadata beside the labels; undefined when there is none. @throws `POST_METADATA_BAD` */
export async function loadMetadata(store: LabelStore): Promise<DataMetadata | undefined> {
  const text = await store.getText(METADATA_NAME)
  return text === undefined ? undefined : readMetadata(text)
}

/** Replaces the metadata as a whole. */
export const saveMetadata = (store: LabelStore, metadata: DataMetadata): Promise<void> =>
  store.putText(METADATA_NAME, writeMetadata(metadata))

/** Whole labels on disk, in whatever file. */
export async function countLabels(store: LabelStore): Promise<bigint> {
  let labels = 0n
  for (const file of await store.list()) {
    labels += BigInt(Math.floor((await store.size(file)) / LABEL_BYTES))
  }
  return labels
}

/** Deletes labels and metadata of an identity: the space is free again, the work is lost. */
export async function resetData(store: LabelStore): Promise<void> {
  for (const file of await store.list()) await store.remove(file)
  await store.removeText(METADATA_NAME)
}

/**
 * Makes sure that what lies in the store belongs to these options, and writes the metadata of
 * this run. Without labels older metadata means nothing and is replaced.
 * Spec 03 §3.3; post initialization, NewInitializer.
 *
 * @throws {SmeshError} `POST_METADATA_MISSING`, `POST_DATA_MISMATCH`, `POST_METADATA_BAD`
 */
export async function openData(options: InitOptions, store: LabelStore): Promise<DataMetadata> {
  const { nodeId, commitmentAtxId, labelsPerUnit, numUnits, maxFileSize } = options
  const metadata: DataMetadata = { nodeId, commitmentAtxId, labelsPerUnit, numUnits, maxFileSize }
  const labels = await countLabels(store)
  if (labels > 0n) {
    const found = await loadMetadata(store)
    if (!found) throw new SmeshError('POST_METADATA_MISSING', { labels: labels.toString() })
    checkSame(options, found)
    const { nonce, nonceValue, lastPosition } = found
    if (nonce !== undefined) {
      metadata.nonce = nonce
      metadata.nonceValue = nonceValue?.length ? nonceValue : outputHalf(options, nonce)
    }
    if (lastPosition !== undefined) metadata.lastPosition = lastPosition
  }
  await saveMetadata(store, metadata)
  return metadata
}

function outputHalf({ nodeId, commitmentAtxId, scryptN }: InitOptions, index: bigint): Uint8Array {
  const id = commitment(nodeId, commitmentAtxId)
  return createLabelFunction({ commitment: id, scryptN })(index).subarray(0, LABEL_BYTES)
}

function checkSame(options: InitOptions, found: DataMetadata): void {
  const differs = (field: string, expected: unknown, got: unknown) =>
    new SmeshError('POST_DATA_MISMATCH', { field, expected: String(expected), found: String(got) })
  for (const field of ['nodeId', 'commitmentAtxId'] as const) {
    if (!equalBytes(options[field], found[field])) {
      throw differs(field, hex(options[field]), hex(found[field]))
    }
  }
  for (const field of ['labelsPerUnit', 'maxFileSize'] as const) {
    if (options[field] !== found[field]) throw differs(field, options[field], found[field])
  }
  if (options.numUnits > found.numUnits) {
    throw differs('numUnits', options.numUnits, found.numUnits)
  }
}

/**
 * Brings a file to a whole number of good labels, at most its complete size, and counts them. A
 * killed write leaves a torn label, a power cut may leave zeros where bytes were promised: both
 * are cut off. Anything else that the label function contradicts is not touched.
 *
 * @throws {SmeshError} `POST_LABEL_MISMATCH` when the last label is wrong: other scrypt
 *   parameters, or a damaged disk
 */
export async function trimFile(
  file: number,
  layout: Layout,
  store: LabelStore,
  expected: (index: bigint) => Uint8Array,
  commitmentId: Uint8Array,
): Promise<bigint> {
  const size = await store.size(file)
  const target = Number(labelsInFile(layout, file))
  let labels = Math.min(Math.floor(size / LABEL_BYTES), target)
  const whole = labels
  while (labels > 0 && isZero(await readLabel(store, file, labels - 1))) labels--
  if (labels > 0 && labels < whole) labels-- // its end may be zeros of the same gap
  if (labels * LABEL_BYTES !== size) await store.truncate(file, labels * LABEL_BYTES)
  if (labels > 0) {
    const index = BigInt(file) * layout.labelsPerFile + BigInt(labels - 1)
    checkLabel(index, await readLabel(store, file, labels - 1), expected(index), commitmentId)
  }
  return BigInt(labels)
}

const readLabel = (store: LabelStore, file: number, label: number): Promise<Uint8Array> =>
  store.read(file, label * LABEL_BYTES, LABEL_BYTES)

/** @throws {SmeshError} `POST_LABEL_MISMATCH` unless both begin with the same 16 bytes. */
export function checkLabel(
  index: bigint,
  actual: Uint8Array,
  expected: Uint8Array,
  commitmentId: Uint8Array,
): void {
  const half = expected.subarray(0, LABEL_BYTES)
  if (equalBytes(actual.subarray(0, LABEL_BYTES), half)) return
  throw new SmeshError('POST_LABEL_MISMATCH', {
    index: index.toString(),
    commitment: hex(commitmentId),
    expected: hex(half),
    actual: hex(actual.subarray(0, LABEL_BYTES)),
  })
}
