import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { merkleProve, merkleRoot } from '../../../src/crypto/merkle.ts'
import { sha256 } from '../../../src/crypto/hash.ts'
import { challengeIndices } from '../../../src/poet/fiat-shamir.ts'
import { createProver, restoreProver } from '../../../src/poet/prover.ts'
import { verifyPoetProof } from '../../../src/poet/verify.ts'
import { PoetProof } from '../../../src/protocol/poet.ts'
import { concat, utf8 } from '../../../src/util/bytes.ts'

const statement = utf8('hello world, this is a challenge')

/** Label by label as spec 04 §6 words it, on another SHA-256, another tree, with all labels kept. */
function slowProof(S: Uint8Array, leafCount: number): PoetProof {
  const node = (left: Uint8Array, right: Uint8Array) => sha256(concat(S, left, right))
  const labels: Uint8Array[] = []
  const subtree = (height: number, index: number): Uint8Array =>
    height === 0
      ? labels[index]!
      : node(subtree(height - 1, 2 * index), subtree(height - 1, 2 * index + 1))
  for (let n = 0; n < leafCount; n++) {
    const index = new Uint8Array(8)
    new DataView(index.buffer).setBigUint64(0, BigInt(n))
    const siblings = [...Array(20).keys()].filter((h) => (n >> h) & 1)
    let label = concat(S, index, ...siblings.map((h) => subtree(h, (n >> h) - 1)))
    for (let i = 0; i < 400; i++) label = sha256(label)
    labels.push(label)
  }
  const root = merkleRoot(labels, node)
  const indices = challengeIndices(root, BigInt(leafCount), 150).map(Number)
  return {
    root,
    provenLeaves: indices.map((index) => labels[index]!),
    proofNodes: merkleProve(labels, indices, node),
    leafCount: BigInt(leafCount),
  }
}

describe('SequentialProver', () => {
  it('agrees with the wording of the spec for any statement and leaf count', () => {
    const inputs = [fc.uint8Array({ maxLength: 130 }), fc.integer({ min: 1, max: 330 })] as const
    fc.assert(
      fc.property(...inputs, (S, leafCount) => {
        const prover = createProver({ statement: S })
        prover.advance(leafCount)
        expect(prover.finish()).toEqual(slowProof(S, leafCount))
      }),
      { numRuns: 12, seed: 4 },
    )
  })

  it('gives the same proof from pruned layers and across snapshots, however it is cut', () => {
    const layer = fc.integer({ min: 0, max: 11 })
    const cuts = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), layer), { maxLength: 5 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1200 }), layer, cuts, (leafCount, minLayer, pieces) => {
        const whole = createProver({ statement })
        whole.advance(leafCount)
        let prover = createProver({ statement, minLayer })
        for (const [leaves, snapshotLayer] of pieces) {
          prover.advance(Math.min(leaves, leafCount - prover.leafCount))
          prover = restoreProver(structuredClone(prover.snapshot(snapshotLayer)))
        }
        prover.advance(leafCount - prover.leafCount)
        expect(prover.finish()).toEqual(whole.finish())
      }),
      { numRuns: 15, seed: 4 },
    )
  })

  it('recomputes in small steps and may go on after a proof', () => {
    const prover = createProver({ statement, minLayer: 6 })
    prover.advance(500)
    const steps = prover.finishSteps()
    let recomputed = 0
    let step = steps.next()
    for (; !step.done; step = steps.next()) {
      expect(step.value).toBeLessThanOrEqual(32)
      recomputed += step.value
    }
    expect(recomputed).toBeLessThanOrEqual(500)
    expect(verifyPoetProof(statement, step.value)).toEqual({ valid: true })
    prover.advance(1)
    const whole = createProver({ statement })
    whole.advance(501)
    expect(prover.finish()).toEqual(whole.finish())
  })

  it('does not prove without a leaf', () => {
    expect(() => createProver({ statement }).finish()).toThrow('POET_NO_LEAVES')
  })

  it('keeps snapshots small and refuses a damaged one', () => {
    const prover = createProver({ statement })
    prover.advance(1000)
    const snapshot = prover.snapshot(4)
    const size = snapshot.layers.reduce((sum, layer) => sum + layer.length, snapshot.parked.length)
    expect(size).toBeLessThan((64 * 1000) / 2 ** 4 + 32 * 10)
    const damage: Record<string, (copy: typeof snapshot) => void> = {
      statement: (copy) => void (copy.statement[0]! ^= 1),
      'leaf count': (copy) => void (copy.leafCount += 1),
      'negative leaf count': (copy) => void (copy.leafCount = -1),
      'fractional leaf count': (copy) => void (copy.leafCount += 0.5),
      'lowest layer': (copy) => void (copy.minLayer = 3),
      parked: (copy) => void (copy.parked[5]! ^= 1),
      'a parked node less': (copy) => void (copy.parked = copy.parked.slice(32)),
      'a node': (copy) => void (copy.layers[1]![40]! ^= 1),
      'a node less': (copy) => void (copy.layers[0] = copy.layers[0]!.slice(32)),
      'a layer less': (copy) => void copy.layers.pop(),
      checksum: (copy) => void (copy.checksum[31]! ^= 1),
    }
    for (const [name, spoil] of Object.entries(damage)) {
      const copy = structuredClone(snapshot)
      spoil(copy)
      expect(() => restoreProver(copy), name).toThrow('POET_SNAPSHOT_DAMAGED')
    }
    expect(restoreProver(snapshot).leafCount).toBe(1000)
  })
})

describe('verifyPoetProof', () => {
  const prover = createProver({ statement })
  prover.advance(300)
  const genuine = prover.finish()

  it('answers any change of one byte with a refusal', () => {
    const wire = PoetProof.encode(genuine)
    fc.assert(
      fc.property(fc.nat(wire.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = wire.slice()
        altered[at]! ^= change
        let proof: PoetProof
        try {
          proof = PoetProof.decode(altered)
        } catch (error) {
          expect(error).toHaveProperty('name', 'SmeshError')
          return
        }
        expect(verifyPoetProof(statement, proof).valid).toBe(false)
      }),
      { numRuns: 60, seed: 4 },
    )
  })

  it('answers arbitrary proofs without a throw', () => {
    const node = fc.uint8Array({ maxLength: 32 })
    const leaves = fc.array(node, { minLength: 150, maxLength: 150 })
    const nodes = fc.array(node, { maxLength: 400 })
    const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    fc.assert(
      fc.property(node, leaves, nodes, count, (root, provenLeaves, proofNodes, leafCount) => {
        const verdict = verifyPoetProof(statement, { root, provenLeaves, proofNodes, leafCount })
        expect(verdict.valid).toBe(false)
      }),
      { numRuns: 30, seed: 4 },
    )
  })

  it('survives the largest message a hostile proof can ask for', () => {
    // One leaf takes all 5400 nodes as siblings; the root is made to fit, so labels are reached.
    const node = (left: Uint8Array, right: Uint8Array) => sha256(concat(statement, left, right))
    const proofNodes = Array.from({ length: 5400 }, () => new Uint8Array(32).fill(9))
    const provenLeaves = Array.from({ length: 150 }, (_, i) => new Uint8Array(32).fill(i))
    // 150 of 150 leaves: the climb first joins them all, then goes on with the nodes.
    let root = merkleRoot(provenLeaves, node)
    const padding = [1, 2, 5, 6].map(() => new Uint8Array(32))
    const inner = merkleProve(provenLeaves, [...provenLeaves.keys()], node)
    expect(inner).toHaveLength(padding.length)
    for (const sibling of proofNodes.slice(4)) root = node(root, sibling)
    const proof = { root, provenLeaves, proofNodes: [...inner, ...proofNodes.slice(4)] }
    const verdict = verifyPoetProof(statement, { ...proof, leafCount: 150n })
    expect(verdict).toMatchObject({ valid: false, fault: 'label' })
  })
})
