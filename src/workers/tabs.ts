import './errors.ts'

import { expose, releaseProxy, wrap, type Endpoint, type Remote } from 'comlink'

import { SmeshError } from '../util/error.ts'

/**
 * How tabs reach the node that one of them hosts. Followers and the hosting node share one
 * BroadcastChannel for who is there; each follower has a channel of its own for its calls. A channel
 * keeps nothing for those who come later, so a follower calls only after it was welcomed there.
 */
const TABS_CHANNEL = 'smesh/tabs'
const callsChannel = (tabId: string) => `smesh/tab/${tabId}`
/** Tabs served at once: more than a person opens, and a bound. */
export const MAX_TABS = 64

type TabMessage =
  | { type: 'hello'; tabId: string }
  | { type: 'bye'; tabId: string }
  | { type: 'leader'; leaderId: string }
  | { type: 'welcome'; leaderId: string; tabId: string }
  | { type: 'refused'; leaderId: string; tabId: string }

/** In the node worker: answers the calls of every tab that says hello. Returns the way to stop. */
export function serveTabs<T extends object>(
  api: T,
  { leaderId, onHello }: { leaderId: string; onHello: () => void },
): () => void {
  const tabs = new Map<string, BroadcastChannel>()
  const channel = new BroadcastChannel(TABS_CHANNEL)
  const say = (message: TabMessage) => channel.postMessage(message)
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type === 'bye') {
      tabs.get(data.tabId)?.close()
      tabs.delete(data.tabId)
    } else if (data.type === 'hello') {
      const { tabId } = data
      if (!tabs.has(tabId) && tabs.size >= MAX_TABS) {
        say({ type: 'refused', leaderId, tabId })
        return
      }
      if (!tabs.has(tabId)) {
        const calls = new BroadcastChannel(callsChannel(tabId))
        tabs.set(tabId, calls)
        expose(api, {
          addEventListener: calls.addEventListener.bind(calls),
          removeEventListener: calls.removeEventListener.bind(calls),
          postMessage: (answer: unknown) => {
            // A tab that left while it waited has no use for the answer, and its channel is closed.
            if (tabs.get(tabId) === calls) calls.postMessage(answer)
          },
        })
      }
      say({ type: 'welcome', leaderId, tabId })
      onHello()
    }
  }
  say({ type: 'leader', leaderId })
  return () => {
    for (const calls of tabs.values()) calls.close()
    channel.close()
  }
}

type Outcome = { ok: true } | { ok: false; error: (method: string) => SmeshError }

/** In a window that does not host the node. */
export class Follower<T extends object> {
  readonly #tabId: string
  readonly #onLeader: () => void
  readonly #tabs = new BroadcastChannel(TABS_CHANNEL)
  readonly #calls: BroadcastChannel
  readonly #remote: Remote<T>
  #leaderId: string | undefined
  /** Answers of the present leader to this tab's hello; calls wait for it. */
  #welcome = deferred<Outcome>()
  readonly #onLost = new Set<() => void>()

  constructor(tabId: string, { onLeader }: { onLeader: () => void }) {
    this.#tabId = tabId
    this.#onLeader = onLeader
    this.#calls = new BroadcastChannel(callsChannel(tabId))
    this.#remote = wrap<T>(this.#calls as Endpoint)
    this.#tabs.onmessage = ({ data }: MessageEvent<TabMessage>) => this.#onMessage(data)
    this.#hello()
  }

  /**
   * Calls the leader's node, once there is one. Rejects with `LEADER_CHANGED` when the leader goes
   * before it answers, and with `TOO_MANY_TABS`.
   */
  async call(method: string, args: unknown[]): Promise<unknown> {
    const welcome = await this.#welcome.promise
    if (!welcome.ok) throw welcome.error(method)
    return new Promise((resolve, reject) => {
      const lost = () => reject(leaderChanged(method))
      this.#onLost.add(lost)
      const remote = this.#remote as unknown as Record<
        string,
        (...args: unknown[]) => Promise<unknown>
      >
      remote[method]!(...args)
        .then(resolve, reject)
        .finally(() => this.#onLost.delete(lost))
    })
  }

  /** Leaves: pending calls fail with `LEADER_CHANGED`. */
  close(): void {
    this.#tabs.postMessage({ type: 'bye', tabId: this.#tabId } satisfies TabMessage)
    this.#lose()
    this.#welcome.resolve({ ok: false, error: leaderChanged })
    this.#tabs.close()
    // Released before its channel closes: comlink would do it when the proxy is collected, too late.
    this.#remote[releaseProxy]()
    this.#calls.close()
  }

  #onMessage(message: TabMessage): void {
    if (message.type === 'hello' || message.type === 'bye') return
    if (message.type !== 'leader' && message.tabId !== this.#tabId) return
    if (message.leaderId !== this.#leaderId) {
      const isFirst = this.#leaderId === undefined
      this.#leaderId = message.leaderId
      if (!isFirst) {
        this.#lose()
        this.#welcome = deferred() // the new leader has not met this tab
      }
      if (message.type === 'leader') this.#hello()
      this.#onLeader()
    }
    if (message.type === 'welcome') this.#welcome.resolve({ ok: true })
    if (message.type === 'refused') this.#welcome.resolve({ ok: false, error: tooManyTabs })
  }

  #hello(): void {
    this.#tabs.postMessage({ type: 'hello', tabId: this.#tabId } satisfies TabMessage)
  }

  #lose(): void {
    for (const lost of this.#onLost) lost()
    this.#onLost.clear()
  }
}

const leaderChanged = (method: string) => new SmeshError('LEADER_CHANGED', { method })
const tooManyTabs = () => new SmeshError('TOO_MANY_TABS', { max: MAX_TABS })

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}
