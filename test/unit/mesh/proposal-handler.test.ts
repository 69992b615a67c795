import { beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { Domain, verifyDomain } from '../../../src/crypto/ed25519.ts'
import { goldenAtxId } from '../../../src/config/index.ts'
import { extendChain, type Verdict } from '../../../src/consensus/index.ts'
import { activeSetHash } from '../../../src/protocol/active-set.ts'
import { Ballot, ballotId } from '../../../src/protocol/ballot.ts'
import { BallotMetadata, MalfeasanceProof } from '../../../src/protocol/malfeasance.ts'
import { Proposal, proposalId } from '../../../src/protocol/proposal.ts'
import { hex } from '../../../src/util/bytes.ts'
import {
  atxOf,
  config,
  EG,
  GENESIS,
  LPE,
  resign,
  resignOuter,
  signal,
  smesher,
  TestNode,
} from './network.ts'

const alice = smesher(1)
const bob = smesher(2)
const all = [alice, bob]
const id20 = (n: number) => new Uint8Array(20).fill(n)
const id32 = (n: number) => new Uint8Array(32).fill(n)

/** A layer in which both propose for the second time in the epoch, and their first proposals. */
interface Scene {
  layer: number
  first: Proposal
  /** Of alice, with a reference ballot. */
  later: Proposal
  /** Of bob in the same layer, voting the same. */
  other: Proposal
}

/** Goes through layers until both have proposed twice, the second time in one layer. */
async function stage(): Promise<{ scene: Scene; node: TestNode }> {
  const node = await TestNode.open(all, all)
  const firsts = new Map<string, Proposal>()
  for (let layer = EG + 1; ; layer++) {
    if (layer % LPE === 0) firsts.clear()
    const proposals = (await node.propose(layer)).map((bytes) => Proposal.decode(bytes))
    const byAlice = proposals.find(({ ballot }) => hex(ballot.smesherId) === hex(alice.publicKey))
    const other = proposals.find((proposal) => proposal !== byAlice)
    const first = firsts.get(hex(alice.publicKey))
    const isLater = (proposal?: Proposal) => proposal && !proposal.ballot.epochData
    if (byAlice && other && first && isLater(byAlice) && isLater(other)) {
      if (byAlice.ballot.eligibilityProofs.length > 1) {
        return { node, scene: { layer, first, later: byAlice, other } }
      }
    }
    for (const proposal of proposals) {
      if (proposal.ballot.epochData) firsts.set(hex(proposal.ballot.smesherId), proposal)
    }
    await node.consensus.endLayersUpTo(layer, { signal })
    if (layer > 40) throw new Error('no such layer')
  }
}

let scene: Scene
let source: TestNode
let stranger: TestNode

beforeAll(async () => {
  const staged = await stage()
  scene = staged.scene
  source = staged.node
})

/** A node that has followed the others up to the layer before the scene's. */
beforeEach(async () => {
  stranger = await TestNode.open(all)
  stranger.peer = source
  for (const change of source.disk.changes.slice(1)) {
    const { layer, appliedBlock } = change.record
    if (layer >= scene.layer) break
    if (change.block) {
      stranger.opinions.onBlock({ id: appliedBlock, layer, height: change.block.tickHeight })
    }
    stranger.opinions.onHareOutput(layer, appliedBlock)
  }
  stranger.processedOverride = scene.layer - 1
  stranger.layer = scene.layer
})

const send = (proposal: Proposal, expected?: Uint8Array) =>
  stranger.receive(Proposal.encode(proposal), expected)

const ignored = (reason: string): Verdict => ({ outcome: 'ignore', reason })
const rejected = (reason: string): Verdict => ({ outcome: 'reject', reason })

/** The first proposal of alice's epoch, as a current one. */
function atFirst(): Proposal {
  stranger.layer = scene.first.ballot.layer
  stranger.processedOverride = scene.first.ballot.layer - 1
  return scene.first
}

describe('a good proposal', () => {
  it('is accepted, with what it refers to fetched, and kept', async () => {
    expect(await send(scene.later)).toEqual({ outcome: 'accept' })
    const [entry] = stranger.proposals.inLayer(scene.layer)
    expect(entry!.id).toEqual(proposalId(scene.later))
    expect(entry!.beacon).toEqual(scene.first.ballot.epochData!.beacon)
    const id = ballotId(scene.later.ballot)
    expect(stranger.disk.ballots.get(hex(id))?.malicious).toBe(false)
    expect(stranger.opinions.ballot(id)?.eligibilityCount).toBe(6)
    expect(stranger.disk.ballots.has(hex(scene.later.ballot.refBallot))).toBe(true)
    expect(stranger.registered.length).toBeGreaterThan(0)
  })

  it('of the start of an epoch brings its active set', async () => {
    expect(await send(atFirst())).toEqual({ outcome: 'accept' })
    const hash = scene.first.ballot.epochData!.activeSetHash
    expect(stranger.disk.sets.has(hex(hash))).toBe(true)
  })

  it('is known the second time, and good news when it was asked for', async () => {
    await send(scene.later)
    expect(await send(scene.later)).toEqual(ignored('known proposal'))
    expect(await send(scene.later, proposalId(scene.later))).toEqual({ outcome: 'accept' })
  })

  it('drops the legacy active set before it is kept', async () => {
    const proposal = resignOuter(
      { ...scene.later, ballot: { ...scene.later.ballot, activeSet: [id32(1)] } },
      alice,
    )
    expect(await send(proposal)).toEqual({ outcome: 'accept' })
    const stored = stranger.disk.ballots.get(hex(ballotId(proposal.ballot)))!
    expect(stored.ballot.activeSet).toEqual([])
  })
})

interface Row {
  name: string
  /** Changes the scene and gives the proposal to send. */
  make: () => Proposal | Uint8Array | Promise<Proposal>
  expected?: () => Uint8Array
  verdict: Verdict
}

/** Signs with one thing of the later ballot changed. */
const later = (change: Partial<Ballot>) => resign(scene.later, alice, change)
const first = (change: Partial<Ballot>) => resign(atFirst(), alice, change)
const firstData = (change: object) =>
  first({ epochData: { ...scene.first.ballot.epochData!, ...change } })

/** A ballot that signs the opinion that bob's accepted one has, with other votes. */
async function sharing(votes: Partial<Ballot['votes']>): Promise<Proposal> {
  expect(await send(scene.other)).toEqual({ outcome: 'accept' })
  return later({ votes: { ...scene.later.ballot.votes, ...votes } })
}
const support = (n: number, layer: number) => ({ blockId: id20(n), layer, height: 1n })

const proposalRows: Row[] = [
  {
    name: '0: not listening',
    make: () => {
      stranger.listening = false
      return scene.later
    },
    verdict: ignored('not listening'),
  },
  {
    name: '1: cut short',
    make: () => Proposal.encode(scene.later).slice(0, -1),
    verdict: rejected('malformed data'),
  },
  {
    name: '1: trailing byte',
    make: () => new Uint8Array([...Proposal.encode(scene.later), 0]),
    verdict: rejected('malformed data'),
  },
  {
    name: '2: before effective genesis',
    make: () => later({ layer: EG }),
    verdict: ignored('before effective genesis'),
  },
  {
    name: '3: too late',
    make: () => {
      stranger.processedOverride = scene.layer
      return scene.later
    },
    verdict: ignored('too late'),
  },
  {
    name: '4: from the future',
    make: () => {
      stranger.layer = scene.layer - 1
      return scene.later
    },
    verdict: ignored('from the future'),
  },
  {
    name: '5: proposal signature',
    make: () => ({ ...scene.later, meshHash: id32(3) }),
    verdict: ignored('proposal signature is not valid'),
  },
  {
    name: '5: ballot signature',
    make: () =>
      resignOuter({ ...scene.later, ballot: { ...scene.later.ballot, layer: scene.layer } }, bob),
    verdict: ignored('proposal signature is not valid'),
  },
  {
    name: '5: ballot signed by another than the proposal',
    make: () =>
      resignOuter(
        { ...scene.later, ballot: { ...scene.later.ballot, signature: new Uint8Array(64) } },
        alice,
      ),
    verdict: ignored('ballot signature is not valid'),
  },
  {
    name: '6: asked for another one',
    make: () => scene.later,
    expected: () => id20(1),
    verdict: rejected('incorrect hash'),
  },
  {
    name: '7: empty ATX',
    make: () => later({ atxId: id32(0) }),
    verdict: rejected('ATX is empty or golden'),
  },
  {
    name: '7: golden ATX',
    make: () => later({ atxId: goldenAtxId(config) }),
    verdict: rejected('ATX is empty or golden'),
  },
  {
    name: '11: duplicate transactions',
    make: () => resignOuter({ ...scene.later, txIds: [id32(5), id32(5)] }, alice),
    verdict: rejected('duplicate transactions'),
  },
  {
    name: '12: a transaction that nobody has',
    make: () => resignOuter({ ...scene.later, txIds: [id32(5)] }, alice),
    verdict: ignored('transactions could not be fetched'),
  },
  {
    name: '14: layer not kept any more',
    make: () => {
      stranger.proposals.onLayer(scene.layer + 10)
      return scene.later
    },
    verdict: ignored('layer is not kept any more'),
  },
]

const ballotRows: Row[] = [
  {
    name: '2: neither epoch data nor reference',
    make: () => later({ refBallot: id20(0) }),
    verdict: rejected('neither epoch data nor reference ballot'),
  },
  {
    name: '2: both',
    make: () => later({ epochData: scene.first.ballot.epochData }),
    verdict: rejected('epoch data beside a reference ballot'),
  },
  {
    name: '2: zero beacon',
    make: () => firstData({ beacon: new Uint8Array(4) }),
    verdict: rejected('beacon is empty'),
  },
  {
    name: '2: zero eligibility count',
    make: () => firstData({ eligibilityCount: 0 }),
    verdict: rejected('eligibility count is zero'),
  },
  {
    name: '2: active set that nobody has',
    make: () => firstData({ activeSetHash: id32(9) }),
    verdict: ignored('active set could not be fetched'),
  },
  {
    name: '2: empty active set',
    make: () => {
      const activeSetHash_ = activeSetHash([])
      source.disk.sets.set(hex(activeSetHash_), { epoch: 2, set: [] })
      return firstData({ activeSetHash: activeSetHash_ })
    },
    verdict: rejected('active set is empty'),
  },
  {
    name: '2: active set with an unknown ATX',
    make: () => {
      const set = [id32(9)]
      source.disk.sets.set(hex(activeSetHash(set)), { epoch: 2, set })
      return firstData({ activeSetHash: activeSetHash(set) })
    },
    verdict: ignored('active set could not be fetched'),
  },
  {
    name: '3: base that nobody has',
    make: () => later({ votes: { ...scene.later.ballot.votes, base: id20(9) } }),
    verdict: ignored('ballots that it refers to could not be fetched'),
  },
  {
    name: '3: reference that nobody has',
    make: () => later({ refBallot: id20(9) }),
    verdict: ignored('ballots that it refers to could not be fetched'),
  },
  {
    name: '3: ATX that nobody has',
    make: () => later({ atxId: id32(9) }),
    verdict: ignored('ATX could not be fetched'),
  },
  {
    name: '4: another opinion than the votes give',
    make: () => later({ opinionHash: id32(9) }),
    verdict: ignored('votes: votes give another opinion than the signed one'),
  },
  {
    name: '5: two blocks of a recent layer',
    make: () => sharing({ support: [support(1, scene.layer - 1), support(2, scene.layer - 1)] }),
    verdict: rejected('supports two blocks of a recent layer'),
  },
  {
    name: '5: for and against one block',
    make: () => sharing({ support: [support(1, 8)], against: [support(1, 9)] }),
    verdict: rejected('votes for and against one block'),
  },
  {
    name: '5: too many exceptions',
    make: () => sharing({ support: [1, 2, 3, 4, 5, 6].map((n) => support(n, EG)) }),
    verdict: rejected('too many exceptions'),
  },
  {
    name: '5: abstains where it votes',
    make: () => sharing({ against: [support(1, 8)], abstain: [8] }),
    verdict: rejected('abstains on a layer that it votes on'),
  },
  {
    name: '6: no proofs',
    make: () => later({ eligibilityProofs: [] }),
    verdict: rejected('no eligibility proofs'),
  },
  {
    name: '6: ATX of another smesher',
    make: () => later({ atxId: atxOf(bob, Math.floor(scene.layer / LPE)).id }),
    verdict: rejected('ATX of another smesher'),
  },
  {
    name: '6: wrong count',
    make: () => firstData({ eligibilityCount: 7 }),
    verdict: rejected('eligibility count is not the number of slots'),
  },
  {
    name: '6: reference of another smesher',
    make: () => later({ refBallot: scene.other.ballot.refBallot }),
    verdict: rejected('reference ballot has another ATX'),
  },
  {
    name: '6: counter too high',
    make: () =>
      later({ eligibilityProofs: [{ ...scene.later.ballot.eligibilityProofs[0]!, j: 6 }] }),
    verdict: rejected('counter is not below the eligibility count'),
  },
  {
    name: '6: counters out of order',
    make: () => later({ eligibilityProofs: scene.later.ballot.eligibilityProofs.toReversed() }),
    verdict: rejected('counters do not ascend'),
  },
  {
    name: '6: one proof twice',
    make: () => {
      const [proof] = scene.later.ballot.eligibilityProofs
      return later({ eligibilityProofs: [proof!, proof!] })
    },
    verdict: rejected('counters do not ascend'),
  },
  {
    name: '6: proof of another slot',
    make: () => {
      const [one, two] = scene.later.ballot.eligibilityProofs
      return later({ eligibilityProofs: [{ j: one!.j, signature: two!.signature }] })
    },
    verdict: ignored('VRF proof is not valid'),
  },
  {
    name: '6: slot of another layer',
    make: () => later({ eligibilityProofs: scene.first.ballot.eligibilityProofs }),
    verdict: rejected('eligible in another layer'),
  },
]

describe.each([
  ['proposal (spec 07 §3.1)', proposalRows],
  ['ballot (spec 07 §3.2)', ballotRows],
])('checks of a %s', (_name, rows) => {
  it.each(rows)('$name', async ({ make, expected, verdict }) => {
    const made = await make()
    const bytes = made instanceof Uint8Array ? made : Proposal.encode(made)
    const before = stranger.proposals.inLayer(scene.layer).length
    expect(await stranger.receive(bytes, expected?.())).toEqual(verdict)
    expect(stranger.proposals.inLayer(scene.layer)).toHaveLength(before)
  })
})

describe('the reference ballot', () => {
  it('without epoch data passes as a ballot but not in a proposal', async () => {
    expect(await send(scene.later)).toEqual({ outcome: 'accept' })
    const proposal = later({ refBallot: ballotId(scene.later.ballot) })
    expect(await send(proposal)).toEqual(ignored('reference ballot has no beacon'))
    expect(stranger.disk.ballots.has(hex(ballotId(proposal.ballot)))).toBe(true)
    expect(stranger.proposals.inLayer(scene.layer)).toHaveLength(1)
  })
})

describe('a second ballot of a smesher in a layer', () => {
  it('is stored and flagged, proves malfeasance, and is ignored', async () => {
    expect(await send(scene.later)).toEqual({ outcome: 'accept' })
    const again = equivocation(stranger.opinions.ballot(scene.later.ballot.votes.base)!.layer)
    expect(await send(again)).toEqual(ignored('second ballot of its smesher in the layer'))
    const stored = stranger.disk.ballots.get(hex(ballotId(again.ballot)))
    expect(stored?.malicious).toBe(true)
    expect(stranger.atxs.isMalicious(alice.publicKey)).toBe(true)
    const [proof] = stranger.published
    const decoded = MalfeasanceProof.decode(proof!)
    expect(decoded.layer).toBe(scene.layer)
    if (decoded.proof.type !== 2) throw new Error('wrong type')
    const [one, two] = decoded.proof.messages
    expect(hex(one!.innerMessage.messageHash)).not.toBe(hex(two!.innerMessage.messageHash))
    for (const { innerMessage, smesherId, signature } of decoded.proof.messages) {
      const message = BallotMetadata.encode(innerMessage)
      expect(smesherId).toEqual(alice.publicKey)
      expect(verifyDomain(signature, GENESIS, Domain.ballot, message, smesherId)).toBe(true)
    }
    expect(stranger.disk.proofs.map(({ bytes }) => hex(bytes))).toEqual([hex(proof!)])
  })

  /** Layer of the base, which is fetched before. */
  async function baseOfLater(): Promise<number> {
    const { base } = scene.later.ballot.votes
    const { ballot } = source.disk.ballots.get(hex(base))!
    await stranger.ballotHandler.receive(Ballot.encode(ballot), base, { signal })
    return ballot.layer
  }

  /** Another opinion: abstains on the layer before. */
  function equivocation(layer: number): Proposal {
    const previous = stranger.opinions.opinion(scene.layer - 2)
    const node = { layer: scene.layer - 1, abstain: true, support: [] }
    const opinionHash = extendChain(node, undefined, previous).opinion
    const { votes } = scene.later.ballot
    if (layer !== scene.layer - 1) throw new Error('the base is not of the layer before')
    return later({
      opinionHash,
      votes: { ...votes, support: [], against: [], abstain: [scene.layer - 1] },
    })
  }

  it('is seen also when both come at one time', async () => {
    const again = equivocation(await baseOfLater())
    const verdicts = await Promise.all([send(scene.later), send(again)])
    expect(verdicts.map(({ outcome }) => outcome).sort()).toEqual(['accept', 'ignore'])
    expect(stranger.published).toHaveLength(1)
    expect(stranger.atxs.isMalicious(alice.publicKey)).toBe(true)
  })

  it('of a known malicious smesher is kept, flagged, without a proof', async () => {
    stranger.atxs.setMalicious(alice.publicKey)
    expect(await send(scene.later)).toEqual({ outcome: 'accept' })
    expect(stranger.proposals.inLayer(scene.layer)[0]?.malicious).toBe(true)
    expect(stranger.published).toEqual([])
  })
})

describe('a ballot that was asked for', () => {
  const receive = (ballot: Ballot, expected = ballotId(ballot)) =>
    stranger.ballotHandler.receive(Ballot.encode(ballot), expected, { signal })

  it('is accepted once and again', async () => {
    expect(await receive(scene.later.ballot)).toEqual({ outcome: 'accept' })
    expect(await receive(scene.later.ballot)).toEqual({ outcome: 'accept' })
  })

  it('is rejected where gossip would only be ignored', async () => {
    const { ballot } = scene.later
    const malformed = Ballot.encode(ballot).slice(1)
    expect(await stranger.ballotHandler.receive(malformed, id20(0), { signal })).toEqual(
      rejected('malformed data'),
    )
    expect(await receive(later({ layer: EG }).ballot)).toEqual(rejected('before effective genesis'))
    expect(await receive({ ...ballot, signature: new Uint8Array(64) })).toEqual(
      rejected('ballot signature is not valid'),
    )
    expect(await receive(ballot, id20(1))).toEqual(rejected('incorrect hash'))
    expect(await receive(later({ atxId: id32(0) }).ballot)).toEqual(
      rejected('ATX is empty or golden'),
    )
  })
})
