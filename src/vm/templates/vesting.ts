import { addressToText } from '../../crypto/address.ts'
import { c64, fixed, struct, type Infer } from '../../protocol/codec.ts'
import { MultisigSpawnArgs, VESTING_TEMPLATE } from '../../protocol/spawn-args.ts'
import { equalBytes } from '../../util/bytes.ts'
import { Failure } from '../execution.ts'
import { TxMethod } from '../../protocol/transaction.ts'
import { type MethodRule, type Template } from '../template.ts'
import { checkKeys, keysSigner } from './multisig.ts'
import { spend } from './spend.ts'
import { drain, vault } from './vault.ts'

export const DrainVaultArgs = struct({ vault: fixed(24), destination: fixed(24), amount: c64 })
export type DrainVaultArgs = Infer<typeof DrainVaultArgs>

/** Takes free coins out of a vault that the principal owns; only the fee is the principal's. */
export const drainVault: MethodRule<DrainVaultArgs> = {
  number: TxMethod.drainVault,
  args: DrainVaultArgs,
  maxSpend: () => 0n,
  touches: (args) => [args.vault, args.destination],
  run(execution, args) {
    const from = execution.load(args.vault)
    if (from.templateAddress === undefined) return Failure.notSpawned
    if (!equalBytes(from.templateAddress, vault.address)) {
      const [expected, actual] = [vault.address, from.templateAddress].map((address) =>
        addressToText(address, execution.setting.hrp),
      )
      return `relay template mismatch: ${expected} != ${actual}`
    }
    const failure = drain(execution, from, args.destination, args.amount)
    if (failure === '') execution.mark(from) // after the destination: it is listed behind it
    return failure
  },
}

/** A multisig that may also drain vaults. go-spacemesh genvm/templates/vesting (v1.7.6). */
export const vesting: Template<MultisigSpawnArgs> = {
  name: 'vesting',
  address: VESTING_TEMPLATE,
  spawnArgs: MultisigSpawnArgs,
  readsPayload: true,
  methods: [spend, drainVault],
  checkSpawn: checkKeys,
  signer: keysSigner,
}
