import { concat, u64le } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { U64_MAX } from '../util/u64.ts'
import {
  ripemd256,
  ripemd256Compress,
  ripemd256Digest,
  ripemd256Pad,
  ripemd256State,
  ripemd256Words,
} from './ripemd256.ts'

/** What a registration PoW is bound to: the service's challenge, who registers, and what. */
export interface PowSubject {
  /** The service's current random bytes. */
  powChallenge: Uint8Array
  /** 32 bytes. */
  nodeId: Uint8Array
  poetChallenge: Uint8Array
}

/** Leading zero bits, from the highest bit of the first byte. */
export function leadingZeroBits(hash: Uint8Array): number {
  let bits = 0
  for (const byte of hash) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24
    bits += 8
  }
  return bits
}

/**
 * RIPEMD-256(powChallenge ‖ nodeId ‖ poetChallenge ‖ LE64(nonce)).
 *
 * @throws {SmeshError} `BAD_ARGUMENT` for a node id that is not 32 bytes
 * @see poet shared/pow.go; spec 04 §5.1
 */
export function powHash(subject: PowSubject, nonce: bigint): Uint8Array {
  return ripemd256(powMessage(subject, nonce))
}

/** True if the nonce meets `difficulty` leading zero bits; more than 256 cannot be met. */
export const verifyPow = (subject: PowSubject, nonce: bigint, difficulty: number): boolean =>
  leadingZeroBits(powHash(subject, nonce)) >= difficulty

/**
 * Smallest nonce from `from` on that meets `difficulty`, looking at no more than `attempts` of
 * them: call it again from `from + attempts` for a long search that stays interruptible. Blocks in
 * front of the nonce are absorbed once.
 *
 * @returns `undefined` when none of them meets it
 */
export function searchPow(
  subject: PowSubject,
  difficulty: number,
  { from = 0n, attempts }: { from?: bigint; attempts: number },
): bigint | undefined {
  const padded = ripemd256Pad(powMessage(subject, from))
  const view = new DataView(padded.buffer)
  const nonceAt = messageLength(subject) - 8
  const fixed = ripemd256State()
  const changing = nonceAt - (nonceAt % 64)
  for (let at = 0; at < changing; at += 64) ripemd256Compress(fixed, ripemd256Words(padded, at))
  for (let i = 0; i < attempts; i++) {
    const nonce = from + BigInt(i)
    if (nonce > U64_MAX) return undefined
    view.setBigUint64(nonceAt, nonce, true)
    const state = fixed.slice()
    for (let at = changing; at < padded.length; at += 64) {
      ripemd256Compress(state, ripemd256Words(padded, at))
    }
    if (leadingZeroBits(ripemd256Digest(state)) >= difficulty) return nonce
  }
  return undefined
}

const messageLength = ({ powChallenge, nodeId, poetChallenge }: PowSubject): number =>
  powChallenge.length + nodeId.length + poetChallenge.length + 8

function powMessage(subject: PowSubject, nonce: bigint): Uint8Array {
  const { powChallenge, nodeId, poetChallenge } = subject
  if (nodeId.length !== 32) {
    const got = `${nodeId.length} bytes`
    throw new SmeshError('BAD_ARGUMENT', { name: 'nodeId', expected: '32 bytes', got })
  }
  return concat(powChallenge, nodeId, poetChallenge, u64le(nonce))
}
