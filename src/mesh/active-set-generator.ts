import type { Block } from '../protocol/block.ts'
import { activeSetHash } from '../protocol/active-set.ts'
import { firstLayerOf } from '../protocol/layers.ts'
import type { AtxId, EpochId, Hash32, LayerId } from '../protocol/primitives.ts'
import { compareBytes, hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'
import { weightOf } from './active-sets.ts'
import type { ActiveSetStore, AtxIndex, BallotStore } from './modules.ts'

import type {} from './errors.ts'

/** The own active set of an epoch, ready for the first ballot. */
export interface PreparedActiveSet {
  id: Hash32
  /** unit·ticks */
  weight: bigint
  /** Ascending. */
  set: readonly AtxId[]
}

export interface ActiveSetGeneratorModules {
  atxs: Pick<AtxIndex, 'get'>
  /** Of this node, kind 0: survives a restart. */
  prepared: {
    get(epoch: EpochId): Promise<PreparedActiveSet | undefined>
    set(epoch: EpochId, prepared: PreparedActiveSet): Promise<void>
  }
  /** What the bootstrap service or the network document gives for an epoch. */
  fallback(epoch: EpochId): readonly AtxId[] | null | Promise<readonly AtxId[] | null>
  /**
   * ATXs that target the epoch: how many are stored, and which of them are graded good (spec 08
   * §8, from local arrival times).
   */
  graded(targetEpoch: EpochId): Promise<{ total: number; good: readonly AtxId[] }>
  /** First applied block of the epoch that is not empty. */
  firstBlock(epoch: EpochId): Promise<Block | undefined>
  ballots: Pick<BallotStore, 'firstInEpoch'>
  sets: Pick<ActiveSetStore, 'get'>
}

/**
 * Chooses the active set that own first ballots of an epoch name.
 * Spec 07 §4, 08 §8; go-spacemesh miner/active_set_generator.go.
 */
export class ActiveSetGenerator {
  readonly #options: { layersPerEpoch: number; goodAtxsPercent: number }
  readonly #modules: ActiveSetGeneratorModules
  readonly #turns = new Turns()

  constructor(
    options: { layersPerEpoch: number; goodAtxsPercent: number },
    modules: ActiveSetGeneratorModules,
  ) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * The first of: the set prepared before; the fallback; the ATXs graded good, if they are enough;
   * what the first block of the epoch says, once there is one. One call at a time.
   *
   * @throws {SmeshError} `NO_ACTIVE_SET`: ask again later
   */
  generate(current: LayerId, epoch: EpochId): Promise<PreparedActiveSet> {
    return this.#turns.take(() => this.#generate(current, epoch))
  }

  async #generate(current: LayerId, epoch: EpochId): Promise<PreparedActiveSet> {
    const { prepared, atxs } = this.#modules
    const before = await prepared.get(epoch)
    if (before) return before
    const ids = await this.#choose(current, epoch)
    const set = [...ids].sort(compareBytes)
    const weight = weightOf(epoch, set, atxs)
    if (typeof weight !== 'bigint') throw none(epoch, `ATX ${hex(weight.missing)} is missing`)
    if (weight === 0n) throw none(epoch, 'it has no weight')
    const made = { id: activeSetHash(set), weight, set }
    await prepared.set(epoch, made)
    return made
  }

  async #choose(current: LayerId, epoch: EpochId): Promise<readonly AtxId[]> {
    const fallback = await this.#modules.fallback(epoch)
    if (fallback && fallback.length > 0) return fallback
    const { total, good } = await this.#modules.graded(epoch)
    if (total === 0) throw none(epoch, 'no ATX targets the epoch')
    if (Math.floor((100 * good.length) / total) > this.#options.goodAtxsPercent) return good
    if (current <= firstLayerOf(epoch, this.#options.layersPerEpoch)) {
      throw none(epoch, `${good.length} of ${total} ATXs are good, too few`)
    }
    return this.#fromFirstBlock(epoch)
  }

  /** ATXs that the first block rewards, with the active sets of their first ballots. */
  async #fromFirstBlock(epoch: EpochId): Promise<readonly AtxId[]> {
    const { ballots, sets, firstBlock } = this.#modules
    const block = await firstBlock(epoch)
    if (!block) throw none(epoch, 'there is no block in the epoch yet')
    const union = new Map<string, AtxId>()
    for (const { atxId } of block.rewards) {
      union.set(hex(atxId), atxId)
      const first = await ballots.firstInEpoch(atxId, epoch)
      const hash = first?.ballot.epochData?.activeSetHash
      if (!hash) throw none(epoch, `first ballot of ATX ${hex(atxId)} is missing`)
      const named = await sets.get(hash)
      if (!named) throw none(epoch, `active set ${hex(hash)} is missing`)
      for (const id of named.set) union.set(hex(id), id)
    }
    return [...union.values()]
  }
}

const none = (epoch: EpochId, reason: string) => new SmeshError('NO_ACTIVE_SET', { epoch, reason })
