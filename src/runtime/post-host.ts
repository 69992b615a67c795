import {
  commitment,
  createFreePow,
  initLabels,
  loadMetadata,
  prove,
  resetData,
  type DataMetadata,
  type InitOptions,
  type InitProgress,
  type Labeler,
  type LabelStore,
  type PostProof,
  type ProveProgress,
} from '../post/index.ts'
import type { Platform } from '../platform/types.ts'
import { isSmeshError } from '../util/error.ts'
import type { TaskOptions } from '../util/task.ts'

export interface PostHostOptions extends InitOptions {
  k1: number
  k2: number
  /** 32 bytes, not scaled. */
  powDifficulty: Uint8Array
  noncesPerPass: number
  provider: 'auto' | 'gpu' | 'cpu'
}

/** A device that makes labels. */
export interface OpenLabeler {
  labeler: Labeler
  kind: 'gpu' | 'cpu'
  /** For people: the graphics card's name, or the number of cores used. */
  name: string
}

export interface LabelerOptions {
  commitment: Uint8Array
  scryptN: number
}

export interface PostHostModules {
  store: LabelStore
  platform: Pick<Platform, 'rest' | 'monotonicMs'>
  /** Undefined where this host has no graphics card that computes. */
  openGpu: (options: LabelerOptions) => Promise<OpenLabeler | undefined>
  openCpu: (options: LabelerOptions) => Promise<OpenLabeler>
  /** Told when a device is taken, and why the one before it was given up. */
  onDevice: (device: { kind: 'gpu' | 'cpu'; name: string }, lost?: string) => void
}

/** Failures of a device, not of the data: another device may go on. */
const DEVICE_FAILURES = ['GPU_LOST', 'GPU_FAILED', 'GPU_TOO_SMALL'] as const
/** A card that is lost this often in one set-up is given up for the CPU. */
const GPU_TRIES = 2

/**
 * Space of one identity in its worker: makes labels, proves them, deletes them. One call at a time.
 * A lost graphics card is opened once more, then the CPU goes on from the same label.
 */
export class PostHost {
  readonly #options: PostHostOptions
  readonly #modules: PostHostModules

  constructor(options: PostHostOptions, modules: PostHostModules) {
    this.#options = options
    this.#modules = modules
  }

  /** What lies on disk: undefined before the first label. Errors: `POST_METADATA_BAD`. */
  metadata(): Promise<DataMetadata | undefined> {
    return loadMetadata(this.#modules.store)
  }

  /** Bytes in label files. */
  async sizeBytes(): Promise<number> {
    const { store } = this.#modules
    const sizes = await Promise.all((await store.list()).map((file) => store.size(file)))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  /** Makes what is missing. Errors: as `initLabels`, less those of a device while another is left. */
  async init(task: TaskOptions<InitProgress>): Promise<DataMetadata> {
    const { store, openGpu, openCpu, onDevice } = this.#modules
    const { nodeId, commitmentAtxId, scryptN, provider } = this.#options
    const options = { commitment: commitment(nodeId, commitmentAtxId), scryptN }
    let lost: string | undefined
    for (let gpuTries = provider === 'cpu' ? GPU_TRIES : 0; ; gpuTries++) {
      let device: OpenLabeler | undefined
      try {
        device = gpuTries < GPU_TRIES ? await openGpu(options) : await openCpu(options)
        if (!device) continue // no card: straight to the CPU after the tries
        onDevice({ kind: device.kind, name: device.name }, lost)
        return await initLabels(this.#options, { labeler: device.labeler, store }, task)
      } catch (error) {
        const isDevice = DEVICE_FAILURES.some((code) => isSmeshError(error, code))
        if (!isDevice || device?.kind === 'cpu') throw error
        lost = error instanceof Error ? error.message : String(error)
      } finally {
        device?.labeler.destroy()
      }
    }
  }

  /** A proof over `challenge`. Errors: as `prove`. */
  prove(challenge: Uint8Array, task: TaskOptions<ProveProgress>): Promise<PostProof> {
    const { store, platform } = this.#modules
    return prove(
      { ...this.#options, challenge },
      { store, pow: createFreePow(), breathe: () => platform.rest(0) },
      task,
    )
  }

  /** Deletes labels and metadata. */
  reset(): Promise<void> {
    return resetData(this.#modules.store)
  }
}
