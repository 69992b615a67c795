import { inspect } from 'node:util'

import { describe, expect, it } from 'vitest'

import { verify } from '../../../src/crypto/ed25519.ts'
import { concat } from '../../../src/util/bytes.ts'
import { seededRandom } from '../../../src/util/random.ts'
import { openWalletFile } from '../../../src/wallet/file.ts'
import { draftSelfSpawn } from '../../../src/wallet/transactions.ts'
import { createWallet, Wallet, walletFromMnemonic } from '../../../src/wallet/wallet.ts'

const mnemonic = 'film theme cheese broken kingdom destroy inch ready wear inspire shove pudding'
const open = () => new Wallet(walletFromMnemonic(mnemonic), { hrp: 'standalone' })
const genesisId = new Uint8Array(20).fill(1)

describe('wallet', () => {
  it('is new each time and survives storing', () => {
    const random = seededRandom(3)
    const [a, b] = [createWallet({ random }), createWallet({ random })]
    expect(a.mnemonic).not.toBe(b.mnemonic)
    const wallet = new Wallet(a, { hrp: 'sm' })
    wallet.addAccount(' Savings ')
    wallet.confirmBackup()
    const again = new Wallet(structuredClone(wallet.stored), { hrp: 'sm' })
    expect(again.accounts).toEqual(wallet.accounts)
    expect(again.accounts.map(({ name, path }) => [name, path])).toEqual([
      ['Account 1', "m/44'/540'/0'/0'/0'"],
      ['Savings', "m/44'/540'/0'/0'/1'"],
    ])
    expect(again.backedUp).toBe(true)
    expect(new Wallet(a, { hrp: 'sm' }).backedUp).toBe(false)
  })

  it('has the accounts of smapp-lite', () => {
    const [first] = open().accounts
    expect(first!.text).toBe('standalone1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8qyfser6')
    expect(open().account(first!.principal)).toEqual(first)
    expect(open().account(new Uint8Array(24))).toBeUndefined()
  })

  it('refuses names that tell nothing apart', () => {
    const wallet = open()
    const wrong = ['', ' a ', 'account 1', 'x'.repeat(41), 'a\u0000b', 'a\u202eb']
    for (const name of wrong) {
      expect(() => wallet.addAccount(name), JSON.stringify(name)).toThrow('WALLET_ACCOUNT_NAME')
    }
    expect(wallet.accounts).toHaveLength(1)
    expect(wallet.stored.accounts).toHaveLength(1)
  })

  it('signs for its own accounts only', () => {
    const wallet = open()
    const { publicKey } = wallet.addAccount('Second')
    const { body } = draftSelfSpawn({ publicKey, nonce: 0n, gasPrice: 1n })
    const { signature } = wallet.sign(body, genesisId)
    expect(verify(signature, concat(genesisId, body), publicKey)).toBe(true)
    expect(() => open().sign(body, genesisId)).toThrow('WALLET_UNKNOWN_ACCOUNT')
    expect(() => wallet.sign(body.subarray(0, -1), genesisId)).toThrow('WALLET_TRANSACTION')
    expect(() => wallet.sign(new Uint8Array(0), genesisId)).toThrow('WALLET_UNKNOWN_ACCOUNT')
  })

  it('shows its phrase when asked and nowhere else', () => {
    const wallet = open()
    expect(wallet.reveal()).toBe(mnemonic)
    expect(JSON.stringify(wallet) + inspect(wallet, { depth: 9 })).not.toContain('film')
    const copy = wallet.stored
    copy.accounts.length = 0
    expect(wallet.stored.accounts).toHaveLength(1)
  })

  it('names the broken field of a stored wallet, not its content', () => {
    const stored = walletFromMnemonic(mnemonic)
    const read = (change: object) => () => new Wallet({ ...stored, ...change }, { hrp: 'sm' })
    expect(read({ version: 2 })).toThrow('WALLET_RECORD {"field":"version"}')
    expect(read({ accounts: [{ name: 'a', index: 0.5 }] })).toThrow('accounts.0.index')
    expect(read({ accounts: [{ name: 'a', index: -1 }] })).toThrow('DERIVATION_PATH')
    expect(read({ mnemonic: 5 })).toThrow('"mnemonic"')
    expect(read({ mnemonic: 'film film' })).toThrow('MNEMONIC_LENGTH')
    expect(() => new Wallet(undefined, { hrp: 'sm' })).toThrow('WALLET_RECORD')
  })

  it('writes a backup with every account', async () => {
    const wallet = open()
    wallet.addAccount('Second')
    const modules = { subtle: crypto.subtle, random: seededRandom(1) }
    const options = { displayName: 'Smesh', createdMs: 0 }
    const file = await wallet.backupFile('secret', options, modules)
    const contents = await openWalletFile(file, 'secret', modules)
    expect(contents.mnemonic).toBe(mnemonic)
    expect(contents.keys.map(({ publicKey }) => publicKey)).toEqual(
      wallet.accounts.map(({ publicKey }) => publicKey),
    )
  })
})
