import { concat, equalBytes } from '../util/bytes.ts'
import { hash32 } from './hash.ts'

/**
 * The tree behind ATX V2 ids and PoET membership. Leaves are not hashed and may have any length;
 * an odd level gets 32 zero bytes on the right. Spec 01 §2; merkle-tree/merkle.go, validation.go.
 */

/** Hash of an inner node. PoET's proof tree uses another one; every function here takes it. */
export type NodeHash = (left: Uint8Array, right: Uint8Array) => Uint8Array

const NODE_PREFIX = Uint8Array.of(1)
const PADDING = new Uint8Array(32)

/** Inner node of ATX and membership trees: BLAKE3(01 ‖ left ‖ right). */
export const membershipNode: NodeHash = (left, right) => hash32(concat(NODE_PREFIX, left, right))

/** Root over leaves added one by one, in memory that grows with the height only. */
export class MerkleBuilder {
  readonly #hash: NodeHash
  readonly #parked: (Uint8Array | undefined)[] = [] // left node waiting for its sibling, by level

  constructor(hash: NodeHash = membershipNode) {
    this.#hash = hash
  }

  /** An empty leaf that would become a left node vanishes, as in the reference. */
  add(leaf: Uint8Array): void {
    let node = leaf
    for (let level = 0; ; level++) {
      const left = this.#parked[level]
      if (!left || left.length === 0) {
        this.#parked[level] = node
        return
      }
      this.#parked[level] = undefined
      node = this.#hash(left, node)
    }
  }

  /** The root over what was added so far; empty without leaves. Adding may go on afterwards. */
  root(): Uint8Array {
    const levels = this.#parked.map((node) => (node && node.length > 0 ? node : undefined))
    let top = levels.length - 1
    while (top >= 0 && !levels[top]) top--
    let carry: Uint8Array | undefined
    for (let level = 0; level <= top; level++) {
      const left = levels[level]
      if (left && carry) carry = this.#hash(left, carry)
      else if (left) carry = level === top ? left : this.#hash(left, PADDING)
      else if (carry) carry = this.#hash(carry, PADDING)
    }
    return carry ?? new Uint8Array(0)
  }
}

/** Root over `leaves`; one leaf is its own root, no leaf gives no bytes. */
export function merkleRoot(
  leaves: Iterable<Uint8Array>,
  hash: NodeHash = membershipNode,
): Uint8Array {
  const builder = new MerkleBuilder(hash)
  for (const leaf of leaves) builder.add(leaf)
  return builder.root()
}

/**
 * Proof nodes for the leaves at `indices` (strictly ascending, within `leaves`), in the order in
 * which {@link verifyMultiproof} takes them. Leaves must not be empty.
 */
export function merkleProve(
  leaves: readonly Uint8Array[],
  indices: readonly number[],
  hash: NodeHash = membershipNode,
): Uint8Array[] {
  const levels: Uint8Array[][] = [[...leaves]]
  for (let level = levels[0]!; level.length > 1;) {
    const above: Uint8Array[] = []
    for (let i = 0; i < level.length; i += 2) above.push(hash(level[i]!, level[i + 1] ?? PADDING))
    levels.push(above)
    level = above
  }
  const nodes: Uint8Array[] = []
  // What the verifier cannot compute itself under the node of level `h` above indices[low, high):
  const visit = (h: number, low: number, high: number): void => {
    if (h === 0) return
    const child = indices[low]! >> (h - 1)
    let middle = low
    while (middle < high && indices[middle]! >> (h - 1) === child) middle++
    visit(h - 1, low, middle)
    if (middle < high) visit(h - 1, middle, high)
    else nodes.push(levels[h - 1]![child ^ 1] ?? PADDING)
  }
  if (indices.length > 0) visit(levels.length - 1, 0, indices.length)
  return nodes
}

/**
 * True if `leaves` at `indices` and the proof `nodes` give `root`. As in the reference the depth
 * is not checked: index bits above the proof's height are ignored, and leaves that the walk never
 * meets are not missed.
 *
 * @param indices - must ascend strictly, one for each leaf, at least one
 */
export function verifyMultiproof(
  indices: readonly bigint[],
  leaves: readonly Uint8Array[],
  nodes: readonly Uint8Array[],
  root: Uint8Array,
  hash: NodeHash = membershipNode,
): boolean {
  if (indices.length === 0 || indices.length !== leaves.length) return false
  for (let i = 1; i < indices.length; i++) if (indices[i]! <= indices[i - 1]!) return false
  let leafAt = 0
  let nodeAt = 0
  // Recursion is at most as deep as an index has bits: a nested call stops below its caller's level.
  const climb = (stop: number): Uint8Array => {
    let position = indices[leafAt]!
    let node = leaves[leafAt++]!
    for (let h = 0; h !== stop; h++) {
      const next = indices[leafAt]
      let sibling: Uint8Array | undefined
      if (next !== undefined && next >> BigInt(h) === (position ^ 1n)) sibling = climb(h)
      else sibling = nodes[nodeAt++]
      if (!sibling) return node
      node = position & 1n ? hash(sibling, node) : hash(node, sibling)
      position >>= 1n
    }
    return node
  }
  return equalBytes(climb(Infinity), root)
}
