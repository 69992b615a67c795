import { memoryPlatform, MemoryLocks } from '../../../src/platform/memory/index.ts'
import { VirtualTime } from '../../../src/platform/memory/time.ts'
import { createCpuLabeler, type Labeler } from '../../../src/post/index.ts'
import type { NodeState } from '../../../src/runtime/api.ts'
import type { NodeModules, PostWorker } from '../../../src/runtime/modules.ts'
import { LocalNode } from '../../../src/runtime/node.ts'
import { createPoetHost } from '../../../src/runtime/poet-host.ts'
import { PostHost } from '../../../src/runtime/post-host.ts'
import type { Database, StoreName } from '../../../src/storage/database.ts'
import { MemoryDatabase } from '../../../src/storage/memory.ts'
import { SmeshError } from '../../../src/util/error.ts'
import { MemoryLabelStore } from '../post/memory-label-store.ts'
import { Life, MortalDatabase, mortalLabels } from './mortal.ts'

/** Virtual time from one slice of PoET work to the next. */
const SLICE_MS = 100

/** How fast a host makes labels; without this at once, in the batches of the CPU. */
export interface LabelPace {
  batch: number
  /** Virtual time that one batch takes. */
  batchMs: number
}

/** One machine in memory: its disk outlives its nodes. */
export class LocalHost {
  readonly time: VirtualTime
  readonly seed: number
  labels = new MemoryLabelStore()
  database = new MemoryDatabase()
  locks = new MemoryLocks()
  states: NodeState[] = []
  /** The process that runs now, or ran last. */
  life = new Life()
  readonly #pace: LabelPace | undefined
  #next: Life | undefined
  #lives = 0

  constructor(seed: number, { labels }: { labels?: LabelPace } = {}) {
    this.seed = seed
    this.#pace = labels
    this.time = new VirtualTime()
  }

  get state(): NodeState {
    return this.states[this.states.length - 1]!
  }

  /** The process that the next {@link open} starts, to plan its death beforehand. */
  nextLife(): Life {
    return (this.#next ??= new Life())
  }

  #nextLife(): Life {
    const life = this.nextLife()
    this.#next = undefined
    return life
  }

  /** A node over this machine's disk. */
  async open(overrides: Partial<NodeModules> = {}): Promise<LocalNode> {
    const { time, locks } = this
    const pace = this.#pace
    const life = (this.life = this.#nextLife())
    const database = new MortalDatabase(this.database, life)
    const labels = mortalLabels(this.labels, life)
    const platform = memoryPlatform(this.seed + this.#lives++, time, locks)
    const modules: NodeModules = {
      platform,
      database,
      device: { gpu: { available: false, reason: 'none' }, files: { available: true }, cores: 1 },
      openPost(options, onDevice) {
        const host = new PostHost(options, {
          store: labels,
          platform,
          openGpu: () => Promise.resolve(undefined),
          openCpu: (label) => {
            const labeler = paced(createCpuLabeler(label), pace, time)
            return Promise.resolve({ labeler, kind: 'cpu', name: 'test' })
          },
          onDevice,
        })
        const worker: PostWorker = {
          metadata: () => host.metadata(),
          sizeBytes: () => host.sizeBytes(),
          init: (task) => host.init(task),
          prove: (challenge, task) => host.prove(challenge, task),
          reset: () => host.reset(),
          close: () => Promise.resolve(),
        }
        return Promise.resolve(worker)
      },
      async openPoet(options, onEvent) {
        // A slice of work takes no virtual time of its own: it ends after a few looks at the clock.
        let workedMs = 0
        const pacer = {
          now: () => time.now() + (workedMs += 10),
          rest: (ms: number) => time.rest(Math.max(ms, SLICE_MS)),
        }
        const host = createPoetHost(options, { platform, pacer, database, onEvent })
        await host.service.start()
        return {
          follow: (nowMs) => host.follow(nowMs),
          info: async () => host.service.info(),
          submit: (request) => host.service.submit(request),
          proof: (roundId) => host.service.proof(roundId),
          stop: () => host.service.stop(),
        }
      },
      estimate: () => Promise.resolve(undefined),
      removeFiles: async () => {
        this.labels = new MemoryLabelStore()
        return Promise.resolve()
      },
      onState: (state) => {
        if (!life.dead) this.states.push(state)
      },
      ...overrides,
    }
    const node = new LocalNode(modules)
    await node.open()
    return node
  }

  /** The disk of the next life, which refuses writes while `isFull`; `stores` are those of the write. */
  limited(isFull: (stores: readonly StoreName[]) => boolean): Database {
    const full = () => Promise.reject(new SmeshError('STORAGE_FULL', { what: 'database' }))
    const disk = () => this.database
    return {
      get: (store, key) => disk().get(store, key),
      list: (store, range) => disk().list(store, range),
      count: (store, range) => disk().count(store, range),
      update: (stores, work, options) =>
        isFull(stores) ? full() : disk().update(stores, work, options),
      close: () => disk().close(),
    }
  }

  /** Ends everything at once, as a killed tab does: what was not written is lost. */
  kill(): void {
    this.life.die()
    const kept = this.database.snapshot()
    this.database.kill()
    this.time.clear()
    this.locks = new MemoryLocks()
    this.database = new MemoryDatabase(kept)
  }
}

function paced(labeler: Labeler, pace: LabelPace | undefined, time: VirtualTime): Labeler {
  if (!pace) return labeler
  return {
    batch: pace.batch,
    async compute(start, count, options) {
      await time.rest(pace.batchMs)
      return labeler.compute(start, count, options)
    },
    destroy: () => labeler.destroy(),
  }
}
