import { expect, it } from 'vitest'

import {
  createPostVerifier,
  embeddedPoetClient,
  type PostService,
} from '../../../src/activation/index.ts'
import { createPoetSchedule } from '../../../src/config/index.ts'
import { verify } from '../../../src/crypto/ed25519.ts'
import { PoetService, SlicedWorker } from '../../../src/poet/index.ts'
import {
  commitment,
  createCpuLabeler,
  createFreePow,
  initLabels,
  prove,
  type DataMetadata,
} from '../../../src/post/index.ts'
import { hex } from '../../../src/util/bytes.ts'
import { MemoryPoetStore } from '../poet/memory-store.ts'
import { MemoryLabelStore } from '../post/memory-label-store.ts'
import { GENESIS_MS, Rig } from './support/rig.ts'

const SCRYPT_N = 2
const NUM_UNITS = 1 // more would need a proof of work by RandomX

/** Real labels, real proofs over them. */
async function makeSpace(rig: Rig): Promise<PostService> {
  const { post } = rig.config
  const store = new MemoryLabelStore()
  const nodeId = rig.key.publicKey
  const size = {
    numUnits: NUM_UNITS,
    labelsPerUnit: post.labelsPerUnit,
    maxFileSize: post.maxFileSizeBytes,
  }
  const { signal } = new AbortController()
  const commitmentAtxId = rig.goldenAtxId
  const labeler = createCpuLabeler(
    { commitment: commitment(nodeId, commitmentAtxId), scryptN: SCRYPT_N },
    {},
  )
  const options = { ...size, nodeId, commitmentAtxId, scryptN: SCRYPT_N, computeBatchSize: 1024 }
  const metadata: DataMetadata = await initLabels(options, { labeler, store }, { signal })
  return {
    status: async () => ({
      nodeId,
      commitmentAtxId,
      numUnits: metadata.numUnits,
      labelsPerUnit: metadata.labelsPerUnit,
      ...(metadata.nonce === undefined ? {} : { vrfNonce: metadata.nonce }),
    }),
    prove: (challenge, task) =>
      prove(
        {
          ...size,
          nodeId,
          challenge,
          k1: post.k1,
          k2: post.k2,
          powDifficulty: post.powDifficulty,
          noncesPerPass: 16,
        },
        { store, pow: createFreePow() },
        task,
      ),
  }
}

it('three epochs with real labels, PoST, PoET service and validation', async () => {
  const parts: { service?: PostService; poet?: PoetService } = {}
  const rig = new Rig({
    post: ({ config }) => {
      const options = { ...config.post, scryptN: SCRYPT_N, seed: Uint8Array.of(1, 2, 3) }
      return {
        service: parts.service!,
        verifier: createPostVerifier(options, { pow: createFreePow() }),
      }
    },
    poet: () => embeddedPoetClient('embedded', parts.poet!),
  })
  parts.service = await makeSpace(rig)
  let workMs = 0
  const pacer = {
    now: () => ++workMs,
    rest: () => new Promise<void>((resolve) => setImmediate(resolve)),
  }
  const { clock, genesisId } = rig
  const poet = new PoetService(
    {
      schedule: createPoetSchedule(rig.config),
      genesisId,
      servicePubkey: new Uint8Array(32).fill(7),
      phaseShiftMs: rig.config.poet.phaseShiftMs,
      cycleGapMs: rig.config.poet.cycleGapMs,
    },
    {
      clock,
      pacer,
      verify,
      store: new MemoryPoetStore(),
      worker: new SlicedWorker({}, { clock, pacer }),
    },
  )
  parts.poet = poet
  await poet.start()
  const session = await rig.open()
  session.builder.start()
  const done = await clock.run(() => rig.stored.length >= 3, GENESIS_MS + 120_000)
  const errors = session.statuses.flatMap(({ error }) => (error ? [error.message] : []))
  await session.builder.stop()
  await poet.stop()

  expect(errors).toEqual([])
  expect(done).toBe(true)
  const atxs = rig.stored
  expect(atxs.map(({ publishEpoch }) => publishEpoch)).toEqual([1, 2, 3])
  for (const [i, atx] of atxs.entries()) {
    expect(atx.tickCount).toBeGreaterThanOrEqual(1n) // a valid proof has 150 leaves or more
    expect(atx.weight).toBe(atx.tickCount)
    if (i > 0) expect(hex(atx.prevAtxId)).toBe(hex(atxs[i - 1]!.id))
  }
})
