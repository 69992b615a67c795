import { sha256 } from '../crypto/hash.ts'
import { concat, equalBytes } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { indexBytes, StatementHasher } from './hasher.ts'
import { hasBit, NodeLayer } from './layers.ts'
import { NODE_BYTES, PROVEN_LEAVES } from './params.ts'
import type { PoetProof } from '../protocol/poet.ts'
import { proveSteps } from './prove.ts'
import { MAX_HEIGHT, WorkTree } from './tree.ts'

export interface ProverOptions {
  /** Root of the round's membership tree. */
  statement: Uint8Array
  /**
   * Layers below this height are not kept in memory; a proof then computes up to 150·2^minLayer
   * leaves again. Memory: 64·leaves/2^minLayer bytes. Default 0: keep all.
   */
  minLayer?: number
}

/** A prover as plain data, complete enough to go on from and to prove. */
export interface ProverSnapshot {
  statement: Uint8Array
  leafCount: number
  /** Height of `layers[0]`. */
  minLayer: number
  /** The parked nodes, lowest first: 32 bytes for every bit set in the leaf count. */
  parked: Uint8Array
  /** All finished nodes of each height from `minLayer` up. */
  layers: Uint8Array[]
  /** SHA-256 of the above. */
  checksum: Uint8Array
}

/** Where the prover of one round stands; it works only while a method runs. */
export class SequentialProver {
  readonly #hasher: StatementHasher
  readonly #tree: WorkTree

  constructor(hasher: StatementHasher, tree: WorkTree) {
    this.#hasher = hasher
    this.#tree = tree
  }

  get statement(): Uint8Array {
    return this.#hasher.statement
  }
  get leafCount(): number {
    return this.#tree.leafCount
  }
  /** `wasm`, or `script` at half the speed where WebAssembly is forbidden. */
  get kernelKind() {
    return this.#hasher.kernelKind
  }
  /** True once a proof can be valid. */
  get provable(): boolean {
    return this.leafCount >= PROVEN_LEAVES
  }

  /** Computes `leaves` leaves one after another, about 0.1 ms each, without a pause. */
  advance(leaves: number): void {
    for (let i = 0; i < leaves; i++) this.#tree.addLeaf()
  }

  /**
   * Opens the proof in steps of a few milliseconds, for a caller with other work to do; every step
   * yields the leaves it had to compute again. The prover must not advance meanwhile.
   *
   * @throws {SmeshError} `POET_NO_LEAVES`
   */
  finishSteps(): Generator<number, PoetProof> {
    if (this.leafCount === 0) throw new SmeshError('POET_NO_LEAVES', { leafCount: 0 })
    return proveSteps(this.#tree, this.#hasher)
  }

  /** The proof at once. Valid for verifiers from 150 leaves on. */
  finish(): PoetProof {
    for (const steps = this.finishSteps(); ;) {
      const step = steps.next()
      if (step.done) return step.value
    }
  }

  /**
   * A copy of the state, with the layers from `minLayer` up only (at least the prover's own): the
   * lower it is, the larger the copy (64·leaves/2^minLayer bytes) and the faster the later proof.
   */
  snapshot(minLayer = 0): ProverSnapshot {
    const lowest = Math.max(minLayer, this.#tree.minLayer)
    const body = {
      statement: this.statement.slice(),
      leafCount: this.leafCount,
      minLayer: lowest,
      parked: concat(...setBits(this.leafCount).map((height) => this.#tree.parked(height)!)),
      layers: this.#tree.layers.slice(lowest - this.#tree.minLayer).map((layer) => layer.toBytes()),
    }
    return { ...body, checksum: snapshotChecksum(body) }
  }
}

/** A prover with no leaf yet. */
export function createProver({ statement, minLayer = 0 }: ProverOptions): SequentialProver {
  const hasher = new StatementHasher(statement)
  return new SequentialProver(hasher, new WorkTree(hasher, minLayer))
}

/**
 * The prover that a snapshot was taken of; it keeps the snapshot's layers only.
 *
 * @throws {SmeshError} `POET_SNAPSHOT_DAMAGED` when a byte or a part of it is not as it was written
 */
export function restoreProver(snapshot: ProverSnapshot): SequentialProver {
  const { leafCount, minLayer, parked, layers } = snapshot
  const check = (sound: boolean, what: string) => {
    if (!sound) throw new SmeshError('POET_SNAPSHOT_DAMAGED', { what })
  }
  check(Number.isSafeInteger(leafCount) && leafCount >= 0, 'leaf count')
  check(Number.isInteger(minLayer) && minLayer >= 0 && minLayer < MAX_HEIGHT, 'lowest layer')
  const heights = setBits(leafCount)
  check(parked.length === heights.length * NODE_BYTES, 'parked nodes')
  let kept = 0
  while (Math.floor(leafCount / 2 ** (minLayer + kept)) > 0) kept++
  check(layers.length === kept, 'number of layers')
  layers.forEach((layer, i) => {
    const nodes = Math.floor(leafCount / 2 ** (minLayer + i))
    check(layer.length === nodes * NODE_BYTES, `layer ${minLayer + i}`)
  })
  check(equalBytes(snapshot.checksum, snapshotChecksum(snapshot)), 'checksum')
  const hasher = new StatementHasher(snapshot.statement)
  const tree = new WorkTree(hasher, minLayer, {
    leafCount,
    parked: (height) => {
      const at = heights.indexOf(height) * NODE_BYTES
      return parked.slice(at, at + NODE_BYTES)
    },
    layers: layers.map((bytes) => NodeLayer.fromBytes(bytes)),
  })
  return new SequentialProver(hasher, tree)
}

const setBits = (count: number): number[] =>
  Array.from({ length: MAX_HEIGHT }, (_, height) => height).filter((h) => hasBit(count, h))

function snapshotChecksum(body: Omit<ProverSnapshot, 'checksum'>): Uint8Array {
  const numbers = concat(indexBytes(body.leafCount), indexBytes(body.minLayer))
  return sha256(concat(sha256(body.statement), numbers, sha256(body.parked), ...body.layers))
}
