import {
  isInvalidIndex,
  isVrfNonceValid,
  verify,
  type K2Pow,
  type VerifyConfig,
} from '../post/index.ts'
import type { PostV1 } from '../protocol/activation-v1.ts'
import { isSmeshError } from '../util/error.ts'

/** What a PoST claims to prove. */
export interface PostClaim {
  readonly nodeId: Uint8Array
  readonly commitmentAtxId: Uint8Array
  /** 32 bytes: a PoET reference, or zeros for a first proof. */
  readonly challenge: Uint8Array
  /** As declared in the ATX. */
  readonly numUnits: number
}

/**
 * `invalidIndex` is the ordinal of a label index that fails the difficulty test, which makes
 * malfeasance of a V1 ATX; every other failure has none.
 */
export type PostVerdict =
  | { readonly valid: true }
  | { readonly valid: false; readonly reason: string; readonly invalidIndex?: number }

/**
 * PoST checks as a service: heavy, so usually in workers. It knows the network's parameters and
 * the node's own seed for the choice of K3 indices. Spec 03 §5, 08 §6.
 */
export interface PostVerifier {
  /** `all` checks every index; `subset` the K3 that this node draws. */
  verify(
    post: PostV1,
    claim: PostClaim,
    options: { mode: 'all' | 'subset'; signal: AbortSignal; prioritized?: boolean },
  ): Promise<PostVerdict>
  /** Whether `nonce` is a VRF nonce for `numLabels` labels of this data; any input gets a verdict. */
  isVrfNonceValid(
    claim: {
      readonly nodeId: Uint8Array
      readonly commitmentAtxId: Uint8Array
      /** u64. */
      readonly numLabels: bigint
      readonly nonce: bigint
    },
    options: { signal: AbortSignal },
  ): Promise<boolean>
}

export interface LocalPostVerifierOptions extends VerifyConfig {
  readonly k3: number
  /** Raw bytes of the node's peer id: decides which K3 indices this node looks at. */
  readonly seed: Uint8Array
}

/** A {@link PostVerifier} that computes where it is called. */
export function createPostVerifier(
  options: LocalPostVerifierOptions,
  modules: { pow: Pick<K2Pow, 'check'> },
): PostVerifier {
  const { k3, seed, scryptN } = options
  return {
    async verify(post, claim, { mode, signal }) {
      signal.throwIfAborted()
      const verifyMode =
        mode === 'all' ? ({ type: 'all' } as const) : ({ type: 'subset', k3, seed } as const)
      const verdict = await verify(post, claim, options, verifyMode, modules)
      if (verdict.ok) return { valid: true }
      const reason = verdict.error
      return isInvalidIndex(verdict)
        ? { valid: false, reason, invalidIndex: verdict.ordinal }
        : { valid: false, reason }
    },
    async isVrfNonceValid({ nodeId, commitmentAtxId, numLabels, nonce }, { signal }) {
      signal.throwIfAborted()
      // The claim is wrapped to u64 already, so it is handed over as one unit of that size.
      const claim = { nodeId, commitmentAtxId, numUnits: 1, labelsPerUnit: numLabels, nonce }
      try {
        return isVrfNonceValid(claim, { scryptN })
      } catch (error) {
        // Sizes and nonces that cannot be computed: no node can hold such an ATX for valid.
        if (isSmeshError(error, 'POST_VRF_OVERFLOW') || isSmeshError(error, 'BAD_ARGUMENT')) {
          return false
        }
        throw error
      }
    },
  }
}
