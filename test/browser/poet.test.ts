import { describe, expect, it } from 'vitest'

import {
  createScriptCore,
  createWasmCore,
  Sha256Kernel,
  sha256Kernel,
} from '../../src/poet/kernel/index.ts'
import { StatementHasher } from '../../src/poet/hasher.ts'
import { createProver } from '../../src/poet/prover.ts'
import { SlicedWorker, type Pacer } from '../../src/poet/worker.ts'
import { verifyPoetProof } from '../../src/poet/verify.ts'
import { PoetProof, poetRef } from '../../src/protocol/poet.ts'
import { fromHex, hex } from '../../src/util/bytes.ts'
import lines from '../vectors/poet/proofs.jsonl?raw'

interface ProofVector {
  name: string
  statement: string
  leafCount: string
  encoding: string
  ref: string
}
const vectors = lines
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ProofVector)
const vector = vectors.find(({ name }) => name === 'chapter N=4097')!

/** Yields by a MessageChannel, as a worker host does. */
function channelPacer(): Pacer {
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port1.onmessage = () => waiting.shift()?.()
  return {
    now: () => performance.now(),
    rest: (ms) =>
      new Promise((resolve) => {
        if (ms > 0) {
          setTimeout(resolve, ms)
          return
        }
        waiting.push(resolve)
        port2.postMessage(0)
      }),
  }
}

describe('PoET in the browser', () => {
  it('runs its kernel as WebAssembly', () => expect(sha256Kernel().kind).toBe('wasm'))

  it('makes the reference proof byte for byte', () => {
    const statement = fromHex(vector.statement)
    const prover = createProver({ statement })
    prover.advance(Number(vector.leafCount))
    const proof = prover.finish()
    expect(hex(PoetProof.encode(proof))).toBe(vector.encoding)
    expect(hex(poetRef(proof))).toBe(vector.ref)
    expect(verifyPoetProof(statement, proof)).toEqual({ valid: true })
  })

  it('has two kernels that agree', () => {
    const input = new Uint8Array(100).fill(3)
    const [wasm, script] = [createWasmCore(), createScriptCore()].map((core) =>
      new StatementHasher(fromHex(vector.statement), new Sha256Kernel(core)).leaf(input),
    )
    expect(wasm).toEqual(script)
  })

  it('lets messages through while it works, and tells its speed', async () => {
    const pacer = channelPacer()
    const clock = { now: () => Date.now() }
    const worker = new SlicedWorker({ sliceMs: 25 }, { clock, pacer })
    const statement = fromHex(vector.statement)
    const prover = createProver({ statement })
    const { port1, port2 } = new MessageChannel()
    let messages = 0
    port1.onmessage = () => {
      messages++
      port2.postMessage(0)
    }
    port2.postMessage(0)
    const from = performance.now()
    const proof = await worker.execute(prover, Date.now() + 2000, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onCheckpoint: () => Promise.resolve(),
    })
    const seconds = (performance.now() - from) / 1000
    port1.close()
    expect(messages).toBeGreaterThan(1)
    expect(verifyPoetProof(statement, PoetProof.decode(proof))).toEqual({ valid: true })
    const rate = Math.round(prover.leafCount / seconds)
    console.log(`PoET in this browser: ${rate} leaves/s over ${seconds.toFixed(2)} s`)
  })
})
