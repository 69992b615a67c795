import '../storage/errors.ts'
import './errors.ts'

import { wrap, type Remote } from 'comlink'

import { webLocks } from '../platform/browser/locks.ts'
import { STATE_CHANNEL, type NodeApi, type NodeState } from '../runtime/api.ts'
import { SmeshError } from '../util/error.ts'

import { Follower } from './tabs.ts'
import { keepErrorCodes } from './wire.ts'

/** leader: this tab hosts the node; follower: it is a screen over another tab's node. */
export type Role = 'connecting' | 'leader' | 'follower'

/** One lock for the origin: its holder hosts the node's workers. */
const NODE_LOCK = 'smesh/node'

/** What a tab shows of a node that died before it said anything. */
const NOTHING_KNOWN: NodeState = {
  revision: 0,
  phase: 'opening',
  device: { gpu: { available: false }, files: { available: false }, cores: 1 },
  smeshing: { phase: 'off', atxs: [], rewardsTotal: 0n, rewardsCount: 0 },
  problems: [],
}

/**
 * A tab's way to the one node of this origin. Hosts the node when no other tab does, takes over when
 * the tab that did is gone, and is a live screen over it in between.
 *
 * Calls reject with the node's own coded errors, with `LEADER_CHANGED` when the host went away before
 * it answered (outcome unknown), with `WORKER_CRASHED`, and with `STORAGE_UNAVAILABLE` where the browser
 * keeps nothing for this site.
 */
export class NodeConnection {
  readonly api: NodeApi
  #role: Role = 'connecting'
  #follower: Follower<NodeApi> | undefined
  #node: Remote<NodeApi> | undefined
  readonly #stateListeners = new Set<(state: NodeState) => void>()
  readonly #roleListeners = new Set<(role: Role) => void>()
  #state: NodeState | undefined
  #failure: SmeshError | undefined

  constructor() {
    keepErrorCodes()
    this.api = new Proxy({} as NodeApi, {
      get: (_target, method) =>
        typeof method === 'string' && method !== 'then'
          ? (...args: unknown[]) => this.#call(method, args)
          : undefined,
    })
    new BroadcastChannel(STATE_CHANNEL).onmessage = ({ data }: MessageEvent<NodeState>) =>
      this.#setState(data)
    this.#follower = new Follower<NodeApi>(crypto.randomUUID(), {
      onLeader: () => {
        if (this.#role !== 'leader') this.#setRole('follower')
      },
    })
    addEventListener('pagehide', () => this.#follower?.close())
    this.#lead().catch((error: unknown) => {
      // A browser that keeps no data for this site gives no locks either.
      const reason = error instanceof Error ? error.message : String(error)
      this.#fail(new SmeshError('STORAGE_UNAVAILABLE', { reason }))
    })
  }

  get role(): Role {
    return this.#role
  }

  /** Tells every state from now on, the last known one at once. Returns the way to stop. */
  onState(listener: (state: NodeState) => void): () => void {
    this.#stateListeners.add(listener)
    if (this.#state) listener(this.#state)
    return () => this.#stateListeners.delete(listener)
  }

  onRole(listener: (role: Role) => void): () => void {
    this.#roleListeners.add(listener)
    listener(this.#role)
    return () => this.#roleListeners.delete(listener)
  }

  async #lead(): Promise<void> {
    await webLocks(navigator.locks).acquire(NODE_LOCK, { signal: new AbortController().signal })
    this.#follower?.close()
    this.#follower = undefined
    const worker = new Worker(new URL('./node/entry.ts', import.meta.url), {
      type: 'module',
      name: 'smesh node',
    })
    worker.onerror = (event) => {
      const reason = event.message || 'the worker could not start'
      this.#fail(new SmeshError('WORKER_CRASHED', { worker: 'node', reason }))
    }
    this.#node = wrap<NodeApi>(worker)
    this.#setRole('leader')
  }

  async #call(method: string, args: unknown[]): Promise<unknown> {
    if (this.#failure) throw this.#failure
    if (!this.#node) return this.#follower!.call(method, args)
    const node = this.#node as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    return node[method]!(...args)
  }

  /** There is no node in this tab, and there will be none: told as a state and to every call. */
  #fail(error: SmeshError<'STORAGE_UNAVAILABLE' | 'WORKER_CRASHED'>): void {
    this.#failure = error
    const failure = { code: error.code, context: { ...error.context }, atMs: Date.now() }
    const state = this.#state ?? NOTHING_KNOWN
    this.#setState({ ...state, revision: state.revision + 1, phase: 'failed', failure })
  }

  #setRole(role: Role): void {
    this.#role = role
    for (const listener of this.#roleListeners) listener(role)
  }

  #setState(state: NodeState): void {
    this.#state = state
    for (const listener of this.#stateListeners) listener(state)
  }
}
