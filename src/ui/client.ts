import type { NodeApi, NodeState } from '../runtime/api.ts'

/** `leader`: this tab hosts the node. `follower`: it is a live screen over the tab that does. */
export type Role = 'connecting' | 'leader' | 'follower'

/** What only the window can do for the node. */
export interface BrowserActions {
  /** Asks the browser never to clear this origin's storage; true when it agrees. */
  persist(): Promise<boolean>
}

/**
 * The node as the page reaches it. Calls reject with errors named `SmeshError` that carry `code` and
 * `context`; `LEADER_CHANGED` means that the outcome of that call is unknown.
 */
export interface NodeClient {
  readonly api: NodeApi
  readonly role: Role
  /** Calls with every state from now on, and with the newest known one at once if there is one. */
  onState(listener: (state: NodeState) => void): () => void
  onRole(listener: (role: Role) => void): () => void
  readonly browser: BrowserActions
}
