import { deepStrictEqual, strictEqual } from 'node:assert'

import { hash32 } from '../../../src/crypto/hash.ts'
import { merkleProve, merkleRoot, verifyMultiproof } from '../../../src/crypto/merkle.ts'
import { concat, fromHex, hex, u32le } from '../../../src/util/bytes.ts'

/** Records of activation/merkle.jsonl; format in vectors/README.md. */
export type MerkleRecord =
  | { op: 'root'; leaves: string[]; root: string }
  | { op: 'root-generated'; leafRule: LeafRule; count: number; root: string }
  | {
      op: 'prove'
      leafRule: LeafRule
      count: number
      indices: string[]
      nodes: string[]
      root: string
    }
  | {
      op: 'verify'
      indices: string[]
      leaves: string[]
      nodes: string[]
      root: string
      valid: boolean
    }
type LeafRule = 'u32le32' | 'blake3'

export function checkMerkle(record: MerkleRecord): void {
  switch (record.op) {
    case 'root':
      strictEqual(hex(merkleRoot(record.leaves.map(fromHex))), record.root)
      return
    case 'root-generated':
      strictEqual(hex(merkleRoot(generatedLeaves(record.leafRule, record.count))), record.root)
      return
    case 'prove': {
      const leaves = generatedLeaves(record.leafRule, record.count)
      const nodes = merkleProve(leaves, record.indices.map(Number))
      deepStrictEqual(nodes.map(hex), record.nodes)
      const proven = record.indices.map((index) => leaves[Number(index)]!)
      const indices = record.indices.map(BigInt)
      strictEqual(verifyMultiproof(indices, proven, nodes, fromHex(record.root)), true)
      return
    }
    case 'verify': {
      const [leaves, nodes] = [record.leaves.map(fromHex), record.nodes.map(fromHex)]
      const valid = verifyMultiproof(
        record.indices.map(BigInt),
        leaves,
        nodes,
        fromHex(record.root),
      )
      strictEqual(valid, record.valid)
      return
    }
    default:
      throw new Error(`unknown op in ${JSON.stringify(record)}`)
  }
}

function generatedLeaves(rule: LeafRule, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    rule === 'blake3' ? hash32(u32le(i)) : concat(u32le(i), new Uint8Array(28)),
  )
}
