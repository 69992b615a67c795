import { SmeshError } from '../util/error.ts'
import { U64_MAX } from '../util/u64.ts'
import type { DataSize } from './files.ts'

/** What a set-up is asked to make. */
export interface InitOptions extends DataSize {
  nodeId: Uint8Array
  commitmentAtxId: Uint8Array
  scryptN: number
  /**
   * Labels per batch of a search past the end of the data, which decides which of several valid
   * nonces is found: the network's value, 2^20 except on fastnet.
   */
  computeBatchSize: number
  /** First and last file to make, inclusive, when several machines share the work. */
  fromFile?: number
  toFile?: number
}

/** The network's bounds on a set-up. */
export interface InitLimits {
  minNumUnits: number
  maxNumUnits: number
  k1: number
}

const MIN_FILE_BYTES = 1024n

/**
 * Checks set-up options in the reference's order.
 * Spec 03 §1; post config/config.go, Validate.
 *
 * @throws {SmeshError} `POST_BAD_OPTIONS` naming the first field that fails
 */
export function checkInitOptions(options: InitOptions, limits: InitLimits): void {
  const { numUnits, labelsPerUnit, maxFileSize, computeBatchSize, scryptN } = options
  const { minNumUnits, maxNumUnits, k1 } = limits
  check(numUnits >= minNumUnits, 'numUnits', `at least ${minNumUnits}`, numUnits)
  check(numUnits <= maxNumUnits, 'numUnits', `at most ${maxNumUnits}`, numUnits)
  check(maxFileSize >= MIN_FILE_BYTES, 'maxFileSize', `at least ${MIN_FILE_BYTES}`, maxFileSize)
  check(computeBatchSize > 0, 'computeBatchSize', 'more than 0', computeBatchSize)
  const numLabels = BigInt(numUnits) * labelsPerUnit
  check(numLabels <= U64_MAX, 'labelsPerUnit', 'numUnits · labelsPerUnit in 64 bits', labelsPerUnit)
  check(numLabels * BigInt(k1) <= U64_MAX, 'k1', 'numLabels · k1 in 64 bits', k1)
  const isPowerOfTwo = scryptN >= 2 && Number.isInteger(Math.log2(scryptN))
  check(isPowerOfTwo, 'scryptN', 'a power of two from 2', scryptN)
}

function check(holds: boolean, field: string, expected: string, got: number | bigint): void {
  if (!holds) throw new SmeshError('POST_BAD_OPTIONS', { field, expected, got: String(got) })
}
