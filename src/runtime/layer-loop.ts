import type { Schedule, Signer } from '../activation/index.ts'
import type { NetworkConfig } from '../config/index.ts'
import type { LayerChange, LayerEnd } from '../mesh/index.ts'
import { isAbort } from '../util/abort.ts'
import { hex } from '../util/bytes.ts'
import type { Clock } from '../util/clock.ts'
import { isSmeshError } from '../util/error.ts'

import type { SmeshingState } from './api.ts'
import type { Chain } from './create-chain.ts'
import type { SmesherEvent } from './smesher.ts'

/** A layer that was applied, and what it paid to own smeshers. */
export interface LayerReport {
  layer: number
  change: LayerChange
  /** Smidge to identities of this node. */
  reward: bigint
}

export interface LayerLoopModules {
  clock: Clock
  chain: Chain
  schedule: Schedule
  signer: Signer
  /** Looks whether the host slept: late timers fire in any order, and this one is about to sign. */
  noticeSleep: () => void
  onLayer: (report: LayerReport) => Promise<void>
  onEligible: (eligible: NonNullable<SmeshingState['eligible']>) => void
  onEvent: (event: SmesherEvent) => void
  /** A layer cannot be stored for want of space, or (undefined) was stored after all. */
  onSpace: (problem: unknown) => void
}

/** Pause before a layer that could not be stored is tried again: a full disk may be emptied. */
const RETRY_MS = 1000

/** Why there is no proposal in the layer of the start, signed for before or not, or without ATX. */
const NOTHING_AMISS = ['JOURNAL_ORDER', 'PROPOSAL_ALREADY_BUILT', 'NO_ACTIVE_SET'] as const

/**
 * Layer after layer: propose at the start, agree when the proposals are there, apply. A network of
 * one participant needs no wait for others, so a layer ends `preroundDelayMs` after it began.
 */
export class LayerLoop {
  readonly #config: NetworkConfig
  readonly #modules: LayerLoopModules
  #preparedEpoch = -1

  constructor({ config }: { config: NetworkConfig }, modules: LayerLoopModules) {
    this.#config = config
    this.#modules = modules
    modules.chain.proposals.builder.addSigner(modules.signer)
  }

  /** Runs until the signal aborts. Rejects with anything but trouble that passes by itself. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, schedule, noticeSleep } = this.#modules
    let layer = schedule.layerAt(clock.now())
    for (;;) {
      await clock.sleepUntil(schedule.layerStartMs(layer), { signal })
      noticeSleep()
      await this.#propose(layer, signal)
      const endMs = schedule.layerStartMs(layer) + this.#config.hare3.preroundDelayMs
      await clock.sleepUntil(endMs, { signal })
      await this.#end(layer, signal)
      layer = Math.max(layer + 1, schedule.layerAt(clock.now()))
    }
  }

  async #propose(layer: number, signal: AbortSignal): Promise<void> {
    const { chain, schedule, onEvent } = this.#modules
    if (layer <= schedule.effectiveGenesis || layer <= chain.mesh.processedLayer) return
    const { builder, handler } = chain.proposals
    const failed = (error: unknown) => {
      if (isAbort(error)) throw error
      // A layer before the first one after the start, or without ATX: nothing is amiss.
      if (NOTHING_AMISS.some((expected) => isSmeshError(error, expected))) return
      const code = isSmeshError(error) ? error.code : 'INTERNAL'
      const reason = error instanceof Error ? error.message : String(error)
      onEvent({ level: 'error', code: 'PROPOSAL_FAILED', context: { layer, error: code, reason } })
    }
    try {
      await this.#prepare(layer, signal)
      const { built, skipped } = await builder.build(layer, { signal })
      for (const { reason, error } of skipped) if (reason === 'failed') failed(error)
      for (const { bytes } of built) {
        const verdict = await handler.handle(bytes, { peer: 'self', signal })
        if (verdict.outcome !== 'accept') {
          const context = { layer, error: 'REFUSED', reason: verdict.reason }
          onEvent({ level: 'error', code: 'PROPOSAL_FAILED', context })
        }
      }
    } catch (error) {
      failed(error)
    }
  }

  /** Once an epoch: slots and their layers. */
  async #prepare(layer: number, signal: AbortSignal): Promise<void> {
    const { chain, schedule, onEligible } = this.#modules
    const epoch = schedule.epochOf(layer)
    if (this.#preparedEpoch === epoch) return
    const prepared = await chain.proposals.builder.prepare(layer, epoch, { signal })
    for (const { layers } of prepared) {
      this.#preparedEpoch = epoch
      const rows = [...layers].map(([layer, proofs]) => ({ layer, slots: proofs.length }))
      onEligible({ epoch, layers: rows.sort((a, b) => a.layer - b.layer) })
    }
  }

  async #end(layer: number, signal: AbortSignal): Promise<void> {
    const { chain, schedule, onEvent } = this.#modules
    if (layer <= schedule.effectiveGenesis) return
    while (chain.mesh.processedLayer < layer) {
      for (const { change, problem } of await this.#apply(chain.mesh.processedLayer + 1, signal)) {
        if (problem) {
          const { code, message } = problem
          const context = { layer: change.record.layer, error: code, reason: message }
          onEvent({ level: 'error', code: 'PROPOSAL_FAILED', context })
        }
        await this.#report(change)
      }
    }
  }

  /** Applies the next layer; on a full disk again and again until there is space. */
  async #apply(layer: number, signal: AbortSignal): Promise<LayerEnd[]> {
    const { chain, clock, onEvent, onSpace } = this.#modules
    for (let tries = 0; ; tries++) {
      try {
        const ends = await chain.consensus.endLayersUpTo(layer, { signal })
        if (tries > 0) onSpace(undefined)
        return ends
      } catch (error) {
        if (!isSmeshError(error, 'STORAGE_FULL')) throw error
        onSpace(error)
        if (tries === 0) onEvent({ level: 'error', code: 'STORAGE_FULL', context: { layer } })
        await clock.sleepUntil(clock.now() + RETRY_MS, { signal })
      }
    }
  }

  #report(change: LayerChange): Promise<void> {
    const own = hex(this.#modules.signer.nodeId)
    const paid = change.execution?.rewards ?? []
    const reward = paid
      .filter(({ smesherId }) => smesherId && hex(smesherId) === own)
      .reduce((sum, { totalReward }) => sum + totalReward, 0n)
    return this.#modules.onLayer({ layer: change.record.layer, change, reward })
  }
}
