import { createDecipheriv, pbkdf2Sync } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { hex } from '../../../src/util/bytes.ts'
import { seededRandom } from '../../../src/util/random.ts'
import { accountPath, deriveKeypair, MASTER_PATH } from '../../../src/wallet/derive.ts'
import {
  openWalletFile,
  parseWalletFile,
  readContents,
  sealWalletFile,
  walletFileName,
  type WalletContents,
} from '../../../src/wallet/file.ts'
import { mnemonicSeed } from '../../../src/wallet/mnemonic.ts'

const mnemonic = 'film theme cheese broken kingdom destroy inch ready wear inspire shove pudding'
const created = '2024-05-01T10-00-00.000Z'
const meta = { displayName: 'My wallet', createdMs: Date.UTC(2024, 4, 1, 10) }
const modules = { subtle: crypto.subtle, random: seededRandom(7) }
const password = 'pässwörd \u2713'

const keyOf = (index: number) => {
  const keypair = deriveKeypair(mnemonicSeed(mnemonic), accountPath(index))
  const { publicKey } = keypair
  return { displayName: `Account ${index}`, created, path: accountPath(index), publicKey, keypair }
}
const watched = { displayName: 'Ledger', created, path: '', publicKey: new Uint8Array(32).fill(3) }
const contents: WalletContents = {
  mnemonic,
  keys: [keyOf(0), keyOf(1), watched],
  contacts: [{ nickname: 'Bob', address: 'sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k' }],
}

describe('wallet file', async () => {
  const text = await sealWalletFile(contents, password, meta, modules)
  const file = JSON.parse(text)

  it('comes back as it was', async () => {
    expect(await openWalletFile(text, password, modules)).toEqual(contents)
  })

  it('is what Smapp and smcli read', () => {
    // Decrypted here with Node's own AES and PBKDF2, by the format of spec 10 §2.
    const { cipher, cipherText, cipherParams, kdf, kdfparams } = file.crypto
    expect([cipher, kdf, kdfparams.hash, kdfparams.dklen]).toEqual([
      'AES-GCM',
      'PBKDF2',
      'SHA-512',
      256,
    ])
    expect(kdfparams.salt).toMatch(/^[0-9a-f]{32}$/)
    const salt = Buffer.from(kdfparams.salt, 'hex')
    const key = pbkdf2Sync(password, salt, kdfparams.iterations, 32, 'sha512')
    const sealed = Buffer.from(cipherText, 'hex')
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(cipherParams.iv, 'hex'))
    decipher.setAuthTag(sealed.subarray(-16))
    const plain =
      decipher.update(sealed.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')
    const { secretKey } = keyOf(0).keypair
    expect(JSON.parse(plain)).toMatchObject({
      mnemonic,
      MasterKeypair: { path: MASTER_PATH },
      accounts: [
        { displayName: 'Account 0', created, path: accountPath(0), secretKey: hex(secretKey) },
        { path: accountPath(1) },
        { displayName: 'Ledger', path: '', publicKey: '03'.repeat(32), secretKey: '' },
      ],
      contacts: contents.contacts,
    })
    expect(file.meta).toEqual({
      displayName: 'My wallet',
      created,
      type: 'local-node',
      genesisID: '',
      remoteApi: '',
    })
    expect(walletFileName(meta)).toMatch(/(wallet_).*.(json)/i)
    expect(walletFileName({ ...meta, displayName: 'a/b: c' })).toBe(`wallet_a_b_c_${created}.json`)
  })

  it('never repeats salt or iv', async () => {
    const again = JSON.parse(await sealWalletFile(contents, password, meta, modules))
    expect(again.crypto.cipherParams.iv).not.toBe(file.crypto.cipherParams.iv)
    expect(again.crypto.kdfparams.salt).not.toBe(file.crypto.kdfparams.salt)
  })

  it('shows none of its contents without the password', () => {
    const { seed } = keyOf(0).keypair
    for (const secret of [...mnemonic.split(' '), hex(seed), 'Bob']) {
      expect(text).not.toContain(secret)
    }
  })

  it('stays shut to another password or a changed byte', async () => {
    const open = (change: (crypto: Record<string, unknown>) => void, as = password) => {
      const changed = structuredClone(file)
      change(changed.crypto)
      return openWalletFile(JSON.stringify(changed), as, modules)
    }
    const none = () => undefined
    const code = (code: string) => expect.objectContaining({ code })
    await expect(open(none, password + ' ')).rejects.toEqual(code('WALLET_FILE_PASSWORD'))
    await expect(open(none, '')).rejects.toEqual(code('WALLET_FILE_PASSWORD'))
    const flipped = (crypto: Record<string, unknown>) => {
      const first = String(crypto['cipherText']).startsWith('0') ? '1' : '0'
      crypto['cipherText'] = first + String(crypto['cipherText']).slice(1)
    }
    await expect(open(flipped)).rejects.toEqual(code('WALLET_FILE_PASSWORD'))
    const rounds = (iterations: unknown) => (crypto: Record<string, unknown>) => {
      crypto['kdfparams'] = { ...file.crypto.kdfparams, iterations }
    }
    await expect(open(rounds(209_999))).rejects.toEqual(code('WALLET_FILE_PASSWORD'))
    await expect(open(rounds(999))).rejects.toEqual(code('WALLET_FILE_FORMAT'))
    await expect(open(rounds(1e12))).rejects.toEqual(code('WALLET_FILE_FORMAT'))
  })

  it('says that other JSON is no wallet file', () => {
    for (const other of ['', '{', '[]', '{}', '{"crypto":{}}', '{"crypto":{"cipher":"ROT13"}}']) {
      expect(() => parseWalletFile(other), other).toThrow('WALLET_FILE_FORMAT')
    }
  })

  it('refuses a secret key beside a public key that is not its own', () => {
    const [first, second] = [keyOf(0).keypair, keyOf(1).keypair]
    const stored = (publicKey: Uint8Array, secretKey: string) =>
      JSON.stringify({ accounts: [{ publicKey: hex(publicKey), secretKey }] })
    const good = readContents(stored(first.publicKey, '0x' + hex(first.secretKey)))
    expect(good.keys[0]!.keypair).toEqual(first)
    expect(good.mnemonic).toBeUndefined()
    // G2 files hold the seed alone
    expect(readContents(stored(first.publicKey, hex(first.seed))).keys[0]!.keypair).toEqual(first)
    const read = () => readContents(stored(second.publicKey, hex(first.secretKey)))
    expect(read).toThrow('WALLET_KEY_MISMATCH')
    expect(read).not.toThrow(hex(first.seed))
    expect(() => readContents(stored(second.publicKey, 'abc'))).toThrow('WALLET_FILE_FORMAT')
  })

  it('takes the keys of smapp-lite, each once, and no phrase of a Ledger wallet', () => {
    const key = { displayName: 'k', created, publicKey: hex(keyOf(0).publicKey) }
    const accounts = [{ displayName: 'a', templateAddress: '00', spawnArguments: {} }]
    const read = readContents(JSON.stringify({ mnemonic: '(none)', keys: [key, key], accounts }))
    expect(read.keys).toEqual([{ ...key, path: '', publicKey: keyOf(0).publicKey }])
    expect(read.mnemonic).toBeUndefined()
  })
})
