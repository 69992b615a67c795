import type { Database } from '../storage/database.ts'
import type { StoredWallet } from '../wallet/wallet.ts'

/** The named records of a node, in the store `meta`. */
export interface Records {
  /** The network document as text. */
  network: string
  /** Network time as it went by last. */
  clock: { nowMs: number }
  /** Unprotected: local and test networks only. Secret. */
  wallet: StoredWallet
  /** The smesher. Secret. */
  identity: { seed: Uint8Array; commitmentAtxId: Uint8Array }
  /** What the person wants of it. */
  smeshing: SmeshingRecord
  /** Public name of the embedded PoET, 32 bytes. */
  poet: { servicePubkey: Uint8Array }
  /** Signed transfers that wait for the spawn of their account. */
  outbox: { txs: OutboxTx[] }
}

export interface SmeshingRecord {
  on: boolean
  paused: boolean
  numUnits: number
  provider: 'auto' | 'gpu' | 'cpu'
  /** 24 bytes. */
  coinbase: Uint8Array
}

export interface OutboxTx {
  id: Uint8Array
  raw: Uint8Array
  principal: Uint8Array
  /** Amount and fee, smidge. */
  spending: bigint
}

export type RecordName = keyof Records

/** Reads and writes records by name; writes are on the disk when they resolve. */
export class RecordStore {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async get<N extends RecordName>(name: N): Promise<Records[N] | undefined> {
    return (await this.#db.get('meta', name)) as Records[N] | undefined
  }

  /** All of `records` or none. */
  put(records: Partial<Records>, durability: 'strict' | 'relaxed' = 'strict'): Promise<void> {
    return this.#db.update(
      ['meta'],
      (writer) => {
        for (const [name, value] of Object.entries(records)) writer.put('meta', name, value)
      },
      { durability },
    )
  }
}
