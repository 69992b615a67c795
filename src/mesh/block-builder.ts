import { epochOf } from '../protocol/layers.ts'
import type { BlockReward } from '../protocol/block.ts'
import type { Hash32, LayerId, TxId } from '../protocol/primitives.ts'
import type { Ballot } from '../protocol/ballot.ts'
import { compareBytes, equalBytes, hex, isZero } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { maxBig, wrap64 } from '../util/u64.ts'
import type { AtxIndex, BallotStore, IndexedAtx } from './modules.ts'
import type { StoredProposal } from './proposal-store.ts'
import { blockSeed, orderTransactions, poolTx, pruneByGas, type StoredTx } from './txs/index.ts'

import type {} from './errors.ts'

export interface BlockBuilderOptions {
  layersPerEpoch: number
  /** Part of the eligibilities that must name one mesh hash, percent. */
  optimisticFilterPercent: number
  blockGasLimit: bigint
}

export interface BlockBuilderModules {
  atxs: Pick<AtxIndex, 'get'>
  ballots: Pick<BallotStore, 'get'>
  txs: { get(id: TxId): Promise<StoredTx | undefined> }
}

/** What goes into the block of a layer. */
export interface BlockPlan {
  layer: LayerId
  tickHeight: bigint
  /** By ascending ATX id, with the ATXs that earn them. */
  rewards: readonly (BlockReward & { atx: IndexedAtx })[]
  /** In block order; of an optimistic block those that are executed go in. */
  txs: readonly StoredTx[]
  /** The proposals agree on the history: the block lists what the VM executed, no more. */
  optimistic: boolean
}

/**
 * The block of a layer from the proposals that were agreed on, at least one. Every node that
 * agrees on them and on the history builds the same.
 * Spec 06 §11; go-spacemesh blocks/generator.go, blocks/utils.go (v1.7.6).
 *
 * @param proposals - in the order of the agreement
 * @param aggregatedHash - own opinion on the layers before, undefined if there is none
 * @throws {SmeshError} `BLOCK_NOT_BUILT`
 */
export async function planBlock(
  layer: LayerId,
  proposals: readonly StoredProposal[],
  aggregatedHash: Hash32 | undefined,
  options: BlockBuilderOptions,
  modules: BlockBuilderModules,
): Promise<BlockPlan> {
  const epoch = epochOf(layer, options.layersPerEpoch)
  const rewards = new Map<string, BlockReward & { atx: IndexedAtx }>()
  let tickHeight = 0n
  for (const { proposal } of proposals) {
    const { ballot } = proposal
    const atx = modules.atxs.get(epoch, ballot.atxId)
    if (!atx) throw notBuilt(layer, `ATX ${hex(ballot.atxId)} is missing`)
    const key = hex(ballot.atxId)
    if (rewards.has(key)) throw notBuilt(layer, `ATX ${key} has two proposals`)
    const slots = await slotsOf(ballot, modules.ballots)
    if (!slots) throw notBuilt(layer, `slots of ATX ${key} are not known`)
    const proofs = BigInt(ballot.eligibilityProofs.length)
    rewards.set(key, { atx, atxId: atx.id, ...share(atx.weight * proofs, BigInt(slots)) })
    tickHeight = maxBig(tickHeight, atx.baseHeight)
  }
  const optimistic = agreesOnMesh(layer, proposals, aggregatedHash, options)
  const ordered = await orderedTxs(layer, proposals, modules)
  return {
    ...{ layer, tickHeight, optimistic },
    rewards: [...rewards.values()].sort((a, b) => compareBytes(a.atxId, b.atxId)),
    txs: (optimistic ? ordered : pruneByGas(ordered, options.blockGasLimit)).map(({ tx }) => tx),
  }
}

async function slotsOf(
  { epochData, refBallot }: Ballot,
  ballots: Pick<BallotStore, 'get'>,
): Promise<number | undefined> {
  if (epochData) return epochData.eligibilityCount
  return (await ballots.get(refBallot))?.ballot.epochData?.eligibilityCount
}

/** The fraction in lowest terms; low 64 bits of each, as in the reference. */
function share(numerator: bigint, denominator: bigint) {
  let [a, b] = [numerator, denominator]
  while (b !== 0n) [a, b] = [b, a % b]
  return { weightNum: wrap64(numerator / a), weightDenom: wrap64(denominator / a) }
}

/** True if enough eligibilities name one mesh hash; it must then be the own one. */
function agreesOnMesh(
  layer: LayerId,
  proposals: readonly StoredProposal[],
  own: Hash32 | undefined,
  { optimisticFilterPercent }: BlockBuilderOptions,
): boolean {
  const votes = new Map<string, { hash: Hash32; proofs: number }>()
  let total = 0
  for (const { proposal } of proposals) {
    const { meshHash: hash, ballot } = proposal
    const vote = votes.get(hex(hash)) ?? { hash, proofs: 0 }
    votes.set(hex(hash), vote)
    vote.proofs += ballot.eligibilityProofs.length
    total += ballot.eligibilityProofs.length
  }
  const majority = [...votes.values()].find(
    ({ hash, proofs }) => !isZero(hash) && 100 * proofs >= optimisticFilterPercent * total,
  )
  if (!majority) return false
  if (own && equalBytes(own, majority.hash)) return true
  throw notBuilt(layer, 'the proposals agree on another history')
}

async function orderedTxs(
  layer: LayerId,
  proposals: readonly StoredProposal[],
  { txs }: BlockBuilderModules,
) {
  const ids = new Map<string, TxId>()
  for (const { proposal } of proposals) for (const id of proposal.txIds) ids.set(hex(id), id)
  if (ids.size === 0) return []
  const candidates = []
  for (const [key, id] of ids) {
    const tx = await txs.get(id)
    if (!tx?.header) throw notBuilt(layer, `transaction ${key} is missing or has no header`)
    candidates.push({ ...poolTx({ ...tx, header: tx.header }), tx })
  }
  const seed = blockSeed(proposals.map(({ id }) => id))
  return orderTransactions(seed, candidates, ({ tx }) => tx.result !== undefined)
}

const notBuilt = (layer: LayerId, reason: string) =>
  new SmeshError('BLOCK_NOT_BUILT', { layer, reason })
