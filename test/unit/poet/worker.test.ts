import { describe, expect, it } from 'vitest'

import { createProver } from '../../../src/poet/prover.ts'
import { verifyPoetProof } from '../../../src/poet/verify.ts'
import { SlicedWorker, type Pacer } from '../../../src/poet/worker.ts'
import { PoetProof } from '../../../src/protocol/poet.ts'

const statement = new Uint8Array(32).fill(5)

/** A thread on which every look at the time costs a millisecond and rests are noted. */
function thread() {
  let nowMs = 0
  let worked = 0
  const rests: number[] = []
  const slices: number[] = []
  const pacer: Pacer = {
    now: () => {
      worked++
      return ++nowMs
    },
    rest: (ms) => {
      rests.push(ms)
      slices.push(worked)
      worked = 0
      nowMs += ms
      return Promise.resolve()
    },
  }
  return { pacer, rests, slices, clock: { now: () => nowMs } }
}

const ignore = { onProgress: () => undefined, onCheckpoint: () => Promise.resolve() }

describe('SlicedWorker', () => {
  it.each([
    { dutyPercent: 100, share: 1 },
    { dutyPercent: 50, share: 0.5 },
    { dutyPercent: 20, share: 0.2 },
  ])('takes $dutyPercent % of the time', async ({ dutyPercent, share }) => {
    const { pacer, rests, clock } = thread()
    const worker = new SlicedWorker({ dutyPercent, sliceMs: 20 }, { clock, pacer })
    const prover = createProver({ statement })
    const { signal } = new AbortController()
    await worker.execute(prover, 2000, { signal, ...ignore })
    const rested = rests.reduce((sum, ms) => sum + ms, 0)
    expect(1 - rested / 2000).toBeGreaterThan(share - 0.05)
    expect(1 - rested / 2000).toBeLessThan(share + 0.05)
  })

  it('gives the thread away after every slice, also while it proves', async () => {
    const { pacer, slices, clock } = thread()
    const worker = new SlicedWorker({ sliceMs: 20 }, { clock, pacer })
    const prover = createProver({ statement, minLayer: 9 })
    const { signal } = new AbortController()
    const proof = await worker.execute(prover, 400, { signal, ...ignore })
    expect(slices.length).toBeGreaterThan(20)
    expect(Math.max(...slices)).toBeLessThanOrEqual(30) // the slice and its bookkeeping
    expect(verifyPoetProof(statement, PoetProof.decode(proof))).toEqual({ valid: true })
  })

  it('tops up to 150 leaves when the end has passed', async () => {
    const { pacer, clock } = thread()
    const worker = new SlicedWorker({}, { clock, pacer })
    const { signal } = new AbortController()
    const proof = await worker.execute(createProver({ statement }), 0, { signal, ...ignore })
    expect(PoetProof.decode(proof).leafCount).toBe(150n)
  })

  it('reports progress at its interval and checkpoints at its own', async () => {
    const { pacer, clock } = thread()
    const options = { sliceMs: 10, checkpointMs: 100, progressMs: 50 }
    const worker = new SlicedWorker(options, { clock, pacer })
    const progress: string[] = []
    const checkpoints: number[] = []
    await worker.execute(createProver({ statement }), 500, {
      signal: new AbortController().signal,
      onProgress: ({ phase }) => void progress.push(phase),
      onCheckpoint: ({ leafCount }) => {
        checkpoints.push(leafCount)
        return Promise.resolve()
      },
    })
    expect(progress.length).toBeGreaterThan(5)
    expect(progress.length).toBeLessThanOrEqual(12)
    expect(progress.at(-1)).toBe('proving')
    expect(checkpoints.length).toBeGreaterThanOrEqual(4)
    expect(checkpoints.length).toBeLessThanOrEqual(6)
    expect(checkpoints).toEqual([...checkpoints].sort((a, b) => a - b))
  })

  it('hands over where it is and rejects with the reason when aborted', async () => {
    const { pacer, clock } = thread()
    const worker = new SlicedWorker({ sliceMs: 10, progressMs: 1 }, { clock, pacer })
    const prover = createProver({ statement })
    const stop = new AbortController()
    const checkpoints: number[] = []
    const work = worker.execute(prover, 1e9, {
      signal: stop.signal,
      onProgress: ({ leafCount }) => void (leafCount > 400 && stop.abort(new Error('enough'))),
      onCheckpoint: ({ leafCount }) => {
        checkpoints.push(leafCount)
        return Promise.resolve()
      },
    })
    await expect(work).rejects.toThrow('enough')
    expect(checkpoints).toEqual([prover.leafCount])
  })

  it('refuses a share outside 1–100 %', () => {
    const { pacer, clock } = thread()
    for (const dutyPercent of [0, 101, NaN]) {
      expect(() => new SlicedWorker({ dutyPercent }, { clock, pacer })).toThrow('BAD_ARGUMENT')
    }
  })
})
