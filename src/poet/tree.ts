import { assert } from '../util/error.ts'
import { indexBytes, type StatementHasher } from './hasher.ts'
import { hasBit, NodeLayer } from './layers.ts'
import { NODE_BYTES } from './params.ts'

/** Heights of a tree whose leaf count stays a safe integer. */
export const MAX_HEIGHT = 53

/**
 * Sequential work as it grows: the leaf count, the finished node at each height that still waits
 * for its right sibling, and the stored layers. Spec 04 §6.2; poet shared/shared.go MakeLabelFunc,
 * merkle-tree/merkle.go AddLeaf.
 *
 * Node (h, j) covers the leaves [j·2^h, (j+1)·2^h). Parked at height h is node (h, ⌊n/2^h⌋ − 1),
 * present exactly when bit h of n is set.
 */
export class WorkTree {
  readonly #hasher: StatementHasher
  readonly #minLayer: number
  readonly #parked: (Uint8Array | undefined)[] = []
  readonly #layers: NodeLayer[] = [] // [i] holds height minLayer + i
  #leafCount: number

  /**
   * @param minLayer - layers below it are not kept
   * @param start - where to go on: a multiple of 2^minLayer needs no more than the parked nodes
   */
  constructor(
    hasher: StatementHasher,
    minLayer: number,
    start: { leafCount: number; parked: (height: number) => Uint8Array; layers?: NodeLayer[] } = {
      leafCount: 0,
      parked: () => new Uint8Array(0),
    },
  ) {
    this.#hasher = hasher
    this.#minLayer = minLayer
    this.#leafCount = start.leafCount
    for (let h = 0; h < MAX_HEIGHT && 2 ** h <= start.leafCount; h++) {
      this.#parked[h] = hasBit(start.leafCount, h) ? start.parked(h) : undefined
    }
    this.#layers = start.layers ?? []
  }

  get leafCount(): number {
    return this.#leafCount
  }
  get minLayer(): number {
    return this.#minLayer
  }
  get layers(): readonly NodeLayer[] {
    return this.#layers
  }

  /** Computes and inserts one leaf: about 0.1 ms. */
  addLeaf(): void {
    const parts = [indexBytes(this.#leafCount)]
    for (const node of this.#parked) if (node) parts.push(node)
    let node = this.#hasher.leaf(...parts)
    let height = 0
    this.#store(0, node)
    for (let left = this.#parked[0]; left; left = this.#parked[height]) {
      node = this.#hasher.node(left, node)
      this.#parked[height++] = undefined
      this.#store(height, node)
    }
    this.#parked[height] = node
    this.#leafCount++
  }

  /** Parked node of a height whose bit in the leaf count is set. */
  parked(height: number): Uint8Array | undefined {
    return this.#parked[height]
  }

  /** Node (height, index) if it is finished and stored, or parked. */
  stored(height: number, index: number): Uint8Array | undefined {
    const layer = this.#layers[height - this.#minLayer]
    if (layer) return layer.at(index)
    const parkedIndex = Math.floor(this.#leafCount / 2 ** height) - 1
    return index === parkedIndex ? this.#parked[height] : undefined
  }

  #store(height: number, node: Uint8Array): void {
    if (height < this.#minLayer) return
    assert(node.length === NODE_BYTES, 'PoET node is 32 bytes')
    const at = height - this.#minLayer
    ;(this.#layers[at] ??= new NodeLayer()).push(node)
  }
}
