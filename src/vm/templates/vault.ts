import { VAULT_TEMPLATE, VaultSpawnArgs } from '../../protocol/spawn-args.ts'
import { equalBytes } from '../../util/bytes.ts'
import type { Execution } from '../execution.ts'
import { freeGas } from '../gas.ts'
import type { WorkingAccount } from '../staged-state.ts'
import type { Template } from '../template.ts'
import { spend } from './spend.ts'

/**
 * Coins locked until a schedule frees them for the owner. `initialUnlockAmount` is part of the
 * address only: nothing is unlocked by it. go-spacemesh genvm/templates/vault (v1.7.6).
 */
export const vault: Template<VaultSpawnArgs> = {
  name: 'vault',
  address: VAULT_TEMPLATE,
  spawnArgs: VaultSpawnArgs,
  readsPayload: false,
  methods: [spend], // read, but never run: without a payload its gas price is 0
  checkSpawn({ totalAmount, initialUnlockAmount, vestingStart, vestingEnd }) {
    if (initialUnlockAmount > totalAmount) return 'initial unlock is larger than the total'
    if (vestingEnd < vestingStart) return 'vesting ends before it starts'
    return undefined
  },
  signer: () => ({ gas: freeGas, readSignatures: () => undefined }),
}

/** Smidge of the vault's total that are free in `layer`. */
export function vested(args: VestingSchedule, layer: number): bigint {
  const { totalAmount, vestingStart, vestingEnd } = args
  if (layer < vestingStart) return 0n
  if (layer >= vestingEnd) return totalAmount
  return (totalAmount * BigInt(layer - vestingStart)) / BigInt(vestingEnd - vestingStart)
}
export type VestingSchedule = Pick<VaultSpawnArgs, 'totalAmount' | 'vestingStart' | 'vestingEnd'>

/**
 * Takes coins out of a loaded vault on behalf of the principal. Coins that came on top of the total
 * are free at any time.
 */
export function drain(
  execution: Execution,
  from: WorkingAccount,
  destination: Uint8Array,
  amount: bigint,
): string {
  const { value: args } = VaultSpawnArgs.decodePrefix(from.state)
  if (!equalBytes(args.owner, execution.principal.address)) return 'vault: not an owner'
  const locked = args.totalAmount - vested(args, execution.setting.layer)
  if (from.balance < locked) return 'vault: account is misconfigured'
  if (amount > from.balance - locked) return 'vault: amount not available'
  return execution.transfer(from, destination, amount)
}
