import { NODE_BYTES } from './params.ts'

const CHUNK_NODES = 1024

/** The finished nodes of one height, appended in order, in chunks so that growing never copies. */
export class NodeLayer {
  readonly #chunks: Uint8Array[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  push(node: Uint8Array): void {
    const within = this.#count % CHUNK_NODES
    if (within === 0) this.#chunks.push(new Uint8Array(CHUNK_NODES * NODE_BYTES))
    this.#chunks[this.#chunks.length - 1]!.set(node, within * NODE_BYTES)
    this.#count++
  }

  /** A view of node `index`; `undefined` if it is not there. */
  at(index: number): Uint8Array | undefined {
    if (index < 0 || index >= this.#count) return undefined
    const from = (index % CHUNK_NODES) * NODE_BYTES
    return this.#chunks[Math.floor(index / CHUNK_NODES)]!.subarray(from, from + NODE_BYTES)
  }

  /** All nodes in one array of their own. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#count * NODE_BYTES)
    for (let i = 0; i < this.#chunks.length; i++) {
      const from = i * CHUNK_NODES * NODE_BYTES
      bytes.set(this.#chunks[i]!.subarray(0, bytes.length - from), from)
    }
    return bytes
  }

  static fromBytes(bytes: Uint8Array): NodeLayer {
    const layer = new NodeLayer()
    for (let at = 0; at < bytes.length; at += NODE_BYTES) {
      layer.push(bytes.subarray(at, at + NODE_BYTES))
    }
    return layer
  }
}

/** Bit `height` of a leaf count below 2^53. */
export const hasBit = (count: number, height: number): boolean =>
  Math.floor(count / 2 ** height) % 2 === 1
