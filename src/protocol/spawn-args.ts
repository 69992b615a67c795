import { accountAddress } from '../crypto/address.ts'
import { c32, c64, c8, struct, vec, type Infer } from './codec.ts'
import { Address, NodeId } from './primitives.ts'

/** Spawn arguments of the built-in templates. Spec 01 §4.1; go-spacemesh genvm/templates. */
export const MAX_MULTISIG_KEYS = 10

const templateAddress = (number: number): Address => {
  const address = new Uint8Array(24)
  address[23] = number
  return address
}

export const WALLET_TEMPLATE = templateAddress(1)
export const MULTISIG_TEMPLATE = templateAddress(2)
export const VESTING_TEMPLATE = templateAddress(3)
export const VAULT_TEMPLATE = templateAddress(4)

export const WalletSpawnArgs = struct({ publicKey: NodeId })
export type WalletSpawnArgs = Infer<typeof WalletSpawnArgs>

/** Of multisig and vesting accounts. */
export const MultisigSpawnArgs = struct({
  required: c8,
  publicKeys: vec(NodeId, { max: MAX_MULTISIG_KEYS }),
})
export type MultisigSpawnArgs = Infer<typeof MultisigSpawnArgs>

export const VaultSpawnArgs = struct({
  owner: Address,
  /** Smidge, as is the next. */
  totalAmount: c64,
  initialUnlockAmount: c64,
  /** Layers. */
  vestingStart: c32,
  vestingEnd: c32,
})
export type VaultSpawnArgs = Infer<typeof VaultSpawnArgs>

/** Addresses of accounts, spawned or not. */
export const walletAddress = (args: WalletSpawnArgs): Address =>
  accountAddress(WALLET_TEMPLATE, WalletSpawnArgs.encode(args))
export const multisigAddress = (args: MultisigSpawnArgs): Address =>
  accountAddress(MULTISIG_TEMPLATE, MultisigSpawnArgs.encode(args))
export const vestingAddress = (args: MultisigSpawnArgs): Address =>
  accountAddress(VESTING_TEMPLATE, MultisigSpawnArgs.encode(args))
export const vaultAddress = (args: VaultSpawnArgs): Address =>
  accountAddress(VAULT_TEMPLATE, VaultSpawnArgs.encode(args))
