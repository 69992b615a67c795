import { equalBytes, fromHex, hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { keypairFromSeed, type Keypair } from './ed25519.ts'

/**
 * The key of an identity file: exactly 128 hex characters of seed ‖ public key, no newline.
 * Trim what a user pasted before. Spec 01 §3.4; go-spacemesh signing/signer.go, FromFile.
 *
 * @throws {SmeshError} `IDENTITY_NOT_HEX`, `IDENTITY_LENGTH`, `IDENTITY_MISMATCH`; none of them
 *   carries a part of the secret
 */
export function identityFromFile(content: string): Keypair {
  if (content.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(content)) {
    throw new SmeshError('IDENTITY_NOT_HEX', { length: content.length })
  }
  const secretKey = fromHex(content)
  if (secretKey.length !== 64) throw new SmeshError('IDENTITY_LENGTH', { bytes: secretKey.length })
  const keypair = keypairFromSeed(secretKey.subarray(0, 32))
  const claimed = secretKey.subarray(32)
  if (!equalBytes(keypair.publicKey, claimed)) {
    throw new SmeshError('IDENTITY_MISMATCH', { publicKey: hex(claimed) })
  }
  return keypair
}

/** Content of the identity file of `keypair`, readable by go-spacemesh. */
export const identityToFile = (keypair: Keypair): string => hex(keypair.secretKey)
