// A simulated node for tests of the screens and for the preview page: the local network's calendar,
// believable data, no rules. Never part of the build.
import type {
  AccountState,
  EventRow,
  HistoryRow,
  NodeApi,
  NodeState,
  RewardRow,
  SmeshingPhase,
  SmeshingState,
  Transfer,
  TransferPlan,
} from '../../../src/runtime/api.ts'
import type { NodeClient, Role } from '../../../src/ui/client.ts'

export type Scene =
  | 'opening'
  | 'failed'
  | 'fresh'
  | 'fresh-poor'
  | 'init'
  | 'paused'
  | 'waiting'
  | 'proving'
  | 'earning'
  | 'halted'
  | 'stopped'
  | 'follower'

const LAYER_MS = 2000
const PER_EPOCH = 10
const EPOCH_MS = LAYER_MS * PER_EPOCH
const SHIFT_MS = 10_000
const GAP_MS = 10_000
const SMH = 1_000_000_000n
const SPEND_FEE = 36_090n
const SPAWN_FEE = 100_432n
const REWARD = 477_618_397_593n / 10n

const hex = (seed: string, length: number): string => {
  let state = [...seed].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7)
  let out = ''
  while (out.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    out += (state >>> 8).toString(16).padStart(6, '0')
  }
  return out.slice(0, length)
}

const ADDRESSES = [
  'standalone1qqqqqqz4m95wcsxulrppmj3d9ymn2t2wx2nhxpgrelzxg',
  'standalone1qqqqqqr8gt25mgvn6d6kv8zyds5v8n9h5cg5gpgz6l0fc',
  'standalone1qqqqqq9nsdm4p6cmkf23jgxst2s7f85hhlgyhvszs98rw',
]

export class SmeshFailure extends Error {
  override readonly name = 'SmeshError'
  readonly code: string
  readonly context: Record<string, string | number>
  constructor(code: string, context: Record<string, string | number> = {}) {
    super(code)
    this.code = code
    this.context = context
  }
}

/** `speed` compresses time: 4 makes a layer half a second. `nowMs` is the fake clock's start. */
export class FakeNode implements NodeClient {
  role: Role
  readonly browser = { persist: () => Promise.resolve(this.persists) }
  persists = true
  /** Calls that reject with this code until it is removed. */
  readonly failing = new Map<keyof NodeApi, SmeshFailure>()
  readonly calls: string[] = []
  #state: NodeState
  readonly #listeners = new Set<(state: NodeState) => void>()
  readonly #roles = new Set<(role: Role) => void>()
  readonly #genesis: number
  #timer: ReturnType<typeof setInterval> | undefined
  #elapsed = 0
  readonly #accounts: AccountState[]
  #history = new Map<string, HistoryRow[]>()
  #rewards: RewardRow[] = []
  #events: EventRow[] = []
  #initDone = 0n
  readonly #initTotal = 4096n
  #scene: Scene
  #backedUp = false

  constructor(scene: Scene, { nowMs = Date.now() }: { nowMs?: number } = {}) {
    this.#scene = scene
    this.#genesis = nowMs
    this.role = scene === 'follower' ? 'follower' : 'leader'
    this.#accounts = [account(0, 'Main account')]
    this.#elapsed = {
      opening: 0,
      failed: 0,
      fresh: 0,
      'fresh-poor': 0,
      init: 7_000,
      paused: 9_000,
      waiting: 36_000,
      proving: 41_000,
      earning: 103_000,
      follower: 103_000,
      halted: 65_000,
      stopped: 95_000,
    }[scene]
    this.#initDone = scene === 'init' ? 1500n : scene === 'paused' ? 2200n : this.#initTotal
    if (this.#elapsed > 80_000) this.#fill()
    this.#seedEvents()
    this.#state = this.#make()
  }

  /** Lets time pass by itself, as a running node does. */
  start(): this {
    this.#timer = setInterval(() => this.advance(250), 250)
    return this
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  advance(ms: number): void {
    const before = Math.floor(this.#elapsed / LAYER_MS)
    this.#elapsed += ms
    if (this.#scene === 'init') {
      this.#initDone += BigInt(Math.round(ms * 0.12))
      if (this.#initDone >= this.#initTotal) {
        this.#initDone = this.#initTotal
        this.#scene = 'waiting'
      }
    }
    const layer = Math.floor(this.#elapsed / LAYER_MS)
    if (layer > before) this.#applyLayer(layer - 1)
    this.#push()
  }

  setScene(scene: Scene): void {
    this.#scene = scene
    this.#push()
  }

  setRole(role: Role): void {
    this.role = role
    for (const listener of this.#roles) listener(role)
  }

  /** Shows a condition, or takes all away with none. */
  setProblems(...codes: string[]): void {
    this.#state = {
      ...this.#state,
      revision: this.#state.revision + 1,
      problems: codes.map((code) => ({ code, context: {}, atMs: this.#elapsed })),
    }
    for (const listener of this.#listeners) listener(this.#state)
  }

  onState(listener: (state: NodeState) => void): () => void {
    this.#listeners.add(listener)
    if (this.#scene !== 'opening') listener(this.#state)
    return () => this.#listeners.delete(listener)
  }

  onRole(listener: (role: Role) => void): () => void {
    this.#roles.add(listener)
    listener(this.role)
    return () => this.#roles.delete(listener)
  }

  readonly api: NodeApi = {
    state: () => this.#do('state', () => this.#state),
    begin: () =>
      this.#do('begin', () => {
        if (this.#scene !== 'fresh' && this.#scene !== 'fresh-poor') {
          throw new SmeshFailure('ALREADY_STARTED', { phase: 'running' })
        }
        this.#scene = 'init'
        this.#initDone = 0n
        this.#elapsed = 0
        this.#push()
      }),
    startSmeshing: () =>
      this.#do('startSmeshing', () => {
        this.#scene = 'earning'
        this.#push()
      }),
    pauseInit: () =>
      this.#do('pauseInit', () => {
        this.#scene = 'paused'
        this.#push()
      }),
    resumeInit: () =>
      this.#do('resumeInit', () => {
        this.#scene = 'init'
        this.#push()
      }),
    stopSmeshing: () =>
      this.#do('stopSmeshing', () => {
        this.#scene = 'stopped'
        this.#push()
      }),
    estimate: (transfer) => this.#do('estimate', () => this.#plan(transfer)),
    send: (transfer) => this.#do('send', () => this.#send(transfer)),
    addAccount: (name) =>
      this.#do('addAccount', () => {
        const added = account(this.#accounts.length, name)
        this.#accounts.push(added)
        this.#push()
        return added
      }),
    history: ({ address, limit, before }) =>
      this.#do('history', () => page(this.#history.get(address) ?? [], limit, before)),
    rewards: ({ limit, before }) => this.#do('rewards', () => page(this.#rewards, limit, before)),
    events: ({ limit }) => this.#do('events', () => this.#events.slice(0, limit)),
    transaction: (id) =>
      this.#do('transaction', () =>
        [...this.#history.values()].flat().find((row) => row.id === id),
      ),
    revealMnemonic: () =>
      this.#do(
        'revealMnemonic',
        () => 'legal winner thank year wave sausage worth useful legal winner thank yellow',
      ),
    confirmBackup: () =>
      this.#do('confirmBackup', () => {
        this.#backedUp = true
        this.#push()
      }),
    storage: () =>
      this.#do('storage', () => ({
        labelsBytes: this.#initDone * 16n,
        databaseBytes: 1_482_112n,
        usageBytes: 1_482_112n + this.#initDone * 16n,
        quotaBytes: 61_847_529_062n,
        persisted: this.persists,
      })),
    wipe: () =>
      this.#do('wipe', () => {
        this.#scene = 'fresh'
        this.#push()
      }),
  }

  async #do<T>(name: keyof NodeApi, work: () => T): Promise<T> {
    this.calls.push(name)
    await Promise.resolve()
    const failure = this.failing.get(name)
    if (failure) throw failure
    return work()
  }

  get #layer(): number {
    return Math.floor(this.#elapsed / LAYER_MS)
  }

  #push(): void {
    this.#state = this.#make()
    for (const listener of this.#listeners) listener(this.#state)
  }

  #make(): NodeState {
    const scene = this.#scene
    const revision = (this.#state?.revision ?? 0) + 1
    const poor = scene === 'fresh-poor'
    const device: NodeState['device'] = {
      gpu: poor
        ? { available: false, reason: 'no WebGPU' }
        : { available: true, name: 'NVIDIA GeForce RTX 4070' },
      files: poor ? { available: false, reason: 'private window' } : { available: true },
      cores: 8,
    }
    const off: SmeshingState = { phase: 'off', atxs: [], rewardsTotal: 0n, rewardsCount: 0 }
    const base = { revision, device, problems: [] }
    if (scene === 'opening') return { ...base, phase: 'opening', smeshing: off }
    if (scene === 'failed') {
      const failure = { code: 'STORAGE_FAILED', context: { reason: 'quota' }, atMs: 0 }
      return { ...base, phase: 'failed', failure, smeshing: off }
    }
    if (scene === 'fresh' || poor) {
      const unitLabels = [1024n, 4096n, 16_384n, 65_536n, 262_144n]
      return {
        ...base,
        phase: 'fresh',
        offer: { unitLabels, defaultUnitLabels: 4096n },
        smeshing: off,
      }
    }
    const nowMs = this.#genesis + this.#elapsed
    const layer = this.#layer
    const epoch = Math.floor(layer / PER_EPOCH)
    return {
      ...base,
      phase: 'running',
      network: {
        name: 'local',
        genesisId: hex('genesis', 40),
        genesisTimeMs: this.#genesis,
        hrp: 'standalone',
        layerDurationMs: LAYER_MS,
        layersPerEpoch: PER_EPOCH,
        post: { labelsPerUnit: 4096n, minNumUnits: 1, maxNumUnits: 8, scryptN: 8192 },
        poet: { phaseShiftMs: SHIFT_MS, cycleGapMs: GAP_MS },
      },
      clock: {
        layer,
        epoch,
        nowMs,
        hostNowMs: Date.now(),
        layerStartMs: this.#genesis + layer * LAYER_MS,
        epochStartMs: this.#genesis + epoch * EPOCH_MS,
        running: true,
      },
      smeshing: this.#smeshing(nowMs, epoch),
      wallet: { accounts: this.#accounts.map((row) => ({ ...row })), backedUp: this.#backedUp },
      chain: {
        lastAppliedLayer: Math.max(0, layer - 1),
        stateHash: hex(`state${layer}`, 64),
        recent: Array.from({ length: Math.min(20, layer) }, (_, i) => {
          const at = layer - 1 - i
          const own = this.#rewards.some((row) => row.layer === at)
          const row = { layer: at, txCount: 0, reward: own ? REWARD : 0n, own }
          return own ? { ...row, blockId: hex(`block${at}`, 40) } : row
        }),
        activeSmeshers: 1,
        epochWeight: 4_000n,
      },
    }
  }

  #smeshing(nowMs: number, epoch: number): SmeshingState {
    const scene = this.#scene
    const into = nowMs - this.#genesis - epoch * EPOCH_MS
    const earning = ['earning', 'follower', 'stopped', 'halted'].includes(scene)
    const phase: SmeshingPhase = (() => {
      if (scene === 'init' || scene === 'paused' || scene === 'proving' || scene === 'halted') {
        return scene
      }
      if (scene === 'stopped') return 'idle'
      if (into < 1500) return 'proving'
      if (into < 2500) return 'publishing'
      return into < SHIFT_MS ? 'registering' : 'waitingForPoet'
    })()
    const first = earning ? Math.max(2, epoch - 4) : 99
    const atxs = Array.from({ length: earning ? epoch - first + 2 : 0 }, (_, i) => {
      const target = epoch + 1 - i
      return {
        id: hex(`atx${target}`, 64),
        publishEpoch: target - 1,
        targetEpoch: target,
        numUnits: 1,
        ticks: 4_012n,
        weight: 4_012n,
        atMs: this.#genesis + (target - 1) * EPOCH_MS + 2200,
      }
    }).filter(({ atMs }) => atMs <= nowMs)
    const layers = this.#eligible(epoch)
    return {
      phase,
      nodeId: hex('node', 64),
      coinbase: ADDRESSES[0]!,
      numUnits: 1,
      sizeBytes: this.#initTotal * 16n,
      ...(phase === 'init' || phase === 'paused'
        ? {
            init: {
              done: this.#initDone,
              total: this.#initTotal,
              rate: phase === 'init' ? 121.4 : 0,
              leftMs: Number(this.#initTotal - this.#initDone) * 8.2,
              provider: 'gpu' as const,
              providerName: 'NVIDIA GeForce RTX 4070',
            },
          }
        : {}),
      ...(phase === 'proving' ? { proof: { nonces: 16, done: 2600n, total: 4096n } } : {}),
      ...(phase === 'waitingForPoet'
        ? {
            poet: {
              roundId: String(epoch),
              state: 'executing' as const,
              leaves: BigInt(into * 9),
              endMs: this.#genesis + (epoch + 1) * EPOCH_MS,
            },
          }
        : {}),
      ...(phase === 'init' || phase === 'paused' || phase === 'idle'
        ? {}
        : {
            publishEpoch: into < 2500 ? epoch : epoch + 1,
            nextStepMs:
              this.#genesis +
              epoch * EPOCH_MS +
              (into < 2500 ? 2500 : into < SHIFT_MS ? SHIFT_MS : EPOCH_MS),
          }),
      atxs,
      ...(earning ? { eligible: { epoch, layers } } : {}),
      rewardsTotal: this.#rewards.reduce((sum, { total }) => sum + total, 0n),
      rewardsCount: this.#rewards.length,
      ...(scene === 'halted'
        ? { problem: { code: 'JOURNAL_CONFLICT', context: { slot: 'ballot 41' }, atMs: nowMs } }
        : {}),
    }
  }

  #eligible(epoch: number): { layer: number; slots: number }[] {
    return Array.from({ length: PER_EPOCH }, (_, i) => epoch * PER_EPOCH + i)
      .filter((layer) => (layer * 7919) % 10 < 6)
      .map((layer) => ({ layer, slots: (layer * 31) % 7 === 0 ? 2 : 1 }))
  }

  #applyLayer(layer: number): void {
    const epoch = Math.floor(layer / PER_EPOCH)
    const main = this.#accounts[0]!
    for (const rows of this.#history.values()) {
      for (const [i, row] of rows.entries()) {
        if (row.status === 'pending') rows[i] = { ...row, status: 'applied', layer }
      }
    }
    for (const one of this.#accounts) {
      one.pending = 0
      one.available = one.balance
    }
    if (!['earning', 'follower'].includes(this.#scene) || epoch < 3) return
    if (!this.#eligible(epoch).some((row) => row.layer === layer)) return
    const atMs = this.#genesis + (layer + 1) * LAYER_MS
    const cursor = String(layer)
    this.#rewards.unshift({ cursor, layer, atMs, total: REWARD, layerReward: REWARD })
    main.balance += REWARD
    main.available += REWARD
    this.#add(main.address, {
      cursor: `r${layer}`,
      kind: 'reward',
      id: hex(`reward${layer}`, 40),
      layer,
      atMs,
      amount: REWARD,
      fee: 0n,
      status: 'applied',
    })
    this.#event('success', 'REWARD', { amount: REWARD.toString(), layer })
  }

  #fill(): void {
    const scene = this.#scene
    const until = this.#elapsed
    this.#scene = 'earning'
    for (let layer = 30; layer < Math.floor(until / LAYER_MS); layer++) {
      this.#elapsed = (layer + 1) * LAYER_MS
      this.#applyLayer(layer)
    }
    this.#elapsed = until
    this.#scene = scene
    const [main] = this.#accounts as [AccountState]
    const spent = 12n * SMH
    main.balance -= spent + SPEND_FEE + SPAWN_FEE
    main.available = main.balance
    main.spawned = true
    const at = (layer: number) => ({ layer, atMs: this.#genesis + layer * LAYER_MS })
    this.#add(main.address, {
      cursor: 'a',
      kind: 'spawn',
      id: hex('spawn', 64),
      ...at(47),
      amount: 0n,
      fee: SPAWN_FEE,
      status: 'applied',
    })
    this.#add(main.address, {
      cursor: 'b',
      kind: 'sent',
      id: hex('spend', 64),
      ...at(48),
      counterparty: ADDRESSES[2]!,
      amount: -spent,
      fee: SPEND_FEE,
      status: 'applied',
    })
    this.#add(main.address, {
      cursor: 'c',
      kind: 'sent',
      id: hex('fail', 64),
      ...at(49),
      counterparty: ADDRESSES[2]!,
      amount: -900n * SMH,
      fee: SPEND_FEE,
      status: 'failed',
      message: 'core: amount to transfer is higher than the balance',
    })
  }

  #plan({ from, to, amount, gasPrice = 1n }: Transfer): TransferPlan {
    if (to === '') throw new SmeshFailure('ADDRESS_MALFORMED', { text: to, reason: 'empty' })
    if (!/^[a-z]+1/.test(to)) {
      throw new SmeshFailure('ADDRESS_MALFORMED', { text: to, reason: 'no separator' })
    }
    const prefix = to.slice(0, to.lastIndexOf('1'))
    if (prefix !== 'standalone') {
      throw new SmeshFailure('ADDRESS_NETWORK', { expected: 'standalone', actual: prefix })
    }
    if (!ADDRESSES.includes(to)) throw new SmeshFailure('ADDRESS_CHECKSUM', { text: to })
    const source = this.#accounts.find(({ address }) => address === from)
    if (!source) throw new SmeshFailure('UNKNOWN_ACCOUNT', { address: from })
    const fee = SPEND_FEE * gasPrice
    const spawnFee = source.spawned ? 0n : SPAWN_FEE * gasPrice
    const total = amount + fee + spawnFee
    if (total > source.available) {
      throw new SmeshFailure('INSUFFICIENT_BALANCE', {
        needed: total.toString(),
        available: source.available.toString(),
      })
    }
    return { fee, spawnFee, total, available: source.available, nonce: source.nextNonce }
  }

  #send(transfer: Transfer): { txIds: string[] } {
    const plan = this.#plan(transfer)
    const source = this.#accounts.find(({ address }) => address === transfer.from)!
    const id = hex(`tx${this.#elapsed}${transfer.amount}`, 64)
    source.balance -= plan.total
    source.available = source.balance
    source.pending += 1
    source.nextNonce += 1n
    source.spawned = true
    const row = { cursor: id, id, atMs: this.#genesis + this.#elapsed, status: 'pending' as const }
    this.#add(transfer.from, {
      ...row,
      kind: 'sent',
      counterparty: transfer.to,
      amount: -transfer.amount,
      fee: plan.fee,
    })
    const target = this.#accounts.find(({ address }) => address === transfer.to)
    if (target) {
      target.balance += transfer.amount
      const amount = transfer.amount
      this.#add(target.address, {
        ...row,
        kind: 'received',
        counterparty: transfer.from,
        amount,
        fee: plan.fee,
      })
    }
    this.#push()
    return { txIds: [id] }
  }

  #add(address: string, row: HistoryRow): void {
    this.#history.set(address, [row, ...(this.#history.get(address) ?? [])])
  }

  #event(level: EventRow['level'], code: string, context: EventRow['context'] = {}): void {
    const atMs = this.#genesis + this.#elapsed
    this.#events.unshift({ id: this.#events.length + 1, atMs, level, code, context })
  }

  #seedEvents(): void {
    const until = this.#elapsed
    const story: [number, EventRow['level'], string, EventRow['context']][] = [
      [0, 'info', 'WALLET_CREATED', {}],
      [100, 'info', 'IDENTITY_CREATED', { nodeId: hex('node', 64) }],
      [400, 'info', 'INIT_STARTED', { provider: 'NVIDIA GeForce RTX 4070' }],
      [24_000, 'success', 'INIT_COMPLETE', {}],
      [25_000, 'success', 'INITIAL_PROOF_COMPLETE', {}],
      [26_000, 'info', 'POET_REGISTERED', { roundId: '1' }],
      [40_200, 'info', 'POET_PROOF_RECEIVED', { leaves: 401_233 }],
      [41_800, 'success', 'ATX_PUBLISHED', { atxId: hex('atx3', 64), targetEpoch: 3 }],
      [60_100, 'info', 'ELIGIBILITIES', { count: 6, epoch: 3 }],
    ]
    const seen = this.#events
    this.#events = []
    for (const [at, level, code, context] of story) {
      if (at > until) continue
      this.#elapsed = at
      this.#event(level, code, context)
    }
    this.#elapsed = until
    for (const event of seen.toReversed()) {
      this.#events.unshift({ ...event, id: this.#events.length + 1 })
    }
  }
}

function account(index: number, name: string): AccountState {
  return {
    name,
    path: `m/44'/540'/0'/0'/${index}'`,
    address: ADDRESSES[index] ?? ADDRESSES[0]!,
    balance: 0n,
    available: 0n,
    nextNonce: 0n,
    spawned: false,
    pending: 0,
  }
}

function page<Row extends { cursor: string }>(rows: Row[], limit: number, before?: string): Row[] {
  const start = before === undefined ? 0 : rows.findIndex(({ cursor }) => cursor === before) + 1
  return rows.slice(start, start + limit)
}
