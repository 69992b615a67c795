import { equalBytes, hex, isZero } from '../util/bytes.ts'
import type { Clock } from '../util/clock.ts'
import { tickHeight, type AtxRecord, type AtxStore, type AtxValidity } from './atx-store.ts'
import { storedAtxV1 } from './malfeasance.ts'
import type { PositioningChoice, PositioningSearch } from './modules.ts'
import type { PostVerifier } from './post-verifier.ts'

export interface ChainSearchOptions {
  readonly goldenAtxId: Uint8Array
  /** An ATX this old counts as verified; null = never. */
  readonly postValidDelayMs: number | null
}

export interface ChainSearchModules {
  readonly clock: Clock
  readonly atxs: Pick<
    AtxStore,
    'get' | 'inEpoch' | 'latestEpoch' | 'isMalicious' | 'commitmentOf' | 'setValidity'
  >
  readonly verifier: PostVerifier
  /** Own ATXs need no proof. */
  readonly isOwn: (smesherId: Uint8Array) => boolean
}

/**
 * The highest ATX whose chain holds: what a new ATX stands on, and what new space is made for.
 * Spec 08 §5.5; go-spacemesh activation/activation.go, validation.go VerifyChain. Proofs are
 * checked with the units that the ATX declares, where the reference takes the effective ones.
 */
export class ChainSearch implements PositioningSearch {
  readonly #options: ChainSearchOptions
  readonly #modules: ChainSearchModules
  readonly #found = new Map<number, PositioningChoice>()

  constructor(options: ChainSearchOptions, modules: ChainSearchModules) {
    this.#options = options
    this.#modules = modules
  }

  async find(
    publishEpoch: number,
    { signal }: { signal: AbortSignal },
  ): Promise<PositioningChoice> {
    const found = this.#found.get(publishEpoch)
    if (found) return found
    const latest = await this.#modules.atxs.latestEpoch()
    const choice =
      latest === undefined
        ? this.#golden()
        : await this.#highest(Math.min(latest, publishEpoch - 1), signal)
    this.#found.clear() // later searches ask for later epochs
    this.#found.set(publishEpoch, choice)
    return choice
  }

  /** The ATX that a new identity commits its space to; golden when there is none. */
  async findCommitment({ signal }: { signal: AbortSignal }): Promise<Uint8Array> {
    const latest = await this.#modules.atxs.latestEpoch()
    if (latest === undefined) return this.#options.goldenAtxId
    return (await this.#highest(latest, signal)).atxId
  }

  #golden(): PositioningChoice {
    return { atxId: this.#options.goldenAtxId, height: 0n }
  }

  async #highest(publishEpoch: number, signal: AbortSignal): Promise<PositioningChoice> {
    const { atxs } = this.#modules
    const candidates = [...(await atxs.inEpoch(publishEpoch))].sort((a, b) => {
      const [heightA, heightB] = [tickHeight(a), tickHeight(b)]
      return heightA === heightB ? 0 : heightA > heightB ? -1 : 1
    })
    for (const atx of candidates) {
      signal.throwIfAborted()
      if (await atxs.isMalicious(atx.smesherId)) continue
      if (await this.verifyChain(atx, signal)) return { atxId: atx.id, height: tickHeight(atx) }
    }
    return this.#golden()
  }

  /** Whether an ATX and all that it stands on have valid proofs; the answer is kept in the store. */
  async verifyChain(atx: AtxRecord, signal: AbortSignal): Promise<boolean> {
    const seen = new Set<string>()
    const visit = async (record: AtxRecord): Promise<boolean> => {
      signal.throwIfAborted()
      const key = hex(record.id)
      if (seen.has(key) || this.#isTrusted(record)) return true
      seen.add(key)
      if (record.validity === 'invalid') return false
      const validity = await this.#judge(record, visit, signal)
      // A part that is not here says nothing about the rest: the next search looks again.
      if (validity !== 'unknown') await this.#modules.atxs.setValidity(record.id, validity)
      return validity === 'valid'
    }
    return visit(atx)
  }

  #isTrusted(atx: AtxRecord): boolean {
    const { clock, isOwn } = this.#modules
    const { postValidDelayMs } = this.#options
    if (atx.validity === 'valid' || atx.blob.length === 0 || isOwn(atx.smesherId)) return true
    if (postValidDelayMs === null) return false
    return Number(atx.receivedNs / 1_000_000n) < clock.now() - postValidDelayMs
  }

  async #judge(
    record: AtxRecord,
    visit: (record: AtxRecord) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<AtxValidity> {
    const { atxs, verifier } = this.#modules
    const atx = storedAtxV1(record)
    const nipost = atx?.nipost
    if (!atx || !nipost?.post || !nipost.postMetadata) return 'invalid'
    const { smesherId: nodeId, numUnits } = atx
    const commitmentAtxId = atx.commitmentAtxId ?? (await atxs.commitmentOf(nodeId))
    if (!commitmentAtxId) return 'invalid'
    const { challenge } = nipost.postMetadata
    const claim = { nodeId, commitmentAtxId, challenge, numUnits }
    const options = { mode: 'all', signal, prioritized: true } as const
    if (!(await verifier.verify(nipost.post, claim, options)).valid) return 'invalid'
    const below = [atx.prevAtxId, atx.positioningAtxId]
    if (atx.commitmentAtxId) below.push(atx.commitmentAtxId)
    for (const id of below) {
      if (isZero(id) || equalBytes(id, this.#options.goldenAtxId)) continue
      const next = await atxs.get(id)
      if (!next) return 'unknown'
      if (!(await visit(next))) return next.validity === 'unknown' ? 'unknown' : 'invalid'
    }
    return 'valid'
  }
}
