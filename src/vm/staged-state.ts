import { assert } from '../util/error.ts'
import { hex } from '../util/bytes.ts'
import type { Account } from '../protocol/transaction.ts'

/** An account while a layer runs; copies of it are changed, never the stored value. */
export interface WorkingAccount {
  readonly address: Uint8Array
  /** Hex of the address, its key in maps. */
  readonly key: string
  nextNonce: bigint
  balance: bigint
  templateAddress: Uint8Array | undefined
  state: Uint8Array
}

const NO_STATE = new Uint8Array()

/** A working account from the stored one; a missing account is one of zeros. */
export function workingAccount(address: Uint8Array, stored: Account | undefined): WorkingAccount {
  return {
    address,
    key: hex(address),
    nextNonce: stored?.nextNonce ?? 0n,
    balance: stored?.balance ?? 0n,
    templateAddress: stored?.templateAddress,
    state: stored?.state ?? NO_STATE,
  }
}

/**
 * State of one layer while it is applied: accounts loaded beforehand, and those that the layer
 * changed in the order of their first change, which the state hash depends on.
 */
export class StagedState {
  readonly #loaded = new Map<string, WorkingAccount>()
  readonly #touched = new Map<string, WorkingAccount>()

  constructor(loaded: Iterable<WorkingAccount>) {
    for (const account of loaded) this.#loaded.set(account.key, account)
  }

  /** Present version, not to be changed. The account must have been loaded. */
  get(key: string): Readonly<WorkingAccount> {
    const account = this.#touched.get(key) ?? this.#loaded.get(key)
    assert(account !== undefined, `account ${key} was not loaded before the layer ran`)
    return account
  }

  /** Stores a version; an account that was stored before keeps its place in the order. */
  update(account: WorkingAccount): void {
    this.#touched.set(account.key, account)
  }

  /** Final versions in the order of first change. */
  touched(layer: number): Account[] {
    return Array.from(this.#touched.values(), ({ key: _key, ...account }) => ({
      layer,
      ...account,
    }))
  }
}
