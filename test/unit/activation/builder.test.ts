import { describe, expect, it } from 'vitest'

import type { SmeshingStatus } from '../../../src/activation/index.ts'
import { ActivationTxV1, atxIdV1, challengeHashV1 } from '../../../src/protocol/activation-v1.ts'
import { hex } from '../../../src/util/bytes.ts'
import { GENESIS_MS, Rig, type Session } from './support/rig.ts'

const EPOCH_MS = 20_000
const epochs = (count: number) => GENESIS_MS + count * EPOCH_MS
const phases = (statuses: SmeshingStatus[]) =>
  statuses.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1])

/** Runs until `count` ATXs are stored. */
async function runUntilAtxs(rig: Rig, session: Session, count: number, limitMs = epochs(20)) {
  session.builder.start()
  const reached = await rig.clock.run(() => rig.stored.length >= count, limitMs)
  expect(session.statuses.at(-1)?.error).toBeUndefined()
  expect(reached, `${rig.stored.length} of ${count} ATXs`).toBe(true)
}

describe('SmeshingBuilder: the lifecycle', () => {
  it('publishes one ATX an epoch, each on the one before', async () => {
    const rig = new Rig()
    const session = await rig.open()
    await runUntilAtxs(rig, session, 4)
    await session.builder.stop()

    const atxs = rig.stored
    expect(atxs.map(({ publishEpoch }) => publishEpoch)).toEqual([1, 2, 3, 4])
    expect(atxs.map(({ sequence }) => sequence)).toEqual([0n, 1n, 2n, 3n])
    const [first] = atxs
    expect(hex(first!.positioningAtxId)).toBe(hex(rig.goldenAtxId))
    expect(hex(first!.commitmentAtxId!)).toBe(hex(rig.goldenAtxId))
    for (const [i, atx] of atxs.entries()) {
      const wire = ActivationTxV1.decode(atx.blob)
      expect(hex(atxIdV1(wire))).toBe(hex(atx.id))
      expect(wire.initialPost === undefined).toBe(i > 0)
      expect(wire.nodeId === undefined).toBe(i > 0)
      expect(wire.vrfNonce === undefined).toBe(i > 0)
      if (i > 0) {
        expect(hex(atx.prevAtxId)).toBe(hex(atxs[i - 1]!.id))
        expect(hex(atx.positioningAtxId)).toBe(hex(atxs[i - 1]!.id))
      }
      expect(atx.tickCount).toBe(3n) // 300 leaves, 100 a tick
      expect(atx.baseTickHeight).toBe(3n * BigInt(i))
      expect(atx.weight).toBe(6n) // 2 units
      const published = rig.schedule.epochAt(Number(atx.receivedNs / 1_000_000n))
      expect(published).toBe(atx.publishEpoch)
      // what was registered is what the ATX holds
      const { round, challenge } = rig.poets[0]!.submissions[i]!
      expect(round).toBe(atx.publishEpoch - 1)
      expect(challenge).toBe(hex(challengeHashV1(wire)))
    }
    expect(session.index.count(5)).toBe(1)
    expect(session.index.epochWeight(3)).toBe(6n)
    for (const sent of rig.seen.values()) expect(sent.size).toBe(1)
  })

  it('tells every phase in order, with the time it lasts until', async () => {
    const rig = new Rig()
    const session = await rig.open()
    await runUntilAtxs(rig, session, 1)
    await session.builder.stop()
    expect(phases(session.statuses)).toEqual([
      'INITIAL_PROOF',
      'WAIT_FOR_ATX_SYNCED',
      'POET_CHALLENGE_READY',
      'POET_REGISTERED',
      'WAIT_FOR_POET_ROUND_END',
      'POET_PROOF_RECEIVED',
      'GENERATING_POST_PROOF',
      'POST_PROOF_READY',
      'ATX_READY',
      'ATX_BROADCASTED',
      'WAIT_FOR_ATX_SYNCED',
      'POET_CHALLENGE_READY',
      'POET_REGISTERED',
      'WAIT_FOR_POET_ROUND_END',
      'STOPPED',
    ])
    const until = (phase: string) =>
      session.statuses.find((status) => status.phase === phase)?.untilMs
    expect(until('POET_REGISTERED')).toBe(rig.schedule.roundStartMs(0))
    expect(until('WAIT_FOR_POET_ROUND_END')).toBe(rig.schedule.roundEndMs(0))
    expect(until('ATX_BROADCASTED')).toBe(epochs(2))
    const broadcast = session.statuses.find(({ phase }) => phase === 'ATX_BROADCASTED')
    expect(broadcast?.atxId).toBe(hex(rig.stored[0]!.id))
  })

  it('waits for the grace period when asked to', async () => {
    const rig = new Rig({ registration: 'grace' })
    const session = await rig.open()
    await runUntilAtxs(rig, session, 2)
    await session.builder.stop()
    const waits = session.statuses.filter(
      ({ phase }) => phase === 'WAITING_FOR_POET_REGISTRATION_WINDOW',
    )
    expect(waits[0]?.untilMs).toBe(rig.schedule.registrationOpensMs(1))
    expect(rig.stored.map(({ publishEpoch }) => publishEpoch)).toEqual([1, 2])
  })

  it('takes the next round when it comes too late for one', async () => {
    const rig = new Rig({ startMs: GENESIS_MS + 10_000 }) // the very start of round 0
    const session = await rig.open()
    await runUntilAtxs(rig, session, 2)
    await session.builder.stop()
    expect(rig.stored.map(({ publishEpoch }) => publishEpoch)).toEqual([2, 3])
  })

  it('registers at all PoETs, skips bad ones, and takes the proof with most leaves', async () => {
    const rig = new Rig({ poets: 4 })
    rig.poets[0]!.trouble = 'down'
    rig.poets[1]!.trouble = 'wrong-phase-shift'
    const session = await rig.open()
    await runUntilAtxs(rig, session, 1)
    await session.builder.stop()
    expect(rig.stored[0]!.tickCount).toBe(6n) // poet-3: 600 leaves
    expect(rig.poets.map(({ submissions }) => submissions.length > 0)).toEqual([
      false,
      false,
      true,
      true,
    ])
    const last = session.statuses
      .filter(({ phase, publishEpoch }) => phase === 'POET_REGISTERED' && publishEpoch === 1)
      .at(-1)
    expect(last?.poets?.slice(0, 2).map(({ error }) => error)).toEqual([
      'DEADLINE_PASSED',
      'POET_REFUSED',
    ])
  })

  it('waits out PoETs that all refuse, drops the challenge, and goes on with the next', async () => {
    const rig = new Rig()
    rig.poets[0]!.trouble = 'refuses'
    const session = await rig.open()
    session.builder.start()
    await rig.clock.run(() => false, GENESIS_MS + 15_000)
    const codes = session.statuses.flatMap(({ error }) => (error ? [error.code] : []))
    expect(codes[0]).toBe('POET_UNSTABLE')
    expect(codes).toContain('CHALLENGE_EXPIRED')
    rig.poets[0]!.trouble = 'none'
    await rig.clock.run(() => rig.stored.length > 0, epochs(9))
    await session.builder.stop()
    expect(rig.stored[0]!.publishEpoch).toBe(2)
  })

  it('gives an epoch up when no proof comes before the deadline', async () => {
    const rig = new Rig()
    const session = await rig.open()
    session.builder.start()
    await rig.clock.run(() => rig.poets[0]!.submissions.length > 0, epochs(1))
    rig.poets[0]!.trouble = 'forgets-members'
    await rig.clock.run(() => false, rig.schedule.proofDeadlineMs(1) + 4000)
    const codes = session.statuses.flatMap(({ error }) => (error ? [error.code] : []))
    expect(codes).toContain('POET_UNSTABLE')
    expect(codes).toContain('CHALLENGE_EXPIRED')
    rig.poets[0]!.trouble = 'none'
    await rig.clock.run(() => rig.stored.length > 0, epochs(9))
    await session.builder.stop()
    expect(rig.stored[0]!.publishEpoch).toBe(3)
    expect(rig.seen.has(1)).toBe(false)
  })

  it('makes the first proof again when the space has changed since', async () => {
    const rig = new Rig()
    const session = await rig.open()
    session.builder.start()
    await rig.clock.run(() => rig.poets[0]!.submissions.length > 0, epochs(1))
    rig.space.numUnits = 3
    await rig.clock.run(() => rig.stored.length > 0, epochs(9))
    await session.builder.stop()
    const codes = session.statuses.flatMap(({ error }) => (error ? [error.code] : []))
    expect(codes).toContain('INITIAL_POST_INVALID')
    expect(rig.stored[0]!.numUnits).toBe(3)
  })

  it('says so when the space has no VRF nonce, and goes on once it has one', async () => {
    const rig = new Rig()
    const nonce = rig.space.vrfNonce
    rig.space.vrfNonce = undefined
    const session = await rig.open()
    session.builder.start()
    await rig.clock.run(() => false, GENESIS_MS + 3000)
    expect(session.statuses.at(-1)?.error?.code).toBe('POST_INCOMPLETE')
    rig.space.vrfNonce = nonce
    await rig.clock.run(() => rig.stored.length > 0, epochs(9))
    await session.builder.stop()
    expect(rig.stored[0]!.publishEpoch).toBe(1)
  })

  it('pays growth one ATX later and shrinking at once', async () => {
    const rig = new Rig()
    const session = await rig.open()
    await runUntilAtxs(rig, session, 1)
    rig.space.numUnits = 5
    await runUntilAtxs(rig, session, 3)
    rig.space.numUnits = 1
    await runUntilAtxs(rig, session, 4)
    await session.builder.stop()
    expect(rig.stored.map(({ numUnits }) => numUnits)).toEqual([2, 5, 5, 1])
    expect(rig.stored.map(({ effectiveNumUnits }) => effectiveNumUnits)).toEqual([2, 2, 5, 1])
  })

  it('never signs an ATX that would be refused', async () => {
    const rig = new Rig({
      config: (config) => ({ ...config, post: { ...config.post, maxNumUnits: 4 } }),
    })
    const session = await rig.open()
    await runUntilAtxs(rig, session, 1)
    rig.space.numUnits = 5
    await rig.clock.run(() => false, epochs(4))
    await session.builder.stop()
    expect(rig.stored).toHaveLength(1)
    expect(session.signer.journalHead.lastAtx?.epoch).toBe(1)
    const refusals = session.statuses.filter(({ error }) => error?.code === 'OWN_ATX_INVALID')
    expect(refusals[0]?.error?.message).toContain('units_out_of_range')
  })

  it('sends the ATX of the epoch out again, the same bytes', async () => {
    const rig = new Rig({ regossipIntervalMs: 5000 })
    const session = await rig.open()
    await runUntilAtxs(rig, session, 2)
    await rig.clock.run(() => false, epochs(3))
    await session.builder.stop()
    expect(rig.gossip.filter(({ epoch }) => epoch === 1).length).toBeGreaterThan(2)
    for (const { epoch, atMs } of rig.gossip) expect(rig.schedule.epochAt(atMs)).toBe(epoch)
    for (const sent of rig.seen.values()) expect(sent.size).toBe(1)
  })

  it('halts, with the reason, when the identity is halted', async () => {
    const rig = new Rig()
    const session = await rig.open()
    await runUntilAtxs(rig, session, 1)
    await session.signer.halt('a proof against it was seen')
    await rig.clock.run(() => session.statuses.at(-1)?.phase === 'HALTED', epochs(4))
    expect(session.statuses.at(-1)?.error?.code).toBe('SIGNER_HALTED')
    const later = await rig.open()
    later.builder.start()
    await rig.clock.run(() => later.statuses.at(-1)?.phase === 'HALTED', epochs(9))
    expect(later.statuses.at(-1)?.phase).toBe('HALTED')
    expect(rig.stored).toHaveLength(1)
  })

  it('may be stopped and started at any time', async () => {
    const rig = new Rig()
    const session = await rig.open()
    for (let i = 0; i < 40; i++) {
      session.builder.start()
      await rig.clock.run(() => false, GENESIS_MS + i * 1900)
      await session.builder.stop()
    }
    await runUntilAtxs(rig, session, 4)
    await session.builder.stop()
    for (const sent of rig.seen.values()) expect(sent.size).toBe(1)
    expect(rig.stored.map(({ publishEpoch }) => publishEpoch).slice(0, 3)).toEqual([1, 2, 3])
  })
})
