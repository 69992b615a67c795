import { addressToText } from '../crypto/address.ts'
import type { Keypair } from '../crypto/ed25519.ts'
import { walletAddress } from '../protocol/spawn-args.ts'
import { accountPath, deriveKeypair } from './derive.ts'

/** A single-sig account of the wallet. The same 24 bytes on every network; only the text differs. */
export interface WalletAccount {
  /** Text of the network whose prefix was asked for. */
  readonly text: string
  readonly principal: Uint8Array
  readonly publicKey: Uint8Array
  readonly path: string
}

/** Principal of the single-sig account of a key. Spec 10 §1.4. */
export const singleSigPrincipal = (publicKey: Uint8Array): Uint8Array =>
  walletAddress({ publicKey })

/** Account `index` of a wallet and the key that controls it. @param hrp - the network's prefix */
export function deriveAccount(
  seed: Uint8Array,
  index: number,
  hrp: string,
): { account: WalletAccount; keypair: Keypair } {
  const path = accountPath(index)
  const keypair = deriveKeypair(seed, path)
  const principal = singleSigPrincipal(keypair.publicKey)
  const text = addressToText(principal, hrp)
  return { account: { text, principal, publicKey: keypair.publicKey, path }, keypair }
}
