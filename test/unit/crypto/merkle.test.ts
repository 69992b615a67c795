import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { hash32 } from '../../../src/crypto/hash.ts'
import {
  MerkleBuilder,
  merkleProve,
  merkleRoot,
  verifyMultiproof,
} from '../../../src/crypto/merkle.ts'
import { concat, u32le } from '../../../src/util/bytes.ts'

/** The tree by its definition, level by level: a second implementation. */
function rootByLevels(leaves: Uint8Array[]): Uint8Array {
  let level = leaves
  while (level.length > 1) {
    if (level.length % 2 === 1) level = [...level, new Uint8Array(32)]
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      hash32(concat(Uint8Array.of(1), level[2 * i]!, level[2 * i + 1]!)),
    )
  }
  return level[0] ?? new Uint8Array(0)
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => hash32(u32le(i)))
const picked = fc.integer({ min: 1, max: 70 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    indices: fc
      .uniqueArray(fc.nat({ max: count - 1 }), { minLength: 1, maxLength: count })
      .map((indices) => indices.sort((a, b) => a - b)),
  }),
)

describe('merkleRoot', () => {
  it('equals the level-by-level tree for leaves of any length', () =>
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 70 }), { maxLength: 40 }),
        (leaves) => {
          expect(merkleRoot(leaves)).toEqual(rootByLevels(leaves))
        },
      ),
    ))

  it('may be asked for between two leaves', () => {
    const builder = new MerkleBuilder()
    const leaves = leavesOf(20)
    leaves.forEach((leaf, i) => {
      builder.add(leaf)
      expect(builder.root()).toEqual(rootByLevels(leaves.slice(0, i + 1)))
    })
  })

  it('lets an empty leaf vanish on the left only', () => {
    const [a, b] = leavesOf(2)
    const empty = new Uint8Array(0)
    expect(merkleRoot([empty, a!, b!])).toEqual(merkleRoot([a!, b!]))
    expect(merkleRoot([a!, empty])).toEqual(hash32(Uint8Array.of(1), a!))
    expect(merkleRoot([empty])).toEqual(empty)
  })

  it('takes another node hash', () => {
    const xor = (l: Uint8Array, r: Uint8Array) => l.map((byte, i) => byte ^ r[i]!)
    const leaves = [1, 2, 4].map((byte) => new Uint8Array(32).fill(byte))
    expect(merkleRoot(leaves, xor)).toEqual(new Uint8Array(32).fill(7))
  })
})

describe('multiproof', () => {
  it('proves any choice of leaves', () =>
    fc.assert(
      fc.property(picked, ({ count, indices }) => {
        const leaves = leavesOf(count)
        const nodes = merkleProve(leaves, indices)
        const proven = indices.map((i) => leaves[i]!)
        const root = rootByLevels(leaves)
        expect(verifyMultiproof(indices.map(BigInt), proven, nodes, root)).toBe(true)
      }),
    ))

  it('fails with another leaf, node or root', () =>
    fc.assert(
      fc.property(picked, fc.nat(), ({ count, indices }, pick) => {
        const leaves = leavesOf(count)
        const nodes = merkleProve(leaves, indices)
        const proven = indices.map((i) => leaves[i]!.slice())
        const root = rootByLevels(leaves)
        const parts = [...proven, ...nodes.map((node) => node.slice()), root]
        const changed = parts[pick % parts.length]!
        changed[pick % 32]! ^= 1
        const altered = parts.slice(proven.length, -1)
        expect(verifyMultiproof(indices.map(BigInt), proven, altered, root)).toBe(false)
      }),
    ))

  it('fails with indices that do not ascend or do not pair up', () => {
    const leaves = leavesOf(4)
    const root = merkleRoot(leaves)
    expect(verifyMultiproof([0n, 1n, 2n, 3n], leaves, [], root)).toBe(true)
    expect(verifyMultiproof([0n, 1n, 1n, 3n], leaves, [], root)).toBe(false)
    expect(verifyMultiproof([1n, 0n, 2n, 3n], leaves, [], root)).toBe(false)
    expect(verifyMultiproof([0n, 1n, 2n], leaves, [], root)).toBe(false)
    expect(verifyMultiproof([], [], [], root)).toBe(false)
  })

  it('ignores index bits above the height, as the reference does, but no surplus node', () => {
    const leaves = leavesOf(8)
    const root = merkleRoot(leaves)
    const nodes = merkleProve(leaves, [5])
    expect(verifyMultiproof([5n], [leaves[5]!], nodes, root)).toBe(true)
    expect(verifyMultiproof([5n + 8n], [leaves[5]!], nodes, root)).toBe(true)
    expect(verifyMultiproof([5n + 2n ** 63n], [leaves[5]!], nodes, root)).toBe(true)
    expect(verifyMultiproof([4n], [leaves[5]!], nodes, root)).toBe(false)
    expect(verifyMultiproof([5n], [leaves[5]!], [...nodes, root], root)).toBe(false)
  })
})
