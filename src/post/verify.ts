import { U64_MAX } from '../util/u64.ts'
import { MAX_GROUPS, NONCES_PER_GROUP } from './ciphers.ts'
import {
  bitLength,
  indicesLength,
  provingDifficulty,
  scaledPowDifficulty,
  type ProvingDifficulty,
} from './difficulty.ts'
import { LabelTest } from './label-test.ts'
import { commitment, createLabelFunction, LABEL_BYTES } from './labels.ts'
import { unpackIndices } from './packing.ts'
import type { K2Pow } from './pow.ts'
import type { PostProof } from './prove.ts'
import { selectOrdinals } from './selection.ts'
import { isSmeshError } from '../util/error.ts'

/** Whose data a proof speaks of, and for which challenge. */
export interface ProofMetadata {
  nodeId: Uint8Array
  commitmentAtxId: Uint8Array
  challenge: Uint8Array
  numUnits: number
}

/** The network's PoST parameters. */
export interface VerifyConfig {
  minNumUnits: number
  maxNumUnits: number
  labelsPerUnit: bigint
  k1: number
  k2: number
  powDifficulty: Uint8Array
  scryptN: number
}

/**
 * Which indices are looked at: all; the one of that ordinal (none when it is K2 or more); or `k3`
 * drawn with the node's own seed. Spec 03 §5.2.
 */
export type VerifyMode =
  | { type: 'all' }
  | { type: 'one'; ordinal: number }
  | { type: 'subset'; k3: number; seed: Uint8Array }

/**
 * Outcome, with the first failure in the reference's order. Of the failures only InvalidMsb and
 * InvalidLsb become an invalid-index error in go-spacemesh, which proves malfeasance.
 */
export type PostVerdict =
  | { ok: true }
  | { ok: false; error: 'MalformedProof'; field: string }
  | { ok: false; error: 'NumUnitsTooSmall'; min: number; got: number }
  | { ok: false; error: 'NumUnitsTooLarge'; max: number; got: number }
  | { ok: false; error: 'NonceGroupOutOfBounds'; group: number }
  | { ok: false; error: 'InvalidPoW' }
  | { ok: false; error: 'InvalidIndicesLen'; expected: number; got: number }
  | { ok: false; error: 'InvalidNumLabels'; detail: string }
  | { ok: false; error: 'LabelNotComputable'; ordinal: number; index: bigint }
  | InvalidIndex

/** A label that the proof names and that is not good: which one, and what decided. */
export type InvalidIndex = {
  ok: false
  /** Position in the proof's list of indices. */
  ordinal: number
  index: bigint
  label: Uint8Array
} & (
  | { error: 'InvalidMsb'; msb: number; difficultyMsb: number }
  | { error: 'InvalidLsb'; lsb: bigint; difficultyLsb: bigint }
)

/** Whether a verdict is one for which the reference makes a malfeasance proof. */
export const isInvalidIndex = (verdict: PostVerdict): verdict is InvalidIndex =>
  !verdict.ok && (verdict.error === 'InvalidMsb' || verdict.error === 'InvalidLsb')

/**
 * Verifies a PoST proof by its proof of work and by computing the chosen labels again.
 * What the reference accepts is accepted: duplicate indices, any order, indices past the data,
 * bits after the last index (spec 03 §5.3).
 * Spec 03 §5; post-rs src/verification.rs, verify.
 *
 * PERF: one RandomX hash, and for each index one label (2–7 ms at N = 8192).
 *
 * @throws what `pow` throws, such as `RANDOMX_MISSING`
 */
export async function verify(
  proof: PostProof,
  metadata: ProofMetadata,
  config: VerifyConfig,
  mode: VerifyMode,
  modules: { pow: Pick<K2Pow, 'check'> },
): Promise<PostVerdict> {
  const { nodeId, challenge, numUnits } = metadata
  const field = malformed(metadata)
  if (field !== undefined) return { ok: false, error: 'MalformedProof', field }
  const { minNumUnits: min, maxNumUnits: max } = config
  if (numUnits < min) return { ok: false, error: 'NumUnitsTooSmall', min, got: numUnits }
  if (numUnits > max) return { ok: false, error: 'NumUnitsTooLarge', max, got: numUnits }

  const group = Math.floor(proof.nonce / NONCES_PER_GROUP)
  if (group >= MAX_GROUPS) return { ok: false, error: 'NonceGroupOutOfBounds', group }
  const difficulty = scaledPowDifficulty(config.powDifficulty, numUnits)
  if (!(await modules.pow.check({ group, challenge, nodeId, difficulty }, proof.pow))) {
    return { ok: false, error: 'InvalidPoW' }
  }

  const numLabels = BigInt(numUnits) * config.labelsPerUnit
  const expected = indicesLength(numLabels, config.k2)
  const got = proof.indices.length
  if (got !== expected) return { ok: false, error: 'InvalidIndicesLen', expected, got }

  let threshold: ProvingDifficulty
  try {
    threshold = provingDifficulty(config.k1, numLabels)
  } catch (error) {
    if (!isSmeshError(error, 'POST_NO_DIFFICULTY')) throw error
    return { ok: false, error: 'InvalidNumLabels', detail: error.context.reason }
  }
  return checkIndices(proof, metadata, config, mode, threshold, bitLength(numLabels))
}

/**
 * The checks of the reference's Go wrapper, whose errors have no names. Its check for empty indices
 * is left to their length; zero units, which no network allows, would divide by zero.
 */
function malformed(metadata: ProofMetadata): string | undefined {
  for (const field of ['nodeId', 'commitmentAtxId', 'challenge'] as const) {
    if (metadata[field].length !== 32) return field
  }
  return metadata.numUnits === 0 ? 'numUnits' : undefined
}

function checkIndices(
  proof: PostProof,
  metadata: ProofMetadata,
  { k2, scryptN }: VerifyConfig,
  mode: VerifyMode,
  threshold: ProvingDifficulty,
  bits: number,
): PostVerdict {
  const group = Math.floor(proof.nonce / NONCES_PER_GROUP)
  const test = new LabelTest({ challenge: metadata.challenge, group, pow: proof.pow }, threshold)
  const output = createLabelFunction({
    commitment: commitment(metadata.nodeId, metadata.commitmentAtxId),
    scryptN,
  })
  const indices = unpackIndices(proof.indices, bits)
  for (const ordinal of ordinalsOf(mode, k2, metadata)) {
    const index = indices[ordinal]!
    if (index === U64_MAX) return { ok: false, error: 'LabelNotComputable', ordinal, index }
    const label = output(index).slice(0, LABEL_BYTES)
    const verdict = test.verdict(label, proof.nonce)
    if (verdict.good) continue
    const where = { ok: false, ordinal, index, label } as const
    if (verdict.error === 'InvalidMsb') {
      return { ...where, error: 'InvalidMsb', msb: verdict.msb, difficultyMsb: threshold.msb }
    }
    return { ...where, error: 'InvalidLsb', lsb: verdict.lsb, difficultyLsb: threshold.lsb }
  }
  return { ok: true }
}

function ordinalsOf(mode: VerifyMode, k2: number, metadata: ProofMetadata): number[] {
  const all = Array.from({ length: k2 }, (_, ordinal) => ordinal)
  if (mode.type === 'one') return all.filter((ordinal) => ordinal === mode.ordinal)
  if (mode.type === 'all' || mode.k3 === k2) return all
  return selectOrdinals({ k2, k3: mode.k3, seed: mode.seed }, metadata)
}
