import './errors.ts'

import { merkleProve, merkleRoot, verifyMultiproof } from '../crypto/merkle.ts'
import { compareBytes, equalBytes } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { NODE_BYTES } from './params.ts'

/** A registered challenge and the node id it came from, 32 bytes each. */
export interface Member {
  nodeId: Uint8Array
  challenge: Uint8Array
}

/** Where a challenge lies in the membership tree: `nodes` bottom-up. Wire type MerkleProof. */
export interface Membership {
  leafIndex: bigint
  nodes: Uint8Array[]
}

/** The challenges in the order of the tree: ascending node ids, whatever the challenges are. */
export function orderedChallenges(members: readonly Member[]): Uint8Array[] {
  const sorted = [...members].sort((a, b) => compareBytes(a.nodeId, b.nodeId))
  return sorted.map(({ challenge }) => challenge)
}

/**
 * The statement over an ordered member list: its BLAKE3 Merkle root, raw challenges as leaves.
 * A member of another length is cut or padded with zeros to 32 bytes, as nodes do with what a
 * service sends them. No members give no bytes.
 *
 * @see poet registration/round.go, calcMembershipRoot; go-spacemesh activation/poetdb.go, calcRoot
 */
export const membershipStatement = (challenges: readonly Uint8Array[]): Uint8Array =>
  merkleRoot(challenges.map(fit))

/**
 * Proof that `challenge` is a member, for its first occurrence in the ordered list.
 *
 * @throws {SmeshError} `POET_NOT_A_MEMBER`
 */
export function proveMembership(
  challenges: readonly Uint8Array[],
  challenge: Uint8Array,
): Membership {
  const index = challenges.findIndex((member) => equalBytes(member, challenge))
  if (index < 0) throw new SmeshError('POET_NOT_A_MEMBER', { members: challenges.length })
  return { leafIndex: BigInt(index), nodes: merkleProve(challenges.map(fit), [index]) }
}

/**
 * True if the proof leads from `challenge` to `statement`. High bits of the index beyond the number
 * of nodes are not looked at, as in the reference. Spec 04 §7.
 */
export const verifyMembership = (
  statement: Uint8Array,
  challenge: Uint8Array,
  { leafIndex, nodes }: Membership,
): boolean => verifyMultiproof([leafIndex], [challenge], nodes, statement)

function fit(member: Uint8Array): Uint8Array {
  if (member.length === NODE_BYTES) return member
  const fitted = new Uint8Array(NODE_BYTES)
  fitted.set(member.subarray(0, NODE_BYTES))
  return fitted
}
