import type { Account } from '../../protocol/transaction.ts'
import { hex } from '../../util/bytes.ts'
import type { Database, Writer } from '../database.ts'
import { keyOf, u32Key, u64Key } from '../keys.ts'
import type { TxRow } from '../schema.ts'

const pendingKey = ({ id, header, receivedNs }: TxRow): string | undefined =>
  header && keyOf(hex(header.principal), u64Key(header.nonce), u64Key(receivedNs), hex(id))

/** Stores that {@link putTx} writes. */
export const TX_STORES = ['txs', 'txsPending'] as const

/** Writes a transaction and keeps the index of pending ones true to it. */
export function putTx(writer: Writer, tx: TxRow): void {
  writer.put('txs', hex(tx.id), tx)
  const key = pendingKey(tx)
  if (key === undefined) return
  if (tx.result) writer.delete('txsPending', key)
  else writer.put('txsPending', key, tx.id)
}

/** Transactions, and which of them wait. Spec 02 §10. */
export class TxRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  get(id: Uint8Array): Promise<TxRow | undefined> {
    return this.#db.get('txs', hex(id))
  }

  /** Inserts; of a known transaction sets the header, if one is given, and nothing else. */
  put(tx: TxRow): Promise<void> {
    return this.#db.update(TX_STORES, async (writer) => {
      const known = await writer.get('txs', hex(tx.id))
      putTx(writer, known ? { ...known, header: known.header ?? tx.header } : tx)
    })
  }

  async pendingOf(principal: Uint8Array, fromNonce: bigint): Promise<TxRow[]> {
    const prefix = `${hex(principal)}/`
    const rows = await this.#db.list('txsPending', { prefix, from: prefix + u64Key(fromNonce) })
    const txs = await Promise.all(rows.map(({ value }) => this.get(value)))
    return txs.filter((tx) => tx !== undefined)
  }

  async pendingPrincipals(): Promise<Uint8Array[]> {
    const principals: Uint8Array[] = []
    let from: string | undefined
    for (;;) {
      const range = from === undefined ? { limit: 1 } : { from, limit: 1 }
      const [row] = await this.#db.list('txsPending', range)
      if (!row) return principals
      const tx = await this.get(row.value)
      if (tx?.header) principals.push(tx.header.principal)
      from = `${row.key.slice(0, row.key.indexOf('/'))}0` // '0' follows '/': the next principal
    }
  }

  include(
    inclusion: { kind: 'proposal' | 'block'; layer: number; id: Uint8Array },
    txIds: readonly Uint8Array[],
  ): Promise<void> {
    return this.#db.update(['txInclusions'], (writer) => {
      const kind = inclusion.kind === 'block' ? 'b' : 'p'
      for (const txId of txIds) {
        writer.put('txInclusions', keyOf(hex(txId), kind, u32Key(inclusion.layer)), inclusion.id)
      }
    })
  }

  async nextInclusion(txId: Uint8Array, layer: number): Promise<number | undefined> {
    for (const kind of ['b', 'p']) {
      const prefix = `${keyOf(hex(txId), kind)}/`
      const [row] = await this.#db.list('txInclusions', {
        prefix,
        after: prefix + u32Key(layer),
        limit: 1,
      })
      if (row) return parseInt(row.key.slice(prefix.length), 16)
    }
    return undefined
  }
}

/** Accounts after the last applied layer. */
export class AccountRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  getMany(addresses: readonly Uint8Array[]): Promise<(Account | undefined)[]> {
    return Promise.all(addresses.map((address) => this.#db.get('accounts', hex(address))))
  }
}
