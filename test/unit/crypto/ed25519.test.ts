import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  Domain,
  keypairFromSeed,
  sign,
  signDomain,
  verify,
  verifyDomain,
} from '../../../src/crypto/ed25519.ts'
import { concat, fromHex, hex, utf8 } from '../../../src/util/bytes.ts'
import { vectorLines } from './vectors.ts'

const seed = Uint8Array.from({ length: 32 }, (_, i) => i)
const keypair = keypairFromSeed(seed)
const genesisId = fromHex('9eebff023abb17ccb775c602daade8ed708f0a50')

describe('Ed25519', () => {
  it('derives the public key and the secret key of identity files', () => {
    const publicKey = '03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8'
    expect(hex(keypair.publicKey)).toBe(publicKey)
    expect(hex(keypair.secretKey)).toBe(hex(seed) + publicKey)
  })

  it('signs a hare message as the reference does, from seed or secret key', () => {
    // spec 01 §16, made by go-spacemesh
    const expected =
      '511822bc00babf95a3d138acbc6417ba7b35ee0c59ea739110d96ea2bf1b1cf7' +
      '7b601739e785f81908fa592127381cda9cb8762facc8c57faa537285f1bd6808'
    const message = utf8('smesh')
    for (const key of [keypair.seed, keypair.secretKey]) {
      expect(hex(signDomain(key, genesisId, Domain.hare, message))).toBe(expected)
    }
    expect(hex(sign(seed, genesisId, Uint8Array.of(3), message))).toBe(expected)
  })

  it('separates domains and networks', () => {
    const message = utf8('smesh')
    const signature = signDomain(seed, genesisId, Domain.ballot, message)
    const verdict = (prefix: Uint8Array, domain: Domain) =>
      verifyDomain(signature, prefix, domain, message, keypair.publicKey)
    expect(verdict(genesisId, Domain.ballot)).toBe(true)
    expect(verdict(genesisId, Domain.hare)).toBe(false)
    expect(verdict(new Uint8Array(20), Domain.ballot)).toBe(false)
  })

  it('refuses any flipped bit', () =>
    fc.assert(
      fc.property(fc.nat({ max: 8 * (64 + 32 + 40) - 1 }), (bit) => {
        const message = new Uint8Array(40).fill(7)
        const all = concat(sign(seed, message), keypair.publicKey, message)
        all[bit >> 3]! ^= 1 << (bit & 7)
        expect(verify(all.slice(0, 64), all.slice(96), all.slice(64, 96))).toBe(false)
      }),
      { numRuns: 60 },
    ))

  it('answers false to wrong lengths', () => {
    const message = utf8('m')
    const signature = sign(seed, message)
    expect(verify(signature.subarray(1), message, keypair.publicKey)).toBe(false)
    expect(verify(signature, message, keypair.publicKey.subarray(1))).toBe(false)
    expect(verify(new Uint8Array(0), message, new Uint8Array(0))).toBe(false)
    expect(() => sign(seed.subarray(1), message)).toThrow('BAD_ARGUMENT')
    expect(() => keypairFromSeed(keypair.secretKey)).toThrow('BAD_ARGUMENT')
  })

  it('gives the reference verdict on the published edge cases', () => {
    // The twelve speccheck cases, which tell the rules of common libraries apart.
    const cases = vectorLines('ed25519/verify.jsonl').filter(({ group }) => group === 'speccheck')
    const accepted = cases.flatMap(({ message, publicKey, signature }, i) =>
      verify(fromHex(signature), fromHex(message), fromHex(publicKey)) ? [i] : [],
    )
    expect(cases).toHaveLength(12)
    expect(accepted).toEqual([2, 3, 4, 5])
  })
})
