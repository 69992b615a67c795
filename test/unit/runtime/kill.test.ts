import { beforeEach, describe, expect, it, vi } from 'vitest'

import { Signer } from '../../../src/activation/index.ts'
import { createLayerClock, genesisId, type NetworkConfig } from '../../../src/config/index.ts'
import type { NodeState } from '../../../src/runtime/api.ts'
import type { LocalNode } from '../../../src/runtime/node.ts'
import { hex } from '../../../src/util/bytes.ts'
import { seededRandom } from '../../../src/util/random.ts'
import { createWallet, Wallet } from '../../../src/wallet/wallet.ts'
import {
  checkChain,
  checkJournalKept,
  checkLabels,
  checkSigned,
  Disk,
  received,
  timesApplied,
} from './kill-facts.ts'
import { LocalHost } from './local-host.ts'

/** Each makes one history; others by the environment, to look for trouble. */
const SEEDS = (process.env['SMESH_KILL_SEEDS'] ?? '1,2,3').split(',').map(Number)
const LABELS = { batch: 16, batchMs: 300 }
/** Kills during set-up, which takes some five seconds and 40 writes. */
const EARLY_KILLS = 4
/** The killing stops where this epoch begins; the chain starts with epoch 2. */
const LAST_EPOCH = 6
const PLACES = ['before', 'within', 'after'] as const

/** Every signature that left a signer, of all lives: a slot must never have two. */
const signed = new Map<string, Set<string>>()

beforeEach(() => {
  signed.clear()
  const note = (slot: string, signature: Uint8Array) => {
    const known = signed.get(slot) ?? new Set()
    signed.set(slot, known.add(hex(signature)))
    return signature
  }
  const { signBallot, signProposal, signAtx, signPoet } = Signer.prototype
  vi.spyOn(Signer.prototype, 'signBallot').mockImplementation(async function (this: Signer, b) {
    return note(`${hex(this.nodeId)} ballot ${b.layer}`, await signBallot.call(this, b))
  })
  vi.spyOn(Signer.prototype, 'signProposal').mockImplementation(async function (this: Signer, p) {
    return note(`${hex(this.nodeId)} proposal ${p.ballot.layer}`, await signProposal.call(this, p))
  })
  vi.spyOn(Signer.prototype, 'signAtx').mockImplementation(async function (this: Signer, a) {
    return note(`${hex(this.nodeId)} atx ${a.publishEpoch}`, await signAtx.call(this, a))
  })
  vi.spyOn(Signer.prototype, 'signPoet').mockImplementation(async function (this: Signer, e, c) {
    return note(`${hex(this.nodeId)} poet ${e}`, await signPoet.call(this, e, c))
  })
  return () => vi.restoreAllMocks()
})

/** A machine whose tab is killed again and again, and a person who sends coins now and then. */
class Ordeal {
  readonly host: LocalHost
  readonly #random: ReturnType<typeof seededRandom>
  readonly #recipient = createWallet({ random: seededRandom(77) })
  node: LocalNode | undefined
  /** Amounts are never used twice. */
  #amount = 1000n
  readonly acknowledged: { amount: bigint; txIds: string[] }[] = []
  readonly attempted: bigint[] = []
  kills = { init: 0, chain: 0, inWrite: 0 }
  #disk: Disk | undefined
  #clockMs = -Infinity

  constructor(seed: number) {
    this.host = new LocalHost(seed, { labels: LABELS })
    this.#random = seededRandom(seed ^ 0x5eed)
  }

  /** 0 … below − 1. */
  pick(below: number): number {
    const [a, b, c] = this.#random.bytes(4)
    return ((a! << 16) | (b! << 8) | c!) % below
  }

  get state(): NodeState {
    return this.host.state
  }

  get recipient(): Uint8Array {
    return new Wallet(this.#recipient, { hrp: 'standalone' }).accounts[0]!.principal
  }

  /** Lets the tab live: it opens, begins if need be, runs for a while. False if it died in it. */
  async live(ms: number): Promise<boolean> {
    if (!this.node && !(await this.#open())) return false
    const { host } = this
    await host.time.advance(ms, () => host.life.dead)
    if (!host.life.dead) this.#checkHealth()
    return !host.life.dead
  }

  async send(): Promise<void> {
    const account = this.state.wallet?.accounts[0]
    if (!this.node || !account || account.available < 10_000_000n) return
    const amount = this.#amount++
    this.attempted.push(amount)
    const to = new Wallet(this.#recipient, { hrp: this.state.network!.hrp }).accounts[0]!.text
    if (this.pick(3) === 0) this.host.life.dieAt(this.pick(5) + 1, PLACES[this.pick(3)]!)
    const sending = this.node.send({ from: account.address, to, amount })
    const sent = await Promise.race([sending, this.host.life.death])
    if (sent) this.acknowledged.push({ amount, txIds: sent.txIds })
  }

  /** Kills the tab if it is not dead yet, and looks at what it left. */
  kill(): void {
    const { host, kills } = this
    if (host.life.dead) kills.inWrite++
    const complete = host.labels.files.get(0)?.length === 256 * 16
    kills[complete ? 'chain' : 'init']++
    host.kill()
    this.node = undefined
    const disk = new Disk(host.database.snapshot())
    if (disk.record('network') === undefined) return
    if (this.#disk) checkJournalKept(this.#disk, disk)
    checkSigned(disk)
    checkChain(disk)
    const { nowMs } = disk.record('clock')!
    expect(nowMs).toBeGreaterThanOrEqual(this.#disk?.record('clock')?.nowMs ?? 0)
    this.#disk = disk
    this.#clockMs = reachedMs(disk, disk.config)
  }

  async #open(): Promise<boolean> {
    const { host } = this
    host.states = []
    const opening = host.open()
    const node = await Promise.race([opening, host.life.death])
    if (!node) return false
    this.node = node
    if (this.state.phase === 'fresh') {
      expect(this.#disk).toBeUndefined()
      const beginning = node.begin({ unitLabels: 256n, numUnits: 1, provider: 'auto' })
      await Promise.race([beginning, host.life.death])
    } else {
      expect(this.state.clock!.nowMs).toBeGreaterThanOrEqual(this.#clockMs)
    }
    return !host.life.dead
  }

  #checkHealth(): void {
    expect(this.state.failure).toBeUndefined()
    expect(this.state.phase).toBe('running')
    expect(this.state.smeshing.phase).not.toBe('halted')
    expect(this.state.smeshing.phase).not.toBe('paused')
  }
}

/** Network time that something on disk says was reached: a layer applied or signed for. */
function reachedMs(disk: Disk, config: NetworkConfig): number {
  const clock = createLayerClock(config)
  const owner = `${hex(genesisId(config))}/${hex(disk.nodeId)}`
  const layers = disk.values('layers').map(({ layer }) => layer)
  for (const slot of disk.journal().keys()) {
    const [, kind, number] = /^(ballot|proposal|atx)\/(\d+)$/.exec(slot) ?? []
    if (kind === 'atx') layers.push(clock.firstLayerOf(Number(number)))
    else if (kind) layers.push(Number(number))
  }
  const reached = layers.filter((layer) => layer > clock.effectiveGenesis)
  expect(disk.get('journalHeads', owner)).toBeDefined()
  const starts = reached.map((layer) => clock.layerStartMs(layer))
  return Math.max(disk.record('clock')!.nowMs, ...starts)
}

describe('a killed tab', () => {
  it.each(SEEDS)('loses and doubles nothing, seed %i', { timeout: 120_000 }, async (seed) => {
    const ordeal = new Ordeal(seed)
    const { host, kills } = ordeal
    const epoch = () => (host.states.length > 0 && ordeal.state.clock?.epoch) || 0
    for (let life = 0; life < EARLY_KILLS || epoch() < LAST_EPOCH; life++) {
      expect(life).toBeLessThan(100)
      const isEarly = life < EARLY_KILLS
      if (ordeal.pick(3) > 0) {
        const write = ordeal.pick(isEarly ? 14 : 60) + 1
        host.nextLife().dieAt(write, PLACES[ordeal.pick(PLACES.length)]!)
      }
      const steps = ordeal.pick(isEarly ? 2 : 6) + 1
      for (let step = 0; step < steps; step++) {
        if (!(await ordeal.live(ordeal.pick(isEarly ? 1500 : 4000)))) break
        if (ordeal.pick(2) === 0) await ordeal.send()
      }
      ordeal.kill()
      await host.time.advance(ordeal.pick(5_000_000)) // nobody is there: network time stands still
    }
    await ordeal.live(1000)
    while (ordeal.state.wallet!.accounts[0]!.pending > 0) await ordeal.live(1000)
    let closed = false
    const closing = ordeal.node!.close().then(() => (closed = true))
    await host.time.advance(10_000, () => closed)
    await closing

    const disk = new Disk(host.database.snapshot())
    const metadata = host.labels.texts.get('postdata_metadata.json')!
    await checkLabels(disk, { files: host.labels.files, metadata })
    const { ballots, atxs } = checkSigned(disk)
    const chain = checkChain(disk)
    for (const [slot, signatures] of signed) expect([slot, signatures.size]).toEqual([slot, 1])
    const arrived = received(disk, ordeal.recipient)
    expect(new Set(arrived).size).toBe(arrived.length)
    for (const { amount, txIds } of ordeal.acknowledged) {
      expect(arrived).toContain(amount)
      for (const id of txIds) expect(timesApplied(disk, id)).toBe(1)
    }
    for (const amount of arrived) expect(ordeal.attempted).toContain(amount)
    // A transfer whose call was killed may fail, and says so; one that was taken never does.
    const taken = new Set(ordeal.acknowledged.flatMap(({ txIds }) => txIds))
    const failures = disk.values('events').filter(({ level }) => level === 'error')
    for (const { code, context } of failures) {
      expect(code).toBe('TX_FAILED')
      expect(taken).not.toContain(context['txId'])
    }
    const sent = { sent: ordeal.acknowledged.length, tried: ordeal.attempted.length }
    console.log(JSON.stringify({ seed, kills, ballots, atxs, ...chain, ...sent }))
    expect(kills.init).toBeGreaterThanOrEqual(EARLY_KILLS)
    expect(chain.blocks).toBeGreaterThan(0)
    expect(ordeal.acknowledged.length).toBeGreaterThan(0)
  })
})
