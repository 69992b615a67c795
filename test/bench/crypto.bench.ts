import { createPublicKey, verify as verifyInNode } from 'node:crypto'
import { bench, describe } from 'vitest'

import { keypairFromSeed, sign, verify } from '../../src/crypto/ed25519.ts'
import { createVrfProver, vrfVerify } from '../../src/crypto/vrf.ts'

const { seed, publicKey } = keypairFromSeed(new Uint8Array(32).fill(1))
const message = new Uint8Array(200).fill(2)

describe('Ed25519 verification', () => {
  const signature = sign(seed, message)
  const x = Buffer.from(publicKey).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  bench('Smesh, TypeScript', () => {
    if (!verify(signature, message, publicKey)) throw new Error('valid signature refused')
  })
  bench('OpenSSL in Node, native', () => {
    if (!verifyInNode(null, message, key, signature)) throw new Error('valid signature refused')
  })
})

describe('VRF', () => {
  const prover = createVrfProver(seed)
  const proof = prover.prove(message)
  bench('proof', () => void prover.prove(message))
  bench('verification', () => {
    if (!vrfVerify(publicKey, message, proof)) throw new Error('valid proof refused')
  })
})
