import { readFileSync } from 'node:fs'

import { beforeEach, describe, expect, it } from 'vitest'

import { OpinionTracker } from '../../../src/consensus/index.ts'
import type { Ballot, Opinion } from '../../../src/protocol/ballot.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'

const path = new URL('../../vectors/tortoise/example.json', import.meta.url)
const { params, steps } = JSON.parse(readFileSync(path, 'utf8')) as Trace

interface VoteJson {
  id: string
  layer: number
  height: string
}
interface OpinionJson {
  hash: string
  base: string
  support: VoteJson[]
  against: VoteJson[]
  abstain: number[]
}
interface Trace {
  params: { layersPerEpoch: number; effectiveGenesis: number; zdist: number; maxExceptions: number }
  steps: { command: Command; expected: Record<string, never> }[]
}
interface Command {
  op: string
  id: string
  node: string
  atx: string
  layer: number
  height: string
  current: number
  targetEpoch: number
  epochData?: { eligibilityCount: number; beacon: string }
  ref?: string
  opinion: OpinionJson
}

const votes = (list: VoteJson[]) =>
  list.map(({ id, layer, height }) => ({ blockId: fromHex(id), layer, height: BigInt(height) }))

function ballotOf({ opinion, ...command }: Command): Ballot {
  const data = command.epochData
  return {
    layer: command.layer,
    atxId: fromHex(command.atx),
    opinionHash: fromHex(opinion.hash),
    refBallot: fromHex(command.ref ?? '00'.repeat(20)),
    epochData: data && {
      activeSetHash: new Uint8Array(32),
      beacon: fromHex(data.beacon),
      eligibilityCount: data.eligibilityCount,
    },
    signature: new Uint8Array(64),
    smesherId: fromHex(command.node),
    votes: {
      base: fromHex(opinion.base),
      support: votes(opinion.support),
      against: votes(opinion.against),
      abstain: opinion.abstain,
    },
    eligibilityProofs: [],
    activeSet: [],
  }
}

const opinionJson = ({ hash, base, support, against, abstain }: Opinion): OpinionJson => {
  const list = (entries: Opinion['support']) =>
    entries.map(({ blockId, layer, height }) => ({ id: hex(blockId), layer, height: `${height}` }))
  return {
    ...{ hash: hex(hash), base: hex(base), abstain: [...abstain] },
    ...{ support: list(support), against: list(against) },
  }
}

/** From here on the reference's opinion comes from counted weight and its coin. */
const LAST_LAYER = 11

describe('OpinionTracker on the trace of spec 07 §14', () => {
  const atxs = new Set<string>()
  let tracker: OpinionTracker
  let ballots = 0
  let encoded = 0
  let tallied = 0

  it('decodes every ballot, encodes the same votes and has the same opinions', () => {
    tracker = new OpinionTracker(params, {
      hasAtx: (epoch, id) => atxs.has(`${epoch}/${hex(id)}`),
    })
    for (const { command, expected } of steps) {
      if (command.op === 'atx') atxs.add(`${command.targetEpoch}/${command.id}`)
      if (command.op === 'block') {
        const { id, layer, height } = command
        tracker.onBlock({ id: fromHex(id), layer, height: BigInt(height) })
      }
      if (command.op === 'hareOutput') tracker.onHareOutput(command.layer, fromHex(command.id))
      if (command.op === 'tally') closeEmpty((tallied = command.layer))
      if (command.op === 'ballot') checkBallot(command, expected)
      if (command.op === 'encode' && command.current <= LAST_LAYER) {
        expect(opinionJson(tracker.encodeVotes(command.current))).toEqual(expected)
        encoded++
      }
      if (command.op === 'updates' && tallied <= LAST_LAYER) {
        checkOpinions(expected['layers']!)
      }
    }
    expect(ballots).toBeGreaterThanOrEqual(15)
    expect(encoded).toBe(4)
  })

  function closeEmpty(layer: number): void {
    const closed = layer - params.zdist
    if (closed > params.effectiveGenesis && closed > tracker.verified) {
      tracker.onHareOutput(closed, new Uint8Array(20))
    }
  }

  function checkBallot(command: Command, expected: Record<string, unknown>): void {
    const decoded = tracker.decode(ballotOf(command), fromHex(command.id))
    expect(decoded.outcome).toBe('decoded')
    if (decoded.outcome !== 'decoded') return
    expect(hex(decoded.ballot.tail.opinion)).toBe(expected['opinion'])
    tracker.store(decoded.ballot)
    expect(tracker.ballot(fromHex(command.id))?.layer).toBe(command.layer)
    ballots++
  }

  function checkOpinions(layers: { layer: number; opinion: string }[]): void {
    for (const { layer, opinion } of layers) {
      expect(hex(tracker.opinion(layer))).toBe(opinion)
    }
  }
})

describe('OpinionTracker', () => {
  const LPE = 4
  const EG = 7
  const id = (n: number) => new Uint8Array(20).fill(n)
  const hash = (n: number) => new Uint8Array(32).fill(n)
  let tracker: OpinionTracker
  let count = 0

  beforeEach(() => {
    tracker = open()
    count = 0
  })

  function open(start?: { layer: number; previousOpinion: Uint8Array }): OpinionTracker {
    const options = { effectiveGenesis: EG, layersPerEpoch: LPE, maxExceptions: 10 }
    return new OpinionTracker(start ? { ...options, start } : options, { hasAtx: () => true })
  }

  function ballot(layer: number, opinion: Opinion, change: Partial<Ballot> = {}): Ballot {
    const { hash: opinionHash, ...votes } = opinion
    return {
      ...{ layer, atxId: hash(1), opinionHash, refBallot: id(0), votes, smesherId: hash(2) },
      epochData: { activeSetHash: hash(3), beacon: id(4).slice(0, 4), eligibilityCount: 7 },
      ...{ signature: new Uint8Array(64), eligibilityProofs: [], activeSet: [], ...change },
    }
  }

  /** Decodes, expects success, stores. */
  function add(layer: number, opinion: Opinion, at: OpinionTracker = tracker): Uint8Array {
    const name = new Uint8Array(20).fill(0xb0 + ++count)
    const decoded = at.decode(ballot(layer, opinion), name)
    if (decoded.outcome !== 'decoded') throw new Error(decoded.reason)
    at.store(decoded.ballot)
    return name
  }

  const reasonOf = (layer: number, opinion: Opinion, change: Partial<Ballot> = {}) => {
    const decoded = tracker.decode(ballot(layer, opinion, change), id(0xff))
    return decoded.outcome === 'refused' ? decoded.reason : 'accepted'
  }

  function blockAt(layer: number, n: number): void {
    tracker.onBlock({ id: id(n), layer, height: BigInt(n) })
    tracker.onHareOutput(layer, id(n))
  }

  it('what it encodes, it decodes, and the opinion is its own', () => {
    for (let layer = EG + 1; layer < EG + 12; layer++) {
      const opinion = tracker.encodeVotes(layer)
      expect(hex(opinion.hash)).toBe(hex(tracker.opinion(layer - 1)))
      add(layer, opinion)
      if (layer % 3 === 0) tracker.onHareOutput(layer, id(0))
      else blockAt(layer, layer)
    }
    expect(tracker.verified).toBe(EG + 11)
  })

  it('votes differ from the base only', () => {
    add(8, tracker.encodeVotes(8))
    blockAt(8, 1)
    const name = add(9, tracker.encodeVotes(9))
    blockAt(9, 2)
    const opinion = tracker.encodeVotes(10)
    expect(opinion.base).toEqual(name)
    expect(opinion.support).toEqual([{ blockId: id(2), layer: 9, height: 2n }])
  })

  it('a block that is not here gets no vote, an unsupported agreed one is taken back', () => {
    tracker.onHareOutput(8, id(5))
    expect(tracker.encodeVotes(9).support).toEqual([])
    blockAt(8, 5)
    add(9, tracker.encodeVotes(9))
    tracker.onHareOutput(9, id(0))
    tracker.onHareOutput(8, id(0))
    const opinion = tracker.encodeVotes(10)
    expect(opinion.against).toEqual([{ blockId: id(5), layer: 8, height: 5n }])
    expect(hex(opinion.hash)).toBe(hex(tracker.opinion(9)))
  })

  it('refuses votes that contradict themselves or the signed opinion', () => {
    blockAt(8, 1)
    add(9, tracker.encodeVotes(9))
    blockAt(9, 2)
    const good = tracker.encodeVotes(10)
    const one = { blockId: id(1), layer: 8, height: 1n }
    expect(reasonOf(10, good)).toBe('accepted')
    expect(reasonOf(10, { ...good, hash: hash(9) })).toMatch(/another opinion/)
    const other = { ...good, hash: hash(9) }
    expect(reasonOf(10, { ...other, base: id(0x77) })).toMatch(/base ballot is not known/)
    expect(reasonOf(10, { ...other, support: [one, one] })).toMatch(/named twice/)
    expect(reasonOf(10, { ...other, support: [one], against: [one] })).toMatch(/named twice/)
    expect(reasonOf(10, { ...other, support: [one], abstain: [8] })).toMatch(/abstains on a layer/)
    const wrong = { ...one, height: 3n }
    expect(reasonOf(10, { ...other, support: [], against: [wrong] })).toMatch(/wrong target/)
    expect(reasonOf(9, { ...other, base: good.base })).toMatch(/not older/)
    expect(reasonOf(6, other)).toMatch(/outside the window/)
    const below = { ...other, against: [{ ...one, layer: 3 }] }
    expect(reasonOf(10, below)).toMatch(/forgotten layers/)
    const later: Partial<Ballot> = { epochData: undefined, refBallot: id(0x66) }
    expect(reasonOf(10, good, later)).toMatch(/reference ballot is not known/)
  })

  it('forgets old layers and goes on; a restart in mid-history has the same opinions', () => {
    for (let layer = EG + 1; layer < EG + 10; layer++) {
      add(layer, tracker.encodeVotes(layer))
      blockAt(layer, layer)
    }
    const full = tracker.opinion(EG + 9)
    tracker.evictBefore(EG + 6)
    expect(tracker.evicted).toBe(EG + 5)
    expect(tracker.opinion(EG + 9)).toEqual(full)
    expect(() => tracker.opinion(EG + 5)).toThrow('LAYER_EVICTED')
    const opinion = tracker.encodeVotes(EG + 10)
    expect(opinion.hash).toEqual(full)
    expect(reasonOf(EG + 10, opinion)).toBe('accepted')

    const old = open()
    for (let layer = EG + 1; layer < EG + 10; layer++) {
      old.onBlock({ id: id(layer), layer, height: BigInt(layer) })
      old.onHareOutput(layer, id(layer))
    }
    const again = open({ layer: EG + 6, previousOpinion: old.opinion(EG + 5) })
    for (let layer = EG + 6; layer < EG + 10; layer++) {
      again.onBlock({ id: id(layer), layer, height: BigInt(layer) })
      again.onHareOutput(layer, id(layer))
    }
    expect(again.opinion(EG + 9)).toEqual(full)
    const late = ballot(EG + 10, { ...opinion, base: id(0x99) })
    expect(again.decode(late, id(0xfe)).outcome).toBe('refused')
    const recovered = again.recover(late, id(0xfe))
    expect(recovered.outcome).toBe('decoded')
    if (recovered.outcome === 'decoded') again.store(recovered.ballot)
    expect(again.encodeVotes(EG + 11).abstain).toEqual([EG + 10])
  })

  it('ballots of a malicious smesher are no base', () => {
    const first = add(8, tracker.encodeVotes(8))
    blockAt(8, 1)
    expect(tracker.encodeVotes(9).base).toEqual(first)
    tracker.onMalfeasance(hash(2))
    expect(tracker.encodeVotes(9).base).toEqual(id(0))
  })
})
