import type { Ballot, Opinion, Vote } from '../../protocol/ballot.ts'
import { ballotId } from '../../protocol/ballot.ts'
import { epochOf } from '../../protocol/layers.ts'
import { opinionHash } from '../../protocol/opinion-hash.ts'
import { EMPTY_BALLOT_ID } from '../../protocol/primitives.ts'
import type { BlockId, Hash32, LayerId } from '../../protocol/primitives.ts'
import { compareBytes, equalBytes, hex, isZero } from '../../util/bytes.ts'
import { SmeshError } from '../../util/error.ts'
import type { KnownBallot } from '../eligibility/check.ts'
import { unwrapVotes, type VoteBase, type VoteNode } from './chain.ts'

import type {} from '../errors.ts'

export interface OpinionOptions {
  /** Last layer without ballots. */
  effectiveGenesis: LayerId
  layersPerEpoch: number
  /** Most supports and againsts of an own ballot together. */
  maxExceptions: number
  /**
   * First layer kept and the opinion on all layers before it, for a start in mid-history;
   * without it the history begins at the effective genesis.
   */
  start?: { layer: LayerId; previousOpinion: Hash32 }
}

export interface OpinionModules {
  /** Whether the ATX is in the index of the target epoch. */
  hasAtx(targetEpoch: number, atxId: Uint8Array): boolean
}

/** Header of a block as votes see it. */
export interface BlockHeader {
  id: BlockId
  layer: LayerId
  /** Tick height. */
  height: bigint
}

/** A ballot whose votes are known, ready to be stored. */
export interface DecodedBallot extends KnownBallot {
  id: Uint8Array
  malicious: boolean
  /** Votes up to the layer before the ballot. */
  tail: VoteNode
}

export type Decoded =
  { outcome: 'decoded'; ballot: DecodedBallot } | { outcome: 'refused'; reason: string }

interface TrackedBlock extends BlockHeader {
  /** The block itself is here, not only votes for it. */
  local: boolean
}

interface Layer {
  blocks: TrackedBlock[]
  /** Agreed block, zeros for none; undefined while the layer is open. */
  output: BlockId | undefined
  ballots: DecodedBallot[]
  chains: Map<string, VoteNode>
  nodes: Set<VoteNode>
  opinion: Hash32 | undefined
}

/**
 * What ballots say about the history and what this node says. It turns the votes of every ballot
 * into a chain of opinions, checks the opinion that was signed, and encodes own votes as the
 * difference to a ballot it knows. Deterministic and without I/O.
 *
 * The decoding is the rule of the network (spec 07 §5.4, live path). The own opinion on a layer is
 * its agreed output, however old: right as long as all weight agrees, as in a network of one
 * participant.
 *
 * Not yet: counting the weight of votes (margins, thresholds, verifying and full mode, healing);
 * the tortoise of spec 07 §5.5–5.11 takes the place of this class behind the same calls.
 */
export class OpinionTracker {
  readonly #options: OpinionOptions
  readonly #modules: OpinionModules
  readonly #layers = new Map<LayerId, Layer>()
  readonly #ballots = new Map<string, DecodedBallot>()
  readonly #malicious = new Set<string>()
  #evicted: LayerId
  /** Lowest layer after an eviction: its ballots have lost the votes below them. */
  #cut: LayerId | undefined
  #last: LayerId
  #verified: LayerId
  #previousOpinion: Hash32 | undefined

  constructor(options: OpinionOptions, modules: OpinionModules) {
    this.#options = options
    this.#modules = modules
    const { effectiveGenesis, start } = options
    this.#evicted = (start?.layer ?? effectiveGenesis) - 1
    this.#previousOpinion = start?.previousOpinion
    this.#verified = this.#evicted
    this.#last = this.#evicted
    if (!start) this.onHareOutput(effectiveGenesis, new Uint8Array(20))
  }

  /** All layers up to this one have an agreed output. */
  get verified(): LayerId {
    return this.#verified
  }

  /** Layers up to this one are forgotten. */
  get evicted(): LayerId {
    return this.#evicted
  }

  /** A ballot that was stored. */
  ballot(id: Uint8Array): KnownBallot | undefined {
    return this.#ballots.get(hex(id))
  }

  /** The block is here. */
  onBlock(header: BlockHeader): void {
    if (header.layer > this.#evicted) this.#addBlock(header).local = true
  }

  /** The layer is agreed on; a zero id means that it is empty. */
  onHareOutput(layer: LayerId, id: BlockId): void {
    if (layer <= this.#evicted) return
    this.#layer(layer).output = id
    this.#forgetOpinionsFrom(layer)
    while (this.#layers.get(this.#verified + 1)?.output) this.#verified++
  }

  /** Ballots of the smesher are no base for own votes any more. */
  onMalfeasance(smesherId: Uint8Array): void {
    this.#malicious.add(hex(smesherId))
  }

  /**
   * Own opinion on all layers up to `layer`: the aggregated mesh hash. Spec 07 §5.3.
   *
   * @throws {SmeshError} `LAYER_EVICTED`
   */
  opinion(layer: LayerId): Hash32 {
    if (layer <= this.#evicted) {
      throw new SmeshError('LAYER_EVICTED', { layer, evicted: this.#evicted })
    }
    let known = layer
    while (known > this.#evicted && !this.#layers.get(known)?.opinion) known--
    let opinion = this.#layers.get(known)?.opinion ?? this.#previousOpinion
    for (let l = known + 1; l <= layer; l++) {
      const { output, blocks } = this.#layer(l)
      const support = output ? blocks.filter(({ id }) => equalBytes(id, output)) : []
      opinion = opinionHash(opinion, output ? { support } : { abstain: true })
      this.#layer(l).opinion = opinion
    }
    return opinion!
  }

  /** The votes of a ballot, if they are decodable and give the opinion that it signed. */
  decode(ballot: Ballot, id = ballotId(ballot)): Decoded {
    return this.#decode(ballot, id, false)
  }

  /** As {@link decode} for a stored ballot after a restart: what it refers to may be forgotten. */
  recover(ballot: Ballot, id = ballotId(ballot)): Decoded {
    return this.#decode(ballot, id, true)
  }

  /** Keeps a decoded ballot; a known or forgotten one is left alone. */
  store(decoded: DecodedBallot): void {
    if (decoded.layer <= this.#evicted || this.#ballots.has(hex(decoded.id))) return
    const layer = this.#layer(decoded.layer)
    const key = hex(decoded.tail.opinion)
    const tail = layer.chains.get(key) ?? decoded.tail
    const kept = { ...decoded, tail }
    layer.ballots.push(kept)
    this.#ballots.set(hex(decoded.id), kept)
    if (layer.chains.has(key)) return
    layer.chains.set(key, tail)
    for (let node: VoteNode | undefined = tail; node; node = node.previous) {
      if (node.layer <= this.#evicted) break
      const { nodes } = this.#layer(node.layer)
      if (nodes.has(node)) break
      nodes.add(node)
      for (const { id, height } of node.support) this.#addBlock({ id, height, layer: node.layer })
    }
  }

  /**
   * Own votes for a ballot of `current`: the difference to the newest ballot that can be its base,
   * with the hash of the opinion they amount to. Spec 07 §5.11.
   *
   * @throws {SmeshError} `NO_BASE_BALLOT`
   */
  encodeVotes(current: LayerId): Opinion {
    let reason = 'no ballots within the window'
    for (let lid = current - 1; lid > this.#evicted; lid--) {
      for (const ballot of this.#layers.get(lid)?.ballots ?? []) {
        if (ballot.malicious || this.#malicious.has(hex(ballot.smesherId))) continue
        const encoded = this.#encodeOn(ballot.id, this.#asBase(ballot), current)
        if (typeof encoded !== 'string') return encoded
        reason = encoded
      }
      if (lid === this.#options.effectiveGenesis) {
        const genesis = { layer: lid, tail: undefined }
        const encoded = this.#encodeOn(EMPTY_BALLOT_ID, genesis, current)
        if (typeof encoded !== 'string') return encoded
        reason = encoded
      }
    }
    throw new SmeshError('NO_BASE_BALLOT', { layer: current, reason })
  }

  /** Forgets the layers before `layer`. */
  evictBefore(layer: LayerId): void {
    if (layer - 1 <= this.#evicted) return
    this.#previousOpinion = this.opinion(layer - 1)
    for (let l = this.#evicted + 1; l < layer; l++) {
      for (const { id } of this.#layers.get(l)?.ballots ?? []) this.#ballots.delete(hex(id))
      this.#layers.delete(l)
    }
    for (const node of this.#layers.get(layer)?.nodes ?? []) node.previous = undefined
    this.#evicted = layer - 1
    this.#cut = layer
    this.#verified = Math.max(this.#verified, this.#evicted)
  }

  #decode(ballot: Ballot, id: Uint8Array, recovery: boolean): Decoded {
    const { layer, atxId, smesherId, opinionHash: signed } = ballot
    if (layer <= this.#evicted) return refused('layer is outside the window')
    const known = this.#ballots.get(hex(id))
    if (known) return { outcome: 'decoded', ballot: known }
    const base = this.#baseOf(ballot, recovery)
    if (typeof base === 'string') return refused(base)
    const reference = this.#referenceOf(ballot)
    if (typeof reference === 'string') return refused(reference)
    const tail = this.#tailOf(ballot, base, recovery)
    if (typeof tail === 'string') return refused(tail)
    if (!equalBytes(tail.opinion, signed)) {
      if (!recovery) return refused('votes give another opinion than the signed one')
      return decoded({ ...tail, opinion: signed })
    }
    return decoded(tail)

    function decoded(tail: VoteNode): Decoded {
      const { beacon, eligibilityCount } = reference as Exclude<typeof reference, string>
      const value = { id, layer, atxId, smesherId, beacon, eligibilityCount, tail }
      return { outcome: 'decoded', ballot: { ...value, malicious: false } }
    }
  }

  #baseOf({ layer, votes: { base } }: Ballot, recovery: boolean): VoteBase | string {
    if (isZero(base)) {
      const { effectiveGenesis } = this.#options
      if (this.#evicted < effectiveGenesis) return { layer: effectiveGenesis, tail: undefined }
    } else {
      const found = this.#ballots.get(hex(base))
      if (found) return found.layer < layer ? this.#asBase(found) : 'base ballot is not older'
    }
    return recovery ? { layer: this.#evicted, tail: undefined } : 'base ballot is not known'
  }

  /**
   * A ballot of the lowest layer is a base without history, so what is built on it is hashed
   * without a predecessor: go-spacemesh tortoise/state.go, cutBefore, and nodes must agree on it.
   */
  #asBase({ layer, tail }: DecodedBallot): VoteBase {
    return { layer, tail: layer === this.#cut ? undefined : tail }
  }

  #referenceOf({ layer, atxId, epochData, refBallot }: Ballot) {
    if (epochData) {
      const epoch = epochOf(layer, this.#options.layersPerEpoch)
      return this.#modules.hasAtx(epoch, atxId) ? epochData : 'ATX is not in the index'
    }
    return this.#ballots.get(hex(refBallot)) ?? 'reference ballot is not known'
  }

  #tailOf(ballot: Ballot, base: VoteBase, recovery: boolean): VoteNode | string {
    const shared = this.#layer(ballot.layer).chains.get(hex(ballot.opinionHash))
    if (shared) return shared
    const unwrapped = unwrapVotes(base, ballot.votes, ballot.layer)
    if (unwrapped.refused !== undefined) return unwrapped.refused
    if (unwrapped.from <= this.#evicted && !recovery) return 'votes on forgotten layers'
    return unwrapped.tail ?? 'votes on no layer'
  }

  /** Own votes as a difference to one base, or why it cannot be the base. */
  #encodeOn(baseId: Uint8Array, base: VoteBase, current: LayerId): Opinion | string {
    const support: Vote[] = []
    const against: Vote[] = []
    const abstain: LayerId[] = []
    for (let node = base.tail; node && node.layer > this.#evicted; node = node.previous) {
      const layer = this.#layer(node.layer)
      if (node.abstain && layer.output) return 'base abstained on a layer that is agreed on'
      if (!layer.output) {
        if (!node.abstain) abstain.push(node.layer)
        continue
      }
      for (const block of layer.blocks) {
        const { id, height } = block
        const wanted = favours(layer, block)
        const voted = node.support.some((s) => s.height === height && equalBytes(s.id, id))
        if (wanted !== voted) (wanted ? support : against).push(vote(block))
      }
    }
    for (let lid = base.layer; lid < current; lid++) {
      const layer = this.#layer(lid)
      if (!layer.output) abstain.push(lid)
      else support.push(...layer.blocks.filter((block) => favours(layer, block)).map(vote))
    }
    if (support.length + against.length > this.#options.maxExceptions) return 'too many exceptions'
    const votes = { base: baseId, support, against, abstain }
    const unwrapped = unwrapVotes(base, votes, current)
    if (unwrapped.refused !== undefined) return unwrapped.refused
    if (!unwrapped.tail) return 'votes on no layer'
    return { hash: unwrapped.tail.opinion, ...votes }
  }

  #layer(layer: LayerId): Layer {
    let found = this.#layers.get(layer)
    if (!found) {
      found = {
        ...{ blocks: [], output: undefined, ballots: [], opinion: undefined },
        ...{ chains: new Map(), nodes: new Set() },
      }
      this.#layers.set(layer, found)
      this.#last = Math.max(this.#last, layer)
    }
    return found
  }

  #addBlock({ id, layer: lid, height }: BlockHeader): TrackedBlock {
    const layer = this.#layer(lid)
    const known = layer.blocks.find((block) => block.height === height && equalBytes(block.id, id))
    if (known) return known
    const block = { id, layer: lid, height, local: false }
    layer.blocks.push(block)
    layer.blocks.sort((a, b) =>
      a.height === b.height ? compareBytes(a.id, b.id) : a.height < b.height ? -1 : 1,
    )
    this.#forgetOpinionsFrom(lid)
    return block
  }

  #forgetOpinionsFrom(layer: LayerId): void {
    for (let l = layer; l <= this.#last; l++) {
      const found = this.#layers.get(l)
      if (found) found.opinion = undefined
    }
  }
}

/** Own vote on a block of an agreed layer: it is the output, and it is here. */
const favours = ({ output }: Layer, block: TrackedBlock): boolean =>
  block.local && output !== undefined && equalBytes(block.id, output)

const vote = ({ id, layer, height }: BlockHeader): Vote => ({ blockId: id, layer, height })

const refused = (reason: string): Decoded => ({ outcome: 'refused', reason })
