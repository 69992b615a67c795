import { verify as verifyEd25519 } from '../crypto/ed25519.ts'
import { Reader } from '../protocol/codec.ts'
import { concat } from '../util/bytes.ts'
import { isSmeshError } from '../util/error.ts'
import type { ParsedTx } from './parse.ts'

/** One Ed25519 verification that a transaction needs; all of them must succeed. */
export interface SignatureCheck {
  publicKey: Uint8Array
  signature: Uint8Array
  message: Uint8Array
}

/** Same order of arguments as `verify` of crypto. */
export type VerifySignature = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
) => boolean

/** Bytes that an account signs: genesis id ‖ transaction without signatures, no domain byte. */
export const signingMessage = (genesisId: Uint8Array, body: Uint8Array): Uint8Array =>
  concat(genesisId, body)

/**
 * The signatures of a transaction as checks that may run anywhere, such as in a verify worker.
 *
 * The signed body ends at the size of the signatures before the end of the transaction, wherever
 * they begin: trailing bytes shift it. A signer can make a transaction that verifies all the same
 * (spec 02 §4.3), and nodes must agree on it.
 *
 * @returns undefined when no check is needed to know that the signatures are wrong
 */
export function signatureChecks(tx: ParsedTx, genesisId: Uint8Array): SignatureCheck[] | undefined {
  const reader = new Reader(tx.raw)
  reader.offset = tx.signaturesAt
  try {
    const signatures = tx.signer.readSignatures(reader)
    if (!signatures) return undefined
    const sizeBytes = reader.offset - tx.signaturesAt
    const message = signingMessage(genesisId, tx.raw.subarray(0, tx.raw.length - sizeBytes))
    return signatures.map(({ publicKey, signature }) => ({ publicKey, signature, message }))
  } catch (error) {
    if (!isSmeshError(error)) throw error
    return undefined
  }
}

/** Whether all signatures of a transaction are valid. Spec 02 §4.3. */
export function verifyTx(
  tx: ParsedTx,
  genesisId: Uint8Array,
  verify: VerifySignature = verifyEd25519,
): boolean {
  const checks = signatureChecks(tx, genesisId)
  return !!checks?.every((check) => verify(check.signature, check.message, check.publicKey))
}
