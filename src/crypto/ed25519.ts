import { ed25519 } from '@noble/curves/ed25519.js'

import { concat } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'

export const PUBLIC_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

/** An Ed25519 key: `secretKey` is seed ‖ public key, the form of identity files. */
export interface Keypair {
  readonly seed: Uint8Array
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/**
 * Ed25519 domains of node messages: the byte between genesis id and message.
 * Wallet transactions have none. Spec 01 §3.2; go-spacemesh signing/signer.go.
 */
export const Domain = {
  atx: 0,
  proposal: 1,
  ballot: 2,
  hare: 3,
  poet: 4,
  marriage: 5,
  beaconFirstMsg: 10,
  beaconFollowupMsg: 11,
} as const
export type Domain = (typeof Domain)[keyof typeof Domain]

/** The key of a 32-byte seed. */
export function keypairFromSeed(seed: Uint8Array): Keypair {
  if (seed.length !== 32) throw badLength('seed', '32 bytes', seed)
  const publicKey = ed25519.getPublicKey(seed)
  return { seed: seed.slice(), publicKey, secretKey: concat(seed, publicKey) }
}

/**
 * RFC 8032 signature over the concatenation of `parts`.
 *
 * @param key - 32-byte seed or 64-byte secret key (seed ‖ public key)
 */
export function sign(key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  if (key.length !== 32 && key.length !== 64) throw badLength('key', '32 or 64 bytes', key)
  return ed25519.sign(concat(...parts), key.subarray(0, 32))
}

/**
 * The acceptance rule that all nodes must share: canonical A and R on the curve, A not of small
 * order, S < L, and the equation times the cofactor. Any input gives a verdict, none an error.
 * Spec 01 §3.2; curve25519-voi VerifyOptionsDefault.
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false
  return ed25519.verify(signature, message, publicKey, { zip215: false })
}

/** Bytes that a node signs for `message`: prefix (genesis id) ‖ domain ‖ message. */
export const domainMessage = (
  prefix: Uint8Array,
  domain: Domain,
  message: Uint8Array,
): Uint8Array => concat(prefix, Uint8Array.of(domain), message)

/** Signature of a node message. `prefix` is the 20-byte genesis id. */
export function signDomain(
  key: Uint8Array,
  prefix: Uint8Array,
  domain: Domain,
  message: Uint8Array,
): Uint8Array {
  return sign(key, domainMessage(prefix, domain, message))
}

/** Verdict on the signature of a node message, by the rule of {@link verify}. */
export function verifyDomain(
  signature: Uint8Array,
  prefix: Uint8Array,
  domain: Domain,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return verify(signature, domainMessage(prefix, domain, message), publicKey)
}

function badLength(name: string, expected: string, got: Uint8Array) {
  return new SmeshError('BAD_ARGUMENT', { name, expected, got: `${got.length} bytes` })
}
