import { membershipNode, MerkleBuilder, merkleRoot } from '../crypto/merkle.ts'
import { u32le, u64le } from '../util/bytes.ts'
import { postRoot } from './activation-v1.ts'
import {
  MAX_MARRIAGES,
  MAX_NIPOSTS,
  MAX_PREVIOUS_ATXS,
  MAX_SUB_POSTS,
  MembershipV2,
  type ActivationTxV2,
  type InitialAtxPartsV2,
  type MarriageCertificate,
  type NipostV2,
  type SubPostV2,
} from './activation-v2.ts'
import { padId, type AtxId, type Hash32 } from './primitives.ts'

/**
 * The id of an ATX V2 is the root of a tree of nine leaves, most of them roots themselves, so that
 * a malfeasance proof can show one part of an ATX. Spec 01 §6.2; wire_v2.go.
 */

const ZERO = new Uint8Array(32)
const DEPTH = 8 // of 256 leaves, the largest of the fixed-size trees
/** Roots of 1, 2, 4 … 256 zero leaves: without them an ATX costs at least 770 hashes. */
const zeroRoots: Uint8Array[] = [ZERO]
for (let level = 1; level <= DEPTH; level++) {
  const below = zeroRoots[level - 1]!
  zeroRoots.push(membershipNode(below, below))
}

/** Root of exactly `size` leaves (a power of two): the given ones, then zeros. */
function paddedRoot(leaves: readonly Uint8Array[], size: number): Hash32 {
  let nodes = leaves
  let level = 0
  for (let width = size; width > 1; width /= 2, level++) {
    const above: Uint8Array[] = []
    for (let i = 0; i < nodes.length; i += 2) {
      above.push(membershipNode(nodes[i]!, nodes[i + 1] ?? zeroRoots[level]!))
    }
    nodes = above
  }
  return (nodes[0] ?? zeroRoots[level]!).slice()
}

const NO_BYTES = new Uint8Array(0)

/** Empty when `prevAtxIndex` points at no previous ATX, as in every initial ATX. */
export function subPostRoot(post: SubPostV2, previousAtxIds: readonly AtxId[]): Uint8Array {
  const prevAtxId = previousAtxIds[post.prevAtxIndex]
  if (!prevAtxId) return NO_BYTES
  return merkleRoot([
    u32le(post.marriageIndex),
    prevAtxId,
    padId(u64le(post.membershipLeafIndex)),
    postRoot(post.post),
    u32le(post.numUnits),
  ])
}

/**
 * The reference streams its leaves, and an empty leaf in left position vanishes from the stream.
 * So the one sub-post of an initial ATX leaves no trace: the tree is that of zeros.
 */
function postsRoot(posts: readonly SubPostV2[], previousAtxIds: readonly AtxId[]): Hash32 {
  const leaves = posts.map((post) => subPostRoot(post, previousAtxIds))
  if (leaves.every((leaf) => leaf.length > 0)) return paddedRoot(leaves, MAX_SUB_POSTS)
  if (leaves.length === 1) return paddedRoot([], MAX_SUB_POSTS)
  const builder = new MerkleBuilder()
  for (let i = 0; i < MAX_SUB_POSTS; i++) builder.add(leaves[i] ?? ZERO)
  return builder.root()
}

export const nipostRoot = (nipost: NipostV2, previousAtxIds: readonly AtxId[]): Hash32 =>
  merkleRoot([
    MembershipV2.encode(nipost.membership), // with its length prefix
    nipost.challenge,
    postsRoot(nipost.posts, previousAtxIds),
  ])

export const initialRoot = (initial: InitialAtxPartsV2): Hash32 =>
  merkleRoot([initial.commitmentAtxId, postRoot(initial.post)])

export const marriageCertificateRoot = (certificate: MarriageCertificate): Hash32 =>
  merkleRoot([certificate.referenceAtxId, certificate.signature])

export const marriagesRoot = (marriages: readonly MarriageCertificate[]): Hash32 =>
  paddedRoot(marriages.map(marriageCertificateRoot), MAX_MARRIAGES)

/** Place of the marriages among the leaves of the id, where a double-marry proof shows them. */
export const MARRIAGES_LEAF = 7

/** The nine leaves under the id. */
export const atxLeavesV2 = (atx: ActivationTxV2): Uint8Array[] => [
  padId(u32le(atx.publishEpoch)),
  atx.positioningAtxId,
  atx.coinbase,
  atx.initial ? initialRoot(atx.initial) : ZERO,
  paddedRoot(atx.previousAtxIds, MAX_PREVIOUS_ATXS),
  paddedRoot(
    atx.niposts.map((nipost) => nipostRoot(nipost, atx.previousAtxIds)),
    MAX_NIPOSTS,
  ),
  padId(u64le(atx.vrfNonce)),
  marriagesRoot(atx.marriages),
  atx.marriageAtxId ?? ZERO,
]

/** Smesher and signature are outside the id. */
export const atxIdV2 = (atx: ActivationTxV2): AtxId => merkleRoot(atxLeavesV2(atx))

/** Message of the ATX signature (domain ATX): the id alone. */
export const atxSignedBytesV2 = (atx: ActivationTxV2): Uint8Array => atxIdV2(atx)
