import { messageFor, problemOf, type Context, type Message } from '../messages.ts'

export interface Failure {
  code: string
  context: Context
  message: Message
}

export function failureOf(error: unknown): Failure {
  const { code, context } = problemOf(error)
  return { code, context, message: messageFor(code, context) }
}

/** One button's work: idle → busy → done or failed; a second press while busy does nothing. */
export class Task {
  busy = $state(false)
  failure = $state.raw<Failure | undefined>()

  /** What `work` gave; undefined when it failed or was already under way. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined
    this.busy = true
    this.failure = undefined
    try {
      return await work()
    } catch (error) {
      this.failure = failureOf(error)
      return undefined
    } finally {
      this.busy = false
    }
  }

  clear(): void {
    this.failure = undefined
  }
}

/** Something asked of the node for a screen: the last answer stays while the next one is under way. */
export class Loader<T> {
  value = $state.raw<T | undefined>()
  failure = $state.raw<Failure | undefined>()
  loading = $state(false)
  #turn = 0

  /** Asks; an older answer that comes later is dropped. */
  async load(ask: () => Promise<T>): Promise<void> {
    const turn = ++this.#turn
    this.loading = true
    try {
      const value = await ask()
      if (turn !== this.#turn) return
      this.value = value
      this.failure = undefined
    } catch (error) {
      if (turn === this.#turn) this.failure = failureOf(error)
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }
}
