import { SmeshError } from '../util/error.ts'
import type { Progress, TaskOptions } from '../util/task.ts'
import { MAX_GROUPS, NONCES_PER_GROUP } from './ciphers.ts'
import { bitLength, provingDifficulty, scaledPowDifficulty } from './difficulty.ts'
import { fileBytes, layoutOf, type DataSize, type LabelStore, type Layout } from './files.ts'
import { LabelTest } from './label-test.ts'
import { LABEL_BYTES } from './labels.ts'
import { packIndices } from './packing.ts'
import type { K2Pow } from './pow.ts'

/** A PoST proof; its wire form is spec 08 §3. */
export interface PostProof {
  nonce: number
  /** K2 label indices, packed. */
  indices: Uint8Array
  pow: bigint
}

export interface ProveOptions extends DataSize {
  nodeId: Uint8Array
  /** 32 bytes: zeros for the initial proof, else the PoET proof's reference. */
  challenge: Uint8Array
  k1: number
  k2: number
  /** 32 bytes big-endian, not yet scaled by the units. */
  powDifficulty: Uint8Array
  /** Nonces tried in one reading of the data, a multiple of 16. */
  noncesPerPass: number
}

export interface ProveModules {
  store: Pick<LabelStore, 'size' | 'read'>
  pow: K2Pow
  /** Awaited between pieces of work of about 0.1 s, so that a message that aborts can arrive. */
  breathe?: () => Promise<void>
}

/** In phase `pow`: nonce groups; in phase `scan`: labels of this pass. */
export interface ProveProgress extends Progress {
  phase: 'pow' | 'scan'
  /** First nonce of the pass and the one past its last. */
  nonces: { from: number; to: number }
}

const READ_BYTES = 1 << 20
/** Labels that all groups test before the next ones are looked at: fixes which nonce is first. */
const STEP_LABELS = 8

/**
 * Finds a proof that the data is there: reads all labels until some nonce has K2 good ones, with
 * further nonces in further passes.
 * Spec 03 §4; post-rs src/prove.rs, generate_proof. Unlike the reference it also uses the last few
 * labels of a file, and the last, shorter pass before group 256.
 *
 * @throws the signal's reason; {SmeshError} `POST_DATA_INCOMPLETE`, `POST_NO_DIFFICULTY`,
 *   `POST_NO_PROOF`, `BAD_ARGUMENT`, what `pow` throws (`RANDOMX_MISSING`) and the store throws
 */
export async function prove(
  options: ProveOptions,
  modules: ProveModules,
  task: TaskOptions<ProveProgress>,
): Promise<PostProof> {
  const { noncesPerPass } = options
  if (!Number.isInteger(noncesPerPass / NONCES_PER_GROUP) || noncesPerPass <= 0) {
    throw new SmeshError('BAD_ARGUMENT', {
      name: 'noncesPerPass',
      expected: `a multiple of ${NONCES_PER_GROUP}`,
      got: String(noncesPerPass),
    })
  }
  const layout = layoutOf(options)
  provingDifficulty(options.k1, layout.numLabels)
  await checkComplete(layout, modules.store)
  const groupsPerPass = noncesPerPass / NONCES_PER_GROUP
  for (let first = 0; first < MAX_GROUPS; first += groupsPerPass) {
    const end = Math.min(first + groupsPerPass, MAX_GROUPS)
    const proof = await runPass({ first, end }, layout, options, modules, task)
    if (proof) return proof
  }
  throw new SmeshError('POST_NO_PROOF', { groups: MAX_GROUPS })
}

async function checkComplete(layout: Layout, store: ProveModules['store']): Promise<void> {
  for (let file = 0; file < layout.files; file++) {
    const expected = fileBytes(layout, file)
    const found = await store.size(file)
    if (found < expected) {
      throw new SmeshError('POST_DATA_INCOMPLETE', {
        file,
        expectedBytes: String(expected),
        foundBytes: String(found),
      })
    }
  }
}

interface Pass {
  first: number
  end: number
}

async function runPass(
  { first, end }: Pass,
  layout: Layout,
  options: ProveOptions,
  modules: ProveModules,
  { signal, onProgress }: TaskOptions<ProveProgress>,
): Promise<PostProof | undefined> {
  const { challenge, nodeId, k1, k2 } = options
  const nonces = { from: first * NONCES_PER_GROUP, to: end * NONCES_PER_GROUP }
  const difficulty = provingDifficulty(k1, layout.numLabels)
  const powDifficulty = scaledPowDifficulty(options.powDifficulty, options.numUnits)
  const pows: bigint[] = []
  for (let group = first; group < end; group++) {
    signal.throwIfAborted()
    const total = BigInt(end - first)
    onProgress?.({ phase: 'pow', nonces, done: BigInt(group - first), total })
    const work = { group, challenge, nodeId, difficulty: powDifficulty }
    pows.push(await modules.pow.find(work, { signal }))
  }

  const tests = pows.map(
    (pow, i) => new LabelTest({ challenge, group: first + i, pow }, difficulty),
  )
  const hits: bigint[][] = Array.from({ length: nonces.to - nonces.from }, () => [])
  let winner: number | undefined
  const scanBatch = (labels: Int32Array, start: bigint): boolean => {
    const count = labels.length / 4
    for (let from = 0; from < count; from += STEP_LABELS) {
      const to = Math.min(from + STEP_LABELS, count)
      for (const [i, test] of tests.entries()) {
        const found = test.scan(labels, from, to, (label, slot) => {
          const nonce = i * NONCES_PER_GROUP + slot
          const good = hits[nonce]!
          if (good.push(start + BigInt(label)) < k2) return false
          winner = nonce
          return true
        })
        if (found) return true
      }
    }
    return false
  }

  for (let file = 0; file < layout.files && winner === undefined; file++) {
    const size = fileBytes(layout, file)
    for (let offset = 0; offset < size; offset += READ_BYTES) {
      signal.throwIfAborted()
      const start = BigInt(file) * layout.labelsPerFile + BigInt(offset / LABEL_BYTES)
      onProgress?.({ phase: 'scan', nonces, done: start, total: layout.numLabels })
      const length = Math.min(READ_BYTES, size - offset)
      const bytes = await modules.store.read(file, offset, length)
      if (scanBatch(wordsOf(bytes), start)) break
      await modules.breathe?.()
    }
  }
  if (winner === undefined) return undefined
  return {
    nonce: nonces.from + winner,
    indices: packIndices(hits[winner]!, bitLength(layout.numLabels)),
    pow: pows[Math.floor(winner / NONCES_PER_GROUP)]!,
  }
}

/** Bytes as words; copied only where they do not lie on a word's boundary. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const whole = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Int32Array(whole.buffer, whole.byteOffset, whole.byteLength >> 2)
}
