import { hash32 } from '../crypto/hash.ts'
import { c32, c64, option, struct, vec, type Infer } from './codec.ts'
import { MAX_MEMBERSHIP_NODES, PostV1 } from './activation-v1.ts'
import { Address, AtxId, EdSignature, EpochId, Hash32, NodeId, PoetRef } from './primitives.ts'

/** These four are part of the id: its tree has room for exactly so many. */
export const MAX_PREVIOUS_ATXS = 256
export const MAX_NIPOSTS = 4
export const MAX_SUB_POSTS = 256
export const MAX_MARRIAGES = 256

/** The post of one identity in a (possibly merged) ATX. */
export const SubPostV2 = struct({
  marriageIndex: c32,
  /** Index into `previousAtxIds`. */
  prevAtxIndex: c32,
  membershipLeafIndex: c64,
  post: PostV1,
  numUnits: c32,
})
export type SubPostV2 = Infer<typeof SubPostV2>

export const MembershipV2 = vec(Hash32, { max: MAX_MEMBERSHIP_NODES })

/** Posts made for one PoET proof. */
export const NipostV2 = struct({
  membership: MembershipV2,
  challenge: PoetRef,
  posts: vec(SubPostV2, { max: MAX_SUB_POSTS }),
})
export type NipostV2 = Infer<typeof NipostV2>

export const InitialAtxPartsV2 = struct({ commitmentAtxId: AtxId, post: PostV1 })
export type InitialAtxPartsV2 = Infer<typeof InitialAtxPartsV2>

/** The smesher of `referenceAtxId` (zeros: the publisher) signs the publisher's node id. */
export const MarriageCertificate = struct({ referenceAtxId: AtxId, signature: EdSignature })
export type MarriageCertificate = Infer<typeof MarriageCertificate>

/**
 * Activation of one smesher or of a married set. No preset of v1.7.6 enables it. Its id is in
 * activation-v2-id.ts. Spec 01 §6; go-spacemesh activation/wire/wire_v2.go.
 */
export const ActivationTxV2 = struct({
  publishEpoch: EpochId,
  positioningAtxId: AtxId,
  coinbase: Address,
  initial: option(InitialAtxPartsV2),
  previousAtxIds: vec(AtxId, { max: MAX_PREVIOUS_ATXS }),
  niposts: vec(NipostV2, { max: MAX_NIPOSTS }),
  vrfNonce: c64,
  marriages: vec(MarriageCertificate, { max: MAX_MARRIAGES }),
  /** Merged ATXs only. */
  marriageAtxId: option(AtxId),
  smesherId: NodeId,
  signature: EdSignature,
})
export type ActivationTxV2 = Infer<typeof ActivationTxV2>

/** What a smesher registers at a PoET. Spec 01 §6.2; activation/wire/challenge_v2.go. */
export const NipostChallengeV2 = struct({
  publishEpoch: EpochId,
  prevAtxId: AtxId,
  positioningAtxId: AtxId,
  initialPost: option(PostV1),
})
export type NipostChallengeV2 = Infer<typeof NipostChallengeV2>

const CHALLENGE_PREFIX = Uint8Array.of(0)

export const challengeHashV2 = (challenge: NipostChallengeV2): Hash32 =>
  hash32(CHALLENGE_PREFIX, NipostChallengeV2.encode(challenge))
