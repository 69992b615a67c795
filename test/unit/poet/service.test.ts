import { describe, expect, it } from 'vitest'

import {
  membershipStatement,
  proveMembership,
  verifyMembership,
} from '../../../src/poet/membership.ts'
import { createProver } from '../../../src/poet/prover.ts'
import { verifyPoetProof } from '../../../src/poet/verify.ts'
import { compareBytes, hex } from '../../../src/util/bytes.ts'
import { MemoryPoetStore } from './memory-store.ts'
import { openSession, schedule, servicePubkey, submission, type Session } from './service-rig.ts'
import { SimTime } from './sim-time.ts'

const BEFORE = 1010 // round 0 is open until 1060

async function running(...args: Parameters<typeof openSession>): Promise<Session> {
  const session = openSession(...args)
  await session.service.start()
  return session
}

/** Lets time pass until the outcome of `round` is there. */
async function passRound(time: SimTime, round: number): Promise<void> {
  await time.pass(schedule.roundEndMs(round) + 5)
  await time.turns(50)
}

const refusal = (reason: string) => ({
  code: 'POET_REGISTRATION_REFUSED',
  context: expect.objectContaining({ reason }) as unknown,
})

describe('PoetService', () => {
  it('goes through several rounds and serves a valid proof of each', async () => {
    const time = new SimTime(BEFORE)
    const { service, events } = await running(time, new MemoryPoetStore())
    for (let round = 0; round < 3; round++) {
      const sent = [0, 1, 2, 3, 4].map((node) => submission(node, round))
      for (const request of sent) {
        const answer = await service.submit(request)
        expect(answer).toMatchObject({ round, roundId: String(round) })
        expect(answer.roundEndMs).toBe(schedule.roundEndMs(round) - time.nowMs)
      }
      expect(await service.proof(String(round))).toBeUndefined()
      await time.pass(schedule.roundStartMs(round) + 10)
      expect(service.status()).toMatchObject({ openRound: round + 1, executing: { round } })
      await passRound(time, round)
      const found = (await service.proof(String(round)))!
      const sorted = [...sent].sort((a, b) => compareBytes(a.nodeId, b.nodeId))
      expect(found.members).toEqual(sorted.map(({ challenge }) => challenge))
      expect(found.servicePubkey).toEqual(servicePubkey)
      const statement = membershipStatement(found.members)
      expect(found.statement).toEqual(statement)
      expect(verifyPoetProof(statement, found.proof)).toEqual({ valid: true })
      for (const { challenge } of sent) {
        const membership = proveMembership(found.members, challenge)
        expect(verifyMembership(statement, challenge, membership)).toBe(true)
      }
    }
    expect(events.filter(({ kind }) => kind === 'trouble')).toEqual([])
    expect(events.filter(({ kind }) => kind === 'finished')).toHaveLength(3)
    await service.stop()
  })

  it('works until the end of the round and makes the proof of an uninterrupted prover', async () => {
    const time = new SimTime(BEFORE)
    const { service } = await running(time, new MemoryPoetStore())
    await service.submit(submission(1, 0))
    await passRound(time, 0)
    const { proof, statement } = (await service.proof('0'))!
    // 80 ms, of which the simulation takes some for itself; 16 leaves in each of the others.
    expect(Number(proof.leafCount)).toBeGreaterThan(20 * 16)
    expect(Number(proof.leafCount)).toBeLessThanOrEqual(80 * 16)
    const prover = createProver({ statement })
    prover.advance(Number(proof.leafCount))
    expect(prover.finish()).toEqual(proof)
    await service.stop()
  })

  it('answers a repeat as the first time and refuses another challenge of the same node', async () => {
    const time = new SimTime(BEFORE)
    const { service } = await running(time, new MemoryPoetStore())
    const [first, again] = await Promise.all([
      service.submit(submission(1, 0)),
      service.submit(submission(1, 0)),
    ])
    expect(again).toEqual(first)
    expect(service.status().openMembers).toBe(1)
    await expect(service.submit(submission(1, 1))).rejects.toMatchObject(refusal('already-exists'))
    await time.pass(schedule.roundStartMs(0) + 1)
    expect(await service.submit(submission(1, 1))).toMatchObject({ round: 1 })
    await service.stop()
  })

  it('refuses what breaks a rule and keeps nothing of it', async () => {
    const time = new SimTime(BEFORE)
    const { service } = await running(time, new MemoryPoetStore(), { options: { maxMembers: 2 } })
    const good = submission(1, 0)
    const cases = [
      { request: { ...good, nodeId: good.nodeId.slice(1) }, reason: 'invalid-public-key' },
      { request: { ...good, challenge: good.challenge.slice(1) }, reason: 'invalid-challenge' },
      { request: { ...good, challenge: new Uint8Array(33) }, reason: 'invalid-challenge' },
      { request: { ...good, challenge: new Uint8Array(32) }, reason: 'invalid-signature' },
      { request: { ...good, signature: good.signature.slice(1) }, reason: 'invalid-signature' },
      { request: { ...good, prefix: new Uint8Array(21) }, reason: 'invalid-signature' },
      {
        request: { ...good, certificatePubkeyHint: new Uint8Array(3) },
        reason: 'invalid-hint',
      },
      { request: { ...good, deadlineMs: schedule.roundEndMs(0) - 1 }, reason: 'too-late' },
    ]
    for (const { request, reason } of cases) {
      await expect(service.submit(request), reason).rejects.toMatchObject(refusal(reason))
    }
    expect(service.status().openMembers).toBe(0)
    await service.submit({ ...good, deadlineMs: schedule.roundEndMs(0) })
    await service.submit(submission(2, 0))
    // A full round refuses repeats too.
    await expect(service.submit(good)).rejects.toMatchObject(refusal('round-full'))
    await service.stop()
  })

  it('asks for PoW when the terms do', async () => {
    const time = new SimTime(BEFORE)
    const current = { difficulty: 4, challenge: new Uint8Array(32).fill(3) }
    const { service } = await running(time, new MemoryPoetStore(), {
      modules: { terms: () => ({ pow: { current } }) },
    })
    const request = submission(1, 0)
    await expect(service.submit(request)).rejects.toMatchObject(refusal('invalid-pow-params'))
    const nonces = [...Array(200).keys()].map(BigInt)
    const results = await Promise.allSettled(
      nonces.map((nonce) => service.submit({ ...request, pow: { nonce, params: current } })),
    )
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(150)
    expect(refused.length).toBeLessThan(200)
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toMatchObject(refusal('invalid-pow'))
    }
    await service.stop()
  })

  it('does not open a round twice when a timer fires early', async () => {
    const time = new SimTime(BEFORE)
    const { clock } = time.session()
    const early = {
      now: clock.now,
      sleepUntil: (timeMs: number, options: { signal: AbortSignal }) =>
        clock.sleepUntil(Math.max(time.nowMs + 1, timeMs - 3), options),
    }
    const { service, events } = await running(time, new MemoryPoetStore(), {
      modules: { clock: early },
    })
    for (let round = 0; round < 3; round++) {
      await time.pass(schedule.roundStartMs(round) + 1)
      await service.submit(submission(1, round))
    }
    const opened = events.flatMap((event) => (event.kind === 'opened' ? [event.round] : []))
    expect(opened).toEqual([0, 1, 2, 3])
    await service.stop()
  })

  it('never goes back behind a round, whatever the clock does', async () => {
    const time = new SimTime(BEFORE)
    const store = new MemoryPoetStore()
    const first = await running(time, store)
    await first.service.submit(submission(1, 0))
    await passRound(time, 0)
    await first.service.submit(submission(1, 1))
    first.kill()
    time.jump(BEFORE)
    const { service } = await running(time, store)
    expect(await service.submit(submission(2, 1))).toMatchObject({ round: 1 })
    await passRound(time, 1)
    const { members } = (await service.proof('1'))!
    expect(members.map(hex).sort()).toEqual(
      [submission(1, 1), submission(2, 1)].map(({ challenge }) => hex(challenge)).sort(),
    )
    await service.stop()
  })

  it('proves a round that was slept through with 150 leaves, or skips it when told to', async () => {
    for (const lateRounds of ['prove', 'skip'] as const) {
      const time = new SimTime(BEFORE)
      const store = new MemoryPoetStore()
      const first = await running(time, store)
      await first.service.submit(submission(1, 0))
      first.kill()
      time.jump(schedule.roundEndMs(0) + 3)
      const { service, events } = await running(time, store, { options: { lateRounds } })
      await time.turns(200)
      const proof = await service.proof('0')
      if (lateRounds === 'prove') {
        expect(proof!.proof.leafCount).toBe(150n)
        expect(verifyPoetProof(proof!.statement, proof!.proof)).toEqual({ valid: true })
      } else {
        expect(proof).toBeUndefined()
        expect(events).toContainEqual({ kind: 'skipped', round: 0 })
      }
      await service.stop()
    }
  })

  it('starts a round over when its checkpoint is damaged', async () => {
    const time = new SimTime(BEFORE)
    const store = new MemoryPoetStore()
    const first = await running(time, store)
    await first.service.submit(submission(1, 0))
    await time.pass(schedule.roundStartMs(0) + 50)
    first.kill()
    await time.turns(5) // a write under way
    const snapshot = (await store.checkpoint(0))!
    expect(snapshot.leafCount).toBeGreaterThan(150)
    snapshot.layers[0]![0]! ^= 1
    await store.saveCheckpoint(0, snapshot)
    const { service, events } = await running(time, store)
    await passRound(time, 0)
    expect(events).toContainEqual(expect.objectContaining({ code: 'POET_SNAPSHOT_DAMAGED' }))
    const { proof, statement } = (await service.proof('0'))!
    expect(verifyPoetProof(statement, proof)).toEqual({ valid: true })
    await service.stop()
  })

  it('tries again when the store fails, and forgets a registration that was not stored', async () => {
    const time = new SimTime(BEFORE)
    const store = new MemoryPoetStore()
    let failing = true
    const faulty = new Proxy(store, {
      get: (target, key) => {
        const method = target[key as keyof MemoryPoetStore] as (...v: unknown[]) => Promise<unknown>
        return (...values: unknown[]) =>
          failing && ['addMember', 'closeRound', 'saveOutcome'].includes(String(key))
            ? Promise.reject(new Error('disk full'))
            : method.apply(target, values)
      },
    })
    const { service, events } = await running(time, store, { modules: { store: faulty } })
    await expect(service.submit(submission(1, 0))).rejects.toThrow('disk full')
    expect(service.status().openMembers).toBe(0)
    failing = false
    await service.submit(submission(1, 0))
    failing = true
    await time.pass(schedule.roundStartMs(0) + 5)
    expect(events).toContainEqual(expect.objectContaining({ kind: 'trouble', step: 'close' }))
    failing = false
    await time.pass(schedule.roundStartMs(0) + 1200)
    await time.turns(100)
    expect((await service.proof('0'))!.members).toEqual([submission(1, 0).challenge])
    await service.stop()
  })

  it('waits with closing for registrations that are still being written', async () => {
    const time = new SimTime(BEFORE)
    const store = new MemoryPoetStore()
    const slow = new Proxy(store, {
      get: (target, key) => {
        const method = target[key as keyof MemoryPoetStore] as (...v: unknown[]) => Promise<unknown>
        return async (...values: unknown[]) => {
          if (key === 'addMember') await time.turns(20)
          return method.apply(target, values)
        }
      },
    })
    const { service } = await running(time, store, { modules: { store: slow } })
    await time.pass(schedule.roundStartMs(0) - 2)
    const answer = service.submit(submission(1, 0))
    await time.pass(schedule.roundStartMs(0) + 3)
    expect(service.status().openRound).toBe(1)
    await passRound(time, 0)
    expect(await answer).toMatchObject({ round: 0 })
    expect((await service.proof('0'))?.members).toEqual([submission(1, 0).challenge])
    await service.stop()
  })

  it('stops with a checkpoint at the current leaf and goes on from it', async () => {
    const time = new SimTime(BEFORE)
    const store = new MemoryPoetStore()
    const first = await running(time, store, { work: { checkpointMs: 1e6 } })
    await first.service.submit(submission(1, 0))
    await time.pass(schedule.roundStartMs(0) + 20)
    expect(await store.checkpoint(0)).toBeUndefined()
    await first.service.stop()
    const { leafCount } = (await store.checkpoint(0))!
    expect(leafCount).toBeGreaterThan(100)
    await expect(first.service.submit(submission(2, 0))).rejects.toMatchObject({
      code: 'POET_NOT_RUNNING',
    })
    await first.service.start() // the same object may start again
    await time.turns(10)
    expect(first.events).toContainEqual(expect.objectContaining({ kind: 'executing', leafCount }))
    await first.service.stop()
  })

  it('tells when its clock breaks, and does not start twice', async () => {
    const time = new SimTime(BEFORE)
    const clock = {
      now: () => time.nowMs,
      sleepUntil: () => Promise.reject(new Error('no timers here')),
    }
    const { service, events } = await running(time, new MemoryPoetStore(), { modules: { clock } })
    await expect(service.start()).rejects.toMatchObject({ code: 'POET_RUNNING' })
    await time.turns(5)
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'trouble', step: 'rounds', message: 'no timers here' }),
    )
    await service.stop()
  })

  it('does not know rounds by other names', async () => {
    const { service } = await running(new SimTime(BEFORE), new MemoryPoetStore())
    for (const id of ['', '-1', '01', '1e3', ' 0', '0x0', '9'.repeat(30), '7']) {
      expect(await service.proof(id), id).toBeUndefined()
    }
    await service.stop()
  })
})
