import fc from 'fast-check'
import { expect, it } from 'vitest'

import { createSchedule, Signer } from '../../../src/activation/index.ts'
import { genesisId, localNetwork } from '../../../src/config/index.ts'
import { ActivationTxV1, atxIdV1, challengeHashV1 } from '../../../src/protocol/activation-v1.ts'
import { hex } from '../../../src/util/bytes.ts'
import { isSmeshError } from '../../../src/util/error.ts'
import { innerBallot, innerProposal, wholeBallot } from './support/ballots.ts'
import { Disk, journalOn, Life } from './support/disk.ts'
import { SimClock } from './support/sim-clock.ts'

const config = localNetwork(1_700_000_000_000)
const schedule = createSchedule(config)
const prefix = genesisId(config)
const seed = new Uint8Array(32).fill(3)

/** What may happen to a signer; layers and epochs are relative to the clock. */
const step = fc.oneof(
  fc.record({
    do: fc.constant('ballot' as const),
    layer: fc.integer({ min: -2, max: 2 }),
    variant: fc.nat(2),
    first: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('proposal' as const),
    layer: fc.integer({ min: -2, max: 2 }),
    variant: fc.nat(2),
  }),
  fc.record({
    do: fc.constant('hare' as const),
    layer: fc.integer({ min: -2, max: 2 }),
    variant: fc.nat(2),
  }),
  fc.record({
    do: fc.constant('poet' as const),
    epoch: fc.integer({ min: -1, max: 2 }),
    variant: fc.nat(2),
  }),
  fc.record({
    do: fc.constant('atx' as const),
    epoch: fc.integer({ min: -1, max: 2 }),
    variant: fc.nat(2),
    child: fc.boolean(),
  }),
  fc.record({ do: fc.constant('publish' as const) }),
  fc.record({ do: fc.constant('time' as const), layers: fc.integer({ min: -3, max: 12 }) }),
  fc.record({ do: fc.constant('wake' as const) }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({
    do: fc.constant('die' as const),
    at: fc.integer({ min: 1, max: 6 }),
    applied: fc.boolean(),
  }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

it('no history of requests, deaths and clock changes yields two contents for a slot', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const disk = new Disk()
      const clock = new SimClock(schedule.layerStartMs(30))
      /** slot → everything that ever left the signer for it. */
      const released = new Map<string, Set<string>>()
      const release = (slot: string, content: Uint8Array) =>
        released.set(slot, (released.get(slot) ?? new Set()).add(hex(content)))
      let life = new Life()
      let signer = await openOn(disk, clock, life, 'created')

      for (const now of steps) {
        if (life.dead || now.do === 'restart' || now.do === 'die') {
          life.dead = true
          life = now.do === 'die' ? new Life({ at: now.at, applied: now.applied }) : new Life()
          let opened: Signer | undefined
          void openOn(disk, clock, life, 'existing').then((it) => (opened = it))
          await turns()
          if (!opened) {
            life = new Life()
            opened = await openOn(disk, clock, life, 'existing')
          }
          signer = opened
        }
        // A request of a dying signer never ends: look whether it did.
        const request = perform(now, signer, clock, release).catch((error: unknown) => {
          if (!isSmeshError(error)) throw error
        })
        await Promise.race([request, turns()])
      }

      for (const [slot, contents] of released) {
        expect(contents.size, slot).toBe(1)
        const held = disk.slots.get(slot)
        expect(held, `${slot} was released before it was committed`).toBeDefined()
      }
      expectAtxChain(released)
    }),
    { numRuns: 400 },
  )
})

const openOn = (disk: Disk, clock: SimClock, life: Life, origin: 'created' | 'existing') =>
  Signer.open(
    { genesisId: prefix, seed, origin },
    { clock, schedule, journal: life.mortal(journalOn(disk)) },
  )

async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve))
}

type Release = (slot: string, content: Uint8Array) => void

async function perform(step: Step, signer: Signer, clock: SimClock, release: Release) {
  const layer = schedule.layerAt(clock.now())
  const epoch = schedule.epochOf(layer)
  switch (step.do) {
    case 'ballot': {
      const ballot = innerBallot(layer + step.layer, step.variant, step.first)
      return release(`ballot/${ballot.layer}`, await signer.signBallot(ballot))
    }
    case 'proposal': {
      const at = layer + step.layer
      for (const [first, variant] of [
        [false, 0],
        [true, 0],
        [false, 1],
      ] as const) {
        const ballot = wholeBallot(innerBallot(at, variant, first), signer.nodeId)
        const proposal = innerProposal(ballot, step.variant)
        try {
          return release(`proposal/${at}`, await signer.signProposal(proposal))
        } catch (error) {
          if (!isSmeshError(error, 'JOURNAL_ORDER')) throw error
        }
      }
      return
    }
    case 'hare': {
      const messageHash = new Uint8Array(32).fill(step.variant)
      const at = layer + step.layer
      const signature = await signer.signHare({ layer: at, round: 3, messageHash })
      return release(`hare/${at}/3`, signature)
    }
    case 'poet': {
      const at = epoch + step.epoch
      const challenge = challengeHashV1(atxOf(at, step.variant, signer, false))
      return release(`poet/${at}`, await signer.signPoet(at, challenge))
    }
    case 'atx': {
      const atx = atxOf(epoch + step.epoch, step.variant, signer, step.child)
      return release(`atx/${atx.publishEpoch}`, await signer.signAtx(atx))
    }
    case 'publish': {
      const last = signer.journalHead.lastAtx
      return last ? signer.markAtxPublished(last.epoch) : undefined
    }
    case 'time':
      return clock.jump(schedule.layerStartMs(Math.max(20, layer + step.layers)))
    case 'wake':
      return signer.wake()
  }
}

function atxOf(publishEpoch: number, variant: number, signer: Signer, child: boolean) {
  const last = child ? signer.journalHead.lastAtx : null
  return {
    publishEpoch,
    sequence: last ? BigInt(last.sequence) + 1n : 0n,
    prevAtxId: last ? Uint8Array.from(Buffer.from(last.id, 'hex')) : new Uint8Array(32),
    positioningAtxId: new Uint8Array(32).fill(1 + (variant % 2)),
    coinbase: new Uint8Array(24).fill(variant),
    numUnits: 4,
  }
}

/** Released ATXs form one chain: each on the one before, no two on the same. */
function expectAtxChain(released: ReadonlyMap<string, ReadonlySet<string>>): void {
  const atxs = [...released]
    .filter(([slot]) => slot.startsWith('atx/'))
    .map(([, contents]) => ActivationTxV1.decode(Buffer.from([...contents][0]!, 'hex')))
    .sort((a, b) => a.publishEpoch - b.publishEpoch)
  for (const [i, atx] of atxs.entries()) {
    const previous = atxs[i - 1]
    // A death between commit and release hides an ATX that its successor still stands on.
    if (!previous || atx.sequence !== previous.sequence + 1n) continue
    expect(hex(atx.prevAtxId)).toBe(hex(atxIdV1(previous)))
  }
  const parents = atxs.map((atx) => hex(atx.prevAtxId))
  expect(new Set(parents).size).toBe(parents.length)
}
