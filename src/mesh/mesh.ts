import { type Block, blockId } from '../protocol/block.ts'
import { EMPTY_BLOCK_ID } from '../protocol/primitives.ts'
import type { BlockId, EpochId, Hash32, LayerId, TxId } from '../protocol/primitives.ts'
import type { TransactionResult } from '../protocol/transaction.ts'
import { isZero } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'
import {
  applyLayer,
  transactionResult,
  type LayerInput,
  type LayerResult,
  type StateReader,
  type VmParams,
} from '../vm/index.ts'
import { planBlock, type BlockBuilderOptions, type BlockPlan } from './block-builder.ts'
import type { AtxIndex, BallotStore, LayerReader, Opinions } from './modules.ts'
import type { StoredProposal } from './proposal-store.ts'
import type { AppliedLayer, Inclusion, StoredTx } from './txs/index.ts'

import type {} from './errors.ts'

/** An applied layer as it is kept. */
export interface LayerRecord {
  layer: LayerId
  /** Zeros: the layer is empty. */
  appliedBlock: BlockId
  /** Hash of the accounts that changed; null for the layer before the first applied one. */
  stateHash: Hash32 | null
  /** Own opinion on all layers up to this one. */
  aggregatedHash: Hash32
}

/** Everything that applying one layer writes. It must become durable as a whole or not at all. */
export interface LayerChange {
  record: LayerRecord
  /** Its id is `record.appliedBlock`; null for an empty layer. */
  block: Block | null
  /** Accounts, rewards, outcomes and refusals of transactions; null for the first record. */
  execution: LayerResult | null
  /** Results of `execution.results`, in their order, as they are kept with the transactions. */
  results: readonly { txId: TxId; result: TransactionResult }[]
}

export interface MeshStore {
  lastApplied(): Promise<LayerRecord | undefined>
  layer(layer: LayerId): Promise<LayerRecord | undefined>
  block(id: BlockId): Promise<Block | undefined>
  /** One transaction. */
  commit(change: LayerChange): Promise<void>
}

export interface MeshOptions extends BlockBuilderOptions {
  /** Last layer without ballots. */
  effectiveGenesis: LayerId
  vm: VmParams
  /** Layers that opinions are kept for. */
  windowLayers: number
}

export interface MeshModules {
  store: MeshStore
  opinions: Opinions
  atxs: Pick<AtxIndex, 'get'>
  ballots: Pick<BallotStore, 'get'>
  txs: { get(id: TxId): Promise<StoredTx | undefined> }
  accounts: StateReader
  /** The mempool. */
  pool: {
    include(inclusion: Inclusion, txIds: readonly TxId[]): Promise<void>
    onLayerApplied(applied: AppliedLayer): Promise<void>
  }
  /** Ed25519 of transactions, of whose many were checked on receipt. */
  signatures?: Pick<LayerInput, 'verified' | 'verify'>
}

/**
 * Turns agreed proposals into blocks, applies them layer after layer, and keeps what came of it,
 * one commit a layer. Layers are applied in order and never twice.
 *
 * Spec 06 §11, 07 §6–7; go-spacemesh mesh/mesh.go, mesh/executor.go, blocks/generator.go (v1.7.6).
 * Unlike the reference, which writes accounts, results and layer in three transactions and repairs
 * after a crash, a layer is stored whole.
 *
 * Not yet: reverting applied layers, and blocks made elsewhere; both come with the tortoise.
 */
export class Mesh implements LayerReader {
  readonly #options: MeshOptions
  readonly #modules: MeshModules
  #last: LayerRecord
  readonly #turns = new Turns()

  private constructor(options: MeshOptions, modules: MeshModules, last: LayerRecord) {
    this.#options = options
    this.#modules = modules
    this.#last = last
  }

  /** Goes on from the last applied layer; in an empty store from the effective genesis. */
  static async open(options: MeshOptions, modules: MeshModules): Promise<Mesh> {
    const last = await modules.store.lastApplied()
    if (last) return new Mesh(options, modules, last)
    const layer = options.effectiveGenesis
    const aggregatedHash = modules.opinions.opinion(layer)
    const record = { layer, appliedBlock: EMPTY_BLOCK_ID, stateHash: null, aggregatedHash }
    await modules.store.commit({ record, block: null, execution: null, results: [] })
    return new Mesh(options, modules, record)
  }

  /** Last applied layer. */
  get processedLayer(): LayerId {
    return this.#last.layer
  }

  /** Block applied in a layer, zeros for an empty one. */
  async output(layer: LayerId): Promise<BlockId | undefined> {
    return (await this.#modules.store.layer(layer))?.appliedBlock
  }

  async aggregatedHash(layer: LayerId): Promise<Hash32 | undefined> {
    return (await this.#modules.store.layer(layer))?.aggregatedHash
  }

  /** First applied block of an epoch that is not empty. */
  async firstBlock(epoch: EpochId): Promise<Block | undefined> {
    const { layersPerEpoch, effectiveGenesis } = this.#options
    const start = Math.max(epoch * layersPerEpoch, effectiveGenesis + 1)
    const end = Math.min((epoch + 1) * layersPerEpoch, this.processedLayer + 1)
    for (let layer = start; layer < end; layer++) {
      const id = await this.output(layer)
      if (id && !isZero(id)) return this.#modules.store.block(id)
    }
    return undefined
  }

  /**
   * Builds the block of the next layer from the proposals agreed on, executes it, and stores block,
   * state and layer in one commit. No proposals: the layer is applied as an empty one.
   *
   * @returns what was stored
   * @throws {SmeshError} `LAYER_NOT_IN_ORDER`, `BLOCK_NOT_BUILT`; nothing is stored then
   */
  apply(layer: LayerId, agreed: readonly StoredProposal[]): Promise<LayerChange> {
    return this.#turns.take(() => this.#apply(layer, agreed))
  }

  async #apply(layer: LayerId, agreed: readonly StoredProposal[]): Promise<LayerChange> {
    const expected = this.#last.layer + 1
    if (layer !== expected) throw new SmeshError('LAYER_NOT_IN_ORDER', { layer, expected })
    const { opinions, pool, store } = this.#modules
    const previous = this.#last.aggregatedHash
    const plan =
      agreed.length === 0
        ? undefined
        : await planBlock(layer, agreed, previous, this.#options, this.#modules)
    const execution = await this.#execute(layer, plan)
    const block = plan && blockOf(plan, execution)
    const id = block ? blockId(block) : EMPTY_BLOCK_ID
    if (block) opinions.onBlock({ id, layer, height: block.tickHeight })
    opinions.onHareOutput(layer, id)
    const aggregatedHash = opinions.opinion(layer)
    const change: LayerChange = {
      record: { layer, appliedBlock: id, stateHash: execution.stateHash, aggregatedHash },
      block: block ?? null,
      execution,
      results: execution.results.map((outcome) => ({
        txId: outcome.id,
        result: transactionResult(outcome, id),
      })),
    }
    // Before the commit, which ends the layer: what fails here is done again with the layer.
    if (block && block.txIds.length > 0) {
      await pool.include({ kind: 'block', layer, id }, block.txIds)
    }
    await store.commit(change)
    this.#last = change.record
    await pool.onLayerApplied(execution)
    opinions.evictBefore(layer - this.#options.windowLayers)
    return change
  }

  #execute(layer: LayerId, plan: BlockPlan | undefined): Promise<LayerResult> {
    const { accounts, signatures } = this.#modules
    const rewards = (plan?.rewards ?? []).map(({ atx, weightNum, weightDenom }) => {
      return { coinbase: atx.coinbase, smesherId: atx.smesherId, weightNum, weightDenom }
    })
    const txs = (plan?.txs ?? []).filter(({ result }) => !result)
    return applyLayer({ ...this.#options.vm, ...signatures, layer, txs, rewards }, accounts)
  }
}

function blockOf({ layer, tickHeight, rewards, txs, optimistic }: BlockPlan, done: LayerResult) {
  return {
    ...{ layer, tickHeight },
    rewards: rewards.map(({ atxId, weightNum, weightDenom }) => {
      return { atxId, weightNum, weightDenom }
    }),
    txIds: (optimistic ? done.results : txs).map(({ id }) => id),
  }
}
