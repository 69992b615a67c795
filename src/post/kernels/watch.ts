import { SmeshError } from '../../util/error.ts'

/**
 * Turns what happens to a device behind our back into errors of the calls that wait for it: a lost
 * device into `GPU_LOST`, an uncaptured error into `GPU_FAILED`.
 */
export class DeviceWatch {
  readonly #device: GPUDevice
  readonly #waiting = new Set<(error: SmeshError) => void>()
  #failure: SmeshError | undefined

  constructor(device: GPUDevice) {
    this.#device = device
    void device.lost.then(({ reason, message }) =>
      this.#fail(new SmeshError('GPU_LOST', { reason: String(reason), message })),
    )
    device.addEventListener('uncapturederror', this.#onError)
  }

  /** Throws what has happened so far. */
  check(): void {
    if (this.#failure) throw this.#failure
  }

  /** Settles as `promise` does, unless the device fails first. */
  async until<T>(promise: Promise<T>): Promise<T> {
    this.check()
    let onFailure: ((error: SmeshError) => void) | undefined
    const failure = new Promise<never>((_, reject) => this.#waiting.add((onFailure = reject)))
    try {
      return await Promise.race([promise, failure])
    } catch (cause) {
      if (this.#failure) throw this.#failure
      throw new SmeshError('GPU_FAILED', { message: messageOf(cause) }, { cause })
    } finally {
      this.#waiting.delete(onFailure!)
    }
  }

  /** Runs `create` and reports what the device has against it, running out of memory included. */
  async guarded<T>(create: () => T | Promise<T>): Promise<T> {
    for (const filter of ['out-of-memory', 'validation', 'internal'] as const) {
      this.#device.pushErrorScope(filter)
    }
    let made: T | undefined
    let thrown: unknown
    try {
      made = await create()
    } catch (error) {
      thrown = error
    }
    for (let scope = 0; scope < 3; scope++) {
      const error = await this.until(this.#device.popErrorScope())
      if (error) thrown ??= error
    }
    if (thrown !== undefined) {
      throw new SmeshError('GPU_FAILED', { message: messageOf(thrown) }, { cause: thrown })
    }
    return made as T
  }

  stop(): void {
    this.#device.removeEventListener('uncapturederror', this.#onError)
  }

  readonly #onError = (event: Event): void => {
    const { error } = event as GPUUncapturedErrorEvent
    this.#fail(new SmeshError('GPU_FAILED', { message: error.message }))
  }

  #fail(error: SmeshError): void {
    this.#failure ??= error
    for (const reject of this.#waiting) reject(this.#failure)
  }
}

const messageOf = (error: unknown): string =>
  (error as { message?: string }).message ?? String(error)
