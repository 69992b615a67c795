import { describe, expect, it } from 'vitest'

import { membershipStatement } from '../../../src/poet/membership.ts'
import { createProver } from '../../../src/poet/prover.ts'
import { hex } from '../../../src/util/bytes.ts'
import { seededRandom } from '../../../src/util/random.ts'
import { MemoryPoetStore } from './memory-store.ts'
import { EPOCH_MS, openSession, schedule, submission, type Session } from './service-rig.ts'
import { SimTime } from './sim-time.ts'

const ROUNDS = 4
const NODES = 12

/**
 * Rounds over a store while the PoET is killed at random moments, writes under way included.
 * `maxGapMs`: how far the clock goes on while nobody hosts the network; 0: it stands still.
 */
async function life(seed: number, maxGapMs: number) {
  const random = seededRandom(seed)
  const below = (limit: number) => {
    const [a, b] = random.bytes(2)
    return (a! * 256 + b!) % limit
  }
  const time = new SimTime(1001)
  const store = new MemoryPoetStore()
  const acknowledged = new Map<number, Map<string, string>>()
  let kills = 0
  let resumed = 0
  let session: Session | undefined

  const submit = async ({ service }: Session) => {
    const request = submission(below(NODES), below(3))
    try {
      const { round } = await service.submit(request)
      const members = acknowledged.get(round) ?? new Map<string, string>()
      acknowledged.set(round, members.set(hex(request.nodeId), hex(request.challenge)))
    } catch (error) {
      const { code, context } = error as { code?: string; context?: { reason?: string } }
      expect(code).toBe('POET_REGISTRATION_REFUSED')
      expect(context?.reason).toBe('already-exists')
    }
  }

  const endMs = schedule.roundStartMs(ROUNDS)
  while (time.nowMs < endMs) {
    session = openSession(time, store, {
      applied: () => below(2) === 0,
      storeTurns: () => below(12),
    })
    await session.service.start()
    const deathMs = Math.min(endMs, time.nowMs + 1 + below(EPOCH_MS / 2))
    while (time.nowMs < deathMs) {
      // Not awaited: a kill may come while it is under way.
      if (below(3) === 0) void submit(session)
      await time.pass(Math.min(deathMs, time.nowMs + 1 + below(8)))
    }
    session.kill()
    kills++
    for (const event of session.events) {
      if (event.kind === 'executing' && event.leafCount > 0) resumed++
    }
    await time.turns(20) // what was under way reaches the store now or never
    if (maxGapMs > 0) time.jump(time.nowMs + below(maxGapMs))
  }
  const last = openSession(time, store)
  await last.service.start()
  await time.pass(schedule.roundEndMs(ROUNDS) + 5)
  await time.turns(200)
  return { acknowledged, kills, resumed, service: last.service }
}

describe('PoetService killed at random moments', () => {
  it.each([
    ...[1, 2, 3, 4, 5, 6].map((seed) => ({ seed, maxGapMs: 0 })),
    ...[7, 8, 9, 10].map((seed) => ({ seed, maxGapMs: EPOCH_MS / 3 })),
  ])('keeps every acknowledged registration (seed $seed, gap $maxGapMs ms)', async (options) => {
    const { acknowledged, kills, resumed, service } = await life(options.seed, options.maxGapMs)
    expect(kills).toBeGreaterThan(5)
    expect(resumed).toBeGreaterThan(0)
    expect(acknowledged.size).toBeGreaterThan(1)
    for (const [round, members] of acknowledged) {
      const found = await service.proof(String(round))
      expect(found, `proof of round ${round}`).toBeDefined()
      const { proof, statement } = found!
      const challenges = found!.members.map(hex)
      for (const challenge of members.values()) expect(challenges).toContain(challenge)
      expect(hex(statement)).toBe(hex(membershipStatement(found!.members)))
      // Interrupted or not, the work of so many leaves has one result.
      const prover = createProver({ statement })
      prover.advance(Number(proof.leafCount))
      expect(proof.leafCount).toBeGreaterThanOrEqual(150n)
      expect(hex(prover.finish().root)).toBe(hex(proof.root))
      expect(prover.finish()).toEqual(proof)
    }
    await service.stop()
  })
})
