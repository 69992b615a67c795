import './errors.ts'

import { SignJournal, type AtxRecord, type Signer } from '../activation/index.ts'
import { genesisId, networkDocument, type NetworkConfig } from '../config/index.ts'
import { addressToText } from '../crypto/address.ts'
import { keypairFromSeed } from '../crypto/ed25519.ts'
import type { HeldLock } from '../platform/types.ts'
import type { PoetEvent } from '../poet/index.ts'
import { JournalRepository } from '../storage/repositories/journal.ts'
import { SmeshingRepository } from '../storage/repositories/atxs.ts'
import { isAbort } from '../util/abort.ts'
import { hex, isZero } from '../util/bytes.ts'
import { isSmeshError } from '../util/error.ts'
import { Wallet } from '../wallet/wallet.ts'

import type { AtxRow, ChainState, LayerRow, NodeState, SmeshingState, WalletState } from './api.ts'
import { createActivation, type Activation } from './create-activation.ts'
import { createChain, type Chain } from './create-chain.ts'
import { LayerLoop, type LayerReport } from './layer-loop.ts'
import type { NodeModules, PoetWorker } from './modules.ts'
import { NetworkClock } from './network-clock.ts'
import type { RecordStore, Records } from './records.ts'
import { readRecords, resumeAt, type StoredRecords } from './resume.ts'
import { openSigner, Smesher, type SmesherEvent } from './smesher.ts'
import { atxRow, networkState, poetState } from './views.ts'
import { WalletService } from './wallet-service.ts'

/** Network time runs on this long without a tick: longer silence is sleep. */
const MAX_STEP_MS = 2000
const TICK_MS = 250
/** Ticks between two writes of the clock: one a second. */
const TICKS_PER_WRITE = 4
/** Part of a core that the embedded PoET may take. */
const POET_DUTY_PERCENT = 30
const ATXS_SHOWN = 10
const LAYERS_SHOWN = 20

export interface SessionListener {
  onChange: () => void
  onEvent: (event: SmesherEvent) => void
  /** The disk is full, or (undefined) takes writes again. */
  onSpace: (problem: unknown) => void
  /** The session cannot go on. */
  onFailure: (error: unknown) => void
}

interface Parts {
  config: NetworkConfig
  clock: NetworkClock
  activation: Activation
  chain: Chain
  poet: PoetWorker
  signer: Signer
  lock: HeldLock
  smesher: Smesher
  wallet: Wallet
  walletService: WalletService
}

/** What an opened session stands on. */
type Foundation = Pick<Parts, 'config' | 'clock' | 'activation' | 'chain' | 'signer' | 'lock'> & {
  stored: StoredRecords
}

interface Surroundings {
  modules: NodeModules
  records: RecordStore
  listener: SessionListener
  /** Activation and PoET may speak before the session that listens is made. */
  opened: { session?: LocalSession }
}

/** A local network while it is hosted: everything between the opening of its node and the close. */
export class LocalSession {
  readonly #parts: Parts
  readonly #modules: NodeModules
  readonly #records: RecordStore
  readonly #listener: SessionListener
  readonly #stop = new AbortController()
  #loop: Promise<void> = Promise.resolve()
  #stopTicks: (() => void) | undefined
  #ticks = 0
  /** A layer waits for space. */
  #layerWaits = false
  #poet: SmeshingState['poet']
  #eligible: SmeshingState['eligible']
  #atxs: AtxRow[] = []
  #layers: LayerRow[] = []
  #stateHash = ''
  #walletState: WalletState
  #rewards = { total: 0n, count: 0 }

  private constructor(
    parts: Parts,
    modules: NodeModules,
    records: RecordStore,
    listener: SessionListener,
  ) {
    this.#parts = parts
    this.#modules = modules
    this.#records = records
    this.#listener = listener
    this.#walletState = { accounts: [], backedUp: parts.wallet.backedUp }
  }

  /**
   * Makes the sign journal of a new identity, before anything of it is stored: an identity without
   * a journal would be taken for one that was used elsewhere.
   */
  static async createJournal(
    records: Pick<Records, 'identity'>,
    config: NetworkConfig,
    { database }: NodeModules,
  ): Promise<void> {
    const nodeId = keypairFromSeed(records.identity.seed).publicKey
    const genesis = genesisId(config)
    await SignJournal.open(
      { genesisId: genesis, nodeId, origin: 'created', currentEpoch: 0 },
      new JournalRepository(database, { genesisId: genesis, nodeId }),
    )
  }

  /** @throws what stores, lock and workers throw; nothing runs then */
  static async open(
    config: NetworkConfig,
    modules: NodeModules,
    records: RecordStore,
    listener: SessionListener,
  ): Promise<LocalSession> {
    const { platform, database } = modules
    const stored = await readRecords(records)
    const clock = new NetworkClock(
      { startMs: await resumeAt(config, stored, modules), maxStepMs: MAX_STEP_MS },
      platform,
    )
    const opened: { session?: LocalSession } = {}
    const nodeId = keypairFromSeed(stored.identity.seed).publicKey
    const activation = await createActivation({
      config,
      clock,
      database,
      isOwn: (smesherId) => hex(smesherId) === hex(nodeId),
      onAtx: (atx) => opened.session?.onAtx(atx),
    })
    const chain = await createChain({
      config,
      clock,
      database,
      schedule: activation.schedule,
      index: activation.index,
      random: platform.random,
      smesherIds: () => [nodeId],
    })
    const { signer, lock } = await openSigner(
      { config, seed: stored.identity.seed, nodeId, isNew: false },
      { clock, activation, database, platform },
      new AbortController().signal,
    )
    try {
      return await LocalSession.#assemble(
        { config, clock, activation, chain, signer, lock, stored },
        { modules, records, listener, opened },
      )
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** The parts that run: PoET, wallet, smesher, and the session over them. */
  static async #assemble(
    { stored, ...made }: Foundation,
    { modules, records, listener, opened }: Surroundings,
  ): Promise<LocalSession> {
    const { config, clock, activation, chain, signer } = made
    const { platform } = modules
    const poet = await modules.openPoet(
      {
        network: networkDocument(config),
        nowMs: clock.now(),
        servicePubkey: stored.poet.servicePubkey,
        dutyPercent: POET_DUTY_PERCENT,
      },
      (event) => opened.session?.onPoet(event),
    )
    const wallet = new Wallet(stored.wallet, { hrp: config.hrp })
    const walletService = new WalletService({
      config,
      wallet,
      records,
      txs: chain.txs,
      accounts: chain.accounts,
      history: chain.history,
      mempool: chain.mempool,
      nowMs: () => clock.now(),
      layerStartMs: (layer) => activation.schedule.layerStartMs(layer),
      onEvent: (code, context) => {
        listener.onEvent({ level: code === 'TX_FAILED' ? 'error' : 'info', code, context })
      },
    })
    const smesher = new Smesher(
      { record: stored.smeshing, commitmentAtxId: stored.identity.commitmentAtxId },
      {
        config,
        clock,
        activation,
        poet,
        signer,
        platform,
        openPost: modules.openPost.bind(modules),
        onChange: listener.onChange,
        onEvent: listener.onEvent,
      },
    )
    const parts = { ...made, poet, smesher, wallet, walletService }
    const session = new LocalSession(parts, modules, records, listener)
    opened.session = session
    try {
      await walletService.open()
      await session.#load(signer.nodeId)
    } catch (error) {
      await poet.stop()
      throw error
    }
    return session
  }

  get config(): NetworkConfig {
    return this.#parts.config
  }

  get smesher(): Smesher {
    return this.#parts.smesher
  }

  get wallet(): WalletService {
    return this.#parts.walletService
  }

  nowMs(): number {
    return this.#parts.clock.now()
  }

  revealMnemonic(): string {
    return this.#parts.wallet.reveal()
  }

  /** Lets time, layers and the smesher run. */
  start(): void {
    const { platform } = this.#modules
    const { smesher, chain, clock, activation, signer } = this.#parts
    this.#stopTicks = platform.every(TICK_MS, () => this.#tick())
    const loop = new LayerLoop(
      { config: this.config },
      {
        clock,
        chain,
        schedule: activation.schedule,
        signer,
        noticeSleep: () => this.#noticeSleep(),
        onLayer: (report) => this.#onLayer(report),
        onEligible: (eligible) => {
          this.#eligible = eligible
          const slots = eligible.layers.reduce((sum, layer) => sum + layer.slots, 0)
          const context = { epoch: eligible.epoch, layers: eligible.layers.length, slots }
          const code = slots > 0 ? 'ELIGIBILITIES' : 'NOT_ELIGIBLE'
          this.#listener.onEvent({ level: 'info', code, context })
          this.#listener.onChange()
        },
        onEvent: this.#listener.onEvent,
        onSpace: (problem) => {
          this.#layerWaits = problem !== undefined
          this.#listener.onSpace(problem)
        },
      },
    )
    this.#loop = loop.run(this.#stop.signal).catch((error: unknown) => {
      if (!isAbort(error)) this.#listener.onFailure(error)
    })
    const { on, paused } = smesher.record
    if (on && !paused) smesher.start()
  }

  /** Stops all that runs, stores the clock, frees lock and files. */
  async close(): Promise<void> {
    this.#stopTicks?.()
    this.#stop.abort()
    const { smesher, poet, lock } = this.#parts
    const steps = [
      () => smesher.stop('idle'),
      () => poet.stop(),
      () => this.#loop,
      () => smesher.close(),
      () => this.#writeClock(),
    ]
    let failure: { error: unknown } | undefined
    for (const step of steps) {
      try {
        await step() // one that fails must not keep the others from ending
      } catch (error) {
        failure ??= { error }
      }
    }
    lock.release()
    if (failure) throw failure.error
  }

  /** Labels and what was reached between two ATXs; the journal stays. */
  async deleteSmeshingData(): Promise<void> {
    const { smesher } = this.#parts
    await smesher.deleteData()
    await new SmeshingRepository(this.#modules.database, smesher.nodeId).clear()
  }

  /** Counts what the present coinbase was paid. */
  async loadRewards(): Promise<void> {
    const { chain, smesher } = this.#parts
    this.#rewards = await chain.history.rewardTotals(smesher.record.coinbase)
    this.#listener.onChange()
  }

  /** Reads balances again and tells them. */
  async refresh(): Promise<void> {
    this.#walletState = await this.#readWallet()
    this.#listener.onChange()
  }

  async #readWallet(): Promise<WalletState> {
    const { walletService, wallet } = this.#parts
    return { accounts: await walletService.accounts(), backedUp: wallet.backedUp }
  }

  /** This session's part of the node's state. */
  state(): Pick<NodeState, 'network' | 'clock' | 'smeshing' | 'wallet' | 'chain'> {
    const { config, clock, activation, smesher } = this.#parts
    const { schedule } = activation
    const nowMs = clock.now()
    const layer = schedule.layerAt(nowMs)
    const epoch = schedule.epochOf(layer)
    const { record } = smesher
    return {
      network: networkState(config),
      clock: {
        layer,
        epoch,
        nowMs,
        hostNowMs: this.#modules.platform.clock.now(),
        layerStartMs: schedule.layerStartMs(layer),
        epochStartMs: schedule.epochStartMs(epoch),
        running: true,
      },
      smeshing: {
        ...smesher.state,
        nodeId: hex(smesher.nodeId),
        coinbase: addressToText(record.coinbase, config.hrp),
        numUnits: record.numUnits,
        sizeBytes: BigInt(record.numUnits) * config.post.labelsPerUnit * 16n,
        atxs: this.#atxs,
        ...(this.#poet ? { poet: this.#poet } : {}),
        ...(this.#eligible ? { eligible: this.#eligible } : {}),
        rewardsTotal: this.#rewards.total,
        rewardsCount: this.#rewards.count,
      },
      wallet: this.#walletState,
      chain: this.#chainState(epoch),
    }
  }

  onAtx(atx: AtxRecord): void {
    this.#atxs = [atxRow(atx), ...this.#atxs].slice(0, ATXS_SHOWN)
    const { publishEpoch } = atx
    const context = { publishEpoch, targetEpoch: publishEpoch + 1, atxId: hex(atx.id) }
    this.#listener.onEvent({ level: 'success', code: 'ATX_PUBLISHED', context })
    this.#listener.onChange()
  }

  onPoet(event: PoetEvent): void {
    switch (event.kind) {
      case 'opened':
        if (this.#poet?.state === 'executing') return
        this.#poet = poetState(event.round, 'open', 0, event.startMs)
        break
      case 'executing':
        this.#poet = poetState(event.round, 'executing', event.leafCount, event.endMs)
        break
      case 'progress':
        if (this.#poet) this.#poet = { ...this.#poet, leaves: BigInt(event.leafCount) }
        break
      case 'finished':
        if (this.#poet) {
          this.#poet = { ...this.#poet, state: 'done', leaves: BigInt(event.leafCount) }
        }
        break
      case 'trouble': {
        const context = { step: event.step, error: event.code, message: event.message }
        this.#listener.onEvent({ level: 'warning', code: 'POET_UNAVAILABLE', context })
        break
      }
      default:
        return
    }
    this.#listener.onChange()
  }

  async #load(nodeId: Uint8Array): Promise<void> {
    const { activation, chain, smesher } = this.#parts
    for (const atx of await activation.atxs.allBySmesher(nodeId, ATXS_SHOWN)) {
      this.#atxs.push(atxRow(atx))
    }
    for (const { layer, appliedBlock, stateHash } of await chain.ledger.recent(LAYERS_SHOWN)) {
      if (layer <= activation.schedule.effectiveGenesis) continue
      if (!this.#stateHash && stateHash) this.#stateHash = hex(stateHash)
      const block = isZero(appliedBlock) ? undefined : await chain.ledger.block(appliedBlock)
      this.#layers.push({
        layer,
        ...(block ? { blockId: hex(appliedBlock) } : {}),
        txCount: block?.txIds.length ?? 0,
        reward: await chain.history.rewardIn(smesher.record.coinbase, layer),
        own: block !== undefined,
      })
    }
    await this.loadRewards()
    await this.refresh()
  }

  async #onLayer({ change, layer, reward }: LayerReport): Promise<void> {
    const { record, block, execution } = change
    await this.#parts.walletService.flush()
    // What follows changes at once: no screen sees a reward without the balance that it makes.
    this.#walletState = await this.#readWallet()
    this.#stateHash = hex(record.stateHash ?? new Uint8Array())
    const row = {
      layer,
      ...(block ? { blockId: hex(record.appliedBlock) } : {}),
      txCount: block?.txIds.length ?? 0,
      reward,
      own: block !== null,
    }
    this.#layers = [row, ...this.#layers].slice(0, LAYERS_SHOWN)
    if (reward > 0n) {
      this.#rewards = { total: this.#rewards.total + reward, count: this.#rewards.count + 1 }
      const context = { layer, amount: reward.toString() }
      this.#listener.onEvent({ level: 'success', code: 'REWARD', context })
    }
    for (const outcome of execution?.results ?? []) {
      const code = outcome.succeeded ? 'TX_APPLIED' : 'TX_FAILED'
      const level = outcome.succeeded ? ('success' as const) : ('error' as const)
      const context = { txId: hex(outcome.id), layer, reason: outcome.message }
      this.#listener.onEvent({ level, code, context })
    }
    this.#listener.onChange()
  }

  #chainState(epoch: number): ChainState {
    const { chain, activation } = this.#parts
    return {
      lastAppliedLayer: chain.mesh.processedLayer,
      stateHash: this.#stateHash,
      recent: this.#layers,
      activeSmeshers: activation.index.count(epoch),
      epochWeight: activation.index.epochWeight(epoch),
    }
  }

  #tick(): void {
    const { clock, poet } = this.#parts
    this.#noticeSleep()
    poet.follow(clock.now())
    if (++this.#ticks % TICKS_PER_WRITE === 0) {
      this.#writeClock().then(
        () => {
          if (!this.#layerWaits) this.#listener.onSpace(undefined)
        },
        (error: unknown) => {
          // Any other failure meets the next layer; the clock itself is written again in a second.
          if (isSmeshError(error, 'STORAGE_FULL')) this.#listener.onSpace(error)
        },
      )
      this.#listener.onChange()
    }
  }

  #noticeSleep(): void {
    const { clock, signer } = this.#parts
    const skippedMs = clock.tick()
    if (skippedMs <= 0) return
    signer.wake() // nothing is signed for the layer that was slept through
    const context = { skippedMs: Math.round(skippedMs) }
    this.#listener.onEvent({ level: 'info', code: 'TAB_SUSPENDED', context })
  }

  #writeClock(): Promise<void> {
    return this.#records.put({ clock: { nowMs: this.nowMs() } }, 'relaxed')
  }
}
