import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  membershipStatement,
  orderedChallenges,
  proveMembership,
  verifyMembership,
} from '../../../src/poet/membership.ts'
import { concat, hex } from '../../../src/util/bytes.ts'

const id = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** Root by padding to a full tree in which empty subtrees are zero, spec 04 §4. */
function slowRoot(leaves: Uint8Array[]): Uint8Array {
  const value = (height: number, index: number): Uint8Array => {
    if (index * 2 ** height >= leaves.length) return new Uint8Array(32)
    if (height === 0) return leaves[index]!
    const [left, right] = [value(height - 1, 2 * index), value(height - 1, 2 * index + 1)]
    return blake3(concat(Uint8Array.of(1), left, right))
  }
  return value(Math.ceil(Math.log2(leaves.length)), 0)
}

describe('membership', () => {
  it('gives the root of the spec, and each member a proof that fits no other statement', () => {
    const leaves = fc.uniqueArray(id, { minLength: 1, maxLength: 40, selector: hex })
    fc.assert(
      fc.property(leaves, fc.nat(), (members, pick) => {
        const statement = membershipStatement(members)
        expect(statement).toEqual(slowRoot(members))
        const challenge = members[pick % members.length]!
        const membership = proveMembership(members, challenge)
        expect(verifyMembership(statement, challenge, membership)).toBe(true)
        const other = statement.slice()
        other[31]! ^= 1
        expect(verifyMembership(other, challenge, membership)).toBe(false)
      }),
      { numRuns: 60, seed: 4 },
    )
  })

  it('orders by node id, not by challenge, and keeps equal challenges', () => {
    const member = (node: number, challenge: number) => ({
      nodeId: new Uint8Array(32).fill(node),
      challenge: new Uint8Array(32).fill(challenge),
    })
    const members = [member(200, 1), member(3, 9), member(100, 9)]
    expect(orderedChallenges(members).map(([first]) => first)).toEqual([9, 9, 1])
    expect(members[0]!.nodeId[0]).toBe(200) // the argument stays as it was
    const ordered = orderedChallenges(members)
    expect(proveMembership(ordered, ordered[1]!).leafIndex).toBe(0n)
  })

  it('cuts and pads members of other lengths, as nodes do', () => {
    const long = new Uint8Array(40).fill(5)
    const short = new Uint8Array(4).fill(6)
    const padded = concat(short, new Uint8Array(28))
    expect(membershipStatement([long, short])).toEqual(
      membershipStatement([long.slice(0, 32), padded]),
    )
  })

  it('has no statement without members and says who is not one', () => {
    expect(membershipStatement([])).toEqual(new Uint8Array(0))
    expect(() => proveMembership([], new Uint8Array(32))).toThrow('POET_NOT_A_MEMBER')
  })
})
