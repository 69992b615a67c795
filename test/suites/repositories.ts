import { describe, expect, it } from 'vitest'

import type { Account } from '../../src/protocol/transaction.ts'
import type { Database, StoreName, Writer } from '../../src/storage/database.ts'
import {
  AtxRepository,
  PoetProofRepository,
  SmeshingRepository,
} from '../../src/storage/repositories/atxs.ts'
import {
  ActiveSetRepository,
  BallotRepository,
  PreparedSetRepository,
} from '../../src/storage/repositories/ballots.ts'
import { EventRepository } from '../../src/storage/repositories/events.ts'
import { HistoryRepository } from '../../src/storage/repositories/history.ts'
import { JournalRepository } from '../../src/storage/repositories/journal.ts'
import { LedgerRepository, type LayerWrite } from '../../src/storage/repositories/ledger.ts'
import { AccountRepository, TxRepository } from '../../src/storage/repositories/transactions.ts'
import type { AtxRow, BallotRow, TxRow } from '../../src/storage/schema.ts'
import { SmeshError } from '../../src/util/error.ts'
import type { DatabaseHost } from './database.ts'

const bytes = (value: number, length = 32) => new Uint8Array(length).fill(value)
const address = (value: number) => bytes(value, 24)

/** A database whose next update fails after `puts` writes, as on a full disk. */
function failing(db: Database, puts: number): Database {
  let left = puts
  const limited = (writer: Writer): Writer => ({
    get: (store, key) => writer.get(store, key),
    list: (store, range) => writer.list(store, range),
    count: (store, range) => writer.count(store, range),
    put(store, key, value) {
      if (left-- <= 0) throw new SmeshError('STORAGE_FULL', { what: 'database' })
      writer.put(store, key, value)
    },
    delete: (store, key) => writer.delete(store, key),
    deleteRange: (store, range) => writer.deleteRange(store, range),
  })
  return {
    get: (store, key) => db.get(store, key),
    list: (store, range) => db.list(store, range),
    count: (store, range) => db.count(store, range),
    update: (stores, work, options) =>
      db.update(stores, (writer) => work(limited(writer)), options),
    close: () => db.close(),
  }
}

/** Runs `write` so that it fails after 0, 1, 2 … puts until it succeeds; each failure keeps nothing. */
async function failEverywhere(
  db: Database,
  stores: readonly StoreName[],
  write: (db: Database) => Promise<unknown>,
): Promise<number> {
  const all = () => Promise.all(stores.map((store) => db.list(store)))
  const before = await all()
  for (let puts = 0; ; puts++) {
    try {
      await write(failing(db, puts))
      return puts
    } catch (error) {
      expect(error).toMatchObject({ code: 'STORAGE_FULL' })
      expect(await all()).toEqual(before)
    }
  }
}

const atx = (id: number, row: Partial<AtxRow> = {}): AtxRow => ({
  id: bytes(id),
  version: 1,
  publishEpoch: 1,
  sequence: 0n,
  prevAtxId: bytes(0),
  positioningAtxId: bytes(200),
  commitmentAtxId: undefined,
  smesherId: bytes(100),
  coinbase: address(5),
  numUnits: 4,
  effectiveNumUnits: 4,
  vrfNonce: 2n ** 63n,
  baseTickHeight: 0n,
  tickCount: 7n,
  weight: 28n,
  receivedNs: 10n,
  validity: 'unknown',
  blob: Uint8Array.of(id),
  ...row,
})

const ids = (rows: readonly { id: Uint8Array }[]) => rows.map(({ id }) => id[0])

const tx = (id: number, row: Partial<TxRow> = {}, nonce = 0n, principal = 1): TxRow => ({
  id: bytes(id),
  raw: Uint8Array.of(principal, id),
  header: {
    principal: address(principal),
    templateAddress: address(0),
    method: 16,
    nonce,
    layerLimits: { min: 0, max: 0 },
    maxGas: 10n,
    gasPrice: 1n,
    maxSpend: 5n,
  } as unknown as NonNullable<TxRow['header']>,
  receivedNs: BigInt(id),
  ...row,
})

const result = (layer: number) =>
  ({
    status: 0,
    message: new Uint8Array(),
    gas: 10n,
    fee: 10n,
    block: bytes(layer, 20),
    layer,
    addresses: [],
  }) as unknown as NonNullable<TxRow['result']>

/** Sender first, then the receiver, whose number is the id of the transaction plus one. */
const movementsOf = (raw: Uint8Array) => [
  { address: address(raw[0]!), amount: -5n },
  { address: address(raw[1]! + 1), amount: 5n },
]

const account = (value: number, balance: bigint): Account =>
  ({ address: address(value), balance, nextNonce: 1n, layer: 9 }) as unknown as Account

const layerOf = (layer: number, write: Partial<LayerWrite> = {}): LayerWrite => ({
  record: {
    layer,
    appliedBlock: bytes(layer, 20),
    stateHash: bytes(layer),
    aggregatedHash: bytes(layer + 1),
  },
  block: { layer, tickHeight: 3n, rewards: [], txIds: [] },
  execution: {
    touchedAccounts: [account(1, BigInt(layer))],
    rewards: [
      { coinbase: address(1), smesherId: bytes(100), totalReward: 9n, layerReward: 7n },
      { coinbase: address(1), smesherId: undefined, totalReward: 2n, layerReward: 2n },
    ],
  },
  results: [],
  ...write,
})

/** What every repository must do on every back end. */
export function repositoryCompliance(name: string, host: DatabaseHost): void {
  const open = async () => (await host.fresh()).db

  describe(`repositories: ${name}`, () => {
    it('ATXs are found by smesher, epoch and predecessor', async () => {
      const db = await open()
      const atxs = new AtxRepository(db)
      const rows = [
        atx(1, { commitmentAtxId: bytes(9) }),
        atx(2, { publishEpoch: 2, prevAtxId: bytes(1), receivedNs: 30n }),
        atx(3, { publishEpoch: 2, prevAtxId: bytes(1), receivedNs: 20n }),
        atx(4, { publishEpoch: 16, prevAtxId: bytes(2) }),
        atx(5, { smesherId: bytes(101), publishEpoch: 2 }),
      ]
      for (const row of rows) await atxs.storeAtx(row)
      const one = bytes(100)
      expect(await atxs.get(bytes(4))).toEqual(rows[3])
      expect([await atxs.has(bytes(4)), await atxs.has(bytes(44))]).toEqual([true, false])
      expect((await atxs.latestBySmesher(one))!.id).toEqual(bytes(4))
      expect((await atxs.latestBySmesher(one, 16))!.id).toEqual(bytes(2))
      expect(await atxs.latestBySmesher(one, 1)).toBeUndefined()
      expect((await atxs.firstBySmesher(one))!.id).toEqual(bytes(1))
      expect((await atxs.bySmesherInEpoch(one, 2))!.id).toEqual(bytes(3)) // the first to arrive
      expect((await atxs.byPrevious(one, bytes(2)))!.id).toEqual(bytes(4))
      expect(await atxs.byPrevious(one, bytes(4))).toBeUndefined()
      expect(ids(await atxs.allBySmesher(one, 3))).toEqual([4, 2, 3])
      expect(ids(await atxs.inEpoch(2))).toEqual([2, 3, 5])
      expect(await atxs.commitmentOf(one)).toEqual(bytes(9))
      expect(await atxs.commitmentOf(bytes(77))).toBeUndefined()
      expect(await atxs.latestEpoch()).toBe(16)
      expect(await atxs.declaredUnits(bytes(1), one)).toBe(4)
      await atxs.setValidity(bytes(1), 'valid')
      await atxs.setValidity(bytes(45), 'valid')
      expect((await atxs.get(bytes(1)))!.validity).toBe('valid')
      await db.close()
    })

    it('an ATX and the proof that comes with it are stored as one; a first proof stays', async () => {
      const db = await open()
      const proof = { smesherId: bytes(100), bytes: bytes(1), receivedNs: 1n }
      const stores = ['atxs', 'atxsBySmesher', 'atxsByEpoch', 'atxUnits', 'malfeasance'] as const
      const write = (db: Database) => new AtxRepository(db).storeAtx(atx(1), proof)
      expect(await failEverywhere(db, stores, write)).toBe(6)
      const atxs = new AtxRepository(db)
      await atxs.storeAtx(undefined, { ...proof, bytes: bytes(2) })
      expect(await atxs.malfeasance(bytes(100))).toEqual(proof)
      expect(await atxs.malicious()).toEqual([proof])
      expect(await atxs.isMalicious(bytes(101))).toBe(false)
      await db.close()
    })

    it('PoET proofs keep the first message; smeshing state is replaced whole', async () => {
      const db = await open()
      const proofs = new PoetProofRepository(db)
      await proofs.put(bytes(1), Uint8Array.of(1))
      await proofs.put(bytes(1), Uint8Array.of(2))
      expect(await proofs.get(bytes(1))).toEqual(Uint8Array.of(1))
      expect(await proofs.get(bytes(2))).toBeUndefined()
      const mine = new SmeshingRepository<{ n: bigint; list: number[] }>(db, bytes(1))
      const other = new SmeshingRepository<{ n: bigint }>(db, bytes(2))
      await mine.save({ n: 1n, list: [1] })
      await mine.save({ n: 2n, list: [] })
      await other.save({ n: 3n })
      expect(await mine.load()).toEqual({ n: 2n, list: [] })
      await mine.clear()
      expect([await mine.load(), await other.load()]).toEqual([undefined, { n: 3n }])
      await db.close()
    })

    it('a journal slot is taken once, and a conflict changes nothing', async () => {
      const { db, reopen } = await host.fresh()
      const owner = { genesisId: bytes(1, 20), nodeId: bytes(2) }
      const journal = new JournalRepository(db, owner)
      const { fence, head } = await journal.open()
      expect(head).toBeUndefined()
      const [a, b] = [
        { slot: 'atx/1', value: bytes(1) },
        { slot: 'prev/00', value: bytes(2) },
      ]
      expect(await journal.claim([a, b], bytes(10), fence)).toBe('new')
      expect(await journal.claim([b, a], bytes(11), fence)).toBe('same')
      const again = { slot: 'atx/1', value: bytes(3) }
      const fresh = { slot: 'ballot/7', value: bytes(7) }
      expect(await journal.claim([fresh, again], bytes(12), fence)).toEqual({ conflict: 'atx/1' })
      expect(await journal.read('ballot/7')).toBeUndefined()
      expect(await journal.read('atx/1')).toEqual(bytes(1))
      const stranger = new JournalRepository(db, { ...owner, nodeId: bytes(3) })
      expect(await stranger.read('atx/1')).toBeUndefined()
      expect(await stranger.records()).toEqual([])
      await db.close()
      const later = await reopen()
      const reopened = new JournalRepository(later, owner)
      expect(await reopened.open()).toEqual({ fence: fence + 1, head: bytes(11) })
      expect(await reopened.records()).toEqual([a, b])
      await later.close()
    })

    it('a journal fences off earlier holders, and writes slots and head as one', async () => {
      const db = await open()
      const owner = { genesisId: bytes(1, 20), nodeId: bytes(2) }
      const old = new JournalRepository(db, owner)
      const { fence } = await old.open()
      const present = (await new JournalRepository(db, owner).open()).fence
      const slots = [1, 2, 3].map((n) => ({ slot: `ballot/${n}`, value: bytes(n) }))
      await expect(old.claim(slots, bytes(1), fence)).rejects.toMatchObject({
        code: 'JOURNAL_FENCED',
        context: { fence, current: present },
      })
      expect(await old.records()).toEqual([])
      const write = (db: Database) =>
        new JournalRepository(db, owner).claim(slots, bytes(1), present)
      expect(await failEverywhere(db, ['journal', 'journalHeads'], write)).toBe(4)
      expect(await old.records()).toEqual(slots)
      await db.close()
    })

    it('of two claims at once for one slot one is told of the conflict', async () => {
      const db = await open()
      const journal = new JournalRepository(db, { genesisId: bytes(1, 20), nodeId: bytes(2) })
      const { fence } = await journal.open()
      const claim = (value: number) =>
        journal.claim([{ slot: 'ballot/1', value: bytes(value) }], bytes(9), fence)
      expect(await Promise.all([claim(1), claim(2), claim(1)])).toEqual([
        'new',
        { conflict: 'ballot/1' },
        'same',
      ])
      await db.close()
    })

    it('ballots are found by layer, smesher and ATX; a known one stays', async () => {
      const db = await open()
      const ballots = new BallotRepository(db, { layersPerEpoch: 10 })
      const row = (id: number, layer: number, smesher: number, atxId: number) =>
        ({
          id: bytes(id, 20),
          malicious: false,
          ballot: { layer, smesherId: bytes(smesher), atxId: bytes(atxId) },
        }) as unknown as BallotRow
      for (const each of [row(9, 12, 1, 1), row(3, 12, 2, 2), row(5, 19, 1, 1), row(6, 20, 1, 1)]) {
        await ballots.add(each)
      }
      const proof = { smesherId: bytes(1), bytes: bytes(1), receivedNs: 1n }
      await ballots.add({ ...row(9, 12, 1, 1), malicious: true }, proof)
      expect(ids(await ballots.inLayer(12))).toEqual([9, 3]) // as they came
      expect(ids(await ballots.inLayerBySmesher(12, bytes(2)))).toEqual([3])
      expect((await ballots.get(bytes(9, 20)))!.malicious).toBe(false)
      expect((await ballots.firstInEpoch(bytes(1), 1))!.id).toEqual(bytes(9, 20))
      expect((await ballots.lastInEpoch(bytes(1), 1))!.id).toEqual(bytes(5, 20))
      expect(await ballots.firstInEpoch(bytes(2), 2)).toBeUndefined()
      expect(await ballots.lastLayer()).toBe(20)
      expect(await new AtxRepository(db).isMalicious(bytes(1))).toBe(true)
      await db.close()
    })

    it('active sets keep the first, prepared ones belong to an epoch', async () => {
      const db = await open()
      const sets = new ActiveSetRepository(db)
      await sets.add(bytes(1), { epoch: 2, set: [bytes(3), bytes(4)] })
      await sets.add(bytes(1), { epoch: 9, set: [] })
      expect(await sets.get(bytes(1))).toEqual({ epoch: 2, set: [bytes(3), bytes(4)] })
      const prepared = new PreparedSetRepository(db)
      await prepared.set(2, { id: bytes(1), weight: 2n ** 60n, set: [bytes(3)] })
      expect(await prepared.get(2)).toEqual({ id: bytes(1), weight: 2n ** 60n, set: [bytes(3)] })
      expect(await prepared.get(3)).toBeUndefined()
      await db.close()
    })

    it('a layer is there whole or not at all, wherever its commit fails', async () => {
      const db = await open()
      await new TxRepository(db).put(tx(20))
      const write = layerOf(9, { results: [{ txId: bytes(20), result: result(9) }] })
      const stores = [
        ...['layers', 'blocks', 'accounts', 'rewards', 'history', 'txs', 'txsPending'],
      ] as StoreName[]
      const commit = (db: Database) => new LedgerRepository(db, { movementsOf }).commit(write)
      // layer, block, account, tx, two lines of its history, two rewards with a line each
      expect(await failEverywhere(db, stores, commit)).toBe(10)
      const ledger = new LedgerRepository(db, { movementsOf })
      expect(await ledger.lastApplied()).toEqual(write.record)
      expect(await ledger.block(bytes(9, 20))).toEqual(write.block)
      expect((await new TxRepository(db).get(bytes(20)))!.result).toEqual(result(9))
      await db.close()
    })

    it('layers are listed newest first; genesis accounts come before the first only', async () => {
      const db = await open()
      const ledger = new LedgerRepository(db, { movementsOf })
      const accounts = new AccountRepository(db)
      await ledger.putGenesis([account(1, 50n)])
      expect((await accounts.getMany([address(1), address(2)])).map((a) => a?.balance)).toEqual([
        50n,
        undefined,
      ])
      for (const layer of [9, 10, 255, 256]) await ledger.commit(layerOf(layer))
      await ledger.putGenesis([account(1, 1n)])
      expect((await accounts.getMany([address(1)]))[0]!.balance).toBe(256n)
      expect((await ledger.recent(3)).map(({ layer }) => layer)).toEqual([256, 255, 10])
      expect((await ledger.layer(10))!.layer).toBe(10)
      expect(await ledger.layer(11)).toBeUndefined()
      await db.close()
    })

    it('history is paged newest first, skipping and doubling nothing', async () => {
      const db = await open()
      const txs = new TxRepository(db)
      const ledger = new LedgerRepository(db, { movementsOf })
      for (let layer = 9; layer < 30; layer++) {
        await txs.put(tx(layer, {}, BigInt(layer)))
        const results = [{ txId: bytes(layer), result: result(layer) }]
        await ledger.commit(layerOf(layer, { results }))
      }
      const history = new HistoryRepository(db)
      const all = await history.page(address(1), { limit: 1000 })
      expect(all).toHaveLength(21 * 3)
      const layers = all.map(({ row }) => row.layer)
      expect(layers).toEqual([...layers].sort((a, b) => b - a))
      expect(all.slice(0, 3).map(({ row }) => row.kind)).toEqual(['reward', 'reward', 'tx'])
      for (const limit of [1, 2, 7, 63]) {
        const paged: typeof all = []
        for (let before: string | undefined; ; before = paged[paged.length - 1]!.cursor) {
          const page = await history.page(address(1), { limit, ...(before ? { before } : {}) })
          if (page.length === 0) break
          paged.push(...page)
        }
        expect(paged).toEqual(all)
      }
      expect((await history.page(address(10), { limit: 9 })).map(({ row }) => row.amount)).toEqual([
        5n,
      ])
      const rewards = await history.rewards(address(1), { limit: 5 })
      expect(rewards.map(({ row }) => row.layer)).toEqual([29, 29, 28, 28, 27])
      const next = await history.rewards(address(1), { limit: 2, before: rewards[4]!.cursor })
      expect(next.map(({ row }) => row.layer)).toEqual([27, 26])
      expect(await history.rewardIn(address(1), 20)).toBe(11n)
      expect(await history.rewardTotals(address(1))).toEqual({ total: 21n * 11n, count: 42 })
      await db.close()
    })

    it('pending transactions are those without a result, by nonce and arrival', async () => {
      const db = await open()
      const txs = new TxRepository(db)
      for (const row of [tx(9, {}, 3n), tx(8, {}, 2n), tx(7, {}, 3n), tx(6, {}, 0n, 2)]) {
        await txs.put(row)
      }
      const { header: _header, ...headless } = tx(5)
      await txs.put(headless)
      expect(ids(await txs.pendingOf(address(1), 0n))).toEqual([8, 7, 9])
      expect(ids(await txs.pendingOf(address(1), 3n))).toEqual([7, 9])
      expect(await txs.pendingPrincipals()).toEqual([address(1), address(2)])
      const ledger = new LedgerRepository(db, { movementsOf })
      await ledger.commit(layerOf(9, { results: [{ txId: bytes(8), result: result(9) }] }))
      expect(ids(await txs.pendingOf(address(1), 0n))).toEqual([7, 9])
      await txs.put(tx(8, {}, 2n)) // gossiped again: it has its result
      expect(ids(await txs.pendingOf(address(1), 0n))).toEqual([7, 9])
      await txs.put(tx(5, { receivedNs: 5n }, 9n, 3)) // now understood
      expect((await txs.get(bytes(5)))!.header!.nonce).toBe(9n)
      expect(await txs.pendingPrincipals()).toEqual([address(1), address(2), address(3)])
      await db.close()
    })

    it('inclusions: the next block above a layer, else the next proposal', async () => {
      const db = await open()
      const txs = new TxRepository(db)
      await txs.include({ kind: 'proposal', layer: 11, id: bytes(1, 20) }, [bytes(7), bytes(8)])
      await txs.include({ kind: 'block', layer: 13, id: bytes(2, 20) }, [bytes(7)])
      expect(await txs.nextInclusion(bytes(7), 9)).toBe(13)
      expect(await txs.nextInclusion(bytes(7), 13)).toBeUndefined()
      expect(await txs.nextInclusion(bytes(8), 9)).toBe(11)
      expect(await txs.nextInclusion(bytes(8), 11)).toBeUndefined()
      await db.close()
    })

    it('events are numbered, newest first, and the last 500 are kept', async () => {
      const { db, reopen } = await host.fresh()
      const events = new EventRepository(db)
      const event = (n: number) => ({ atMs: n, level: 'info' as const, code: 'X', context: { n } })
      await Promise.all(Array.from({ length: 504 }, (_, n) => events.add(event(n))))
      await db.close()
      const again = await reopen()
      const later = new EventRepository(again)
      expect((await later.add(event(504))).id).toBe(504)
      expect((await later.list(2)).map(({ id }) => id)).toEqual([504, 503])
      const all = await later.list(1000)
      expect([all.length, all[499]!.id]).toEqual([500, 5])
      await again.close()
    })
  })
}
