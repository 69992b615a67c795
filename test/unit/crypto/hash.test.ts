import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createHasher, hash20, hash32, sha512 } from '../../../src/crypto/hash.ts'
import { concat, hex, utf8 } from '../../../src/util/bytes.ts'

describe('hash32', () => {
  it('gives the reference hash of nothing', () => {
    const empty = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'
    expect(hex(hash32())).toBe(empty)
    expect(hex(hash32(new Uint8Array(0)))).toBe(empty)
  })

  it('derives the genesis ids of mainnet and testnet', () => {
    const golden = (text: string) => hex(hash32(utf8(text)))
    const mainnet = '168932160000000000000000000001a6bc150307b5c1998045752b3c87eccf3c013036f3cc'
    expect(golden(mainnet)).toBe('9eebff023abb17ccb775c602daade8ed708f0a50d3149a42801184f5b74f2865')
    const testnet = '16946280000000000000000000000000c76c58ebac180989673fd6d237b40e66ed5c976ec3'
    expect(golden(testnet)).toBe('e956eff99be943fb70bd385dd509a3f84e9a75dd8e05f3e103845f72ca5d5f05')
  })

  it('hashes parts as their concatenation, in one piece or many', () =>
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), (parts) => {
        const whole = hash32(concat(...parts))
        expect(hash32(...parts)).toEqual(whole)
        const hasher = createHasher()
        for (const part of parts) hasher.update(part)
        expect(hasher.digest()).toEqual(whole)
        expect(hash20(...parts)).toEqual(whole.slice(0, 20))
      }),
    ))

  it('exports SHA-512 of FIPS 180', () => {
    expect(hex(sha512(utf8('abc')))).toMatch(/^ddaf35a193617abacc417349ae204131/)
  })
})
