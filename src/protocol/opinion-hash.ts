import { hash32 } from '../crypto/hash.ts'
import { compareBytes, u64le } from '../util/bytes.ts'
import type { BlockId, Hash32 } from './primitives.ts'

/** Opinion on one layer: the supported blocks, or no opinion yet (hare has not ended). */
export type LayerOpinion =
  { readonly abstain: true } | { readonly support: readonly SupportedBlock[] }

export interface SupportedBlock {
  readonly id: BlockId
  readonly height: bigint
}

const ABSTAIN = Uint8Array.of(0)

/**
 * Extends a chain of opinions by one layer. Supports are sorted by (height, id) here; none means
 * against everything. Heights are fixed-width, unlike in votes.
 * Spec 01 §8.4; go-spacemesh tortoise/opinionhash, tortoise/state.go.
 *
 * @param previous - Opinion up to the layer before; absent in the first layer.
 */
export function opinionHash(previous: Hash32 | undefined, layer: LayerOpinion): Hash32 {
  const parts = previous ? [previous] : []
  if ('abstain' in layer) return hash32(...parts, ABSTAIN)
  for (const block of sortedSupport(layer.support)) parts.push(block.id, u64le(block.height))
  return hash32(...parts)
}

/** By height, then by id. */
export const sortedSupport = (support: readonly SupportedBlock[]): SupportedBlock[] =>
  support.toSorted((a, b) =>
    a.height === b.height ? compareBytes(a.id, b.id) : a.height < b.height ? -1 : 1,
  )
