import { equalBytes, hex } from '../util/bytes.ts'
import { challengeIndices } from './fiat-shamir.ts'
import { indexBytes64, StatementHasher } from './hasher.ts'
import { PROVEN_LEAVES } from './params.ts'
import type { PoetProof } from '../protocol/poet.ts'

/** Why a proof is not valid: the first rule of spec 04 §6.5 that it breaks. */
export type PoetProofFault = 'leaf-count' | 'index-count' | 'root' | 'snapshots' | 'label'

export type PoetProofVerdict =
  | { readonly valid: true }
  | { readonly valid: false; readonly fault: PoetProofFault; readonly reason: string }

/** Left siblings met on the way up from one leaf, lowest first. */
type Snapshot = Uint8Array[]

const refuse = (fault: PoetProofFault, reason: string): PoetProofVerdict => ({
  valid: false,
  fault,
  reason,
})

/**
 * Verdict on a proof of sequential work for `statement`. Like the reference it neither checks the
 * number of nodes, nor the height against the leaf count, nor node lengths: the validity of ATXs
 * depends on agreeing with it. About 20 ms.
 *
 * @see poet verifier/verifier.go, Validate; merkle-tree validation.go; spec 04 §6.5
 */
export function verifyPoetProof(statement: Uint8Array, proof: PoetProof): PoetProofVerdict {
  const { root, provenLeaves, proofNodes, leafCount } = proof
  if (provenLeaves.length !== PROVEN_LEAVES) {
    const count = `number of proven leaves (${provenLeaves.length})`
    return refuse('leaf-count', `${count} must be equal to security param (${PROVEN_LEAVES})`)
  }
  const indices = challengeIndices(root, leafCount, PROVEN_LEAVES)
  if (indices.length !== PROVEN_LEAVES) {
    const reason = `number of leaves (${PROVEN_LEAVES}) must equal number of indices (${indices.length})`
    return refuse('index-count', `error while validating merkle proof: ${reason}`)
  }
  const hasher = new StatementHasher(statement)
  const climbed = climbAll(indices, provenLeaves, proofNodes, hasher)
  if (!equalBytes(climbed.root, root)) return refuse('root', 'merkle proof not valid')
  const { snapshots } = climbed
  if (snapshots.length !== PROVEN_LEAVES) {
    const reason = `len(parkingSnapshots) != ${PROVEN_LEAVES}, ${snapshots.length}`
    return refuse('snapshots', `merkle proof not valid: ${reason}`)
  }
  for (const [k, index] of indices.entries()) {
    const label = hasher.leaf(indexBytes64(index), ...snapshots[k]!)
    if (!equalBytes(label, provenLeaves[k]!)) {
      const found = `expected: ${hex(label)} actual: ${hex(provenLeaves[k]!)}`
      return refuse('label', `label at index ${k} incorrect - ${found}`)
    }
  }
  return { valid: true }
}

/** Rebuilds the root from the leaves, noting each leaf's left siblings. */
function climbAll(
  indices: readonly bigint[],
  leaves: readonly Uint8Array[],
  nodes: readonly Uint8Array[],
  hasher: StatementHasher,
): { root: Uint8Array; snapshots: Snapshot[] } {
  let leafAt = 0
  let nodeAt = 0
  // Nested calls stop below their caller's height, so the depth is bounded by the index width.
  const climb = (stop: number): { root: Uint8Array; snapshots: Snapshot[] } => {
    let position = indices[leafAt]!
    let value = leaves[leafAt++]!
    let snapshots: Snapshot[] = [[]]
    for (let height = 0; height !== stop; height++) {
      const next = indices[leafAt]
      let sibling: Uint8Array | undefined
      let siblings: Snapshot[] = []
      if (next !== undefined && next >> BigInt(height) === (position ^ 1n)) {
        ;({ root: sibling, snapshots: siblings } = climb(height))
      } else {
        sibling = nodes[nodeAt++]
      }
      if (!sibling) break
      if (position & 1n) {
        for (const snapshot of snapshots) snapshot.push(sibling)
        value = hasher.node(sibling, value)
      } else {
        for (const snapshot of siblings) snapshot.push(value)
        snapshots = snapshots.concat(siblings)
        value = hasher.node(value, sibling)
      }
      position >>= 1n
    }
    return { root: value, snapshots }
  }
  return climb(Infinity)
}
