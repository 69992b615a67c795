import { describe, expect, it } from 'vitest'

import { keypairFromSeed } from '../../../src/crypto/ed25519.ts'
import { hex } from '../../../src/util/bytes.ts'
import { singleSigPrincipal } from '../../../src/wallet/accounts.ts'
import { signMessage, signText, verifyMessage } from '../../../src/wallet/messages.ts'

const keypair = keypairFromSeed(new Uint8Array(32).fill(4))

describe('signed message', () => {
  it('proves control of an account', () => {
    const message = signMessage(keypair, 'I am Bob', 'stest')
    expect(message.text).toBe('Message:I am Bob')
    expect(message.address).toMatch(/^stest1/)
    const principal = singleSigPrincipal(keypair.publicKey)
    expect(verifyMessage(message)).toEqual({ valid: true, prefixed: true, principal })
    expect(verifyMessage({ ...message, text: 'Message:I am Eve' }).valid).toBe(false)
  })

  it('is read from Smapp: 0x, no prefix, signed trimmed but written untrimmed', () => {
    const message = {
      text: '  hello ',
      publicKey: '0x' + hex(keypair.publicKey),
      signature: '0x' + hex(signText(keypair, 'hello')),
    }
    expect(verifyMessage(message)).toMatchObject({ valid: true, prefixed: false })
  })

  it('refuses values of a wrong form', () => {
    const message = signMessage(keypair, '', 'sm')
    expect(() => verifyMessage({ ...message, publicKey: 'zz' })).toThrow('BAD_HEX')
    expect(() => verifyMessage({ ...message, signature: '00' })).toThrow('BAD_ARGUMENT')
  })
})
