import type { Hash32, LayerId } from '../../protocol/primitives.ts'
import type { Vote, Votes } from '../../protocol/ballot.ts'
import { opinionHash, sortedSupport, type SupportedBlock } from '../../protocol/opinion-hash.ts'
import { hex } from '../../util/bytes.ts'

/** Votes of a ballot on one layer, linked to those on the layers below. Chains are shared. */
export interface VoteNode {
  readonly layer: LayerId
  /** No opinion on the layer. Supports, if any, win over it in the hash. */
  readonly abstain: boolean
  /** By height, then id; everything else in the layer is voted against. */
  readonly support: readonly SupportedBlock[]
  /** Hash of the chain up to this layer. */
  readonly opinion: Hash32
  readonly previousOpinion: Hash32 | undefined
  /** Cut where the window of layers ends. */
  previous: VoteNode | undefined
}

interface NodeContent {
  layer: LayerId
  abstain: boolean
  support: readonly SupportedBlock[]
}

/** Adds one layer to a chain. */
export function extendChain(
  { layer, abstain, support }: NodeContent,
  previous: VoteNode | undefined,
  previousOpinion = previous?.opinion,
): VoteNode {
  const undecided = abstain && support.length === 0
  const opinion = opinionHash(previousOpinion, undecided ? { abstain: true } : { support })
  return { layer, abstain, support, opinion, previousOpinion, previous }
}

/** The ballot that votes are a difference to: its layer, and its votes on the layers below. */
export interface VoteBase {
  layer: LayerId
  tail: VoteNode | undefined
}

export type Unwrapped =
  { tail: VoteNode | undefined; from: LayerId; refused?: undefined } | { refused: string }

interface SignedVote extends SupportedBlock {
  inFavour: boolean
}

/**
 * The votes of a ballot of `layer` on all layers from what its base votes and the difference.
 * Layers from the base's on are voted "against everything" unless the difference names them.
 *
 * Spec 07 §5.4, step 5; go-spacemesh tortoise/tortoise.go, decodeVotes.
 *
 * @returns the newest node (undefined if there is no layer to vote on) and the lowest layer whose
 *   votes are new; or why the votes contradict themselves
 */
export function unwrapVotes(base: VoteBase, votes: Votes, layer: LayerId): Unwrapped {
  const difference = collect(votes)
  if (typeof difference === 'string') return { refused: difference }
  const from = [...difference.keys()].reduce((low, named) => Math.min(low, named), base.layer)
  const copied: VoteNode[] = []
  let node = base.tail
  for (; node && node.layer >= from; node = node.previous) copied.push(node)
  let tail = node
  for (const old of copied.toReversed()) {
    const changed = applyTo(old, difference.get(old.layer))
    if (typeof changed === 'string') return { refused: changed }
    // The lowest kept node may have lost its predecessor, but never that one's opinion.
    tail = extendChain(changed, tail, tail ? tail.opinion : old.previousOpinion)
  }
  for (let l = base.layer; l < layer; l++) {
    const named = difference.get(l)
    const support = named ? inFavour(named) : []
    tail = extendChain({ layer: l, abstain: named?.size === 0, support }, tail)
  }
  return { tail, from }
}

type Difference = Map<LayerId, Map<string, SignedVote>>

function collect(votes: Votes): Difference | string {
  const difference: Difference = new Map()
  const add = ({ blockId, layer, height }: Vote, favour: boolean): boolean => {
    const named = difference.get(layer) ?? new Map<string, SignedVote>()
    difference.set(layer, named)
    const key = hex(blockId)
    if (named.has(key)) return false
    named.set(key, { id: blockId, height, inFavour: favour })
    return true
  }
  for (const vote of votes.against) if (!add(vote, false)) return 'block named twice'
  for (const vote of votes.support) if (!add(vote, true)) return 'block named twice'
  for (const layer of votes.abstain) {
    if (difference.has(layer)) return 'abstains on a layer that it votes on'
    difference.set(layer, new Map())
  }
  return difference
}

const inFavour = (named: Map<string, SignedVote>): SupportedBlock[] =>
  sortedSupport(
    [...named.values()].filter((vote) => vote.inFavour).map(({ id, height }) => ({ id, height })),
  )

/** The votes of a base on one layer with the difference for that layer, if there is any. */
function applyTo(node: VoteNode, named: Map<string, SignedVote> | undefined): NodeContent | string {
  if (!named) return node
  const { layer } = node
  if (named.size === 0) return { layer, abstain: true, support: [] }
  const kept: SupportedBlock[] = []
  for (const block of node.support) {
    const vote = named.get(hex(block.id))
    if (!vote) kept.push(block)
    else if (!vote.inFavour && vote.height !== block.height) return 'wrong target of a vote against'
  }
  const support = sortedSupport([...kept, ...inFavour(named)])
  return { layer, abstain: node.abstain, support }
}
