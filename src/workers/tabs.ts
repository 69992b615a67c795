import { expose, wrap, type Endpoint, type Remote } from 'comlink'

import { SmeshError } from '../util/error.ts'

/**
 * How tabs reach the node that one of them hosts. Followers and the hosting node share one
 * BroadcastChannel for who is there; each follower has a channel of its own for its calls.
 */
const TABS_CHANNEL = 'smesh/tabs'
const callsChannel = (tabId: string) => `smesh/tab/${tabId}`
/** Tabs served at once: more than a person opens, and a bound. */
const MAX_TABS = 64

type TabMessage =
  | { type: 'hello'; tabId: string }
  | { type: 'bye'; tabId: string }
  | { type: 'leader'; leaderId: string }

/** In the node worker: answers the calls of every tab that says hello. */
export function serveTabs<T extends object>(
  api: T,
  { leaderId, onHello }: { leaderId: string; onHello: () => void },
): void {
  const tabs = new Map<string, BroadcastChannel>()
  const channel = new BroadcastChannel(TABS_CHANNEL)
  const announce = () => channel.postMessage({ type: 'leader', leaderId } satisfies TabMessage)
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type === 'bye') {
      tabs.get(data.tabId)?.close()
      tabs.delete(data.tabId)
    } else if (data.type === 'hello') {
      if (!tabs.has(data.tabId) && tabs.size < MAX_TABS) {
        const calls = new BroadcastChannel(callsChannel(data.tabId))
        tabs.set(data.tabId, calls)
        expose(api, calls as Endpoint)
      }
      announce()
      onHello()
    }
  }
  announce()
}

/** In a window that does not host the node. */
export class Follower<T extends object> {
  readonly #tabId: string
  readonly #tabs = new BroadcastChannel(TABS_CHANNEL)
  readonly #calls: BroadcastChannel
  readonly #remote: Remote<T>
  #leaderId: string | undefined
  #onLost = new Set<() => void>()

  constructor(tabId: string, { onLeader }: { onLeader: () => void }) {
    this.#tabId = tabId
    this.#calls = new BroadcastChannel(callsChannel(tabId))
    this.#remote = wrap<T>(this.#calls as Endpoint)
    this.#tabs.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      if (data.type !== 'leader' || data.leaderId === this.#leaderId) return
      const changed = this.#leaderId !== undefined
      this.#leaderId = data.leaderId
      if (changed) {
        this.#lose()
        this.#hello() // the new leader has not met this tab
      }
      onLeader()
    }
    this.#hello()
  }

  /** Calls the leader's node. Rejects with `LEADER_CHANGED` when the leader goes before it answers. */
  call(method: string, args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(new SmeshError('LEADER_CHANGED', { method }))
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
    this.#tabs.close()
    this.#calls.close()
  }

  #hello(): void {
    this.#tabs.postMessage({ type: 'hello', tabId: this.#tabId } satisfies TabMessage)
  }

  #lose(): void {
    for (const lost of this.#onLost) lost()
    this.#onLost.clear()
  }
}
