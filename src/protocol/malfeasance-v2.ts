import { MAX_MEMBERSHIP_NODES } from './activation-v1.ts'
import { array, bytes, c64, c8, struct, vec, type Infer } from './codec.ts'
import { AtxId, EdSignature, Hash32, NodeId } from './primitives.ts'

/** Malfeasance about ATXs V2: defined, never sent by v1.7.6. Spec 01 §12. */
export const AtxProofType = {
  legacyDoublePublish: 0x00,
  legacyInvalidPost: 0x01,
  legacyInvalidPrevAtx: 0x02,
  doublePublish: 0x10,
  doubleMarry: 0x11,
  doubleMerge: 0x12,
  invalidPost: 0x13,
  invalidPrevious: 0x14,
} as const
export type AtxProofType = (typeof AtxProofType)[keyof typeof AtxProofType]

export const MAX_ATX_PROOF_BYTES = 2 ** 20

/** Envelope of such proofs; `proof` is the encoding of the body of `proofType`. */
export const AtxProof = struct({
  version: c8,
  proofType: c8,
  proof: bytes({ max: MAX_ATX_PROOF_BYTES }),
})
export type AtxProof = Infer<typeof AtxProof>

const Branch = vec(Hash32, { max: MAX_MEMBERSHIP_NODES })

/** Shows a marriage certificate inside a signed ATX. */
export const MarryProof = struct({
  atxId: AtxId,
  marriageRoot: Hash32,
  /** Of the marriage root, at its leaf of the id. */
  marriageProof: Branch,
  certificateReference: AtxId,
  certificateSignature: EdSignature,
  certificateIndex: c64,
  /** Of the certificate, under the marriage root. */
  certificateProof: Branch,
  smesherId: NodeId,
  signature: EdSignature,
})
export type MarryProof = Infer<typeof MarryProof>

/** One identity, `nodeId`, married in two ATXs. */
export const ProofDoubleMarry = struct({ nodeId: NodeId, proofs: array(MarryProof, 2) })
export type ProofDoubleMarry = Infer<typeof ProofDoubleMarry>
