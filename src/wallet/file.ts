import * as v from 'valibot'

import { keypairFromSeed, type Keypair } from '../crypto/ed25519.ts'
import { equalBytes, fromHex, hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import type { Random } from '../util/random.ts'
import { deriveKeypair, MASTER_PATH } from './derive.ts'
import { decryptFile, encryptGcm, FileCrypto, fileKey, type Subtle } from './file-cipher.ts'
import { mnemonicSeed } from './mnemonic.ts'

/**
 * Wallet files of Smapp, smcli and smapp-lite, and the backup that Smesh writes in the form that
 * all of them read. Spec 10 §2. Nothing here logs; errors carry no secret.
 */

/** A key in a wallet; without `keypair` it is view-only or lives on a device. */
export interface WalletKey {
  displayName: string
  /** ISO time, as written by the wallet that made it. */
  created: string
  /** Empty for imported keys. */
  path: string
  publicKey: Uint8Array
  keypair?: Keypair
}

export interface Contact {
  nickname: string
  /** bech32 text of some network. */
  address: string
}

/** All that a wallet file holds and Smesh uses. */
export interface WalletContents {
  /** Absent where the file says `(none)` or nothing. */
  mnemonic?: string
  keys: WalletKey[]
  contacts: Contact[]
}

export interface WalletFileMeta {
  displayName: string
  /** Milliseconds since the epoch. */
  createdMs: number
}

const StoredKey = v.object({
  displayName: v.optional(v.string(), ''),
  created: v.optional(v.string(), ''),
  path: v.optional(v.string(), ''),
  publicKey: v.pipe(v.string(), v.regex(/^(0x)?[0-9a-fA-F]{64}$/)),
  secretKey: v.optional(v.pipe(v.string(), v.regex(/^((0x)?([0-9a-fA-F]{64}){1,2})?$/)), ''),
})
const Plaintext = v.object({
  mnemonic: v.optional(v.string()),
  keys: v.optional(v.array(StoredKey)),
  accounts: v.optional(v.array(v.unknown()), []),
  contacts: v.optional(v.array(v.object({ nickname: v.string(), address: v.string() })), []),
})
const Envelope = v.object({ meta: v.optional(v.unknown()), crypto: v.unknown() })

/**
 * The encrypted part of a wallet file.
 *
 * @throws {SmeshError} `WALLET_FILE_FORMAT`
 */
export function parseWalletFile(text: string): FileCrypto {
  const envelope = v.safeParse(Envelope, parseJson(text))
  if (!envelope.success) throw badFile('not a Spacemesh wallet file')
  const crypto = v.safeParse(FileCrypto, envelope.output.crypto)
  if (!crypto.success) {
    const at = crypto.issues[0].path?.map(({ key }) => String(key)).join('.') ?? 'crypto'
    throw badFile(`not a supported wallet file: ${at}`)
  }
  return crypto.output
}

/**
 * Opens a wallet file. Takes seconds where the file asks for Argon2: call it in a worker.
 *
 * @throws {SmeshError} `WALLET_FILE_FORMAT`, `WALLET_FILE_PASSWORD`, `WALLET_KEY_MISMATCH`
 */
export async function openWalletFile(
  text: string,
  password: string,
  modules: { subtle: Subtle },
): Promise<WalletContents> {
  const file = parseWalletFile(text)
  const key = await fileKey(file, password, modules)
  return readContents(await decryptFile(file, key, modules))
}

/**
 * A backup that Smapp, smcli and smapp-lite open: AES-GCM under PBKDF2-SHA-512. It holds the
 * phrase, the keys with their secrets and the contacts. smcli refuses a file with a key that has
 * no path (imported ones); the other two take it.
 */
export async function sealWalletFile(
  contents: WalletContents,
  password: string,
  meta: WalletFileMeta,
  { subtle, random }: { subtle: Subtle; random: Random },
): Promise<string> {
  const fresh = { salt: random.bytes(16), iv: random.bytes(12) }
  const crypto = await encryptGcm(writeContents(contents), password, fresh, { subtle })
  const created = fileTime(meta.createdMs)
  const { displayName } = meta
  const type = 'local-node'
  return JSON.stringify({
    meta: { displayName, created, type, genesisID: '', remoteApi: '' },
    crypto,
  })
}

/** Name under which Smapp lists a file. */
export function walletFileName({ displayName, createdMs }: WalletFileMeta): string {
  const name = displayName.replace(/[^\p{L}\p{N}_-]+/gu, '_')
  return `wallet_${name}_${fileTime(createdMs)}.json`
}

/** ISO-8601 UTC with `-` for `:`, as all wallets write it. */
export const fileTime = (timeMs: number): string =>
  new Date(timeMs).toISOString().replace(/:/g, '-')

/**
 * What the decrypted text of a file says; every stored key is checked against its public key.
 *
 * @throws {SmeshError} `WALLET_FILE_FORMAT`, `WALLET_KEY_MISMATCH`
 */
export function readContents(plaintext: string): WalletContents {
  const parsed = v.safeParse(Plaintext, parseJson(plaintext))
  if (!parsed.success) throw badFile('unknown contents')
  const { mnemonic, contacts } = parsed.output
  // smapp-lite keeps keys apart from accounts; in the others each account is a key
  const stored = v.safeParse(v.array(StoredKey), parsed.output.keys ?? parsed.output.accounts)
  if (!stored.success) throw badFile('unknown form of a key')
  const keys = new Map<string, WalletKey>()
  for (const key of stored.output) {
    const read = readKey(key)
    const id = hex(read.publicKey)
    if (!keys.has(id)) keys.set(id, read)
  }
  const contents: WalletContents = { keys: [...keys.values()], contacts }
  if (mnemonic && mnemonic !== '(none)') contents.mnemonic = mnemonic
  return contents
}

function readKey(stored: v.InferOutput<typeof StoredKey>): WalletKey {
  const { displayName, created, path } = stored
  const publicKey = fromHex(stored.publicKey.replace(/^0x/, ''))
  if (stored.secretKey === '') return { displayName, created, path, publicKey }
  const secret = fromHex(stored.secretKey.replace(/^0x/, ''))
  const keypair = keypairFromSeed(secret.subarray(0, 32))
  if (!equalBytes(keypair.publicKey, publicKey)) {
    throw new SmeshError('WALLET_KEY_MISMATCH', { publicKey: hex(publicKey) })
  }
  return { displayName, created, path, publicKey, keypair }
}

function writeContents({ mnemonic, keys, contacts }: WalletContents): string {
  const pair = (keypair: Keypair) => ({
    publicKey: hex(keypair.publicKey),
    secretKey: hex(keypair.secretKey),
  })
  const master = mnemonic && {
    displayName: 'Master Key',
    created: keys[0]?.created ?? '',
    path: MASTER_PATH,
    ...pair(deriveKeypair(mnemonicSeed(mnemonic), MASTER_PATH)),
  }
  const accounts = keys.map(({ displayName, created, path, publicKey, keypair }) => ({
    displayName,
    created,
    path,
    ...(keypair ? pair(keypair) : { publicKey: hex(publicKey), secretKey: '' }),
  }))
  const text = { mnemonic: mnemonic ?? '(none)', MasterKeypair: master ?? null, accounts, contacts }
  return JSON.stringify(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badFile('not JSON')
  }
}

function badFile(reason: string) {
  return new SmeshError('WALLET_FILE_FORMAT', { reason })
}
