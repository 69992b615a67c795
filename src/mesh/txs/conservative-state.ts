import { verify as verifyEd25519 } from '../../crypto/ed25519.ts'
import { transactionId, type Account, type TxHeader } from '../../protocol/transaction.ts'
import { equalBytes, fromHex, hex } from '../../util/bytes.ts'
import type { Random } from '../../util/random.ts'
import { Turns } from '../../util/turns.ts'
import { isRefusal, outline, parse, signatureChecks } from '../../vm/index.ts'
import type {
  IneffectiveTx,
  ParsedTx,
  SignatureCheck,
  StateReader,
  TxOutcome,
} from '../../vm/index.ts'
import { AccountQueue, MAX_SPARE, type Admission, type PoolTx } from './account-queue.ts'
import { poolTx } from './pool-tx.ts'
import { selectTransactions } from './select.ts'
import type { Inclusion, StoredTx, TxStore } from './store.ts'
import { txProgress, type TxProgress } from './progress.ts'
import { txRefusal, type Place, type TxRefusal, type TxVerdict } from './verdict.ts'

export interface ConservativeStateOptions {
  /** 20 bytes. */
  genesisId: Uint8Array
  blockGasLimit: bigint
  /** For each eligibility proof of a proposal. */
  txsPerProposal: number
  /** Most transactions offered to proposals, of all accounts together, that gossip may make. */
  maxPending?: number
}

export interface ConservativeStateModules {
  /** Accounts after the last applied layer. */
  state: StateReader
  store: TxStore
  random: Random
  /** Whether all checks hold; with `crypto` on this thread when left out. */
  verify?: (checks: readonly SignatureCheck[]) => boolean | Promise<boolean>
}

/** What an account can do next, pending transactions counted in. */
export interface AccountProjection {
  nextNonce: bigint
  /** Smidge left after everything pending. */
  balance: bigint
  /** In the state: a spawn that is only pending does not count. */
  spawned: boolean
  /** Transactions of the account that are offered to proposals, by nonce. */
  pending: readonly PoolTx[]
}

/** A layer that was applied and stored; {@link LayerResult} of the VM fits. */
export interface AppliedLayer {
  layer: number
  touchedAccounts: readonly Account[]
  results: readonly TxOutcome[]
  ineffective: readonly IneffectiveTx[]
}

/** Enough for over an hour of full mainnet blocks. */
const DEFAULT_MAX_PENDING = 50_000

/** Accounts looked up in the store at a time. */
const RESET_BATCH = 256

const verifyHere = (checks: readonly SignatureCheck[]) =>
  checks.every(({ signature, message, publicKey }) => verifyEd25519(signature, message, publicKey))

/**
 * The mempool: transactions that wait for a block, laid over the state so that it is known what
 * each account can still pay. Calls that change it run one after another.
 * Spec 02 §10; go-spacemesh txs/cache.go, txs/handler.go, txs/conservative_state.go (v1.7.6).
 */
export class ConservativeState {
  readonly #options: Required<ConservativeStateOptions>
  readonly #modules: Required<ConservativeStateModules>
  readonly #accounts = new Map<string, AccountQueue<PoolTx>>()
  /** Transaction → lowest layer above the applied one with a proposal or block that names it. */
  readonly #included = new Map<string, number>()
  #pendingCount = 0
  #lastApplied = 0
  readonly #turns = new Turns()

  constructor(options: ConservativeStateOptions, modules: ConservativeStateModules) {
    this.#options = { maxPending: DEFAULT_MAX_PENDING, ...options }
    this.#modules = { verify: verifyHere, ...modules }
  }

  /**
   * Loads what waits in the store: at the start, and after the executor has reverted layers.
   *
   * @param lastApplied - last layer in the state
   */
  reload(lastApplied: number): Promise<void> {
    return this.#turns.take(async () => {
      this.#accounts.clear()
      this.#included.clear()
      this.#pendingCount = 0
      this.#lastApplied = lastApplied
      await this.#resetAll(await this.#modules.store.pendingPrincipals())
      for (const queue of this.#accounts.values()) {
        for (const { id } of queue.txs()) await this.#findInclusion(id)
      }
    })
  }

  /**
   * Takes a transaction from gossip or from the own wallet. The caller relays what is accepted.
   * Accepted transactions are stored before the call answers.
   *
   * @param options.receivedNs - Unix nanoseconds
   */
  add(raw: Uint8Array, { receivedNs }: { receivedNs: bigint }): Promise<TxVerdict> {
    return this.#admit(raw, { receivedNs })
  }

  /**
   * Takes a transaction that was fetched because a proposal names it; unless accepted, the proposal
   * is not. Known ones count as accepted.
   */
  async addForProposal(
    raw: Uint8Array,
    options: { expectedId: Uint8Array; receivedNs: bigint },
  ): Promise<TxVerdict> {
    const result = await this.#admit(raw, options)
    const known = result.verdict !== 'accept' && result.refusal.code === 'DUPLICATE'
    return known ? { verdict: 'accept', id: result.id, place: 'known' } : result
  }

  /**
   * Takes a transaction that was fetched because a block names it: stored whatever it is, with a
   * header only if it is valid now, and not offered to proposals.
   */
  async addForBlock(
    raw: Uint8Array,
    { expectedId, receivedNs }: { expectedId: Uint8Array; receivedNs: bigint },
  ): Promise<TxVerdict> {
    const { store } = this.#modules
    const id = transactionId(raw)
    if (await store.get(id)) return { verdict: 'accept', id, place: 'known' }
    if (!equalBytes(id, expectedId)) return reject(id, wrongId(expectedId, id))
    const tx = parse(raw, await this.#principal(raw), { id })
    const isValid = !isRefusal(tx) && (await this.#isSigned(tx))
    await store.put({ id, raw, receivedNs, ...(isValid ? { header: tx.header } : {}) })
    return { verdict: 'accept', id, place: 'store' }
  }

  /** Notes that a proposal or block names transactions: they are not offered until it is settled. */
  include(inclusion: Inclusion, txIds: readonly Uint8Array[]): Promise<void> {
    return this.#turns.take(async () => {
      await this.#modules.store.include(inclusion, txIds)
      if (inclusion.layer <= this.#lastApplied) return
      for (const id of txIds) {
        const key = hex(id)
        const other = this.#included.get(key) ?? inclusion.layer
        this.#included.set(key, Math.min(other, inclusion.layer))
      }
    })
  }

  /** Ids for a proposal with `numEligibilities` proofs, in the order in which it lists them. */
  selectForProposal(numEligibilities: number): Uint8Array[] {
    const accounts = Array.from(this.#accounts.values(), (queue) => {
      const txs = queue.txs()
      const first = txs.findIndex(({ id }) => !this.#included.has(hex(id)))
      return first < 0 ? [] : txs.slice(first)
    })
    return selectTransactions(accounts, {
      gasLimit: this.#options.blockGasLimit,
      limit: numEligibilities * this.#options.txsPerProposal,
      random: this.#modules.random,
    }).map(({ id }) => id)
  }

  /**
   * Follows the state after a layer was applied and stored with its results. Accounts that sent or
   * received in it start anew from their state.
   */
  onLayerApplied({ layer, touchedAccounts, results, ineffective }: AppliedLayer): Promise<void> {
    return this.#turns.take(async () => {
      this.#lastApplied = layer
      const stale = new Map<string, Uint8Array>()
      for (const { header } of [...results, ...ineffective]) {
        if (header) stale.set(hex(header.principal), header.principal)
      }
      for (const { address } of touchedAccounts) {
        if (this.#accounts.has(hex(address))) stale.set(hex(address), address)
      }
      for (const [key, { address, moreInStore }] of this.#accounts) {
        if (moreInStore) stale.set(key, address)
      }
      await this.#resetAll([...stale.values()])
      for (const [key, included] of this.#included) {
        if (included > layer) continue
        this.#included.delete(key)
        await this.#findInclusion(fromHex(key))
      }
    })
  }

  /** What an account can do next, from the state and all that waits. */
  projection(address: Uint8Array): Promise<AccountProjection> {
    return this.#turns.take(async () => {
      const [account] = await this.#modules.state.getMany([address])
      const spawned = account?.templateAddress !== undefined
      const queue = this.#accounts.get(hex(address))
      if (queue) return { ...queue.projection(), spawned, pending: queue.txs() }
      const { nextNonce, balance } = standing(account)
      return { nextNonce, balance, spawned, pending: [] }
    })
  }

  /** Where a transaction stands, for a screen. */
  async progress(id: Uint8Array): Promise<TxProgress> {
    const stored = await this.#modules.store.get(id)
    if (!stored?.header || stored.result) return txProgress(stored)
    const [account] = await this.#modules.state.getMany([stored.header.principal])
    return txProgress(stored, { account, includedIn: this.#included.get(hex(id)) })
  }

  /** Number of transactions offered to proposals, of all accounts. */
  get pendingCount(): number {
    return this.#pendingCount
  }

  /** Reads and verifies as many at a time as may come, then finds them a place one by one. */
  async #admit(
    raw: Uint8Array,
    { receivedNs, expectedId }: { receivedNs: bigint; expectedId?: Uint8Array },
  ): Promise<TxVerdict> {
    const id = transactionId(raw)
    if (await this.#isKnown(id)) return ignore(id, duplicate(id))
    const tx = parse(raw, await this.#principal(raw), { id })
    if (isRefusal(tx)) return ignore(id, tx)
    const { gasPrice, principal } = tx.header
    if (gasPrice === 0n) {
      return ignore(id, txRefusal('ZERO_GAS_PRICE', { principal: hex(principal) }))
    }
    if (tx.fee === 0n) return ignore(id, txRefusal('ZERO_FEE', { gasPrice: `${gasPrice}` }))
    if (expectedId && !equalBytes(id, expectedId)) return reject(id, wrongId(expectedId, id))
    if (!(await this.#isSigned(tx))) {
      return ignore(id, txRefusal('BAD_SIGNATURE', { principal: hex(principal) }))
    }
    // Local bounds must not decide which proposals are valid.
    const bounded = expectedId === undefined
    return this.#turns.take(() => this.#place({ id, raw, header: tx.header, receivedNs }, bounded))
  }

  async #place(tx: VerifiedTx, bounded: boolean): Promise<TxVerdict> {
    const { id } = tx
    if (await this.#isKnown(id)) return ignore(id, duplicate(id)) // it came twice at a time
    const pooled = poolTx(tx)
    const queue = await this.#queueOf(pooled.principal)
    const place = (bounded && this.#crowded(queue)) || this.#offer(pooled, queue)
    if (typeof place !== 'string') return ignore(id, place)
    await this.#modules.store.put(tx)
    return { verdict: 'accept', id, place }
  }

  #crowded(queue: AccountQueue<PoolTx>): TxRefusal | undefined {
    const { maxPending } = this.#options
    if (this.#pendingCount >= maxPending) return txRefusal('MEMPOOL_FULL', { max: maxPending })
    if (queue.spare >= MAX_SPARE) return txRefusal('ACCOUNT_CROWDED', { max: MAX_SPARE })
    return undefined
  }

  #offer(tx: PoolTx, queue: AccountQueue<PoolTx>): Place | TxRefusal {
    const before = queue.size
    const admission = queue.add(tx)
    this.#pendingCount += queue.size - before
    if (queue.size > 0 || queue.moreInStore) this.#accounts.set(hex(tx.principal), queue)
    return placeOf(admission, tx)
  }

  async #queueOf(principal: Uint8Array): Promise<AccountQueue<PoolTx>> {
    const queue = this.#accounts.get(hex(principal))
    if (queue) return queue
    const [account] = await this.#modules.state.getMany([principal])
    return new AccountQueue({ address: principal, ...standing(account) })
  }

  async #resetAll(addresses: readonly Uint8Array[]): Promise<void> {
    for (let at = 0; at < addresses.length; at += RESET_BATCH) {
      await this.#reset(addresses.slice(at, at + RESET_BATCH))
    }
  }

  async #reset(addresses: readonly Uint8Array[]): Promise<void> {
    const { state, store } = this.#modules
    const accounts = await state.getMany(addresses)
    const starts = addresses.map((address, i) => ({ address, ...standing(accounts[i]) }))
    const stored = await Promise.all(
      starts.map(({ address, nextNonce }) => store.pendingOf(address, nextNonce)),
    )
    for (const [i, start] of starts.entries()) {
      const key = hex(start.address)
      const queue = new AccountQueue<PoolTx>(start)
      queue.load(stored[i]!.filter(hasHeader).map(poolTx))
      this.#pendingCount += queue.size - (this.#accounts.get(key)?.size ?? 0)
      if (queue.size > 0 || queue.moreInStore) this.#accounts.set(key, queue)
      else this.#accounts.delete(key)
    }
  }

  async #findInclusion(id: Uint8Array): Promise<void> {
    const layer = await this.#modules.store.nextInclusion(id, this.#lastApplied)
    if (layer !== undefined) this.#included.set(hex(id), layer)
  }

  async #isKnown(id: Uint8Array): Promise<boolean> {
    return (await this.#modules.store.get(id))?.header !== undefined
  }

  async #principal(raw: Uint8Array): Promise<Account | undefined> {
    const tx = outline(raw)
    return isRefusal(tx) ? undefined : (await this.#modules.state.getMany([tx.principal]))[0]
  }

  async #isSigned(tx: ParsedTx): Promise<boolean> {
    const checks = signatureChecks(tx, this.#options.genesisId)
    return checks !== undefined && (await this.#modules.verify(checks))
  }
}

type VerifiedTx = StoredTx & { header: TxHeader }

const hasHeader = (tx: StoredTx): tx is VerifiedTx => tx.header !== undefined

/** A missing account is one of zeros. */
const standing = (account: Account | undefined) => ({
  nextNonce: account?.nextNonce ?? 0n,
  balance: account?.balance ?? 0n,
})

const duplicate = (id: Uint8Array): TxRefusal => txRefusal('DUPLICATE', { id: hex(id) })

function placeOf(admission: Admission, tx: PoolTx): Place | TxRefusal {
  switch (admission.kind) {
    case 'added':
      return 'pool'
    case 'replaced':
      return 'replaced'
    case 'keptOther':
      return 'behind'
    case 'full':
      return 'store'
    case 'nonceTooLow':
      return txRefusal('NONCE_TOO_LOW', {
        nonce: `${tx.nonce}`,
        expected: `${admission.expected}`,
      })
    case 'insufficient':
      return txRefusal('INSUFFICIENT_FUNDS', {
        needed: `${tx.spending}`,
        available: `${admission.available}`,
      })
  }
}

const wrongId = (expected: Uint8Array, got: Uint8Array): TxRefusal =>
  txRefusal('WRONG_ID', { expected: hex(expected), got: hex(got) })

const ignore = (id: Uint8Array, refusal: TxRefusal): TxVerdict => ({
  verdict: 'ignore',
  id,
  refusal,
})

const reject = (id: Uint8Array, refusal: TxRefusal): TxVerdict => ({
  verdict: 'reject',
  id,
  refusal,
})
