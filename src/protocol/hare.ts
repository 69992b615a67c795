import { hash32 } from '../crypto/hash.ts'
import { c16, c32, c8, fixed, option, struct, vec, type Infer } from './codec.ts'
import { EdSignature, Hash32, LayerId, NodeId, ProposalId, VrfSignature } from './primitives.ts'

/**
 * Messages of hare3 (`/h/3.0`) and hare4 (`/h/4.0`).
 * Spec 01 §10; go-spacemesh hare3/types.go, hare4/types.go.
 */
export const MAX_HARE_PROPOSALS = 2350
/** Of an answer to a compact-id request; lower than {@link MAX_HARE_PROPOSALS} in the reference. */
export const MAX_COMPACT_ID_ANSWERS = 2050

/** Messages exist in preround, propose, commit and notify only. */
export const HareRound = {
  preround: 0,
  hardlock: 1,
  softlock: 2,
  propose: 3,
  wait1: 4,
  wait2: 5,
  commit: 6,
  notify: 7,
} as const
export type HareRound = (typeof HareRound)[keyof typeof HareRound]

/** Number of a round over all iterations. The notify round of iteration i is preround 7·i + 7. */
export const absoluteRound = (iter: number, round: number): number => 7 * iter + round

export const HareEligibility = struct({
  /** VRF of type hare with the absolute round. */
  proof: VrfSignature,
  count: c16,
})
export type HareEligibility = Infer<typeof HareEligibility>

/** Preround and propose carry proposals, commit and notify the reference. */
export const Hare3Value = struct({
  proposals: vec(ProposalId, { max: MAX_HARE_PROPOSALS }),
  reference: option(Hash32),
})
export type Hare3Value = Infer<typeof Hare3Value>

/** First bytes of a proposal's first eligibility proof. */
export const CompactProposalId = fixed(4)
export type CompactProposalId = Uint8Array

export const Hare4Value = struct({
  ...Hare3Value.fields,
  compactProposals: vec(CompactProposalId, { max: MAX_HARE_PROPOSALS }),
})
export type Hare4Value = Infer<typeof Hare4Value>

const iterRound = { layer: LayerId, iter: c8, round: c8 }

export const Hare3Body = struct({ ...iterRound, value: Hare3Value, eligibility: HareEligibility })
export type Hare3Body = Infer<typeof Hare3Body>
export const Hare4Body = struct({ ...iterRound, value: Hare4Value, eligibility: HareEligibility })
export type Hare4Body = Infer<typeof Hare4Body>

const signer = { sender: NodeId, signature: EdSignature }

export const Hare3Message = struct({ ...Hare3Body.fields, ...signer })
export type Hare3Message = Infer<typeof Hare3Message>
export const Hare4Message = struct({ ...Hare4Body.fields, ...signer })
export type Hare4Message = Infer<typeof Hare4Message>

/** What is signed, in domain HARE; two of them with unequal hashes prove equivocation. */
export const HareMetadata = struct({
  layer: LayerId,
  /** {@link absoluteRound}. */
  round: c32,
  messageHash: Hash32,
})
export type HareMetadata = Infer<typeof HareMetadata>

export const hare3MessageHash = (body: Hare3Body): Hash32 => hash32(Hare3Body.encode(body))
/** Over the body as sent; a preround is signed with full proposals and no compact ones. */
export const hare4MessageHash = (body: Hare4Body): Hash32 => hash32(Hare4Body.encode(body))

const metadata = (body: Hare3Body, messageHash: Hash32): HareMetadata => ({
  layer: body.layer,
  round: absoluteRound(body.iter, body.round),
  messageHash,
})

export const hare3Metadata = (body: Hare3Body): HareMetadata =>
  metadata(body, hare3MessageHash(body))
export const hare4Metadata = (body: Hare4Body): HareMetadata =>
  metadata(body, hare4MessageHash(body))

/** Messages of the hare signatures (domain HARE). */
export const hare3SignedBytes = (body: Hare3Body): Uint8Array =>
  HareMetadata.encode(hare3Metadata(body))
export const hare4SignedBytes = (body: Hare4Body): Uint8Array =>
  HareMetadata.encode(hare4Metadata(body))

/** Hare4 only: asks the sender of a message for the ids behind its compact ones. */
export const CompactIdRequest = struct({ messageId: Hash32 })
export type CompactIdRequest = Infer<typeof CompactIdRequest>

export const CompactIdResponse = struct({
  ids: vec(ProposalId, { max: MAX_COMPACT_ID_ANSWERS }),
})
export type CompactIdResponse = Infer<typeof CompactIdResponse>
