import { c16, struct, vec, type Infer } from './codec.ts'
import { BlockId, EdSignature, LayerId, NodeId, VrfSignature } from './primitives.ts'

export const MAX_CERTIFY_MESSAGES = 1000
/** Round in the VRF message of certifiers: 2^31 − 1, which no hare round reaches. */
export const CERTIFY_ROUND = 2147483647

/** The part that is signed, in domain HARE. */
export const CertifyContent = struct({
  layer: LayerId,
  blockId: BlockId,
  eligibilityCount: c16,
  /** VRF of type hare with {@link CERTIFY_ROUND}. */
  proof: VrfSignature,
})
export type CertifyContent = Infer<typeof CertifyContent>

/** Gossip topic `bc1`. Spec 01 §9.3; go-spacemesh common/types/block.go. */
export const CertifyMessage = struct({
  ...CertifyContent.fields,
  signature: EdSignature,
  smesherId: NodeId,
})
export type CertifyMessage = Infer<typeof CertifyMessage>

export const Certificate = struct({
  blockId: BlockId,
  signatures: vec(CertifyMessage, { max: MAX_CERTIFY_MESSAGES }),
})
export type Certificate = Infer<typeof Certificate>

/** Message of the certify signature (domain HARE). */
export const certifySignedBytes = (content: CertifyContent): Uint8Array =>
  CertifyContent.encode(content)
