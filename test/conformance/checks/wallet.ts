import { deepStrictEqual, strictEqual } from 'node:assert'

import { addressToText } from '../../../src/crypto/address.ts'
import { keypairFromSeed, verify } from '../../../src/crypto/ed25519.ts'
import { fromHex, hex, utf8 } from '../../../src/util/bytes.ts'
import { isSmeshError } from '../../../src/util/error.ts'
import { singleSigPrincipal } from '../../../src/wallet/accounts.ts'
import { formatAmountShort } from '../../../src/wallet/amounts.ts'
import { deriveKeypair } from '../../../src/wallet/derive.ts'
import { decryptFile, fileKey } from '../../../src/wallet/file-cipher.ts'
import { openWalletFile, parseWalletFile } from '../../../src/wallet/file.ts'
import { deriveG0, deriveG1, deriveG2, keyOrigin } from '../../../src/wallet/legacy.ts'
import { signText, verifyMessage } from '../../../src/wallet/messages.ts'
import { checkMnemonic, mnemonicSeed } from '../../../src/wallet/mnemonic.ts'
import {
  describeBody,
  draftSelfSpawn,
  draftSpend,
  signTransaction,
} from '../../../src/wallet/transactions.ts'

/** Record checks of the topic wallet; formats in vectors/README.md. */

interface KeyRecord {
  mnemonic: string
  bip39Seed: string
  path: string
  ed25519Seed: string
  publicKey: string
  principal: string
  addresses: Record<string, string>
}

export function checkKey(record: KeyRecord): void {
  const seed = mnemonicSeed(record.mnemonic)
  strictEqual(hex(seed), record.bip39Seed)
  const keypair = deriveKeypair(seed, record.path)
  strictEqual(hex(keypair.seed), record.ed25519Seed)
  strictEqual(hex(keypair.publicKey), record.publicKey)
  const principal = singleSigPrincipal(keypair.publicKey)
  strictEqual(hex(principal), record.principal)
  for (const [hrp, text] of Object.entries(record.addresses)) {
    strictEqual(addressToText(principal, hrp), text)
  }
}

interface DeriveRecord {
  seed: string
  path: string
  ed25519Seed: string
  publicKey: string
}

export function checkDerive(record: DeriveRecord): void {
  const keypair = deriveKeypair(fromHex(record.seed), record.path)
  strictEqual(hex(keypair.seed), record.ed25519Seed)
  strictEqual(hex(keypair.publicKey), record.publicKey)
}

export function checkMnemonicRecord(record: { mnemonic: string; valid: boolean }): void {
  let valid = true
  try {
    strictEqual(checkMnemonic(record.mnemonic), record.mnemonic)
  } catch (error) {
    if (!isSmeshError(error)) throw error
    valid = false
  }
  strictEqual(valid, record.valid)
}

interface LegacyKeyRecord {
  generation: 'G0' | 'G1' | 'G2'
  mnemonic: string
  index?: number
  path?: string
  ed25519Seed: string
  publicKey: string
}

export function checkLegacyKey(record: LegacyKeyRecord): void {
  const { generation, mnemonic, index = 0, path = '' } = record
  const seed = mnemonicSeed(mnemonic)
  const derive = {
    G0: () => deriveG0(seed, index),
    G1: () => deriveG1(seed, path),
    G2: () => deriveG2(seed, path),
  }
  const keypair = derive[generation]()
  strictEqual(hex(keypair.seed), record.ed25519Seed)
  strictEqual(hex(keypair.publicKey), record.publicKey)
  const origin = keyOrigin(
    mnemonic,
    { publicKey: keypair.publicKey, path },
    { accounts: index + 1 },
  )
  strictEqual(origin, `derived (legacy ${generation})`)
}

export function checkAmount({ smidge, text }: { smidge: string; text: string }): void {
  strictEqual(formatAmountShort(BigInt(smidge)), text)
}

interface MessageRecord {
  mnemonic: string
  path: string
  publicKey: string
  text: string
  signature: string
}

export function checkSignedMessage(record: MessageRecord): void {
  const keypair = deriveKeypair(mnemonicSeed(record.mnemonic), record.path)
  strictEqual(hex(keypair.publicKey), record.publicKey)
  const verdict = verifyMessage(record)
  strictEqual(verdict.valid, true)
  strictEqual(verdict.prefixed, record.text.startsWith('Message:'))
  strictEqual(hex(signText(keypair, record.text)), record.signature)
  strictEqual(verify(fromHex(record.signature), utf8(record.text + '!'), keypair.publicKey), false)
}

interface TransactionRecord {
  mnemonic: string
  path: string
  genesisId: string
  body: string
  signature: string
  raw: string
  id: string
}

export function checkTransaction(record: TransactionRecord): void {
  const keypair = deriveKeypair(mnemonicSeed(record.mnemonic), record.path)
  const read = describeBody(fromHex(record.body))
  const built =
    read.kind === 'spawn'
      ? draftSelfSpawn({ ...read, publicKey: keypair.publicKey })
      : draftSpend({ ...read, principal: singleSigPrincipal(keypair.publicKey) })
  strictEqual(hex(built.body), record.body)
  const { raw, id, signature } = signTransaction(built.body, keypair, fromHex(record.genesisId))
  strictEqual(hex(signature), record.signature)
  strictEqual(hex(raw), record.raw)
  strictEqual(hex(id), record.id)
}

interface FileRecord {
  scheme: 'gcm' | 'legacy' | 'argon2' | 'unsupported'
  password: string
  file: unknown
  key?: string
  plaintext?: string
  error?: string
}

export async function checkFile(record: FileRecord): Promise<void> {
  const modules = { subtle: crypto.subtle }
  const text = JSON.stringify(record.file)
  if (record.error !== undefined) {
    const code = record.scheme === 'unsupported' ? 'WALLET_FILE_FORMAT' : 'WALLET_FILE_PASSWORD'
    let thrown: unknown
    await openWalletFile(text, record.password, modules).catch((error: unknown) => (thrown = error))
    strictEqual(isSmeshError(thrown, code), true, `${code} expected, got ${String(thrown)}`)
    return
  }
  const file = parseWalletFile(text)
  const key = await fileKey(file, record.password, modules)
  strictEqual(hex(key), record.key)
  strictEqual(await decryptFile(file, key, modules), record.plaintext)
  if (record.plaintext?.startsWith('{')) {
    const contents = await openWalletFile(text, record.password, modules)
    const told = JSON.parse(record.plaintext) as {
      accounts: { publicKey?: string; secretKey?: string }[]
      keys?: { publicKey: string; secretKey?: string }[]
    }
    const stored = told.keys ?? told.accounts
    deepStrictEqual(
      contents.keys.map((key) => hex(key.publicKey)),
      stored.map((key) => key.publicKey),
    )
    for (const key of contents.keys) {
      if (key.keypair) deepStrictEqual(key.keypair, keypairFromSeed(key.keypair.seed))
    }
  }
}
