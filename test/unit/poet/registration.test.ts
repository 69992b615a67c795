import { describe, expect, it } from 'vitest'

import { keypairFromSeed, sign } from '../../../src/crypto/ed25519.ts'
import { PoetCertificate } from '../../../src/poet/certificate.ts'
import { PowTerms } from '../../../src/poet/pow-terms.ts'
import { searchPow } from '../../../src/poet/pow.ts'
import { checkAuthorization, type RegistrationTerms } from '../../../src/poet/registration.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { submission } from './service-rig.ts'

const NOW = 1_700_000_000n
const request = submission(1, 0)
const certifier = keypairFromSeed(new Uint8Array(32).fill(7))
const stranger = keypairFromSeed(new Uint8Array(32).fill(6))

function certificate(key = certifier, expiration?: bigint, nodeId = request.nodeId) {
  const data = PoetCertificate.encode({ nodeId, ...(expiration !== undefined && { expiration }) })
  return { data, signature: sign(key.seed, data) }
}

describe('certificates', () => {
  const terms: RegistrationTerms = {
    trustedKeys: { certifier: certifier.publicKey, others: [stranger.publicKey] },
    pow: { current: { difficulty: 256, challenge: new Uint8Array(32) } },
  }
  const check = (extra: object) => checkAuthorization({ ...request, ...extra }, terms, NOW)
  const hint = (key: typeof certifier) => key.publicKey.slice(0, 4)

  it('gives the bytes and the signature printed in spec 04 §5.2', () => {
    const nodeId = fromHex('03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8')
    const { data, signature } = certificate(certifier, 1_800_000_000n, nodeId)
    expect(hex(certifier.publicKey)).toBe(
      'ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c',
    )
    expect(hex(data)).toBe(`80${hex(nodeId)}010300d2496b`)
    expect(hex(signature)).toBe(
      '5fb58eed527e5c36bf8c364a3772619b77a0dd626360bbdd9cf65c1ebd81bc3c' +
        '11b0f93b8a86a16856d693575d3e7a2aebe74b5c7370b25fa9dc413e898d0000',
    )
  })

  it('replace the PoW', () => {
    expect(check({ certificate: certificate() })).toBeUndefined()
    expect(check({ certificate: certificate(certifier, NOW) })).toBeUndefined()
    expect(check({})).toMatchObject({ reason: 'invalid-pow-params' })
  })

  it('decide alone once present, whatever the PoW', () => {
    const pow = { nonce: 0n, params: { difficulty: 0, challenge: new Uint8Array(32) } }
    const open = { ...terms, pow: { current: pow.params } }
    expect(checkAuthorization({ ...request, pow }, open, NOW)).toBeUndefined()
    const both = { ...request, pow, certificate: certificate(stranger) }
    expect(checkAuthorization(both, open, NOW)).toMatchObject({ reason: 'invalid-certificate' })
  })

  it.each([
    { fault: 'signature mismatch', signed: certificate(stranger) },
    { fault: 'certificate expired', signed: certificate(certifier, NOW - 1n) },
    { fault: 'pubkey mismatch', signed: certificate(certifier, undefined, stranger.publicKey) },
  ])('are refused for $fault', ({ fault, signed }) => {
    const message = `invalid certificate\n${fault}`
    expect(check({ certificate: signed })).toEqual({ reason: 'invalid-certificate', message })
  })

  it('of another trusted key count with its hint only', () => {
    const signed = { certificate: certificate(stranger) }
    expect(check({ ...signed, certificatePubkeyHint: hint(stranger) })).toBeUndefined()
    const wrong = { ...signed, certificatePubkeyHint: hint(certifier) }
    expect(check(wrong)?.message).toContain('signature mismatch')
    const unknown = { ...signed, certificatePubkeyHint: Uint8Array.of(1, 2, 3, 4) }
    expect(check(unknown)?.message).toContain('no matching cert public keys')
  })

  it('are ignored by a service without a certifier', () => {
    const withBad = { ...request, certificate: certificate(stranger) }
    expect(checkAuthorization(withBad, {}, NOW)).toBeUndefined()
  })
})

describe('PowTerms', () => {
  it('accept the parameters before the latest rotation, and no older ones', () => {
    const terms = new PowTerms({ difficulty: 3, challenge: new Uint8Array(32).fill(1) })
    const params = terms.current
    const subject = {
      powChallenge: params.challenge,
      nodeId: request.nodeId,
      poetChallenge: request.challenge,
    }
    const nonce = searchPow(subject, 3, { attempts: 1000 })!
    const check = () =>
      checkAuthorization({ ...request, pow: { nonce, params } }, { pow: terms.acceptable }, NOW)
    expect(check()).toBeUndefined()
    terms.rotate(new Uint8Array(32).fill(2))
    expect(terms.current).toEqual({ difficulty: 3, challenge: new Uint8Array(32).fill(2) })
    expect(check()).toBeUndefined()
    terms.rotate(new Uint8Array(32).fill(3))
    expect(check()).toMatchObject({ reason: 'invalid-pow-params' })
  })

  it('search in pieces as at once', () => {
    const subject = {
      powChallenge: new Uint8Array(32).fill(1),
      nodeId: request.nodeId,
      poetChallenge: request.challenge,
    }
    const whole = searchPow(subject, 9, { attempts: 100_000 })!
    let from = 0n
    let found: bigint | undefined
    for (; found === undefined; from += 64n) found = searchPow(subject, 9, { from, attempts: 64 })
    expect(found).toBe(whole)
    expect(searchPow(subject, 257, { attempts: 100 })).toBeUndefined()
    const last = 2n ** 64n - 2n
    expect(searchPow(subject, 257, { from: last, attempts: 100 })).toBeUndefined()
  })

  it('refuse a node id that is not 32 bytes', () => {
    const subject = {
      powChallenge: new Uint8Array(32),
      nodeId: new Uint8Array(31),
      poetChallenge: request.challenge,
    }
    expect(() => searchPow(subject, 0, { attempts: 1 })).toThrow('BAD_ARGUMENT')
  })
})
