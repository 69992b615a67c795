import { SmeshError } from '../util/error.ts'
import { minBig } from '../util/u64.ts'
import { LABEL_BYTES } from './labels.ts'

/**
 * Where one identity's label data lies: files by number, text by name, nothing else. A host
 * chooses the place (a folder, OPFS, memory). Calls may not overlap for one file. Failures are
 * coded: `STORAGE_FULL` when space or quota ends.
 */
export interface LabelStore {
  /** Numbers of the label files that exist, in no order. */
  list(): Promise<number[]>
  /** Bytes in a file; 0 when it does not exist. */
  size(file: number): Promise<number>
  /** Up to `length` bytes; fewer only where the file ends. */
  read(file: number, offsetBytes: number, length: number): Promise<Uint8Array>
  /** Writes at an offset not past the end; makes the file when it does not exist. */
  write(file: number, offsetBytes: number, bytes: Uint8Array): Promise<void>
  /** Cuts a file, or makes it, so that it has this many bytes. */
  truncate(file: number, sizeBytes: number): Promise<void>
  /** Returns once what was written survives a power cut. */
  flush(file: number): Promise<void>
  /** Deletes a file; nothing happens when it does not exist. */
  remove(file: number): Promise<void>
  /** Text of a small file beside the labels. */
  getText(name: string): Promise<string | undefined>
  /** Replaces it whole: after a crash there is the old text or the new one. */
  putText(name: string, text: string): Promise<void>
  /** Deletes it; nothing happens when it does not exist. */
  removeText(name: string): Promise<void>
}

/** Sizes of an identity's data. */
export interface DataSize {
  numUnits: number
  labelsPerUnit: bigint
  /** Bytes; rounded down to whole labels per file. */
  maxFileSize: bigint
}

/** Split of labels over files. Spec 03 §3.1; post initialization/file_manager. */
export interface Layout {
  numLabels: bigint
  labelsPerFile: bigint
  files: number
}

/** @throws {SmeshError} `POST_BAD_OPTIONS` when a file would be larger than a host can address */
export function layoutOf({ numUnits, labelsPerUnit, maxFileSize }: DataSize): Layout {
  const numLabels = BigInt(numUnits) * labelsPerUnit
  const labelsPerFile = maxFileSize / BigInt(LABEL_BYTES)
  const files = (numLabels + labelsPerFile - 1n) / labelsPerFile
  if (files > BigInt(Number.MAX_SAFE_INTEGER) || maxFileSize > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new SmeshError('POST_BAD_OPTIONS', {
      field: 'maxFileSize',
      expected: 'files and offsets below 2^53',
      got: maxFileSize.toString(),
    })
  }
  return { numLabels, labelsPerFile, files: Number(files) }
}

/** Labels that a file holds when complete. */
export const labelsInFile = (layout: Layout, file: number): bigint =>
  minBig(layout.labelsPerFile, layout.numLabels - BigInt(file) * layout.labelsPerFile)

/** Bytes that a file has when complete. */
export const fileBytes = (layout: Layout, file: number): number =>
  Number(labelsInFile(layout, file)) * LABEL_BYTES
