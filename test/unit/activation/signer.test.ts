import { describe, expect, it } from 'vitest'

import {
  createSchedule,
  Signer,
  SignJournal,
  type JournalOrigin,
} from '../../../src/activation/index.ts'
import { genesisId, localNetwork } from '../../../src/config/index.ts'
import { Domain, keypairFromSeed, verifyDomain } from '../../../src/crypto/ed25519.ts'
import { vrfVerify } from '../../../src/crypto/vrf.ts'
import {
  ActivationTxV1,
  atxIdV1,
  atxSignedBytesV1,
  type InnerActivationTxV1,
} from '../../../src/protocol/activation-v1.ts'
import { ballotSignedBytes, type InnerBallot } from '../../../src/protocol/ballot.ts'
import { certifySignedBytes } from '../../../src/protocol/certificate.ts'
import { HareMetadata } from '../../../src/protocol/hare.ts'
import { proposalSignedBytes } from '../../../src/protocol/proposal.ts'
import { hex } from '../../../src/util/bytes.ts'
import { innerBallot, innerProposal, wholeBallot } from './support/ballots.ts'
import { Disk, journalOn } from './support/disk.ts'
import { SimClock } from './support/sim-clock.ts'

const GENESIS_MS = 1_700_000_000_000
const config = localNetwork(GENESIS_MS) // layers of 2 s, epochs of 10 layers
const prefix = genesisId(config)
const seed = new Uint8Array(32).fill(3)
const nodeId = keypairFromSeed(seed).publicKey
const schedule = createSchedule(config)

function setUp(startLayer = 30) {
  const disk = new Disk()
  const clock = new SimClock(schedule.layerStartMs(startLayer))
  const open = (origin: JournalOrigin = 'existing', more: object = {}) =>
    Signer.open(
      { genesisId: prefix, seed, origin },
      { clock, schedule, journal: journalOn(disk), ...more },
    )
  return { disk, clock, open }
}

const atx = (publishEpoch: number, fields: Partial<InnerActivationTxV1> = {}) => ({
  publishEpoch,
  sequence: 0n,
  prevAtxId: new Uint8Array(32),
  positioningAtxId: new Uint8Array(32).fill(9),
  coinbase: new Uint8Array(24),
  numUnits: 4,
  ...fields,
})
const conflict = (slot: string) => ({ code: 'JOURNAL_CONFLICT', context: { slot } })
const order = { code: 'JOURNAL_ORDER' }

describe('Signer: what it signs', () => {
  it('signs each kind in its own domain', async () => {
    const { open } = setUp()
    const signer = await open('created')
    const holds = (signature: Uint8Array, domain: Domain, message: Uint8Array) =>
      expect(verifyDomain(signature, prefix, domain, message, nodeId)).toBe(true)

    const inner = innerBallot(31, 0, true)
    holds(await signer.signBallot(inner), Domain.ballot, ballotSignedBytes(inner))
    const proposal = innerProposal(wholeBallot(inner, nodeId))
    holds(await signer.signProposal(proposal), Domain.proposal, proposalSignedBytes(proposal))
    const challenge = new Uint8Array(32).fill(4)
    holds(await signer.signPoet(5, challenge), Domain.poet, challenge)
    const metadata = { layer: 31, round: 3, messageHash: challenge }
    holds(await signer.signHare(metadata), Domain.hare, HareMetadata.encode(metadata))
    const content = {
      layer: 31,
      blockId: new Uint8Array(20),
      eligibilityCount: 1,
      proof: new Uint8Array(80),
    }
    holds(await signer.signCertify(content), Domain.hare, certifySignedBytes(content))
    holds(await signer.signMarriage(challenge), Domain.marriage, challenge)
    const bytes = await signer.signAtx(atx(4))
    const decoded = ActivationTxV1.decode(bytes)
    holds(decoded.signature, Domain.atx, atxSignedBytesV1(decoded))
    expect(hex(decoded.smesherId)).toBe(hex(nodeId))
    const alpha = Uint8Array.of(1, 2, 3)
    expect(vrfVerify(nodeId, alpha, signer.vrf(alpha))).toBe(true)
  })

  it('answers the same request with the same signature, also after a restart', async () => {
    const { open } = setUp()
    const signer = await open('created')
    const first = await signer.signBallot(innerBallot(31))
    expect(await signer.signBallot(innerBallot(31))).toEqual(first)
    const bytes = await signer.signAtx(atx(4))
    const again = await open()
    expect(await again.signAtx(atx(4))).toEqual(bytes)
    expect(await again.signedAtx(4)).toEqual(bytes)
  })
})

describe('Signer: what it refuses', () => {
  it.each<[string, (signer: Signer, variant: number) => Promise<Uint8Array>, string]>([
    ['ballot', (s, v) => s.signBallot(innerBallot(31, v)), 'ballot/31'],
    ['first ballot', (s, v) => s.signBallot(innerBallot(31 + v, v, true)), 'first/3'],
    ['PoET challenge', (s, v) => s.signPoet(4, new Uint8Array(32).fill(v)), 'poet/4'],
    ['ATX', (s, v) => s.signAtx(atx(4, { numUnits: 4 + v })), 'atx/4'],
    [
      'hare message',
      (s, v) => s.signHare({ layer: 31, round: 0, messageHash: new Uint8Array(32).fill(v) }),
      'hare/31/0',
    ],
    [
      'certificate',
      (s, v) =>
        s.signCertify({
          layer: 31,
          blockId: new Uint8Array(20).fill(v),
          eligibilityCount: 1,
          proof: new Uint8Array(80),
        }),
      'certify/31',
    ],
    [
      'beacon first vote',
      (s, v) =>
        s.signBeaconFirstVote({
          epoch: 3,
          validProposals: [new Uint8Array(4).fill(v)],
          potentiallyValidProposals: [],
        }),
      'beacon/3/first/0',
    ],
    [
      'beacon following vote',
      (s, v) =>
        s.signBeaconFollowingVote({ epoch: 3, round: 1, votesBitVector: Uint8Array.of(1 + v) }),
      'beacon/3/following/1',
    ],
    ['marriage', (s, v) => s.signMarriage(new Uint8Array(32).fill(v)), 'marriage'],
  ])('a second, different %s: it halts for good', async (_name, sign, slot) => {
    const { open, clock } = setUp()
    const signer = await open('created')
    await sign(signer, 0)
    clock.jump(schedule.layerStartMs(31))
    await expect(sign(signer, 1)).rejects.toMatchObject(conflict(slot))
    await expect(sign(signer, 0)).rejects.toMatchObject({ code: 'SIGNER_HALTED' })
    clock.jump(clock.now() + 1_000_000)
    const later = await open()
    await expect(later.signPoet(60, nodeId)).rejects.toMatchObject({ code: 'SIGNER_HALTED' })
  })

  it('a second proposal of a layer, and one with a ballot it has not signed', async () => {
    const { open } = setUp()
    const signer = await open('created')
    const ballot = wholeBallot(innerBallot(31), nodeId)
    await expect(signer.signProposal(innerProposal(ballot))).rejects.toMatchObject(order)
    await signer.signBallot(innerBallot(31))
    await signer.signProposal(innerProposal(ballot))
    const other = wholeBallot(innerBallot(31, 7), nodeId)
    await expect(signer.signProposal(innerProposal(other))).rejects.toMatchObject(order)
    await expect(signer.signProposal(innerProposal(ballot, 1))).rejects.toMatchObject(
      conflict('proposal/31'),
    )
  })

  it('the layer of the start, of a wake-up or of a clock that went back', async () => {
    const { open, clock } = setUp(30)
    const signer = await open('created')
    await expect(signer.signBallot(innerBallot(30))).rejects.toMatchObject(order)
    await signer.signBallot(innerBallot(31))
    clock.jump(schedule.layerStartMs(40))
    signer.wake()
    await expect(signer.signBallot(innerBallot(40))).rejects.toMatchObject(order)
    await signer.signBallot(innerBallot(41))
    clock.jump(schedule.layerStartMs(45))
    await signer.signBallot(innerBallot(45))
    clock.jump(schedule.layerStartMs(35))
    await expect(signer.signBallot(innerBallot(35))).rejects.toMatchObject(order)
    expect(signer.journalHead.halted).toBeNull()
  })

  it('a layer below the highest signed, and one far ahead', async () => {
    const { open, clock } = setUp(30)
    const signer = await open('created')
    clock.jump(schedule.layerStartMs(33))
    await signer.signBallot(innerBallot(33))
    await expect(signer.signBallot(innerBallot(32))).rejects.toMatchObject(order)
    await expect(signer.signBallot(innerBallot(35))).rejects.toMatchObject(order)
    await signer.signBallot(innerBallot(34))
  })

  it('ATXs out of order', async () => {
    const { open } = setUp()
    const signer = await open('created')
    const child = { prevAtxId: new Uint8Array(32).fill(1), sequence: 1n }
    await expect(signer.signAtx(atx(3, child))).rejects.toMatchObject(order)
    const first = atx(3)
    await signer.signAtx(first)
    const next = { prevAtxId: atxIdV1(first), sequence: 1n }
    await expect(signer.signAtx(atx(4, next))).rejects.toMatchObject(order) // not published yet
    await signer.markAtxPublished(3)
    await expect(signer.signAtx(atx(2, next))).rejects.toMatchObject(order)
    await expect(signer.signAtx(atx(4))).rejects.toMatchObject(order)
    await expect(signer.signAtx(atx(4, { ...next, sequence: 2n }))).rejects.toMatchObject(order)
    await expect(signer.signPoet(3, nodeId)).rejects.toMatchObject(order)
    await signer.signPoet(4, nodeId)
    await expect(signer.signAtx(atx(4, next))).rejects.toMatchObject(order) // other challenge
    await signer.signAtx(atx(5, next))
    expect(signer.journalHead.halted).toBeNull()
  })

  it('anything without the lock, after another holder, and with a clock off the peers', async () => {
    const { open } = setUp()
    const lock = { held: true }
    let offset: number | undefined = 150
    const signer = await open('created', { lock, clockOffsetMs: () => offset })
    await signer.signBallot(innerBallot(31))
    offset = -201 // layers are 2 s
    await expect(signer.signBallot(innerBallot(31))).rejects.toMatchObject({
      code: 'SIGNER_CLOCK_OFF',
    })
    offset = undefined
    lock.held = false
    await expect(signer.signPoet(4, nodeId)).rejects.toMatchObject({ code: 'SIGNER_NO_LOCK' })
    lock.held = true
    await open()
    await expect(signer.signPoet(4, nodeId)).rejects.toMatchObject({ code: 'JOURNAL_FENCED' })
  })

  it('a journal of another identity or network', async () => {
    const { disk, clock } = setUp()
    const options = { genesisId: prefix, nodeId, origin: 'created', currentEpoch: 3 } as const
    await SignJournal.open(options, journalOn(disk))
    const other = Signer.open(
      { genesisId: prefix, seed: new Uint8Array(32).fill(8), origin: 'existing' },
      { clock, schedule, journal: journalOn(disk) },
    )
    await expect(other).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
    disk.journal = { fence: 1, head: Uint8Array.of(1, 2) }
    await expect(SignJournal.open(options, journalOn(disk))).rejects.toMatchObject({
      code: 'JOURNAL_INVALID',
    })
  })
})

describe('Signer: quarantine, tripwire, moving', () => {
  const quarantined = { code: 'SIGNER_QUARANTINED', context: { untilEpoch: 4 } }

  it('signs nothing for a key without its journal before the next epoch', async () => {
    const { open, clock } = setUp(30)
    const signer = await open('existing')
    await expect(signer.signPoet(4, nodeId)).rejects.toMatchObject(quarantined)
    await expect(signer.signBallot(innerBallot(31))).rejects.toMatchObject(quarantined)
    await expect(signer.endQuarantine(undefined)).rejects.toMatchObject(quarantined)
    clock.jump(schedule.epochStartMs(4))
    const again = await open('existing') // a restart does not end it
    await expect(again.signPoet(5, nodeId)).rejects.toMatchObject(quarantined)
    const newest = { epoch: 3, sequence: '7', id: hex(new Uint8Array(32).fill(6)) }
    await again.endQuarantine(newest)
    expect(again.journalHead.lastAtx).toEqual({ ...newest, published: true })
    const next = { prevAtxId: new Uint8Array(32).fill(6), sequence: 8n }
    await again.signAtx(atx(4, next))
  })

  it('puts an imported key into quarantine even if there is an old journal', async () => {
    const { open } = setUp(30)
    await (await open('created')).signPoet(4, nodeId)
    const signer = await open('imported')
    await expect(signer.signPoet(4, nodeId)).rejects.toMatchObject(quarantined)
  })

  it('publishes a signed ATX again that the network does not know after a quarantine', async () => {
    const { open, clock } = setUp(30)
    const first = await open('created')
    await first.signAtx(atx(3))
    await first.markAtxPublished(3)
    const signer = await open('imported')
    clock.jump(schedule.epochStartMs(4))
    await signer.endQuarantine(undefined)
    expect(signer.journalHead.lastAtx).toMatchObject({ epoch: 3, published: false })
  })

  it('halts when something was signed elsewhere', async () => {
    const { open } = setUp()
    const signer = await open('created')
    const own: InnerBallot = innerBallot(31)
    await signer.signBallot(own)
    expect(await signer.observeBallot(own)).toBe(true)
    expect(await signer.observeBallot(innerBallot(31, 5))).toBe(false)
    await expect(signer.signPoet(4, nodeId)).rejects.toMatchObject({ code: 'SIGNER_HALTED' })
  })

  it('takes the journal along with an exported key, and signs here no more', async () => {
    const { open, clock } = setUp()
    const signer = await open('created')
    await signer.signBallot(innerBallot(31))
    const exported = await signer.retire()
    await expect(signer.signPoet(4, nodeId)).rejects.toMatchObject({ code: 'SIGNER_RETIRED' })
    await expect((await open()).signPoet(4, nodeId)).rejects.toMatchObject({
      code: 'SIGNER_RETIRED',
    })
    const elsewhere = new Disk()
    await SignJournal.import(exported, journalOn(elsewhere))
    const moved = await Signer.open(
      { genesisId: prefix, seed, origin: 'existing' },
      { clock, schedule, journal: journalOn(elsewhere) },
    )
    await moved.signPoet(4, nodeId)
    await expect(moved.signBallot(innerBallot(31, 1))).rejects.toMatchObject(conflict('ballot/31'))
  })

  it('gives back what the first ballot of an epoch was signed with', async () => {
    const { open } = setUp()
    const signer = await open('created')
    expect(await signer.firstBallotData(3)).toBeUndefined()
    const first = innerBallot(31, 2, true)
    await signer.signBallot(first)
    expect(await (await open()).firstBallotData(3)).toEqual(first.epochData)
  })
})
