import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { keypairFromSeed } from '../../../src/crypto/ed25519.ts'
import {
  vrfBigEndian,
  vrfCompare,
  vrfFraction,
  vrfLayer,
  vrfLowestBit,
  vrfU64,
} from '../../../src/crypto/vrf-readings.ts'
import { createVrfProver, vrfProve, vrfVerify } from '../../../src/crypto/vrf.ts'
import { bigFromLe, fromHex, hex } from '../../../src/util/bytes.ts'

const seed = Uint8Array.from({ length: 32 }, (_, i) => i)
const prover = createVrfProver(seed)

/** Spec 01 §16 (go-spacemesh) and RFC 9381, example 16 of the ELL2 suite. */
const proofs = [
  {
    name: 'voting',
    seed,
    alpha: '0caabbccdd080b00000000000100',
    proof:
      '39894cfcc87a52bcd52e11087f9d6f072436751a89cfdad1eb046111f49694ffd6cf07e418ee46cd03067e170b6c27c72ad5c93cff3e4d7c7c442c364643a14529b654a3c7f57c9b1793f55b353e9f04',
  },
  {
    name: 'certifier',
    seed,
    alpha: '08aabbccdd03ffffff7f017e',
    proof:
      '87d2e31b50d08abf3fe587c5fb9b4ddf942a35ce053699621f9d5ebb8a147867c30f0fa63bc494e84fb7dd46b41bff019bb4dc56622ec540029d4efe43440807d5d6fc46bd154416e140135eb5726d07',
  },
  {
    name: 'beacon',
    seed,
    alpha: '040b0000000000010c',
    proof:
      'e50e058d9a06273304c85da2284d1b988f517641cc4a2ecaff3aea3f0ce1ac9135bd4a5aff4b9dd3ac2a0a97e964b0c97235283cf7a44c46bb45d45bbaedb2b7ce169e8808c3d4a3d53c49de0425d90b',
  },
  {
    name: 'RFC 9381',
    seed: fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'),
    alpha: '',
    proof:
      '7d9c633ffeee27349264cf5c667579fc583b4bda63ab71d001f89c10003ab46f14adf9a3cd8b8412d9038531e865c341cafa73589b023d14311c331a9ad15ff2fb37831e00f0acaa6d73bc9997b06501',
  },
]

describe.each(proofs)('VRF: $name', ({ seed, alpha, proof }) => {
  it('proves as the reference does', () => expect(hex(vrfProve(seed, fromHex(alpha)))).toBe(proof))
  it('verifies', () => {
    const { publicKey } = keypairFromSeed(seed)
    expect(vrfVerify(publicKey, fromHex(alpha), fromHex(proof))).toBe(true)
  })
})

describe('VRF', () => {
  it('takes seed or secret key and knows its public key', () => {
    const { publicKey, secretKey } = keypairFromSeed(seed)
    const alpha = fromHex('0102')
    expect(createVrfProver(secretKey).prove(alpha)).toEqual(prover.prove(alpha))
    expect(prover.publicKey).toEqual(publicKey)
    expect(() => createVrfProver(seed.subarray(1))).toThrow('BAD_ARGUMENT')
  })

  it('verifies what it proves and nothing with another bit, alpha or key', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.nat({ max: 80 * 8 - 1 }),
        (alpha, bit) => {
          const proof = prover.prove(alpha)
          expect(vrfVerify(prover.publicKey, alpha, proof)).toBe(true)
          expect(vrfVerify(prover.publicKey, alpha.subarray(1), proof)).toBe(false)
          const other = keypairFromSeed(new Uint8Array(32).fill(9)).publicKey
          expect(vrfVerify(other, alpha, proof)).toBe(false)
          proof[bit >> 3]! ^= 1 << (bit & 7)
          expect(vrfVerify(prover.publicKey, alpha, proof)).toBe(false)
        },
      ),
      { numRuns: 20 },
    ))

  it('answers false to wrong lengths and to s + L', () => {
    const alpha = fromHex('00')
    const proof = prover.prove(alpha)
    expect(vrfVerify(prover.publicKey, alpha, proof.subarray(0, 79))).toBe(false)
    expect(vrfVerify(prover.publicKey.subarray(1), alpha, proof)).toBe(false)
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    let s = bigFromLe(proof.subarray(48)) + order
    for (let i = 48; i < 80; i++, s >>= 8n) proof[i] = Number(s & 255n)
    expect(vrfVerify(prover.publicKey, alpha, proof)).toBe(false)
  })
})

describe('readings of a proof', () => {
  const proof = fromHex(proofs[0]!.proof)
  it('gives the layer of the reference', () => expect(vrfLayer(proof, 2, 4032)).toBe(11833))

  it('reads either end as most significant', () => {
    expect(vrfBigEndian(proof)).toBe(BigInt('0x' + proofs[0]!.proof))
    const one = new Uint8Array(80)
    const other = new Uint8Array(80)
    one[0] = 255
    other[79] = 1
    expect(vrfCompare(one, other)).toBe(-1)
    expect(vrfBigEndian(one) > vrfBigEndian(other)).toBe(true)
    expect(vrfCompare(other, one)).toBe(1)
    expect(vrfCompare(one, one.slice())).toBe(0)
    expect(vrfCompare(other, undefined)).toBe(-1)
  })

  it('orders as the little-endian integers do', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 80, maxLength: 80 }),
        fc.uint8Array({ minLength: 80, maxLength: 80 }),
        (a, b) => {
          const difference = bigFromLe(a) - bigFromLe(b)
          expect(vrfCompare(a, b)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0)
          expect(vrfU64(a)).toBe(bigFromLe(a.subarray(0, 8)))
          expect(vrfFraction(a)).toBe(vrfU64(a) % 2n ** 56n)
          expect(vrfLowestBit(a)).toBe(Number(bigFromLe(a) % 2n))
        },
      ),
    ))

  it('reads from the middle of a larger buffer', () => {
    const buffer = new Uint8Array(100)
    buffer.set(proof, 13)
    expect(vrfU64(buffer.subarray(13, 93))).toBe(vrfU64(proof))
  })
})
