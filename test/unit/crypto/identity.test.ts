import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { keypairFromSeed } from '../../../src/crypto/ed25519.ts'
import { identityFromFile, identityToFile } from '../../../src/crypto/identity.ts'

const seed = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('identity file', () => {
  it('round-trips', () =>
    fc.assert(
      fc.property(seed, (seed) => {
        const keypair = keypairFromSeed(seed)
        const content = identityToFile(keypair)
        expect(content).toMatch(/^[0-9a-f]{128}$/)
        expect(identityFromFile(content)).toEqual(keypair)
        expect(identityFromFile(content.toUpperCase())).toEqual(keypair)
      }),
      { numRuns: 20 },
    ))

  it('refuses other contents and never repeats the secret', () => {
    const content = identityToFile(keypairFromSeed(new Uint8Array(32).fill(5)))
    const secret = content.slice(0, 64)
    const wrong = {
      IDENTITY_NOT_HEX: [content + '\n', ' ' + content, content.slice(1), 'zz' + content.slice(2)],
      IDENTITY_LENGTH: [content.slice(2), content + '00', secret, ''],
      IDENTITY_MISMATCH: [secret + '00'.repeat(32), '06' + content.slice(2)],
    }
    for (const [code, contents] of Object.entries(wrong)) {
      for (const text of contents) {
        let message = ''
        try {
          identityFromFile(text)
        } catch (error) {
          message = String(error)
        }
        expect(message).toContain(code)
        expect(message).not.toContain(secret.slice(8, 24))
      }
    }
  })
})
