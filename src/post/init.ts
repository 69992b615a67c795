import { compareBytes } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import type { Progress, TaskOptions } from '../util/task.ts'
import { maxBig, minBig } from '../util/u64.ts'
import { checkLabel, openData, saveMetadata, trimFile } from './data.ts'
import { vrfDifficulty } from './difficulty.ts'
import { labelsInFile, layoutOf, type LabelStore, type Layout } from './files.ts'
import type { InitOptions } from './init-options.ts'
import type { Labeler } from './labeler.ts'
import { commitment, createLabelFunction, LABEL_BYTES, LABEL_OUTPUT_BYTES } from './labels.ts'
import type { DataMetadata } from './metadata.ts'
import { searchVrfNonce, smallestBelow } from './vrf-nonce.ts'

export interface InitModules {
  labeler: Labeler
  store: LabelStore
}

/**
 * In phase `labels`: labels on disk of those asked for. In phase `nonce`, a search past the end
 * that few identities need: labels looked at, of the batches begun.
 */
export interface InitProgress extends Progress {
  phase: 'labels' | 'nonce'
}

const running = new WeakSet<LabelStore>()

/**
 * Computes and stores an identity's labels and finds its VRF nonce. Goes on where an earlier run
 * stopped, was killed or lost power: the files and the nonce come out as if it had never stopped.
 *
 * How: a batch that improves the nonce is first recorded in the metadata, then its labels are
 * written and flushed. So every label on disk has been considered, and a batch that was lost is
 * computed again with the same result.
 *
 * Spec 03 §2.3, §3.3; post initialization/initialization.go, Initialize.
 *
 * @returns Metadata as it stands on disk; `nonce` is undefined only for part of the files.
 * @throws the signal's reason; {SmeshError} `POST_DATA_MISMATCH`, `POST_METADATA_MISSING`,
 *   `POST_METADATA_BAD`, `POST_LABEL_MISMATCH`, `POST_BAD_OPTIONS`, `POST_ALREADY_RUNNING`, what
 *   the labeler throws (`GPU_LOST`…) and what the store throws (`STORAGE_FULL`…). After any of
 *   them the data on disk is whole and a later call may go on.
 */
export async function initLabels(
  options: InitOptions,
  modules: InitModules,
  task: TaskOptions<InitProgress>,
): Promise<DataMetadata> {
  if (running.has(modules.store)) throw new SmeshError('POST_ALREADY_RUNNING', { task: 'init' })
  running.add(modules.store)
  try {
    return await new Init(options, modules, task).run()
  } finally {
    running.delete(modules.store)
  }
}

class Init {
  readonly #options: InitOptions
  readonly #labeler: Labeler
  readonly #store: LabelStore
  readonly #task: TaskOptions<InitProgress>
  readonly #layout: Layout
  readonly #commitment: Uint8Array
  readonly #expected: (index: bigint) => Uint8Array
  readonly #difficulty: Uint8Array

  constructor(options: InitOptions, modules: InitModules, task: TaskOptions<InitProgress>) {
    this.#options = options
    this.#labeler = modules.labeler
    this.#store = modules.store
    this.#task = task
    this.#layout = layoutOf(options)
    this.#commitment = commitment(options.nodeId, options.commitmentAtxId)
    this.#expected = createLabelFunction({
      commitment: this.#commitment,
      scryptN: options.scryptN,
    })
    this.#difficulty = vrfDifficulty(this.#layout.numLabels)
  }

  async run(): Promise<DataMetadata> {
    const { first, last } = this.#fileRange()
    const metadata = await openData(this.#options, this.#store)
    for (const file of await this.#store.list()) {
      if (file >= this.#layout.files) await this.#store.remove(file)
    }
    const missing: { file: number; present: bigint }[] = []
    let done = 0n
    let total = 0n
    for (let file = first; file <= last; file++) {
      const { signal } = this.#task
      signal.throwIfAborted()
      const present = await trimFile(
        file,
        this.#layout,
        this.#store,
        this.#expected,
        this.#commitment,
      )
      const target = labelsInFile(this.#layout, file)
      if (present < target) missing.push({ file, present })
      done += present
      total += target
    }
    const tell = () => this.#task.onProgress?.({ phase: 'labels', done, total })
    tell()
    for (const { file, present } of missing) {
      await this.#fillFile(file, present, metadata, (labels) => {
        done += labels
        tell()
      })
    }
    const isWhole = first === 0 && last === this.#layout.files - 1
    if (isWhole && metadata.nonce === undefined) await this.#searchPastTheEnd(metadata)
    return metadata
  }

  #fileRange(): { first: number; last: number } {
    const end = this.#layout.files - 1
    const first = this.#options.fromFile ?? 0
    const last = this.#options.toFile ?? end
    const bad = (field: string, expected: string, got: number) =>
      new SmeshError('POST_BAD_OPTIONS', { field, expected, got: String(got) })
    if (first < 0) throw bad('fromFile', 'at least 0', first)
    if (last < 0) throw bad('toFile', 'at least 0', last)
    if (last > end) throw bad('toFile', `at most ${end}`, last)
    if (first > last) throw bad('fromFile', `at most toFile, ${last}`, first)
    return { first, last }
  }

  async #fillFile(
    file: number,
    present: bigint,
    metadata: DataMetadata,
    onBatch: (labels: bigint) => void,
  ): Promise<void> {
    const { signal } = this.#task
    const fileStart = BigInt(file) * this.#layout.labelsPerFile
    const target = labelsInFile(this.#layout, file)
    for (let at = present; at < target;) {
      signal.throwIfAborted()
      const count = Number(minBig(BigInt(this.#labeler.batch), target - at))
      const start = fileStart + at
      const outputs = await this.#labeler.compute(start, count, { signal })
      const last = start + BigInt(count - 1)
      const lastOutput = outputs.subarray((count - 1) * LABEL_OUTPUT_BYTES)
      checkLabel(last, lastOutput, this.#expected(last), this.#commitment)
      await this.#considerNonce(outputs, start, metadata)
      await this.#store.write(file, Number(at) * LABEL_BYTES, firstHalves(outputs))
      await this.#store.flush(file)
      at += BigInt(count)
      onBatch(BigInt(count))
    }
  }

  /** Records the batch's smallest output when it is a nonce and better than the known one. */
  async #considerNonce(outputs: Uint8Array, start: bigint, metadata: DataMetadata): Promise<void> {
    const best = smallestBelow(outputs, start, this.#difficulty)
    if (!best) return
    const value = best.output.slice(0, LABEL_BYTES)
    if (metadata.nonceValue && compareBytes(value, metadata.nonceValue) >= 0) return
    checkLabel(best.index, best.output, this.#expected(best.index), this.#commitment)
    metadata.nonce = best.index
    metadata.nonceValue = value
    await saveMetadata(this.#store, metadata)
  }

  /** About one identity in 3000 has no nonce in its data; the first batch with one ends this. */
  async #searchPastTheEnd(metadata: DataMetadata): Promise<void> {
    const { signal, onProgress } = this.#task
    const size = BigInt(this.#options.computeBatchSize)
    const begin = maxBig(metadata.lastPosition ?? 0n, this.#layout.numLabels)
    for (let from = begin; metadata.nonce === undefined; from += size) {
      metadata.lastPosition = from
      await saveMetadata(this.#store, metadata)
      const range = {
        from,
        to: from + size,
        batch: this.#labeler.batch,
        difficulty: this.#difficulty,
      }
      const found = await searchVrfNonce(
        range,
        { labeler: this.#labeler },
        {
          signal,
          onBatch: (done) =>
            onProgress?.({ phase: 'nonce', done: from - begin + done, total: from - begin + size }),
        },
      )
      if (!found) continue
      checkLabel(found.index, found.output, this.#expected(found.index), this.#commitment)
      metadata.nonce = found.index
      await saveMetadata(this.#store, metadata)
    }
  }
}

/** The stored half of each output. */
function firstHalves(outputs: Uint8Array): Uint8Array {
  const count = outputs.length / LABEL_OUTPUT_BYTES
  const labels = new Uint8Array(count * LABEL_BYTES)
  for (let i = 0; i < count; i++) {
    const at = i * LABEL_OUTPUT_BYTES
    labels.set(outputs.subarray(at, at + LABEL_BYTES), i * LABEL_BYTES)
  }
  return labels
}
