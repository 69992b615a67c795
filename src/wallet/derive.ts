import { hmac } from '@noble/hashes/hmac.js'

import { keypairFromSeed, type Keypair } from '../crypto/ed25519.ts'
import { sha512 } from '../crypto/hash.ts'
import { concat, utf8 } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'

/** Hardened-only SLIP-10 for Ed25519, not BIP32-Ed25519. Spec 10 §1.2; smkeys bip32. */

const MASTER = utf8('ed25519 seed')
const HARDENED = 2 ** 31
const MAX_LEVELS = 16

export const PURPOSE = 44
export const COIN_TYPE = 540
/** Parent of all accounts; smcli calls its key the master key. */
export const MASTER_PATH = `m/${PURPOSE}'/${COIN_TYPE}'/0'/0'`

/** Path of account `index`. */
export function accountPath(index: number): string {
  if (!Number.isInteger(index) || index < 0 || index >= HARDENED) {
    throw badPath(`${MASTER_PATH}/${index}'`, 'index out of range')
  }
  return `${MASTER_PATH}/${index}'`
}

/**
 * Indices of a path of the form `m(/\d+')+`, without the hardened bit.
 *
 * @throws {SmeshError} `DERIVATION_PATH`
 */
export function parsePath(path: string): number[] {
  if (!/^m(\/\d{1,10}')+$/.test(path)) throw badPath(path, "must look like m/44'/540'/0'/0'/0'")
  const indices = path
    .slice(2)
    .split('/')
    .map((level) => Number(level.slice(0, -1)))
  if (indices.length > MAX_LEVELS) throw badPath(path, 'too many levels')
  if (indices.some((index) => index >= HARDENED)) throw badPath(path, 'index out of range')
  return indices
}

/**
 * Account index of a wallet path `m/44'/540'/0'/0'/i'`.
 *
 * @throws {SmeshError} `DERIVATION_PATH` naming the level that differs
 */
export function accountIndex(path: string): number {
  const indices = parsePath(path)
  if (indices.length !== 5) throw badPath(path, 'must have five levels')
  const [purpose, coin, account, change, index] = indices
  if (purpose !== PURPOSE) throw badPath(path, `purpose must be ${PURPOSE}'`)
  if (coin !== COIN_TYPE) throw badPath(path, `coin type must be ${COIN_TYPE}'`)
  if (account !== 0 || change !== 0) throw badPath(path, "third and fourth level must be 0'")
  return index!
}

/**
 * The index for a new account: one above the highest in use, so that a deleted account's number is
 * not given to another while a later one exists. Paths of other forms do not count.
 */
export function nextAccountIndex(paths: Iterable<string>): number {
  let next = 0
  for (const path of paths) {
    const match = /^m\/44'\/540'\/0'\/0'\/(\d{1,10})'$/.exec(path)
    if (match) next = Math.max(next, Number(match[1]) + 1)
  }
  return next
}

/**
 * Key at `path` under a BIP-39 seed (any length of seed is accepted, as in SLIP-10).
 *
 * @throws {SmeshError} `DERIVATION_PATH`
 */
export function deriveKeypair(seed: Uint8Array, path: string): Keypair {
  let node = hmac(sha512, MASTER, seed)
  for (const index of parsePath(path)) {
    const [key, chainCode] = [node.subarray(0, 32), node.subarray(32)]
    const level = new Uint8Array(4)
    new DataView(level.buffer).setUint32(0, HARDENED + index)
    node = hmac(sha512, chainCode, concat(Uint8Array.of(0), key, level))
  }
  return keypairFromSeed(node.subarray(0, 32))
}

function badPath(path: string, reason: string) {
  return new SmeshError('DERIVATION_PATH', { path: path.slice(0, 100), reason })
}
