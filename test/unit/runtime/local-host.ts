import { memoryPlatform, MemoryLocks } from '../../../src/platform/memory/index.ts'
import { VirtualTime } from '../../../src/platform/memory/time.ts'
import { createCpuLabeler } from '../../../src/post/index.ts'
import type { NodeState } from '../../../src/runtime/api.ts'
import type { NodeModules, PostWorker } from '../../../src/runtime/modules.ts'
import { LocalNode } from '../../../src/runtime/node.ts'
import { createPoetHost } from '../../../src/runtime/poet-host.ts'
import { PostHost } from '../../../src/runtime/post-host.ts'
import { MemoryDatabase } from '../../../src/storage/memory.ts'
import { MemoryLabelStore } from '../post/memory-label-store.ts'

/** Virtual time from one slice of PoET work to the next. */
const SLICE_MS = 100

/** One machine in memory: its disk outlives its nodes. */
export class LocalHost {
  readonly time: VirtualTime
  readonly seed: number
  labels = new MemoryLabelStore()
  database = new MemoryDatabase()
  locks = new MemoryLocks()
  states: NodeState[] = []
  #lives = 0

  constructor(seed: number) {
    this.seed = seed
    this.time = new VirtualTime()
  }

  get state(): NodeState {
    return this.states[this.states.length - 1]!
  }

  /** A node over this machine's disk. */
  async open(overrides: Partial<NodeModules> = {}): Promise<LocalNode> {
    const { time, labels, database, locks } = this
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
            const labeler = createCpuLabeler(label)
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
          now: () => (workedMs += 10),
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
      onState: (state) => void this.states.push(state),
      ...overrides,
    }
    const node = new LocalNode(modules)
    await node.open()
    return node
  }

  /** Ends everything at once, as a killed tab does: what was not written is lost. */
  kill(): void {
    const kept = this.database.snapshot()
    this.database.kill()
    this.time.clear()
    this.locks = new MemoryLocks()
    this.database = new MemoryDatabase(kept)
  }
}
