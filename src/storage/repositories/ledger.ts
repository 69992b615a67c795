import type { Block } from '../../protocol/block.ts'
import type { Account, TransactionResult } from '../../protocol/transaction.ts'
import { hex } from '../../util/bytes.ts'
import type { Database, Writer } from '../database.ts'
import { u32Key } from '../keys.ts'
import type { HistoryRow, LayerRow } from '../schema.ts'

import { putHistory, putReward } from './history.ts'
import { putTx, TX_STORES } from './transactions.ts'

/** What applying a layer did to one account, for its history. */
export interface Movement {
  address: Uint8Array
  row: HistoryRow
}

/** Everything that applying one layer writes. */
export interface LayerWrite {
  record: LayerRow
  block: Block | null
  execution: {
    touchedAccounts: readonly Account[]
    rewards: readonly {
      coinbase: Uint8Array
      /** Absent where nobody is named. */
      smesherId: Uint8Array | undefined
      totalReward: bigint
      layerReward: bigint
    }[]
  } | null
  results: readonly { txId: Uint8Array; result: TransactionResult }[]
}

export interface LedgerOptions {
  /** Lines that a transaction adds to histories: of its sender, its receiver. */
  movementsOf(raw: Uint8Array): readonly { address: Uint8Array; amount: bigint }[]
}

const NOBODY = new Uint8Array(32)

const STORES = ['layers', 'blocks', 'accounts', 'rewards', 'history', ...TX_STORES] as const

/** Layers, blocks, accounts and results: one update a layer. Spec 07 §6–8. */
export class LedgerRepository {
  readonly #db: Database
  readonly #options: LedgerOptions

  constructor(db: Database, options: LedgerOptions) {
    this.#db = db
    this.#options = options
  }

  async lastApplied(): Promise<LayerRow | undefined> {
    return (await this.recent(1))[0]
  }

  layer(layer: number): Promise<LayerRow | undefined> {
    return this.#db.get('layers', u32Key(layer))
  }

  /** Newest first. */
  async recent(limit: number): Promise<LayerRow[]> {
    return (await this.#db.list('layers', { reverse: true, limit })).map(({ value }) => value)
  }

  block(id: Uint8Array): Promise<Block | undefined> {
    return this.#db.get('blocks', hex(id))
  }

  /** Accounts that exist before the first layer; nothing happens when there are layers. */
  putGenesis(accounts: readonly Account[]): Promise<void> {
    return this.#db.update(['layers', 'accounts'], async (writer) => {
      if ((await writer.count('layers')) > 0) return
      for (const account of accounts) writer.put('accounts', hex(account.address), account)
    })
  }

  /** All of the layer or nothing of it. */
  commit({ record, block, execution, results }: LayerWrite): Promise<void> {
    return this.#db.update(
      STORES,
      async (writer) => {
        writer.put('layers', u32Key(record.layer), record)
        if (block) writer.put('blocks', hex(record.appliedBlock), block)
        for (const account of execution?.touchedAccounts ?? []) {
          writer.put('accounts', hex(account.address), account)
        }
        let place = 0
        for (const { txId, result } of results) {
          place = await this.#commitTx(writer, record.layer, txId, result, place)
        }
        for (const paid of execution?.rewards ?? []) {
          const { coinbase, smesherId = NOBODY, totalReward: total, layerReward } = paid
          const { layer } = record
          putReward(writer, { layer, coinbase, smesherId, total, layerReward })
          const row = { layer, kind: 'reward' as const, id: smesherId, amount: total }
          putHistory(writer, coinbase, place++, row)
        }
      },
      { durability: 'strict' },
    )
  }

  async #commitTx(
    writer: Writer,
    layer: number,
    txId: Uint8Array,
    result: TransactionResult,
    from: number,
  ): Promise<number> {
    let place = from
    const tx = await writer.get('txs', hex(txId))
    if (!tx) return place
    putTx(writer, { ...tx, result })
    for (const { address, amount } of this.#options.movementsOf(tx.raw)) {
      putHistory(writer, address, place++, { layer, kind: 'tx', id: txId, amount })
    }
    return place
  }
}
