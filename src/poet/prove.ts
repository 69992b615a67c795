import { assert } from '../util/error.ts'
import type { StatementHasher } from './hasher.ts'
import { challengeIndices } from './fiat-shamir.ts'
import { MAX_HEIGHT, WorkTree } from './tree.ts'
import { PADDING, PROVEN_LEAVES } from './params.ts'
import type { PoetProof } from '../protocol/poet.ts'

/** Leaves that are recomputed between two yields: about 3 ms. */
const LEAVES_PER_STEP = 32

/** Opens the challenged leaves of a finished tree; layers that were not kept are computed again. */
class Prover {
  readonly #tree: WorkTree
  readonly #hasher: StatementHasher
  /** The 2^minLayer leaves that are being opened, all layers, and the index of the first of them. */
  #subtree: WorkTree | undefined
  #subtreeAt = 0
  readonly #leaves: Uint8Array[] = []
  readonly #nodes: Uint8Array[] = []

  constructor(tree: WorkTree, hasher: StatementHasher) {
    this.#tree = tree
    this.#hasher = hasher
  }

  *run(): Generator<number, PoetProof> {
    const { leafCount } = this.#tree
    let height = 0
    while (2 ** height < leafCount) height++
    const root = this.#node(height, 0).slice()
    const indices = challengeIndices(root, BigInt(leafCount), PROVEN_LEAVES).map(Number)
    yield* this.#open(height, 0, indices)
    const provenLeaves = this.#leaves
    return { root, provenLeaves, proofNodes: this.#nodes, leafCount: BigInt(leafCount) }
  }

  /** Opens `indices`, all of them under node (height, index). Order as spec 04 §6.3. */
  *#open(height: number, index: number, indices: readonly number[]): Generator<number, void> {
    if (height <= this.#tree.minLayer && !this.#holds(height, index)) {
      yield* this.#recompute(Math.floor(indices[0]! / 2 ** this.#tree.minLayer))
    }
    if (height === 0) {
      this.#leaves.push(this.#node(0, index).slice())
      return
    }
    const middle = (2 * index + 1) * 2 ** (height - 1)
    const left = indices.filter((leaf) => leaf < middle)
    const right = indices.filter((leaf) => leaf >= middle)
    if (left.length > 0) yield* this.#open(height - 1, 2 * index, left)
    if (right.length > 0) yield* this.#open(height - 1, 2 * index + 1, right)
    if (left.length === 0) this.#nodes.push(this.#node(height - 1, 2 * index).slice())
    if (right.length === 0) this.#nodes.push(this.#node(height - 1, 2 * index + 1).slice())
  }

  /** Value of any node: padding without leaves, stored or recomputed when full, else hashed. */
  #node(height: number, index: number): Uint8Array {
    const { leafCount } = this.#tree
    if (index * 2 ** height >= leafCount) return PADDING
    if ((index + 1) * 2 ** height <= leafCount) {
      const node = this.#tree.stored(height, index) ?? this.#recomputed(height, index)
      assert(node, 'PoET node is stored or recomputed')
      return node
    }
    return this.#hasher.node(
      this.#node(height - 1, 2 * index),
      this.#node(height - 1, 2 * index + 1),
    )
  }

  #holds(height: number, index: number): boolean {
    if (this.#tree.minLayer === 0) return true
    const first = index * 2 ** height
    return (
      this.#subtree !== undefined &&
      first >= this.#subtreeAt &&
      first < this.#subtreeAt + 2 ** this.#tree.minLayer
    )
  }

  #recomputed(height: number, index: number): Uint8Array | undefined {
    if (!this.#subtree) return undefined
    // The subtree's own layers count from its first leaf.
    const before = this.#subtreeAt / 2 ** height
    return index >= before ? this.#subtree.layers[height]?.at(index - before) : undefined
  }

  /**
   * Computes the leaves of subtree `at` again. Its first leaf's left siblings all lie at heights
   * from minLayer up, so they are stored.
   */
  *#recompute(at: number): Generator<number, void> {
    const first = at * 2 ** this.#tree.minLayer
    const end = Math.min(first + 2 ** this.#tree.minLayer, this.#tree.leafCount)
    const subtree = new WorkTree(this.#hasher, 0, {
      leafCount: first,
      parked: (height) => {
        const node = this.#tree.stored(height, Math.floor(first / 2 ** height) - 1)
        assert(node, 'left sibling of a PoET subtree is stored')
        return node
      },
    })
    while (subtree.leafCount < end) {
      const leaves = Math.min(LEAVES_PER_STEP, end - subtree.leafCount)
      for (let i = 0; i < leaves; i++) subtree.addLeaf()
      yield leaves
    }
    this.#subtree = subtree
    this.#subtreeAt = first
  }
}

/**
 * Opens the Fiat–Shamir leaves of `tree` in steps of a few milliseconds; each yields the number of
 * leaves it computed again. The proof is the generator's return value.
 *
 * @see merkle-tree proving.go, GenerateProof; spec 04 §6.3, §6.4
 */
export function proveSteps(tree: WorkTree, hasher: StatementHasher) {
  assert(tree.leafCount > 0 && tree.leafCount < 2 ** MAX_HEIGHT, 'PoET tree has leaves')
  return new Prover(tree, hasher).run()
}
