import './errors.ts'

import { genesisId, type NetworkConfig } from '../config/index.ts'
import { addressFromText, addressToText } from '../crypto/address.ts'
import type { AccountProjection, ConservativeState } from '../mesh/txs/index.ts'
import type { AccountRepository, TxRepository } from '../storage/repositories/transactions.ts'
import type { HistoryRepository, Page } from '../storage/repositories/history.ts'
import { fromHex, hex, equalBytes } from '../util/bytes.ts'
import { isSmeshError, SmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'
import { explainTx, isRefusal, type TxExplanation } from '../vm/index.ts'
import { planTransfer } from '../wallet/transactions.ts'
import type { NamedAccount, Wallet } from '../wallet/wallet.ts'

import type { AccountState, HistoryRow, RewardRow, Transfer, TransferPlan } from './api.ts'
import type { OutboxTx, RecordStore } from './records.ts'

export interface WalletServiceModules {
  config: NetworkConfig
  wallet: Wallet
  records: RecordStore
  txs: TxRepository
  accounts: AccountRepository
  history: HistoryRepository
  mempool: ConservativeState
  /** Network time. */
  nowMs: () => number
  /** Start of a layer, network time. */
  layerStartMs: (layer: number) => number
  onEvent: (code: string, context: Record<string, string | number>) => void
}

/** The wallet's view of the chain: balances, transfers, history. Amounts in smidge. */
export class WalletService {
  readonly #modules: WalletServiceModules
  #outbox: OutboxTx[] = []
  /** One transfer at a time: each counts on the nonce that the one before left. */
  readonly #turns = new Turns()

  constructor(modules: WalletServiceModules) {
    this.#modules = modules
  }

  /** Takes up transfers that waited for a spawn when the node stopped. */
  async open(): Promise<void> {
    this.#outbox = (await this.#modules.records.get('outbox'))?.txs ?? []
    await this.flush()
  }

  /** Every account as a screen shows it. */
  accounts(): Promise<AccountState[]> {
    return Promise.all(this.#modules.wallet.accounts.map((account) => this.#accountState(account)))
  }

  async addAccount(name: string): Promise<AccountState> {
    const { wallet, records } = this.#modules
    const account = wallet.addAccount(name)
    await records.put({ wallet: wallet.stored })
    return this.#accountState(account)
  }

  async confirmBackup(): Promise<void> {
    const { wallet, records } = this.#modules
    wallet.confirmBackup()
    await records.put({ wallet: wallet.stored })
  }

  /** @throws {SmeshError} as `NodeApi.send` */
  async estimate(transfer: Transfer): Promise<TransferPlan> {
    const { drafts, projection } = await this.#plan(transfer)
    const spend = drafts[drafts.length - 1]!
    const spawnFee = drafts.length > 1 ? drafts[0]!.fee : 0n
    return {
      fee: spend.fee,
      spawnFee,
      total: transfer.amount + spend.fee + spawnFee,
      available: projection.balance,
      nonce: spend.nonce,
    }
  }

  /** @throws {SmeshError} as `NodeApi.send` */
  send(transfer: Transfer): Promise<{ txIds: string[] }> {
    return this.#turns.take(async () => {
      const { config, wallet, records } = this.#modules
      const { drafts, principal, projection } = await this.#plan(transfer)
      const signed = drafts.map(({ body }) => wallet.sign(body, genesisId(config)))
      const waitsForSpawn = drafts.length > 1 || !projection.spawnedInState
      const spend = drafts[drafts.length - 1]!
      const last = signed[signed.length - 1]!
      if (waitsForSpawn) {
        // Kept first: a spawn without its transfer would be a fee for nothing.
        const spending = spend.fee + transfer.amount
        this.#outbox = [...this.#outbox, { id: last.id, raw: last.raw, principal, spending }]
        await records.put({ outbox: { txs: this.#outbox } })
      }
      const now = waitsForSpawn ? signed.slice(0, -1) : signed
      try {
        for (const { raw } of now) await this.#submit(raw)
      } catch (error) {
        if (waitsForSpawn) await this.#dropFromOutbox([last.id])
        throw error
      }
      this.#modules.onEvent('TX_SUBMITTED', { txId: hex(last.id), to: transfer.to })
      return { txIds: signed.map(({ id }) => hex(id)) }
    })
  }

  /** After a layer: transfers whose account is spawned now go to the mempool. */
  flush(): Promise<void> {
    return this.#turns.take(async () => {
      const { mempool, onEvent } = this.#modules
      const done: Uint8Array[] = []
      for (const { id, raw, principal } of this.#outbox) {
        const { spawned, pending } = await mempool.projection(principal)
        if (!spawned && pending.length > 0) continue
        try {
          if (!spawned) throw new SmeshError('TX_REJECTED', { reason: 'NOT_SPAWNED', detail: '' })
          await this.#submit(raw)
        } catch (error) {
          if (isSmeshError(error, 'STORAGE_FULL')) break // all of it waits for the next layer
          const reason = isSmeshError(error, 'TX_REJECTED') ? error.context.reason : codeOf(error)
          onEvent('TX_FAILED', { txId: hex(id), reason })
        }
        done.push(id)
      }
      if (done.length > 0) await this.#dropFromOutbox(done)
    })
  }

  /** Newest first; what waits stands before everything that is applied, on the first page. */
  async history(address: string, page: Page): Promise<HistoryRow[]> {
    const { history, txs } = this.#modules
    const principal = this.#address(address)
    const applied = await history.page(principal, page)
    const rows: HistoryRow[] = page.before === undefined ? await this.#waiting(principal) : []
    for (const { cursor, row } of applied) {
      const common = { cursor, layer: row.layer, atMs: this.#modules.layerStartMs(row.layer) }
      if (row.kind === 'reward') {
        const { amount } = row
        const id = hex(row.id)
        rows.push({ ...common, kind: 'reward', id, amount, fee: 0n, status: 'applied' })
        continue
      }
      const tx = await txs.get(row.id)
      const view = tx && this.#view(tx.raw, principal)
      if (!view) continue
      const { fee = 0n, status, message } = tx.result ?? {}
      const text = message && new TextDecoder().decode(message)
      rows.push({
        ...view,
        ...common,
        fee: view.amount < 0n || view.kind !== 'received' ? fee : 0n,
        status: status === 0 ? 'applied' : 'failed',
        ...(text ? { message: text } : {}),
      })
    }
    return rows
  }

  async rewards(coinbase: string, page: Page): Promise<RewardRow[]> {
    const { history, layerStartMs } = this.#modules
    const rows = await history.rewards(this.#address(coinbase), page)
    return rows.map(({ cursor, row: { layer, total, layerReward } }) => ({
      cursor,
      layer,
      atMs: layerStartMs(layer),
      total,
      layerReward,
    }))
  }

  /** One transaction by id, as its sender sees it; an outbox entry too. */
  async transaction(id: string): Promise<HistoryRow | undefined> {
    if (!/^[0-9a-f]{64}$/.test(id)) return undefined
    const { txs, mempool, layerStartMs } = this.#modules
    const bytes = fromHex(id)
    const waiting = this.#outbox.find((tx) => equalBytes(tx.id, bytes))
    const stored = await txs.get(bytes)
    const raw = stored?.raw ?? waiting?.raw
    const explained = raw && explainTx(raw)
    if (!raw || !explained || isRefusal(explained)) return undefined
    const own = this.#modules.wallet.account(explained.principal)
    const viewer = own ? explained.principal : explained.destination
    const view = this.#view(raw, viewer)!
    if (!stored) return { ...view, cursor: '', atMs: this.#modules.nowMs(), status: 'pending' }
    const progress = await mempool.progress(bytes)
    const receivedMs = Number(stored.receivedNs / 1_000_000n)
    const base = { ...view, cursor: '', atMs: receivedMs }
    switch (progress.state) {
      case 'applied':
      case 'failed': {
        const { layer, message, fee, state } = progress
        const text = message ? { message } : {}
        return { ...base, atMs: layerStartMs(layer), layer, fee, status: state, ...text }
      }
      case 'rejected':
        return { ...base, status: 'rejected', message: progress.refusal.code }
      default:
        return { ...base, status: 'pending' }
    }
  }

  async #accountState(account: NamedAccount): Promise<AccountState> {
    const { accounts } = this.#modules
    const { name, path, text, principal } = account
    const [[stored], projection] = await Promise.all([
      accounts.getMany([principal]),
      this.#projection(principal),
    ])
    return {
      name,
      path,
      address: text,
      balance: stored?.balance ?? 0n,
      available: projection.balance,
      nextNonce: projection.nextNonce,
      spawned: stored?.templateAddress !== undefined,
      pending: projection.waiting,
    }
  }

  async #plan(transfer: Transfer) {
    const { config, wallet } = this.#modules
    const from = wallet.accounts.find(({ text }) => text === transfer.from)
    if (!from) throw new SmeshError('UNKNOWN_ACCOUNT', { address: transfer.from.slice(0, 100) })
    const destination = addressFromText(transfer.to.trim(), config.hrp)
    if (transfer.amount <= 0n) {
      throw new SmeshError('AMOUNT_ZERO', { text: transfer.amount.toString() })
    }
    const projection = await this.#projection(from.principal)
    const { amount, gasPrice = 1n } = transfer
    const drafts = planTransfer(from.publicKey, projection, { destination, amount, gasPrice })
    return { drafts, principal: from.principal, projection }
  }

  /** What an account can do next; a spawn on its way and what waits for it are counted in. */
  async #projection(principal: Uint8Array) {
    const projection: AccountProjection = await this.#modules.mempool.projection(principal)
    const waiting = this.#outbox.filter((tx) => equalBytes(tx.principal, principal))
    const spending = waiting.reduce((sum, tx) => sum + tx.spending, 0n)
    const left = projection.balance - spending
    return {
      spawned: projection.spawned || projection.pending.length > 0 || waiting.length > 0,
      spawnedInState: projection.spawned,
      nextNonce: projection.nextNonce + BigInt(waiting.length),
      balance: left > 0n ? left : 0n,
      waiting: projection.pending.length + waiting.length,
    }
  }

  async #waiting(principal: Uint8Array): Promise<HistoryRow[]> {
    const { txs, mempool, accounts } = this.#modules
    const [account] = await accounts.getMany([principal])
    const stored = await txs.pendingOf(principal, account?.nextNonce ?? 0n)
    await mempool.projection(principal) // after a layer was taken in: the two agree
    const rows = stored.map(({ raw, receivedNs }) => ({
      view: this.#view(raw, principal),
      atMs: Number(receivedNs / 1_000_000n),
    }))
    for (const { raw, principal: owner } of this.#outbox) {
      if (!equalBytes(owner, principal)) continue
      rows.push({ view: this.#view(raw, principal), atMs: this.#modules.nowMs() })
    }
    return rows.reverse().flatMap(({ view, atMs }) => {
      return view ? [{ ...view, cursor: '', atMs, status: 'pending' as const }] : []
    })
  }

  /** What a transaction is to one account. */
  #view(raw: Uint8Array, viewer: Uint8Array) {
    const tx = explainTx(raw)
    if (isRefusal(tx)) return undefined
    const { hrp } = this.#modules.config
    const sent = equalBytes(tx.principal, viewer)
    const received = equalBytes(tx.destination, viewer)
    const counterparty = addressToText(sent ? tx.destination : tx.principal, hrp)
    const common = { id: hex(tx.id), fee: tx.fee ?? 0n }
    if (isSpawn(tx)) return { ...common, kind: 'spawn' as const, amount: 0n }
    if (sent && received) return { ...common, kind: 'self' as const, amount: 0n, counterparty }
    return sent
      ? { ...common, kind: 'sent' as const, amount: -tx.amount, counterparty }
      : { ...common, kind: 'received' as const, amount: tx.amount, counterparty }
  }

  async #submit(raw: Uint8Array): Promise<void> {
    const receivedNs = BigInt(Math.floor(this.#modules.nowMs())) * 1_000_000n
    const verdict = await this.#modules.mempool.add(raw, { receivedNs })
    if (verdict.verdict === 'accept' || verdict.refusal.code === 'DUPLICATE') return
    const { code, context } = verdict.refusal
    throw new SmeshError('TX_REJECTED', { reason: code, detail: JSON.stringify(context) })
  }

  async #dropFromOutbox(ids: readonly Uint8Array[]): Promise<void> {
    this.#outbox = this.#outbox.filter((tx) => !ids.some((id) => equalBytes(id, tx.id)))
    await this.#modules.records.put({ outbox: { txs: this.#outbox } })
  }

  #address(text: string): Uint8Array {
    return addressFromText(text, this.#modules.config.hrp)
  }
}

const codeOf = (error: unknown): string => (isSmeshError(error) ? error.code : 'INTERNAL')

const isSpawn = ({ kind }: TxExplanation): boolean => kind === 'selfSpawn' || kind === 'spawn'
