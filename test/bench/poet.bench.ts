import { createHash } from 'node:crypto'
import { bench, describe } from 'vitest'

import { StatementHasher } from '../../src/poet/hasher.ts'
import { createScriptCore, createWasmCore, Sha256Kernel } from '../../src/poet/kernel/index.ts'
import { createProver } from '../../src/poet/prover.ts'
import { searchPow } from '../../src/poet/pow.ts'
import { verifyPoetProof } from '../../src/poet/verify.ts'

const statement = new Uint8Array(32).fill(1)
const input = new Uint8Array(8 + 8 * 32).fill(2) // index and eight left siblings: an average leaf
const LEAVES = 500

/** Leaves a second = 500 · hz of these. */
describe(`${LEAVES} leaves of 400 SHA-256`, () => {
  const wasm = new StatementHasher(statement, new Sha256Kernel(createWasmCore()))
  const script = new StatementHasher(statement, new Sha256Kernel(createScriptCore()))
  const repeat = (leaf: () => void) => () => {
    for (let i = 0; i < LEAVES; i++) leaf()
  }
  bench(
    'generated WebAssembly',
    repeat(() => void wasm.leaf(input)),
  )
  bench(
    'plain TypeScript',
    repeat(() => void script.leaf(input)),
  )
  bench(
    'node:crypto createHash for each hash',
    repeat(() => {
      let digest = createHash('sha256').update(statement).update(input).digest()
      for (let i = 1; i < 400; i++) digest = createHash('sha256').update(digest).digest()
    }),
  )
})

describe('prover and verifier', () => {
  bench(`prover with tree, ${LEAVES} leaves`, () => createProver({ statement }).advance(LEAVES))
  const prover = createProver({ statement })
  prover.advance(20_000)
  const proof = prover.finish()
  bench('proof of 20,000 leaves, all layers kept', () => void prover.finish())
  bench('verification of it', () => void verifyPoetProof(statement, proof))
})

describe('registration PoW', () => {
  const subject = { powChallenge: statement, nodeId: statement, poetChallenge: statement }
  bench('100,000 nonces', () => void searchPow(subject, 257, { attempts: 100_000 }))
})
