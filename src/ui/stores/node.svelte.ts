import type { AccountState, NodeState } from '../../runtime/api.ts'
import type { NodeClient, Role } from '../client.ts'

const ACCOUNT_KEY = 'smesh/ui/account'

/**
 * Mirror of the node. The node owns the truth: states are replaced whole, never changed here. Only
 * the choice of account belongs to this device's screen.
 */
export class NodeStore {
  state = $state.raw<NodeState | undefined>()
  role = $state.raw<Role>('connecting')
  /** Set when this tab became the host after it had been a screen over another. */
  tookOver = $state(false)
  #account = $state<string | undefined>(remembered())

  phase = $derived(this.state?.phase ?? 'opening')
  smeshing = $derived(this.state?.smeshing)
  network = $derived(this.state?.network)
  accounts = $derived(this.state?.wallet?.accounts ?? [])
  account: AccountState | undefined = $derived(
    this.accounts.find(({ address }) => address === this.#account) ?? this.accounts[0],
  )

  readonly client: NodeClient
  #stop: (() => void)[] = []

  constructor(client: NodeClient) {
    this.client = client
    this.role = client.role
    let wasFollower = client.role === 'follower'
    this.#stop.push(
      client.onState((state) => {
        const last = this.state
        if (!last || state.revision >= last.revision) this.state = state
      }),
      client.onRole((role) => {
        if (role === 'follower') wasFollower = true
        if (role === 'leader' && wasFollower) {
          this.tookOver = true
          wasFollower = false
        }
        this.role = role
      }),
    )
    void client.api.state().then(
      (state) => {
        if (!this.state || state.revision > this.state.revision) this.state = state
      },
      () => undefined, // a leader that went away: its successor broadcasts
    )
  }

  choose(address: string): void {
    this.#account = address
    try {
      localStorage.setItem(ACCOUNT_KEY, address)
    } catch {
      // storage is off: the choice lasts as long as the page
    }
  }

  close(): void {
    for (const stop of this.#stop) stop()
    this.#stop = []
  }
}

function remembered(): string | undefined {
  try {
    return localStorage.getItem(ACCOUNT_KEY) ?? undefined
  } catch {
    return undefined
  }
}
