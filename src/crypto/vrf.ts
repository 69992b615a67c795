import { mulAddUnsafe } from '@noble/curves/abstract/curve.js'
import { ed25519, ed25519_hasher } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'

import { bigFromLe, bigToLe, concat, utf8 } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'

/** Γ[32] ‖ c[16] ‖ s[32]; the proof itself, never its hash, is the random value of the protocol. */
export const VRF_PROOF_BYTES = 80

const { Point } = ed25519
type CurvePoint = typeof Point.BASE
const ORDER = Point.Fn.ORDER
const SUITE = 4
const DST = concat(utf8('ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_'), Uint8Array.of(SUITE))
const CHALLENGE_HEAD = Uint8Array.of(SUITE, 2)
const CHALLENGE_TAIL = Uint8Array.of(0)

/** Proofs of one key. The secret scalar is expanded once; proofs are deterministic. */
export interface VrfProver {
  readonly publicKey: Uint8Array
  prove(alpha: Uint8Array): Uint8Array
}

/**
 * ECVRF-EDWARDS25519-SHA512-ELL2 (RFC 9381) prover of an Ed25519 key. The multiplications with
 * secret scalars run in a fixed sequence of group operations (noble `multiply`).
 * Spec 01 §3.3; curve25519-voi primitives/ed25519/extra/ecvrf.
 *
 * @param key - 32-byte seed or 64-byte secret key (seed ‖ public key)
 */
export function createVrfProver(key: Uint8Array): VrfProver {
  if (key.length !== 32 && key.length !== 64) {
    const got = `${key.length} bytes`
    throw new SmeshError('BAD_ARGUMENT', { name: 'key', expected: '32 or 64 bytes', got })
  }
  const {
    head,
    prefix,
    scalar,
    pointBytes: publicKey,
  } = ed25519.utils.getExtendedPublicKey(key.subarray(0, 32))
  head.fill(0)
  return {
    publicKey,
    prove(alpha) {
      const base = hashToCurve(publicKey, alpha)
      const baseBytes = base.toBytes()
      const gamma = base.multiply(scalar).toBytes()
      const nonce = bigFromLe(sha512(concat(prefix, baseBytes))) % ORDER
      const u = Point.BASE.multiply(nonce).toBytes()
      const v = base.multiply(nonce).toBytes()
      const c = challenge(publicKey, baseBytes, gamma, u, v)
      return concat(gamma, c, bigToLe((nonce + bigFromLe(c) * scalar) % ORDER, 32))
    },
  }
}

/** One proof of `key` (seed or secret key) over `alpha`. For many use {@link createVrfProver}. */
export const vrfProve = (key: Uint8Array, alpha: Uint8Array): Uint8Array =>
  createVrfProver(key).prove(alpha)

/**
 * True if `proof` is the proof of `publicKey` over `alpha`. Refuses a non-canonical or small-order
 * key, a non-canonical Γ and s ≥ L; a small-order Γ is let through, as in the reference.
 */
export function vrfVerify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): boolean {
  if (proof.length !== VRF_PROOF_BYTES || publicKey.length !== 32) return false
  const gammaBytes = proof.subarray(0, 32)
  const key = decodePoint(publicKey)
  const gamma = decodePoint(gammaBytes)
  const s = bigFromLe(proof.subarray(48, 80))
  if (!key || !gamma || s >= ORDER || key.isSmallOrder()) return false
  const claimed = proof.subarray(32, 48)
  const c = bigFromLe(claimed)
  const base = hashToCurve(publicKey, alpha)
  const u = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(c))
  const v = mulAddUnsafe(Point, [base, gamma.negate()], [s, c])
  const expected = challenge(publicKey, base.toBytes(), gammaBytes, u.toBytes(), v.toBytes())
  return expected.every((byte, i) => byte === claimed[i])
}

function hashToCurve(publicKey: Uint8Array, alpha: Uint8Array): CurvePoint {
  return Point.fromAffine(
    ed25519_hasher.encodeToCurve(concat(publicKey, alpha), { DST }).toAffine(),
  )
}

function challenge(...points: Uint8Array[]): Uint8Array {
  return sha512(concat(CHALLENGE_HEAD, ...points, CHALLENGE_TAIL)).slice(0, 16)
}

/** Strict decoding: undefined for bytes off the curve or in a second form of a point. */
function decodePoint(bytes: Uint8Array): CurvePoint | undefined {
  try {
    return Point.fromBytes(bytes, false)
  } catch {
    return undefined
  }
}
