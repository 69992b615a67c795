import { keypairFromSeed, type Keypair } from '../crypto/ed25519.ts'
import { sha512 } from '../crypto/hash.ts'
import { concat, equalBytes, u64le, utf8 } from '../util/bytes.ts'
import { deriveKeypair, parsePath } from './derive.ts'
import { mnemonicSeed } from './mnemonic.ts'

/**
 * Key derivations of wallets before May 2023. They never held mainnet coins; needed to tell what
 * the keys in an old wallet file are. Spec 10 §1.3.
 */
export type LegacyGeneration = 'G0' | 'G1' | 'G2'
export type KeyOrigin = 'derived' | `derived (legacy ${LegacyGeneration})` | 'imported'

const SALT = utf8('Spacemesh blockmesh')
const HARDENED = 2 ** 31

const step = (seed: Uint8Array, index: number): Uint8Array =>
  sha512(concat(seed, SALT, u64le(BigInt(index)))).slice(0, 32)

/** G0, until October 2022: one step per account from the second half of the BIP-39 seed. */
export const deriveG0 = (seed: Uint8Array, index: number): Keypair =>
  keypairFromSeed(step(seed.subarray(32, 64), index))

/** G1, until April 2023: the same step along a path, which has no `m/` in old files. */
export function deriveG1(seed: Uint8Array, path: string): Keypair {
  const indices = parsePath(path.startsWith('m/') ? path : `m/${path}`)
  let key: Uint8Array = seed.slice(32, 64)
  for (const index of indices) key = step(key, HARDENED + index)
  return keypairFromSeed(key)
}

/** G2, April 2023: today's derivation from the second half of the BIP-39 seed only. */
export const deriveG2 = (seed: Uint8Array, path: string): Keypair =>
  deriveKeypair(seed.subarray(32, 64), path)

/**
 * Where a stored key comes from: tried, never assumed. Keys of G0 are looked for among the first
 * `accounts` indices.
 */
export function keyOrigin(
  mnemonic: string,
  key: { publicKey: Uint8Array; path: string },
  { accounts }: { accounts: number },
): KeyOrigin {
  const seed = mnemonicSeed(mnemonic)
  const is = ({ publicKey }: Keypair) => equalBytes(publicKey, key.publicKey)
  const path = key.path.replace(/^(?!m\/)/, 'm/')
  if (/^m(\/\d{1,10}')+$/.test(path)) {
    if (is(deriveKeypair(seed, path))) return 'derived'
    if (is(deriveG2(seed, path))) return 'derived (legacy G2)'
    if (is(deriveG1(seed, path))) return 'derived (legacy G1)'
  }
  for (let index = 0; index < accounts; index++) {
    if (is(deriveG0(seed, index))) return 'derived (legacy G0)'
  }
  return 'imported'
}
