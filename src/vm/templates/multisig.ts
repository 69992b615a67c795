import { c8 } from '../../protocol/codec.ts'
import { MULTISIG_TEMPLATE, MultisigSpawnArgs } from '../../protocol/spawn-args.ts'
import { keyedGas } from '../gas.ts'
import type { KeyedSignature, Signer, Template } from '../template.ts'
import { spend } from './spend.ts'

/** Why these keys cannot hold an account. One key may be listed twice. */
export function checkKeys({ required, publicKeys }: MultisigSpawnArgs): string | undefined {
  if (required < 1) return 'number of required signatures must be larger than zero'
  if (publicKeys.length < required) return `multisig requires at least ${required} keys`
  return undefined
}

/** `required` parts, each a key index and a signature, indices strictly rising. */
export function keysSigner({ required, publicKeys }: MultisigSpawnArgs): Signer {
  return {
    gas: keyedGas(publicKeys.length, required),
    readSignatures(reader) {
      const signatures: KeyedSignature[] = []
      let last = -1
      for (let i = 0; i < required; i++) {
        const index = c8.read(reader)
        const signature = reader.raw(64)
        const publicKey = publicKeys[index]
        if (publicKey === undefined || index <= last) return undefined
        last = index
        signatures.push({ publicKey, signature })
      }
      return signatures
    },
  }
}

/** m of n keys. go-spacemesh genvm/templates/multisig (v1.7.6). */
export const multisig: Template<MultisigSpawnArgs> = {
  name: 'multisig',
  address: MULTISIG_TEMPLATE,
  spawnArgs: MultisigSpawnArgs,
  readsPayload: true,
  methods: [spend],
  checkSpawn: checkKeys,
  signer: keysSigner,
}
