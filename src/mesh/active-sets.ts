import { accepted, ignore, reject, type Refused, type Verdict } from '../consensus/index.ts'
import { activeSetHash, EpochActiveSet } from '../protocol/active-set.ts'
import type { AtxId, EpochId, Hash32 } from '../protocol/primitives.ts'
import { compareBytes, equalBytes, hex } from '../util/bytes.ts'
import { isSmeshError } from '../util/error.ts'
import { wrap64 } from '../util/u64.ts'
import { fetched } from './fetching.ts'
import type { ActiveSetStore, AtxIndex, CallOptions, Fetcher } from './modules.ts'

const CACHED_WEIGHTS = 10_000

export type WeightResult = { outcome: 'accept'; weight: bigint } | Refused

export interface ActiveSetModules {
  atxs: Pick<AtxIndex, 'get'>
  sets: ActiveSetStore
  fetch: Pick<Fetcher, 'activeSet' | 'atxs'>
}

/** Weight of the ids in the index of the epoch, or the first id that is not in it. */
export function weightOf(
  epoch: EpochId,
  ids: readonly AtxId[],
  atxs: Pick<AtxIndex, 'get'>,
): bigint | { missing: AtxId } {
  let weight = 0n
  for (const id of ids) {
    const atx = atxs.get(epoch, id)
    if (!atx) return { missing: id }
    weight = wrap64(weight + atx.weight)
  }
  return weight
}

/** Weights of active sets that ballots name. Spec 07 §3.3; go-spacemesh proposals/handler.go. */
export class ActiveSets {
  readonly #modules: ActiveSetModules
  readonly #weights = new Map<string, bigint>()
  readonly #running = new Map<string, Promise<WeightResult>>()

  constructor(modules: ActiveSetModules) {
    this.#modules = modules
  }

  /** Sum over the set, which is fetched if it is not here; callers at one time share the work. */
  weight(hash: Hash32, options: CallOptions): Promise<WeightResult> {
    const key = hex(hash)
    const cached = this.#weights.get(key)
    if (cached !== undefined) {
      this.#remember(key, cached)
      return Promise.resolve({ ...accepted, weight: cached })
    }
    let running = this.#running.get(key)
    if (!running) {
      running = this.#compute(hash, key, options).finally(() => this.#running.delete(key))
      this.#running.set(key, running)
    }
    return running
  }

  /**
   * A set that a peer sent for `expected`. It says itself which epoch it is of; the hash does not
   * cover that.
   */
  async receive(bytes: Uint8Array, expected: Hash32, options: CallOptions): Promise<Verdict> {
    const { atxs, sets, fetch } = this.#modules
    const received = decodeSet(bytes)
    if (!received) return reject('malformed data')
    const { epoch, set } = received
    // Equal neighbours pass, as in the reference, and count twice.
    if (set.some((id, i) => i > 0 && compareBytes(set[i - 1]!, id) > 0)) return reject('not sorted')
    if (!equalBytes(activeSetHash(set), expected)) return reject('incorrect hash')
    const missing = set.filter((id) => !atxs.get(epoch, id))
    if (missing.length > 0 && !(await fetched(fetch.atxs(epoch, missing, options)))) {
      return ignore('ATXs of the active set could not be fetched')
    }
    if (missing.some((id) => !atxs.get(epoch, id)))
      return ignore('ATX of the active set is missing')
    await sets.add(expected, received)
    return accepted
  }

  async #compute(hash: Hash32, key: string, options: CallOptions): Promise<WeightResult> {
    const { atxs, sets, fetch } = this.#modules
    let found = await sets.get(hash)
    if (!found) {
      if (!(await fetched(fetch.activeSet(hash, options)))) {
        return ignore('active set could not be fetched')
      }
      found = await sets.get(hash)
    }
    if (!found) return ignore('active set is missing')
    if (found.set.length === 0) return reject('active set is empty')
    const weight = weightOf(found.epoch, found.set, atxs)
    if (typeof weight !== 'bigint') return ignore('ATX of the active set is missing')
    this.#remember(key, weight)
    return { ...accepted, weight }
  }

  #remember(key: string, weight: bigint): void {
    this.#weights.delete(key)
    this.#weights.set(key, weight)
    if (this.#weights.size <= CACHED_WEIGHTS) return
    const oldest = this.#weights.keys().next()
    if (!oldest.done) this.#weights.delete(oldest.value)
  }
}

function decodeSet(bytes: Uint8Array): EpochActiveSet | undefined {
  try {
    return EpochActiveSet.decode(bytes)
  } catch (error) {
    if (isSmeshError(error)) return undefined
    throw error
  }
}
