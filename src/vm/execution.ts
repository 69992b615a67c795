import { hex } from '../util/bytes.ts'
import { wrap64 } from '../util/u64.ts'
import type { StagedState, WorkingAccount } from './staged-state.ts'

/** Result texts that are stored with a transaction. Spec 02 §7. */
export const Failure = {
  outOfGas: 'out of gas',
  noBalance: 'no balance',
  alreadySpawned: 'account already spawned',
  notSpawned: 'account is not spawned',
} as const

/** Layer and network that a transaction runs in. */
export interface ExecutionSetting {
  layer: number
  /** Prefix of addresses in failure texts. */
  hrp: string
}

/**
 * One transaction running on copies: the principal, and the other accounts it changed in the order
 * of their first change. Spec 02 §5.1; go-spacemesh genvm/core/context.go.
 */
export class Execution {
  readonly setting: ExecutionSetting
  readonly principal: WorkingAccount
  readonly #state: StagedState
  readonly #changed = new Map<string, WorkingAccount>()

  /** @param principal - a copy that this execution may change */
  constructor(setting: ExecutionSetting, state: StagedState, principal: WorkingAccount) {
    this.setting = setting
    this.#state = state
    this.principal = principal
  }

  /** The account as this transaction has left it so far; for others than those changed, a copy. */
  load(address: Uint8Array): WorkingAccount {
    const key = hex(address)
    if (key === this.principal.key) return this.principal
    return this.#changed.get(key) ?? { ...this.#state.get(key) }
  }

  /** Keeps the changes made to a loaded account. */
  mark(account: WorkingAccount): void {
    if (account !== this.principal) this.#changed.set(account.key, account)
  }

  /** Accounts changed besides the principal, first change first. */
  changed(): Iterable<WorkingAccount> {
    return this.#changed.values()
  }

  /** Makes `target` an account of `template`. Its coins, if any, stay. */
  spawn(target: Uint8Array, template: Uint8Array, state: Uint8Array): string {
    const account = this.load(target)
    if (account.templateAddress !== undefined) return Failure.alreadySpawned
    account.templateAddress = template
    account.state = state
    this.mark(account)
    return ''
  }

  /** Moves coins. To itself, an account may move what it has, and nothing changes. */
  transfer(from: WorkingAccount, to: Uint8Array, amount: bigint): string {
    const destination = this.load(to)
    if (amount > from.balance) return Failure.noBalance
    if (destination.key === from.key) return ''
    from.balance -= amount
    destination.balance = wrap64(destination.balance + amount)
    this.mark(destination)
    return ''
  }
}
