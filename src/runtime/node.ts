import './errors.ts'

import {
  goldenAtxId,
  LOCAL_DEFAULT_UNIT_LABELS,
  LOCAL_UNIT_LABELS,
  localNetwork,
  networkDocument,
  parseNetworkDocument,
  type NetworkConfig,
} from '../config/index.ts'
import { addressFromText } from '../crypto/address.ts'
import { STORES_BY_VERSION } from '../storage/schema.ts'
import { EventRepository } from '../storage/repositories/events.ts'
import { equalBytes, hex } from '../util/bytes.ts'
import { isSmeshError, SmeshError } from '../util/error.ts'
import { Turns } from '../util/turns.ts'
import { createWallet, Wallet } from '../wallet/wallet.ts'

import type {
  AccountState,
  BeginOptions,
  EventRow,
  HistoryRow,
  NodeApi,
  NodePhase,
  NodeState,
  Problem,
  RewardRow,
  SmeshingOptions,
  SmeshingState,
  StorageReport,
  Transfer,
  TransferPlan,
} from './api.ts'
import type { NodeModules } from './modules.ts'
import { RecordStore, type Records, type SmeshingRecord } from './records.ts'
import { LocalSession } from './session.ts'
import { problemOf, type SmesherEvent } from './smesher.ts'

/** States are told at most this often. */
const TELL_EVERY_MS = 200

/**
 * The node of a local network: the whole of Smesh behind one interface. Fresh until {@link begin};
 * from then on every opening goes on where the last one ended.
 */
export class LocalNode implements NodeApi {
  readonly #modules: NodeModules
  readonly #records: RecordStore
  readonly #events: EventRepository
  #phase: NodePhase = 'opening'
  #failure: Problem | undefined
  #session: LocalSession | undefined
  #problems: Problem[] = []
  #revision: number
  #told = -Infinity
  #telling: (() => void) | undefined
  /** Calls that change the node, one after another. */
  readonly #turns = new Turns()

  constructor(modules: NodeModules) {
    this.#modules = modules
    this.#records = new RecordStore(modules.database)
    this.#events = new EventRepository(modules.database)
    this.#revision = modules.platform.clock.now() // above that of every earlier leader
  }

  /** Opens what is stored. Never rejects: a failure is a state. */
  open(): Promise<void> {
    return this.#turns.take(async () => {
      try {
        const document = await this.#records.get('network')
        if (document === undefined) {
          this.#setPhase('fresh')
          return
        }
        await this.#openSession(readDocument(document))
        await this.#event('info', 'NODE_RESUMED')
      } catch (error) {
        this.fail(error)
      }
    })
  }

  async state(): Promise<NodeState> {
    return this.#state()
  }

  begin(options: BeginOptions): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#phase !== 'fresh') {
        throw new SmeshError('ALREADY_STARTED', { phase: this.#phase })
      }
      const { platform, device } = this.#modules
      const { unitLabels, numUnits, provider } = options
      if (!LOCAL_UNIT_LABELS.includes(unitLabels)) {
        throw new SmeshError('UNIT_SIZE_UNKNOWN', { unitLabels: String(unitLabels) })
      }
      const config = localNetwork(platform.clock.now(), unitLabels)
      checkUnits(numUnits, config)
      requireDevice(device, provider)
      const wallet = createWallet({ random: platform.random })
      const first = new Wallet(wallet, { hrp: config.hrp }).accounts[0]!
      const coinbase = options.coinbase
        ? addressFromText(options.coinbase, config.hrp)
        : first.principal
      this.#setPhase('starting')
      try {
        const records: Omit<Records, 'outbox'> = {
          network: networkDocument(config),
          clock: { nowMs: config.genesis.timeMs },
          wallet,
          identity: { seed: platform.random.bytes(32), commitmentAtxId: goldenAtxId(config) },
          smeshing: { on: true, paused: false, numUnits, provider, coinbase },
          poet: { servicePubkey: platform.random.bytes(32) },
        }
        await LocalSession.createJournal(records, config, this.#modules)
        await this.#records.put(records)
        await this.#openSession(config)
      } catch (error) {
        const kept = await this.#records.get('network').catch(() => 'unknown')
        if (kept === undefined) {
          this.#setPhase('fresh') // nothing was kept: it may be tried again
          throw error
        }
        this.fail(error)
        return
      }
      await this.#event('success', 'WALLET_CREATED')
      await this.#event('success', 'IDENTITY_CREATED', {
        nodeId: hex(this.#session!.smesher.nodeId),
      })
      await this.#event('info', 'SMESHING_STARTED')
    })
  }

  startSmeshing(options: Partial<SmeshingOptions>): Promise<void> {
    return this.#turns.take(async () => {
      const session = this.#running()
      const { smesher, config } = session
      const numUnits = options.numUnits ?? smesher.record.numUnits
      checkUnits(numUnits, config)
      const provider = options.provider ?? smesher.record.provider
      requireDevice(this.#modules.device, provider)
      const coinbase =
        options.coinbase === undefined
          ? smesher.record.coinbase
          : addressFromText(options.coinbase, config.hrp)
      const record = { on: true, paused: false, numUnits, provider, coinbase }
      const { phase, problem } = smesher.state
      if (!problem && isSame(record, smesher.record)) {
        throw new SmeshError('ALREADY_SMESHING', { phase })
      }
      await this.#records.put({ smeshing: record })
      await smesher.stop('idle', record)
      await smesher.close() // size and device are chosen when files are opened
      smesher.start(record)
      await session.loadRewards()
      await this.#event('info', 'SMESHING_STARTED')
    })
  }

  pauseInit(): Promise<void> {
    return this.#turns.take(async () => {
      const { smesher } = this.#running()
      if (smesher.state.phase !== 'init') return
      const record = { ...smesher.record, paused: true }
      await this.#records.put({ smeshing: record })
      await smesher.stop('paused', record)
      await this.#event('info', 'INIT_PAUSED')
    })
  }

  resumeInit(): Promise<void> {
    return this.#turns.take(async () => {
      const { smesher } = this.#running()
      if (smesher.state.phase !== 'paused') return
      const record = { ...smesher.record, on: true, paused: false }
      await this.#records.put({ smeshing: record })
      smesher.start(record)
      await this.#event('info', 'INIT_RESUMED')
    })
  }

  stopSmeshing({ deleteData }: { deleteData: boolean }): Promise<void> {
    return this.#turns.take(async () => {
      const session = this.#running()
      const { smesher } = session
      const record = { ...smesher.record, on: false, paused: false }
      await this.#records.put({ smeshing: record })
      await smesher.stop('idle', record)
      await this.#event('info', 'SMESHING_STOPPED')
      if (!deleteData) return
      await session.deleteSmeshingData()
      await this.#event('warning', 'DATA_DELETED')
    })
  }

  async estimate(transfer: Transfer): Promise<TransferPlan> {
    return this.#running().wallet.estimate(transfer)
  }

  send(transfer: Transfer): Promise<{ txIds: string[] }> {
    return this.#turns.take(async () => {
      const session = this.#running()
      const sent = await session.wallet.send(transfer)
      await session.refresh()
      return sent
    })
  }

  addAccount(name: string): Promise<AccountState> {
    return this.#turns.take(async () => {
      const session = this.#running()
      const account = await session.wallet.addAccount(name)
      await session.refresh()
      await this.#event('info', 'ACCOUNT_ADDED', { name: account.name })
      return account
    })
  }

  async history(query: { address: string; limit: number; before?: string }): Promise<HistoryRow[]> {
    return this.#running().wallet.history(query.address, query)
  }

  async rewards(query: { coinbase: string; limit: number; before?: string }): Promise<RewardRow[]> {
    return this.#running().wallet.rewards(query.coinbase, query)
  }

  async events({ limit }: { limit: number }): Promise<EventRow[]> {
    return this.#events.list(limit)
  }

  async transaction(id: string): Promise<HistoryRow | undefined> {
    return this.#running().wallet.transaction(id)
  }

  async revealMnemonic(): Promise<string> {
    return this.#running().revealMnemonic()
  }

  confirmBackup(): Promise<void> {
    return this.#turns.take(async () => {
      const session = this.#running()
      await session.wallet.confirmBackup()
      await session.refresh()
      await this.#event('success', 'BACKUP_CONFIRMED')
    })
  }

  async storage(): Promise<StorageReport> {
    const labelsBytes = (await this.#session?.smesher.sizeBytes()) ?? 0n
    const estimate = await this.#modules.estimate()
    if (!estimate) return { labelsBytes, persisted: false }
    this.#tellPersistence(estimate.persisted)
    const usageBytes = BigInt(estimate.usageBytes)
    return {
      labelsBytes,
      usageBytes,
      quotaBytes: BigInt(estimate.quotaBytes),
      ...(usageBytes >= labelsBytes ? { databaseBytes: usageBytes - labelsBytes } : {}),
      persisted: estimate.persisted,
    }
  }

  wipe(): Promise<void> {
    return this.#turns.take(async () => {
      this.#setPhase('wiping')
      try {
        await this.#closeSession()
        await this.#modules.removeFiles()
        const stores = STORES_BY_VERSION.flat()
        await this.#modules.database.update(
          stores,
          async (writer) => {
            for (const store of stores) await writer.deleteRange(store, {})
          },
          { durability: 'strict' },
        )
      } catch (error) {
        this.fail(error) // it may be wiped again
        throw error
      }
      this.#problems = []
      this.#failure = undefined
      this.#setPhase('fresh')
    })
  }

  /** Ends everything that runs; what was reached is stored. */
  close(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#closeSession()
      this.#telling?.() // whoever opens the node next tells its state
      this.#telling = undefined
    })
  }

  /** The node cannot go on: its database was closed under it, or a part of it ended. */
  fail(error: unknown): void {
    this.#failure = problemOf(error, this.#modules.platform.clock.now())
    // What does not end well now is of the same trouble, which is told.
    this.#closeSession().catch(() => undefined)
    this.#setPhase('failed')
  }

  async #openSession(config: NetworkConfig): Promise<void> {
    this.#session = await LocalSession.open(config, this.#modules, this.#records, {
      onChange: () => this.#changed(),
      onEvent: ({ level, code, context }) => void this.#event(level, code, context),
      onSpace: (problem) => this.#tellProblem('STORAGE_FULL', problem),
      onFailure: (error) => this.fail(error),
    })
    this.#setPhase('running')
    this.#session.start()
    const estimate = await this.#modules.estimate().catch(() => undefined) // nothing to tell then
    if (estimate) this.#tellPersistence(estimate.persisted)
  }

  async #closeSession(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await session?.close()
  }

  #running(): LocalSession {
    if (!this.#session) throw new SmeshError('NODE_NOT_RUNNING', { phase: this.#phase })
    return this.#session
  }

  #state(): NodeState {
    const { device } = this.#modules
    return {
      ...(this.#session ? this.#session.state() : { smeshing: NO_SMESHING }),
      revision: this.#revision,
      phase: this.#phase,
      device,
      problems: this.#problems,
      ...(this.#failure ? { failure: this.#failure } : {}),
      ...(this.#phase === 'fresh' ? { offer: OFFER } : {}),
    }
  }

  #setPhase(phase: NodePhase): void {
    this.#phase = phase
    this.#changed(true)
  }

  /** Tells the state soon; at once for what a person waits for. */
  #changed(atOnce = false): void {
    const { platform, onState } = this.#modules
    const tell = () => {
      this.#telling?.()
      this.#telling = undefined
      this.#told = platform.monotonicMs()
      this.#revision++
      onState(this.#state())
    }
    if (atOnce || platform.monotonicMs() - this.#told >= TELL_EVERY_MS) tell()
    else this.#telling ??= platform.every(TELL_EVERY_MS, tell)
  }

  async #event(
    level: SmesherEvent['level'],
    code: string,
    context: SmesherEvent['context'] = {},
  ): Promise<void> {
    const atMs = this.#session?.nowMs() ?? this.#modules.platform.clock.now()
    try {
      await this.#events.add({ atMs, level, code, context })
    } catch (error) {
      // An event that cannot be kept is no reason to stop; a full disk is one to tell.
      if (isSmeshError(error, 'STORAGE_FULL')) this.#tellProblem('STORAGE_FULL', error)
    }
    this.#changed()
  }

  #tellPersistence(persisted: boolean): void {
    const problem = persisted ? undefined : new SmeshError('STORAGE_NOT_PERSISTED', {})
    this.#tellProblem('STORAGE_NOT_PERSISTED', problem)
  }

  /** Adds a condition, or with no error takes it away. */
  #tellProblem(code: string, error: unknown): void {
    if (this.#problems.some((problem) => problem.code === code) === (error !== undefined)) return
    const others = this.#problems.filter((problem) => problem.code !== code)
    const atMs = this.#modules.platform.clock.now()
    this.#problems = error === undefined ? others : [problemOf(error, atMs), ...others]
    this.#changed()
  }
}

/** True when what is asked for is under way already. */
function isSame(asked: SmeshingRecord, present: SmeshingRecord): boolean {
  return (
    asked.on === present.on &&
    asked.paused === present.paused &&
    asked.numUnits === present.numUnits &&
    asked.provider === present.provider &&
    equalBytes(asked.coinbase, present.coinbase)
  )
}

const OFFER = { unitLabels: LOCAL_UNIT_LABELS, defaultUnitLabels: LOCAL_DEFAULT_UNIT_LABELS }
const NO_SMESHING: SmeshingState = { phase: 'off', atxs: [], rewardsTotal: 0n, rewardsCount: 0 }

function readDocument(document: string): NetworkConfig {
  try {
    return parseNetworkDocument(document)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SmeshError('NETWORK_UNREADABLE', { reason }, { cause: error })
  }
}

function checkUnits(units: number, { post }: NetworkConfig): void {
  const { minNumUnits: min, maxNumUnits: max } = post
  if (Number.isInteger(units) && units >= min && units <= max) return
  throw new SmeshError('UNITS_OUT_OF_RANGE', { units, min, max })
}

function requireDevice({ files, gpu }: NodeState['device'], provider: string): void {
  if (!files.available) throw new SmeshError('NO_FILE_STORAGE', { reason: files.reason ?? '' })
  if (provider === 'gpu' && !gpu.available) {
    throw new SmeshError('NO_GPU', { reason: gpu.reason ?? '' })
  }
}
