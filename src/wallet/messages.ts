import { sign, verify, type Keypair } from '../crypto/ed25519.ts'
import { fromHex, hex, utf8 } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { addressToText } from '../crypto/address.ts'
import { singleSigPrincipal } from './accounts.ts'

/**
 * Signed texts. The prefix keeps a signature over a text from being one over a transaction, which
 * is signed behind a genesis id. Spec 10 §7; smapp-lite SignMessageModal.
 */
export const MESSAGE_PREFIX = 'Message:'

/** JSON of a signed message; smapp-lite reads it and ignores `address`. */
export interface SignedMessage {
  text: string
  publicKey: string
  signature: string
  address: string
}

/** What checking a signed message tells. */
export interface MessageVerdict {
  valid: boolean
  /** False: signed without the protecting prefix, as Smapp does. */
  prefixed: boolean
  /** Single-sig account of the key, as 24 bytes. */
  principal: Uint8Array
}

/** Signature over the UTF-8 bytes of `text` as they are. */
export const signText = (keypair: Keypair, text: string): Uint8Array =>
  sign(keypair.seed, utf8(text))

/** A message that proves control of the account of `keypair`. @param hrp - for its address */
export function signMessage(keypair: Keypair, message: string, hrp: string): SignedMessage {
  const text = MESSAGE_PREFIX + message
  return {
    text,
    publicKey: hex(keypair.publicKey),
    signature: hex(signText(keypair, text)),
    address: addressToText(singleSigPrincipal(keypair.publicKey), hrp),
  }
}

/**
 * Checks a message of Smesh, smapp-lite or Smapp; the last signs the trimmed text and writes `0x`.
 *
 * @throws {SmeshError} `BAD_HEX`, `BAD_ARGUMENT` for a key or signature of a wrong form
 */
export function verifyMessage(message: {
  text: string
  publicKey: string
  signature: string
}): MessageVerdict {
  const publicKey = bytesOf('publicKey', message.publicKey, 32)
  const signature = bytesOf('signature', message.signature, 64)
  const valid = [message.text, message.text.trim()].some((text) =>
    verify(signature, utf8(text), publicKey),
  )
  const prefixed = message.text.startsWith(MESSAGE_PREFIX)
  return { valid, prefixed, principal: singleSigPrincipal(publicKey) }
}

function bytesOf(name: string, text: string, length: number): Uint8Array {
  const bytes = fromHex(text.replace(/^0x/, ''))
  if (bytes.length !== length) {
    const got = `${bytes.length} bytes`
    throw new SmeshError('BAD_ARGUMENT', { name, expected: `${length} bytes`, got })
  }
  return bytes
}
