import { expect } from 'vitest'

import { ActivationTxV1, atxIdV1 } from '../../../../src/protocol/activation-v1.ts'
import { fromHex, hex } from '../../../../src/util/bytes.ts'
import { seededRandom } from '../../../../src/util/random.ts'
import type { Death } from './disk.ts'
import { Rig, type Session } from './rig.ts'

/** Longest time of one life. */
const LIFE_MS = 400_000

/** Runs one life until it dies or `done` holds. */
export async function live(
  rig: Rig,
  death: Death | undefined,
  done: () => boolean,
): Promise<Session | undefined> {
  const opening = rig.open(death)
  let session: Session | undefined
  void opening.then((opened) => (session = opened))
  // A life that dies while it opens its journal never becomes a session.
  await rig.clock.run(() => session !== undefined, rig.clock.now())
  if (!session) return undefined
  const { builder, life } = session
  builder.start()
  await rig.clock.run(() => life.dead || done(), rig.clock.now() + LIFE_MS)
  session.kill()
  return session
}

/** However often it died: one ATX an epoch, one successor of each, and a whole chain. */
export function expectOneChain(rig: Rig): void {
  const bytesSeen = [...rig.seen].sort(([a], [b]) => a - b)
  const ids = new Set<string>()
  const previous = new Set<string>()
  for (const [epoch, sent] of bytesSeen) {
    expect(sent.size, `distinct ATXs of epoch ${epoch}`).toBe(1)
    const bytes = fromHex([...sent][0]!)
    const atx = ActivationTxV1.decode(bytes)
    expect(previous.has(hex(atx.prevAtxId))).toBe(false)
    previous.add(hex(atx.prevAtxId))
    ids.add(hex(atxIdV1(atx)))
    expect(hex(rig.disk.slots.get(`atx/${epoch}`)!)).toBe(hex(bytes))
  }
  for (const [i, atx] of rig.stored.entries()) {
    expect(ids.has(hex(atx.id))).toBe(true)
    expect(atx.sequence).toBe(BigInt(i))
  }
  expect(rig.disk.proofs.size).toBe(0)
  const registered = new Map<number, Set<string>>()
  for (const { round, challenge } of rig.poets.flatMap(({ submissions }) => submissions)) {
    registered.set(round, (registered.get(round) ?? new Set()).add(challenge))
  }
  for (const challenges of registered.values()) expect(challenges.size).toBe(1)
}

/** Many lives that end at random writes and moments, with settings changed in between. */
export async function liveAndDie(seed: number): Promise<void> {
  const random = seededRandom(seed)
  const byte = () => random.bytes(1)[0]!
  const rig = new Rig({ poets: 2 })
  const done = () => rig.stored.length >= 4
  for (let life = 0; life < 25 && !done(); life++) {
    const untilMs = rig.clock.now() + byte() * 100
    const stopEarly = byte() < 100
    const death = { at: 1 + (byte() % 12), applied: byte() < 128 }
    await live(rig, death, () => done() || (stopEarly && rig.clock.now() >= untilMs))
    rig.coinbase = new Uint8Array(24).fill(byte())
    rig.space.numUnits = 2 + (byte() % 2)
    if (byte() < 40) rig.clock.jump(rig.clock.now() + byte() * 200)
  }
  await live(rig, undefined, done)
  expect(done(), `seed ${seed}`).toBe(true)
  expectOneChain(rig)
}
