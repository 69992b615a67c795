import { hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'

/** One nonce group's proof of work. */
export interface PowTask {
  /** Nonce group, 0 to 255. */
  group: number
  /** All 32 bytes; the first 8 enter the hash. */
  challenge: Uint8Array
  nodeId: Uint8Array
  /** Scaled by the units: 32 bytes big-endian, a hash must be strictly below. */
  difficulty: Uint8Array
}

/** The k2 proof of work: RandomX v1 with Spacemesh's key, on this machine or another. */
export interface K2Pow {
  /** Any 0 ≤ pow < 2^56 that passes {@link check}. @throws the signal's reason */
  find(task: PowTask, options: { signal: AbortSignal }): Promise<bigint>
  /** Whether the hash of {@link powInput} is below the difficulty. */
  check(task: PowTask, pow: bigint): Promise<boolean>
}

const POW_BYTES = 7
const CHALLENGE_BYTES = 8

/**
 * The 48 bytes that RandomX hashes: seven bytes of pow, the group, eight bytes of challenge, the
 * node id. Spec 03 §4.2; post-rs src/pow/randomx.rs.
 */
export function powInput({ group, challenge, nodeId }: PowTask, pow: bigint): Uint8Array {
  const input = new Uint8Array(48)
  for (let i = 0; i < POW_BYTES; i++) input[i] = Number((pow >> BigInt(8 * i)) & 0xffn)
  input[POW_BYTES] = group
  input.set(challenge.subarray(0, CHALLENGE_BYTES), POW_BYTES + 1)
  input.set(nodeId, POW_BYTES + 1 + CHALLENGE_BYTES)
  return input
}

/**
 * Proof of work where it costs nothing: the presets of small networks set the difficulty to all
 * ones, and one unit does not scale it down, so every hash but 2^256 − 1 itself passes and the
 * first candidate, 0, is what a search from 0 returns. Any other difficulty needs RandomX.
 *
 * @throws {SmeshError} `RANDOMX_MISSING` from both calls
 */
export function createFreePow(): K2Pow {
  const requireFree = ({ difficulty }: PowTask) => {
    if (!isFree(difficulty)) {
      throw new SmeshError('RANDOMX_MISSING', { difficulty: hex(difficulty) })
    }
  }
  return {
    async find(task, { signal }) {
      signal.throwIfAborted()
      requireFree(task)
      return 0n
    },
    async check(task) {
      requireFree(task)
      return true
    },
  }
}

/** Whether a scaled difficulty needs no hashing, see {@link createFreePow}. */
export const isFree = (difficulty: Uint8Array): boolean =>
  difficulty.length === 32 && difficulty.every((byte) => byte === 0xff)
