import { verify } from '../crypto/ed25519.ts'
import { bytes, c64, option, struct, type Infer } from '../protocol/codec.ts'
import { equalBytes } from '../util/bytes.ts'
import { isSmeshError } from '../util/error.ts'

/** What a certifier signs: who showed a valid PoST, and until when that counts. */
export const PoetCertificate = struct({
  nodeId: bytes({ max: 32 }),
  /** Unix seconds. */
  expiration: option(c64),
})
export type PoetCertificate = Infer<typeof PoetCertificate>

/** Encoded {@link PoetCertificate} and the certifier's Ed25519 signature over just these bytes. */
export interface SignedCertificate {
  data: Uint8Array
  signature: Uint8Array
}

/** Why a certificate is refused: the reference's texts without details. */
export type CertificateFault =
  'signature mismatch' | 'decoding' | 'pubkey mismatch' | 'certificate expired'

export type CertificateVerdict =
  | { readonly valid: true; readonly certificate: PoetCertificate }
  | { readonly valid: false; readonly fault: CertificateFault }

/**
 * Verdict on a certificate for `nodeId` at `nowSeconds`. Bytes after the struct are not looked at,
 * as in the reference.
 *
 * @see poet registration/registration.go, verifyCert; shared/cert.go; spec 04 §5.2
 */
export function verifyCertificate(
  { data, signature }: SignedCertificate,
  certifierPublicKey: Uint8Array,
  nodeId: Uint8Array,
  nowSeconds: bigint,
): CertificateVerdict {
  const refuse = (fault: CertificateFault): CertificateVerdict => ({ valid: false, fault })
  if (!verify(signature, data, certifierPublicKey)) return refuse('signature mismatch')
  let certificate: PoetCertificate
  try {
    certificate = PoetCertificate.decodePrefix(data).value
  } catch (error) {
    if (isSmeshError(error)) return refuse('decoding')
    throw error
  }
  if (!equalBytes(certificate.nodeId, nodeId)) return refuse('pubkey mismatch')
  const { expiration } = certificate
  if (expiration !== undefined && expiration < nowSeconds) return refuse('certificate expired')
  return { valid: true, certificate }
}

/** Keys that a service trusts, looked up by the hint of a request. Spec 04 §5.2. */
export interface TrustedKeys {
  /** The key of the announced certifier. */
  certifier?: Uint8Array
  others?: readonly Uint8Array[]
}

export const CERTIFICATE_HINT_BYTES = 4

/** The keys to try: without a hint the certifier's only, else all that begin with it. */
export function keysForHint(
  { certifier, others = [] }: TrustedKeys,
  hint: Uint8Array | undefined,
): Uint8Array[] {
  const own = certifier ? [certifier] : []
  if (!hint) return own
  return [...own, ...others].filter((key) =>
    equalBytes(key.subarray(0, CERTIFICATE_HINT_BYTES), hint),
  )
}
