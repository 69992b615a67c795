import { WALLET_TEMPLATE, WalletSpawnArgs } from '../../protocol/spawn-args.ts'
import { keyedGas } from '../gas.ts'
import type { Template } from '../template.ts'
import { spend } from './spend.ts'

export const walletGas = keyedGas(1, 1)

/** One key, one signature. go-spacemesh genvm/templates/wallet (v1.7.6). */
export const wallet: Template<WalletSpawnArgs> = {
  name: 'wallet',
  address: WALLET_TEMPLATE,
  spawnArgs: WalletSpawnArgs,
  readsPayload: true,
  methods: [spend],
  checkSpawn: () => undefined,
  signer: ({ publicKey }) => ({
    gas: walletGas,
    readSignatures: (reader) => [{ publicKey, signature: reader.raw(64) }],
  }),
}
