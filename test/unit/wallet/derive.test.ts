import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { hex, utf8 } from '../../../src/util/bytes.ts'
import { deriveAccount } from '../../../src/wallet/accounts.ts'
import {
  accountIndex,
  accountPath,
  deriveKeypair,
  nextAccountIndex,
  parsePath,
} from '../../../src/wallet/derive.ts'
import { keyOrigin } from '../../../src/wallet/legacy.ts'
import { mnemonicSeed } from '../../../src/wallet/mnemonic.ts'

const A = 'film theme cheese broken kingdom destroy inch ready wear inspire shove pudding'

describe('derivation', () => {
  it('equals smkeys', () => {
    const seed = utf8('q9ONfCHWlAwY5Ea4AIkePeA0dUSYnyqcNVElvREhYJ0OU7kvwg9MroDKTcmSxTKt')
    const { seed: key, publicKey } = deriveKeypair(seed, "m/44'/540'/2'/100'/200'")
    expect(hex(key)).toBe('bf04d7fcc2cd70904b119e67a20c33039cf5355b2837ddabe28a4a53d0df6b83')
    expect(hex(publicKey)).toBe('0046e8f9a1150560bdba11cd8e3ae652cd4f77de6603ab8ad964a775ed55f9da')
  })

  it('gives the account of smapp-lite, one text for each network', () => {
    const seed = mnemonicSeed(A)
    const { account, keypair } = deriveAccount(seed, 0, 'sm')
    expect(account.path).toBe("m/44'/540'/0'/0'/0'")
    expect(account.text).toBe('sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k')
    expect(keypair.publicKey).toEqual(account.publicKey)
    const other = deriveAccount(seed, 0, 'standalone').account
    expect(other.text).toBe('standalone1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8qyfser6')
    expect(other.principal).toEqual(account.principal)
  })

  it('refuses paths outside the grammar', () => {
    const wrong = ['', 'm', 'm/', "44'/540'", "m/44/540'", "m/44'/", "M/44'", "m/2147483648'"]
    for (const path of [...wrong, "m/-1'", 'm' + "/0'".repeat(17)]) {
      expect(() => parsePath(path), path).toThrow('DERIVATION_PATH')
    }
    expect(() => deriveKeypair(new Uint8Array(64), 'm/0')).toThrow('DERIVATION_PATH')
    expect(() => accountPath(2 ** 31)).toThrow('DERIVATION_PATH')
    expect(() => accountPath(-1)).toThrow('DERIVATION_PATH')
    expect(() => accountPath(0.5)).toThrow('DERIVATION_PATH')
  })

  it('knows its own accounts and says what is wrong with others', () => {
    expect(accountIndex("m/44'/540'/0'/0'/17'")).toBe(17)
    const reason = (path: string) => {
      try {
        return accountIndex(path)
      } catch (error) {
        return (error as { context: { reason: string } }).context.reason
      }
    }
    expect(reason("m/44'/540'/0'/0'")).toContain('five levels')
    expect(reason("m/43'/540'/0'/0'/0'")).toContain('purpose')
    expect(reason("m/44'/1'/0'/0'/0'")).toContain('coin')
    expect(reason("m/44'/540'/1'/0'/0'")).toContain('third')
  })

  it('round-trips indices', () =>
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), (index) => {
        expect(accountIndex(accountPath(index))).toBe(index)
        expect(nextAccountIndex([accountPath(index)])).toBe(index + 1)
      }),
    ))

  it('numbers a new account above the highest, whatever was deleted or imported', () => {
    expect(nextAccountIndex([])).toBe(0)
    const paths = [accountPath(0), accountPath(4), '', '0/0/7', "m/44'/1'/0'/0'/9'"]
    expect(nextAccountIndex(paths)).toBe(5)
  })

  it('calls a key imported when no derivation gives it', () => {
    const stranger = deriveKeypair(new Uint8Array(64), accountPath(0)).publicKey
    const own = deriveKeypair(mnemonicSeed(A), accountPath(3)).publicKey
    const origin = (publicKey: Uint8Array, path: string) =>
      keyOrigin(A, { publicKey, path }, { accounts: 3 })
    expect(origin(own, accountPath(3))).toBe('derived')
    expect(origin(own, accountPath(2))).toBe('imported')
    expect(origin(stranger, accountPath(0))).toBe('imported')
    expect(origin(stranger, '')).toBe('imported')
  })
})
