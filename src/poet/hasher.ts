import type { NodeHash } from '../crypto/merkle.ts'
import { MESSAGE_AT, sha256Kernel, type Sha256Kernel } from './kernel/index.ts'
import { LEAF_HASHES, NODE_BYTES } from './params.ts'

/**
 * The two hashes of sequential work, salted with a statement:
 * L(x) = SHA256^400(S ‖ x) for leaves, M(l, r) = SHA256(S ‖ l ‖ r) for nodes.
 * Spec 04 §6.1; poet hash/hash.go.
 *
 * A statement of 32 bytes leaves no whole block in front of the index, so there is no state to
 * keep between messages; the kernel sees each one from its first block.
 */
export class StatementHasher {
  readonly statement: Uint8Array
  readonly #kernel: Sha256Kernel
  readonly #memory: Uint8Array

  constructor(statement: Uint8Array, kernel = sha256Kernel()) {
    this.statement = statement.slice()
    this.#kernel = kernel
    this.#memory = kernel.memory
  }

  /** `wasm` or, where that is forbidden, `script`. */
  get kernelKind(): Sha256Kernel['kind'] {
    return this.#kernel.kind
  }

  /** M(l, r) for nodes of any length. */
  readonly node: NodeHash = (left, right) => {
    const digest = new Uint8Array(NODE_BYTES)
    this.#kernel.digest(this.#put(left, right), 1, digest, 0)
    return digest
  }

  /** L(x) for the concatenation of `parts`. */
  leaf(...parts: Uint8Array[]): Uint8Array {
    const digest = new Uint8Array(NODE_BYTES)
    this.#kernel.digest(this.#put(...parts), LEAF_HASHES, digest, 0)
    return digest
  }

  #put(...parts: Uint8Array[]): number {
    const memory = this.#memory
    memory.set(this.statement, MESSAGE_AT)
    let at = MESSAGE_AT + this.statement.length
    for (const part of parts) {
      // A message that does not fit is refused by the kernel, so nothing is written past the end.
      if (at + part.length <= memory.length) memory.set(part, at)
      at += part.length
    }
    return at - MESSAGE_AT
  }
}

/** Eight big-endian bytes of a leaf index below 2^53. */
export function indexBytes(index: number): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, Math.floor(index / 2 ** 32))
  view.setUint32(4, index % 2 ** 32)
  return bytes
}

/** Eight big-endian bytes of a u64. */
export function indexBytes64(index: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, index)
  return bytes
}
