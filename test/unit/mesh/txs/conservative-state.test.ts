import { beforeEach, describe, expect, it } from 'vitest'

import type { Keypair } from '../../../../src/crypto/ed25519.ts'
import { transactionId, TxStatus } from '../../../../src/protocol/transaction.ts'
import { ConservativeState, type StoredTx, type TxStore } from '../../../../src/mesh/txs/index.ts'
import { compareBytes, hex } from '../../../../src/util/bytes.ts'
import { seededRandom } from '../../../../src/util/random.ts'
import { applyLayerSync, transactionResult } from '../../../../src/vm/index.ts'
import { addressOf, funded, key, MemoryState, signed, spawnBody } from '../../vm/fixtures.ts'
import { GENESIS_ID, spawned, spendBody, vmParams } from '../../vm/fixtures.ts'

const alice = key(1)
const bob = key(2)
const carol = key(3)
const BLOCK = new Uint8Array(20).fill(9)

class MemoryTxs implements TxStore {
  readonly txs = new Map<string, StoredTx>()
  readonly #inclusions: { kind: string; layer: number; txId: string }[] = []

  get = (id: Uint8Array) => Promise.resolve(this.txs.get(hex(id)))

  put(tx: StoredTx) {
    const known = this.txs.get(hex(tx.id))
    this.txs.set(hex(tx.id), known ? { ...known, header: known.header ?? tx.header } : tx)
    return Promise.resolve()
  }

  #pending = () => [...this.txs.values()].filter(({ header, result }) => header && !result)

  pendingOf(principal: Uint8Array, fromNonce: bigint) {
    const own = this.#pending().filter(
      ({ header }) =>
        compareBytes(header!.principal, principal) === 0 && header!.nonce >= fromNonce,
    )
    return Promise.resolve(own.sort((a, b) => Number(a.header!.nonce - b.header!.nonce)))
  }

  pendingPrincipals() {
    const all = this.#pending().map(({ header }) => header!.principal)
    return Promise.resolve([...new Map(all.map((one) => [hex(one), one])).values()])
  }

  include(inclusion: { kind: string; layer: number }, ids: readonly Uint8Array[]) {
    for (const id of ids) this.#inclusions.push({ ...inclusion, txId: hex(id) })
    return Promise.resolve()
  }

  nextInclusion(id: Uint8Array, after: number) {
    const layers = (kind: string) =>
      this.#inclusions
        .filter((one) => one.kind === kind && one.txId === hex(id) && one.layer > after)
        .map(({ layer }) => layer)
    const [block, proposal] = [layers('block'), layers('proposal')]
    const found = block.length > 0 ? block : proposal
    return Promise.resolve(found.length > 0 ? Math.min(...found) : undefined)
  }
}

let state: MemoryState
let store: MemoryTxs
let pool: ConservativeState
let layer: number

beforeEach(() => {
  state = new MemoryState([spawned(alice.publicKey, 10n ** 6n), funded(addressOf(bob), 10n ** 6n)])
  store = new MemoryTxs()
  layer = 9000
  pool = open()
})

const open = (maxPending?: number) =>
  new ConservativeState(
    {
      genesisId: GENESIS_ID,
      blockGasLimit: vmParams.blockGasLimit,
      txsPerProposal: 2,
      ...(maxPending === undefined ? {} : { maxPending }),
    },
    { state, store, random: seededRandom(1) },
  )

const spend = (from: Keypair, nonce: bigint, { amount = 100n, gasPrice = 1n } = {}) =>
  signed(spendBody(addressOf(from), addressOf(carol), amount, { nonce, gasPrice }), from)

let clock = 0n
const add = (raw: Uint8Array) => pool.add(raw, { receivedNs: ++clock })
const codeOf = async (raw: Uint8Array) => {
  const result = await add(raw)
  return result.verdict === 'accept' ? result.place : `${result.verdict} ${result.refusal.code}`
}

/** What the executor does: applies, stores all of it, tells the pool. */
async function apply(...raws: Uint8Array[]) {
  layer++
  const input = { ...vmParams, layer, txs: raws.map((raw) => ({ raw })), rewards: [] }
  const result = applyLayerSync(input, state.get)
  state.put(result.touchedAccounts)
  for (const outcome of result.results) {
    const raw = raws.find((one) => hex(transactionId(one)) === hex(outcome.id))!
    const known = store.txs.get(hex(outcome.id)) ?? { id: outcome.id, raw, receivedNs: 0n }
    store.txs.set(hex(outcome.id), {
      ...known,
      header: outcome.header,
      result: transactionResult(outcome, BLOCK),
    })
  }
  await pool.onLayerApplied(result)
  return result
}

describe('what the mempool takes', () => {
  it('names the reason of every refusal', async () => {
    expect(await codeOf(spend(bob, 0n))).toBe('ignore PRINCIPAL_NOT_SPAWNED')
    expect(await codeOf(new Uint8Array(9))).toBe('ignore TX_MALFORMED')
    expect(await codeOf(spend(alice, 0n))).toBe('ignore NONCE_TOO_LOW')
    expect(await codeOf(spend(alice, 1n, { gasPrice: 0n }))).toBe('ignore ZERO_GAS_PRICE')
    expect(await codeOf(spend(alice, 1n, { gasPrice: 2n ** 63n }))).toBe('ignore ZERO_FEE')
    const forged = spend(alice, 1n)
    forged[100]! ^= 1
    expect(await codeOf(forged)).toBe('ignore BAD_SIGNATURE')
    const dear = await add(spend(alice, 1n, { amount: 10n ** 6n }))
    expect(dear).toMatchObject({
      verdict: 'ignore',
      refusal: {
        code: 'INSUFFICIENT_FUNDS',
        context: { needed: `${10n ** 6n + 36_090n}`, available: '1000000' },
      },
    })
    expect(store.txs.size).toBe(0)
  })

  it('takes a good one once', async () => {
    expect(await codeOf(spend(alice, 1n))).toBe('pool')
    expect(await codeOf(spend(alice, 1n))).toBe('ignore DUPLICATE')
    const both = await Promise.all([codeOf(spend(alice, 5n)), codeOf(spend(alice, 5n))])
    expect(both.sort()).toEqual(['ignore DUPLICATE', 'pool'])
    expect(pool.pendingCount).toBe(2)
  })

  it('replaces by fee and stores the one that lost', async () => {
    const slow = spend(alice, 1n)
    const fast = spend(alice, 1n, { gasPrice: 2n })
    expect(await codeOf(slow)).toBe('pool')
    expect(await codeOf(fast)).toBe('replaced')
    expect(await codeOf(spend(alice, 1n, { amount: 7n }))).toBe('behind')
    expect(pool.selectForProposal(10)).toEqual([transactionId(fast)])
    expect(store.txs.size).toBe(3)
  })

  it('projects the account over what waits', async () => {
    await add(spend(alice, 1n))
    await add(spend(alice, 2n, { amount: 50n }))
    const {
      nextNonce,
      balance,
      spawned: isSpawned,
      pending,
    } = await pool.projection(addressOf(alice))
    expect([nextNonce, isSpawned, pending.length]).toEqual([3n, true, 2])
    expect(balance).toBe(10n ** 6n - 100n - 50n - 2n * 36_090n)
    expect(await pool.projection(addressOf(bob))).toEqual({
      nextNonce: 0n,
      balance: 10n ** 6n,
      spawned: false,
      pending: [],
    })
    expect(await pool.projection(addressOf(carol))).toMatchObject({ nextNonce: 0n, balance: 0n })
  })

  it('is bounded, but not for proposals', async () => {
    pool = open(1)
    expect(await codeOf(spend(alice, 1n))).toBe('pool')
    expect(await codeOf(spend(alice, 2n))).toBe('ignore MEMPOOL_FULL')
    const raw = spend(alice, 2n)
    const fetched = { expectedId: transactionId(raw), receivedNs: 1n }
    expect(await pool.addForProposal(raw, fetched)).toMatchObject({ place: 'pool' })
  })
})

describe('fetched transactions', () => {
  const other = new Uint8Array(32)

  it('of a proposal must be the right ones and affordable', async () => {
    const raw = spend(alice, 1n)
    const options = { expectedId: transactionId(raw), receivedNs: 1n }
    expect(await pool.addForProposal(raw, { ...options, expectedId: other })).toMatchObject({
      verdict: 'reject',
      refusal: { code: 'WRONG_ID' },
    })
    expect(await pool.addForProposal(raw, options)).toMatchObject({ place: 'pool' })
    expect(await pool.addForProposal(raw, options)).toMatchObject({ place: 'known' })
    const unspawned = spend(bob, 0n)
    const expectedId = transactionId(unspawned)
    expect(await pool.addForProposal(unspawned, { ...options, expectedId })).toMatchObject({
      verdict: 'ignore',
    })
  })

  it('of a block are kept whatever they are, and not offered', async () => {
    const early = spend(bob, 1n)
    const options = { expectedId: transactionId(early), receivedNs: 1n }
    expect(await pool.addForBlock(early, { ...options, expectedId: other })).toMatchObject({
      verdict: 'reject',
    })
    expect(await pool.addForBlock(early, options)).toMatchObject({ place: 'store' })
    expect(await pool.progress(transactionId(early))).toEqual({ state: 'pending' })
    const good = spend(alice, 1n)
    await pool.addForBlock(good, { ...options, expectedId: transactionId(good) })
    expect(await pool.progress(transactionId(good))).toEqual({ state: 'mempool' })
    expect(pool.selectForProposal(10)).toEqual([])
    await apply(signed(spawnBody(bob.publicKey, { nonce: 0n }), bob))
    expect(await codeOf(early), 'understood once the account is spawned').toBe('pool')
  })
})

describe('layers', () => {
  it('an applied transaction goes, the account goes on from its state', async () => {
    const [first, second] = [spend(alice, 1n), spend(alice, 2n)]
    await add(first)
    await add(second)
    await apply(first)
    expect(pool.selectForProposal(10)).toEqual([transactionId(second)])
    expect(await pool.progress(transactionId(first))).toMatchObject({
      state: 'applied',
      layer,
      block: BLOCK,
      fee: 36_090n,
    })
    await apply(second)
    expect(pool.pendingCount).toBe(0)
    expect(await pool.projection(addressOf(alice))).toMatchObject({ nextNonce: 3n, pending: [] })
  })

  it('tells failed and superseded ones', async () => {
    const poor = spend(alice, 1n, { amount: 10n ** 6n })
    const { results } = await apply(poor)
    expect(results[0]!.succeeded).toBe(false)
    expect(await pool.progress(transactionId(poor))).toMatchObject({
      state: 'failed',
      message: 'no balance',
    })
    const [mine, rival] = [spend(alice, 2n), spend(alice, 2n, { amount: 1n })]
    await add(mine)
    await apply(rival)
    expect(await pool.progress(transactionId(mine))).toMatchObject({
      state: 'rejected',
      refusal: { code: 'NONCE_TOO_LOW', context: { nonce: '2', expected: '3' } },
    })
    expect(await pool.progress(new Uint8Array(32))).toEqual({ state: 'unknown' })
    expect(pool.pendingCount).toBe(0)
  })

  it('received coins can be spent at once, also by what waited for them', async () => {
    state.put([{ ...spawned(bob.publicKey, 100_000n) }])
    await add(spend(bob, 1n, { amount: 1n }))
    const rich = spend(bob, 2n, { amount: 200_000n })
    expect(await codeOf(rich)).toBe('ignore INSUFFICIENT_FUNDS')
    const gift = spendBody(addressOf(alice), addressOf(bob), 500_000n, { nonce: 1n })
    await apply(signed(gift, alice))
    expect(await codeOf(rich)).toBe('pool')
  })

  it('a transaction in a proposal is not offered until its layer has gone by without it', async () => {
    const raw = spend(alice, 1n)
    const id = transactionId(raw)
    await add(raw)
    await add(spend(alice, 2n))
    await pool.include({ kind: 'proposal', layer: layer + 1, id: BLOCK }, [id])
    await pool.include({ kind: 'proposal', layer: layer + 3, id: BLOCK }, [id])
    expect(await pool.progress(id)).toEqual({ state: 'mempool', includedIn: layer + 1 })
    expect(pool.selectForProposal(10)).toHaveLength(1)
    await apply()
    expect(await pool.progress(id)).toEqual({ state: 'mempool', includedIn: layer + 2 })
    await apply()
    await apply()
    expect(await pool.progress(id)).toEqual({ state: 'mempool' })
    expect(pool.selectForProposal(10)).toHaveLength(2)
  })

  it('comes back the same from its store, and follows a revert', async () => {
    const before = new Map(state.accounts)
    const [first, second] = [spend(alice, 1n), spend(alice, 2n)]
    await add(first)
    await add(second)
    await pool.include({ kind: 'block', layer: layer + 2, id: BLOCK }, [transactionId(second)])
    const offered = pool.selectForProposal(10)
    pool = open()
    await pool.reload(layer)
    expect(pool.selectForProposal(10)).toEqual(offered)
    expect(pool.pendingCount).toBe(2)

    await apply(first)
    expect(store.txs.get(hex(transactionId(first)))!.result!.status).toBe(TxStatus.success)
    state.accounts.clear()
    state.put([...before.values()])
    for (const [key, tx] of store.txs) store.txs.set(key, { ...tx, result: undefined })
    await pool.reload(layer - 1)
    expect(pool.selectForProposal(10)).toEqual(offered)
    expect(await pool.projection(addressOf(alice))).toMatchObject({ nextNonce: 3n })
  })
})

describe('selectForProposal', () => {
  it('lists at most the transactions of the slots, each account in nonce order', async () => {
    for (let nonce = 1n; nonce <= 6n; nonce++) await add(spend(alice, nonce, { amount: nonce }))
    const ids = pool.selectForProposal(2)
    const txs = ids.map((id) => store.txs.get(hex(id))!.header!.nonce)
    expect(txs).toEqual([1n, 2n, 3n, 4n])
    expect(pool.selectForProposal(0)).toEqual([])
  })
})
