import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  ballotEligibilities,
  countSeats,
  eligibleSlots,
  messageGrade,
  passesThreshold,
  prepareDraw,
  proposalThreshold,
  tossCoin,
  validSeats,
} from '../../../src/consensus/index.ts'
import { keypairFromSeed } from '../../../src/crypto/ed25519.ts'
import { createVrfProver, vrfVerify } from '../../../src/crypto/vrf.ts'
import { ballotVrfBytes } from '../../../src/protocol/eligibility.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'

const { signal } = new AbortController()
const proofOf = (head: string) => fromHex(head.padEnd(160, '0'))

describe('prepareDraw and countSeats', () => {
  it.each([
    // hare3/eligibility/oracle_test.go, quoted in spec 06 §4
    ['0516a574aef37257', 1],
    ['73929b4b69090bb6', 0],
    ['e2c27ad65b752b76', 0],
    ['384460966938c876', 1],
    ['15c5f565a7588897', 1],
  ])('weight 1 of 15, committee 10, proof %s: %i', (head, seats) => {
    const draw = prepareDraw(1n, 15n, 10, proofOf(head))
    expect(countSeats(draw)).toBe(seats)
    expect(validSeats(draw, seats)).toBe(true)
    expect(validSeats(draw, seats + 1)).toBe(false)
  })

  it('a committee above the total weight scales both weights', () => {
    const proof = proofOf('d74fec1e1b894950')
    const scaled = prepareDraw(3n, 100n, 800, proof)
    expect(scaled.n).toBe(2400)
    expect(scaled.p).toBe(prepareDraw(2400n, 80_000n, 800, proof).p)
  })

  it('refuses no weight and too much of it', () => {
    expect(() => prepareDraw(1n, 0n, 10, proofOf(''))).toThrow('ZERO_TOTAL_WEIGHT')
    expect(() => prepareDraw(2n ** 30n + 1n, 2n ** 40n, 10, proofOf(''))).toThrow(
      'ORACLE_WEIGHT_TOO_LARGE',
    )
    expect(() => prepareDraw(2n ** 22n, 300n, 400, proofOf(''))).toThrow('ORACLE_WEIGHT_TOO_LARGE')
  })

  it('exactly one number of seats is valid, the counted one', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 50 }),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        (weight, others, committee, head) => {
          const total = BigInt(weight + others)
          const draw = prepareDraw(BigInt(weight), total, committee, proofOf(hex(head)))
          const seats = countSeats(draw)
          for (let count = 0; count <= seats + 2; count++) {
            expect(validSeats(draw, count)).toBe(count === seats)
          }
        },
      ),
      { numRuns: 60 },
    ))
})

describe('eligibleSlots', () => {
  const params = { minimalWeight: 1_000_000n, layerAverageSize: 50, layersPerEpoch: 4032 }

  it('is at least one and counts the least weight as the whole', () => {
    expect(eligibleSlots(1n, 1n, params)).toBe(1)
    expect(eligibleSlots(500_000n, 500_000n, params)).toBe(100_800)
    expect(() => eligibleSlots(1n, 0n, params)).toThrow('ZERO_TOTAL_WEIGHT')
  })

  it('wraps the product at 2^64', () => {
    const weight = 2n ** 63n
    const expected = (weight * 201_600n) % 2n ** 64n
    expect(expected).toBe(0n)
    expect(eligibleSlots(weight, weight, params)).toBe(1)
  })
})

describe('ballotEligibilities', () => {
  const key = keypairFromSeed(
    fromHex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'),
  )
  const params = {
    epoch: 2,
    beacon: fromHex('aabbccdd'),
    vrfNonce: 2n ** 40n,
    layersPerEpoch: 4032,
  }

  it('has the layer and proof of spec 01 §16', async () => {
    const layers = await ballotEligibilities(
      { ...params, slots: 1 },
      { vrf: (alpha) => createVrfProver(key.seed).prove(alpha) },
      { signal },
    )
    const [proof] = layers.get(11_833)!
    const expected = [
      '39894cfcc87a52bcd52e11087f9d6f072436751a89cfdad1eb046111f49694ffd6cf07e418ee46cd',
      '03067e170b6c27c72ad5c93cff3e4d7c7c442c364643a14529b654a3c7f57c9b1793f55b353e9f04',
    ]
    expect(hex(proof!.signature)).toBe(expected.join(''))
  })

  it('proves every slot once, in ascending order in each layer', async () => {
    const prover = createVrfProver(key.seed)
    const done: bigint[] = []
    const layers = await ballotEligibilities(
      { ...params, layersPerEpoch: 5, slots: 12 },
      { vrf: (alpha) => prover.prove(alpha) },
      { signal, onProgress: ({ done: count }) => done.push(count) },
    )
    const all = [...layers.values()].flat()
    expect(all.map(({ j }) => j).sort((a, b) => a - b)).toEqual([...Array(12).keys()])
    for (const [layer, proofs] of layers) {
      expect(Math.floor(layer / 5)).toBe(2)
      expect(proofs.map(({ j }) => j)).toEqual(proofs.map(({ j }) => j).sort((a, b) => a - b))
      for (const { j, signature } of proofs) {
        const alpha = ballotVrfBytes(params.beacon, 2, params.vrfNonce, j)
        expect(vrfVerify(key.publicKey, alpha, signature)).toBe(true)
      }
    }
    expect(done.at(-1)).toBe(12n)
  })

  it('stops when aborted', async () => {
    const vrf = () => new Uint8Array(80)
    const aborted = { signal: AbortSignal.abort(new Error('stop')) }
    await expect(ballotEligibilities({ ...params, slots: 3 }, { vrf }, aborted)).rejects.toThrow(
      'stop',
    )
  })
})

describe('beacon thresholds (spec 06 §7.2)', () => {
  const main = { kappa: 40, q: [1, 3] as const }
  it.each([
    [59, '817eb6e197198e74', 160],
    [61, '7e89880cb01bdc2a', 160],
    [100, '571a5d6235649dd5', 160],
    [1000, 'a6daaab459144820', 159],
    [100_000, '1b3fff4c9728ae', 158],
  ])('%i ATXs', (atxs, head, digits) => {
    const text = proposalThreshold(atxs, main).toString(16)
    expect(text).toHaveLength(digits)
    expect(text.startsWith(head)).toBe(true)
  })

  it('is half at 60 ATXs, none without; a proof on it does not pass', () => {
    expect(proposalThreshold(60, main)).toBe(2n ** 639n)
    expect(proposalThreshold(0, main)).toBe(0n)
    const proof = new Uint8Array(80)
    proof[0] = 0x80
    expect(passesThreshold(proof, 2n ** 639n)).toBe(false)
    expect(passesThreshold(proof, 2n ** 639n + 1n)).toBe(true)
  })
})

describe('coin and grade', () => {
  it('no proofs toss no coin', () => expect(tossCoin([])).toBeUndefined())
  it('a message seven rounds late has grade 255', () => {
    expect(messageGrade({ iter: 1, round: 4 }, { iter: 0, round: 4 })).toBe(255)
    expect(messageGrade({ iter: 0, round: 3 }, { iter: 0, round: 3 })).toBe(6)
  })
})
