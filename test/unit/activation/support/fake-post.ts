import type { PostService } from '../../../../src/activation/modules.ts'
import type { PostClaim, PostVerifier } from '../../../../src/activation/post-verifier.ts'
import { hash32 } from '../../../../src/crypto/hash.ts'
import type { PostV1 } from '../../../../src/protocol/activation-v1.ts'
import { equalBytes, u32le } from '../../../../src/util/bytes.ts'

/** The only nonce that the fake verifier takes. */
export const VRF_NONCE = 7n
/** A proof with this many pow is one whose index `nonce` fails. */
export const BAD_INDEX_POW = 666n

/** Stands in for a proof: bound to all that a real one is bound to. */
export const fakePost = (claim: PostClaim): PostV1 => ({
  nonce: 3,
  indices: hash32(claim.nodeId, claim.commitmentAtxId, claim.challenge, u32le(claim.numUnits)),
  pow: 1n,
})

export interface FakeSpace {
  numUnits: number
  labelsPerUnit: bigint
  commitmentAtxId: Uint8Array
  vrfNonce: bigint | undefined
}

export function fakePostService(nodeId: Uint8Array, space: FakeSpace): PostService {
  return {
    async status() {
      const { vrfNonce, ...rest } = space
      return { nodeId, ...rest, ...(vrfNonce === undefined ? {} : { vrfNonce }) }
    },
    async prove(challenge, { onProgress }) {
      onProgress?.({ done: 1n, total: 2n })
      const { commitmentAtxId, numUnits } = space
      return fakePost({ nodeId, commitmentAtxId, challenge, numUnits })
    },
  }
}

export interface VerifiedPost {
  readonly mode: 'all' | 'subset'
  readonly claim: PostClaim
}

/** Notes what it was asked in `asked`. */
export const fakePostVerifier = (
  asked: VerifiedPost[] = [],
  nonces: { numLabels: bigint; nonce: bigint }[] = [],
): PostVerifier => ({
  async verify(post, claim, { mode }) {
    asked.push({ mode, claim })
    if (post.pow === BAD_INDEX_POW) {
      return { valid: false, reason: 'InvalidMsb', invalidIndex: post.nonce }
    }
    return equalBytes(post.indices, fakePost(claim).indices)
      ? { valid: true }
      : { valid: false, reason: 'InvalidPoW' }
  },
  async isVrfNonceValid({ numLabels, nonce }) {
    nonces.push({ numLabels, nonce })
    return nonce === VRF_NONCE
  },
})
