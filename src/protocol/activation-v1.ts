import { hash32 } from '../crypto/hash.ts'
import { merkleRoot } from '../crypto/merkle.ts'
import { concat, u32le, u64le } from '../util/bytes.ts'
import { bytes, c32, c64, option, struct, vec, type Infer } from './codec.ts'
import { Address, AtxId, EdSignature, EpochId, Hash32, NodeId, VrfNonce } from './primitives.ts'

export const MAX_POST_INDICES_BYTES = 800
export const MAX_MEMBERSHIP_NODES = 32

/** Proof of space-time. Spec 01 §5; go-spacemesh activation/wire/wire_v1.go, PostV1. */
export const PostV1 = struct({
  nonce: c32,
  indices: bytes({ max: MAX_POST_INDICES_BYTES }),
  pow: c64,
})
export type PostV1 = Infer<typeof PostV1>

/** Membership of one challenge in a PoET round. */
export const MerkleProof = struct({
  nodes: vec(Hash32, { max: MAX_MEMBERSHIP_NODES }),
  leafIndex: c64,
})
export type MerkleProof = Infer<typeof MerkleProof>

export const PostMetadataV1 = struct({
  /** Reference of the PoET proof; longer or shorter than 32 bytes is for validation to refuse. */
  challenge: bytes({ max: 32 }),
  labelsPerUnit: c64,
})
export type PostMetadataV1 = Infer<typeof PostMetadataV1>

/** Its options may decode as absent: check before use. */
export const NipostV1 = struct({
  membership: MerkleProof,
  post: option(PostV1),
  postMetadata: option(PostMetadataV1),
})
export type NipostV1 = Infer<typeof NipostV1>

/** What a smesher registers at a PoET; the first six fields of the ATX. */
export const NipostChallengeV1 = struct({
  publishEpoch: EpochId,
  /** 0 in the initial ATX, then one more than in the previous. */
  sequence: c64,
  /** Zeros exactly in the initial ATX. */
  prevAtxId: AtxId,
  positioningAtxId: AtxId,
  /** Initial ATX only. */
  commitmentAtxId: option(AtxId),
  /** Initial ATX only. */
  initialPost: option(PostV1),
})
export type NipostChallengeV1 = Infer<typeof NipostChallengeV1>

/** The part that the id covers. */
export const InnerActivationTxV1 = struct({
  ...NipostChallengeV1.fields,
  coinbase: Address,
  numUnits: c32,
  nipost: option(NipostV1),
  /** Initial ATX only. */
  nodeId: option(NodeId),
  /** Initial ATX, or when it changed. */
  vrfNonce: option(VrfNonce),
})
export type InnerActivationTxV1 = Infer<typeof InnerActivationTxV1>

/**
 * Activation of a smesher, gossip topic `ax1`. The version is not on the wire: the publish epoch
 * decides it (spec 01 §6.1). Spec 01 §5; go-spacemesh activation/wire/wire_v1.go.
 */
export const ActivationTxV1 = struct({
  ...InnerActivationTxV1.fields,
  smesherId: NodeId,
  signature: EdSignature,
})
export type ActivationTxV1 = Infer<typeof ActivationTxV1>

/** Smesher and signature are outside the id. */
export const atxIdV1 = (atx: InnerActivationTxV1): AtxId => hash32(InnerActivationTxV1.encode(atx))

/** Message of the ATX signature (domain ATX): publish epoch ‖ id. */
export const atxSignedBytesV1 = (atx: InnerActivationTxV1, id: AtxId = atxIdV1(atx)): Uint8Array =>
  concat(EpochId.encode(atx.publishEpoch), id)

const CHALLENGE_PREFIX = Uint8Array.of(0)

/** Leaf of the PoET membership tree. An ATX is a challenge too. */
export const challengeHashV1 = (challenge: NipostChallengeV1): Hash32 =>
  hash32(CHALLENGE_PREFIX, NipostChallengeV1.encode(challenge))

/** Merkle root of a PoST inside ATX V2 ids. Spec 01 §6.2; wire_v2.go, PostTreeHash. */
export const postRoot = (post: PostV1): Hash32 =>
  merkleRoot([u32le(post.nonce), post.indices, u64le(post.pow)])

/**
 * Publish epoch of an encoded ATX of any version, which selects the version to decode.
 *
 * @throws {SmeshError} `UNEXPECTED_END`, `COMPACT_OUT_OF_RANGE`
 */
export const atxPublishEpoch = (encoded: Uint8Array): EpochId => EpochId.decodePrefix(encoded).value
