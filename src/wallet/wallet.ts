import * as v from 'valibot'

import type { Keypair } from '../crypto/ed25519.ts'
import { equalBytes, hex } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import type { Random } from '../util/random.ts'
import { deriveAccount, type WalletAccount } from './accounts.ts'
import { accountPath, nextAccountIndex } from './derive.ts'
import { fileTime, sealWalletFile } from './file.ts'
import type { Subtle } from './file-cipher.ts'
import { checkMnemonic, createMnemonic, mnemonicSeed } from './mnemonic.ts'
import { signTransaction, type SignedTransaction } from './transactions.ts'

/**
 * What is stored of a wallet without a password, as a first visit makes it for a local or test
 * network: whoever reads the record can spend. Keep it out of logs and of every other network.
 */
const StoredWallet = v.strictObject({
  version: v.literal(1),
  protection: v.literal('none'),
  mnemonic: v.string(),
  accounts: v.array(v.strictObject({ name: v.string(), index: v.pipe(v.number(), v.integer()) })),
  backedUp: v.boolean(),
})
export type StoredWallet = v.InferOutput<typeof StoredWallet>

export interface NamedAccount extends WalletAccount {
  readonly name: string
}

/** A new wallet of twelve words with its first account. */
export function createWallet(modules: { random: Random }): StoredWallet {
  return walletFromMnemonic(createMnemonic(12, modules))
}

/** The wallet of a phrase in any spelling. @throws {SmeshError} as `checkMnemonic` */
export function walletFromMnemonic(text: string): StoredWallet {
  const mnemonic = checkMnemonic(text)
  const accounts = [{ name: 'Account 1', index: 0 }]
  return { version: 1, protection: 'none', mnemonic, accounts, backedUp: false }
}

/** A wallet in use on one network. The phrase and the keys leave it through `reveal` only. */
export class Wallet {
  #stored: StoredWallet
  readonly #seed: Uint8Array
  readonly #hrp: string
  readonly #accounts: { account: NamedAccount; keypair: Keypair }[] = []

  /**
   * @param stored - what {@link Wallet.stored} gave before
   * @param options - `hrp`: prefix of the network's addresses
   * @throws {SmeshError} `WALLET_RECORD` if it is not; the phrase is checked too
   */
  constructor(stored: unknown, options: { hrp: string }) {
    const parsed = v.safeParse(StoredWallet, stored)
    if (!parsed.success) {
      const field = parsed.issues[0].path?.map(({ key }) => String(key)).join('.') ?? ''
      throw new SmeshError('WALLET_RECORD', { field })
    }
    this.#stored = parsed.output
    this.#hrp = options.hrp
    this.#seed = mnemonicSeed(parsed.output.mnemonic)
    for (const { name, index } of parsed.output.accounts) this.#derive(name, index)
  }

  #derive(name: string, index: number): NamedAccount {
    const { account, keypair } = deriveAccount(this.#seed, index, this.#hrp)
    const named = { ...account, name }
    this.#accounts.push({ account: named, keypair })
    return named
  }

  /** What to store; secret. */
  get stored(): StoredWallet {
    return structuredClone(this.#stored)
  }

  get accounts(): readonly NamedAccount[] {
    return this.#accounts.map(({ account }) => account)
  }

  get backedUp(): boolean {
    return this.#stored.backedUp
  }

  /** The account with this principal, if it is the wallet's. */
  account(principal: Uint8Array): NamedAccount | undefined {
    return this.#find(principal)?.account
  }

  #find(principal: Uint8Array) {
    return this.#accounts.find(({ account }) => equalBytes(account.principal, principal))
  }

  /**
   * Another account of the same phrase; store {@link stored} afterwards.
   *
   * @throws {SmeshError} `WALLET_ACCOUNT_NAME`
   */
  addAccount(name: string): NamedAccount {
    const trimmed = name.trim()
    const refuse = (reason: string) =>
      new SmeshError('WALLET_ACCOUNT_NAME', { name: trimmed.slice(0, 60), reason })
    if (trimmed.length < 2) throw refuse('shorter than 2 characters')
    if (trimmed.length > 40) throw refuse('longer than 40 characters')
    if (/\p{C}/u.test(trimmed)) throw refuse('control characters')
    const same = ({ name }: { name: string }) => name.toLowerCase() === trimmed.toLowerCase()
    if (this.#stored.accounts.some(same)) throw refuse('in use')
    const index = nextAccountIndex(this.#stored.accounts.map(({ index }) => accountPath(index)))
    const account = this.#derive(trimmed, index)
    const accounts = [...this.#stored.accounts, { name: trimmed, index }]
    this.#stored = { ...this.#stored, accounts }
    return account
  }

  /** The person has written the phrase down; store {@link stored} afterwards. */
  confirmBackup(): void {
    this.#stored = { ...this.#stored, backedUp: true }
  }

  /** The phrase, to be shown to the person and nowhere else. */
  reveal(): string {
    return this.#stored.mnemonic
  }

  /**
   * Signs a body of `draftSpend` or `draftSelfSpawn`, whose principal says which key does it.
   *
   * @param genesisId - 20 bytes of the network the transaction is for
   * @throws {SmeshError} `WALLET_UNKNOWN_ACCOUNT`, `WALLET_TRANSACTION`
   */
  sign(body: Uint8Array, genesisId: Uint8Array): SignedTransaction {
    const principal = body.subarray(1, 25)
    const found = this.#find(principal)
    if (!found) throw new SmeshError('WALLET_UNKNOWN_ACCOUNT', { principal: hex(principal) })
    return signTransaction(body, found.keypair, genesisId)
  }

  /** Encrypted backup that Smapp, smcli and smapp-lite open. @param createdMs - time of the backup */
  backupFile(
    password: string,
    options: { displayName: string; createdMs: number },
    modules: { subtle: Subtle; random: Random },
  ): Promise<string> {
    const created = fileTime(options.createdMs)
    const keys = this.#accounts.map(({ account: { name, path, publicKey }, keypair }) => ({
      displayName: name,
      created,
      path,
      publicKey,
      keypair,
    }))
    const contents = { mnemonic: this.#stored.mnemonic, keys, contacts: [] }
    return sealWalletFile(contents, password, options, modules)
  }
}
