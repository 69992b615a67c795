import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { OpinionTracker } from '../../../src/consensus/index.ts'
import type { Ballot } from '../../../src/protocol/ballot.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'

/**
 * Ballots of the tortoise traces up to a restart: honest, lossy and hostile histories. Which
 * layers are forgotten depends on counted weight and is taken from the trace; whether a ballot can
 * be decoded, and to which opinion, must come out the same.
 */

interface VoteJson {
  id: string
  layer: number
  height: string
}

interface Trace {
  name: string
  params: { layersPerEpoch: number; effectiveGenesis: number; maxExceptions: number }
  commands: {
    op: string
    id: string
    node: string
    atx: string
    layer: number
    height: string
    targetEpoch: number
    epochData?: { eligibilityCount: number; beacon: string }
    ref?: string
    opinion: Partial<Record<'support' | 'against', VoteJson[]>> & {
      hash?: string
      base: string
      abstain: number[]
    }
  }[]
  expected: { evicted: number; error?: string; stored?: boolean; opinion: string }[]
}

const votes = (list: VoteJson[] = []) =>
  list.map(({ id, layer, height }) => ({ blockId: fromHex(id), layer, height: BigInt(height) }))

function ballotOf({ opinion, ...command }: Trace['commands'][number]): Ballot {
  const data = command.epochData
  return {
    layer: command.layer,
    atxId: fromHex(command.atx),
    opinionHash: fromHex(opinion.hash ?? '00'.repeat(32)),
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

/** Runs one trace; counts its ballots and lists those that came out otherwise. */
function run({ params, commands, expected }: Trace) {
  const atxs = new Set<string>()
  const tracker = new OpinionTracker(params, { hasAtx: (e, id) => atxs.has(`${e}/${hex(id)}`) })
  const counts = { decoded: 0, refused: 0 }
  const wrong: string[] = []
  for (const [i, command] of commands.entries()) {
    const answer = expected[i]!
    if (command.op === 'restart') break
    if (command.op === 'atx') atxs.add(`${command.targetEpoch}/${command.id}`)
    if (command.op === 'block') {
      const { id, layer, height } = command
      tracker.onBlock({ id: fromHex(id), layer, height: BigInt(height) })
    }
    if (command.op === 'dump' || command.op === 'scalars') tracker.evictBefore(answer.evicted + 1)
    if (command.op !== 'ballot') continue
    const decoded = tracker.decode(ballotOf(command), fromHex(command.id))
    if (decoded.outcome === 'refused') {
      counts.refused++
      if (answer.error === undefined) wrong.push(`${i}: refused, ${decoded.reason}`)
      continue
    }
    counts.decoded++
    tracker.store(decoded.ballot)
    const opinion = hex(decoded.ballot.tail.opinion)
    if (answer.error !== undefined) wrong.push(`${i}: accepted, the reference: ${answer.error}`)
    else if (answer.stored !== false && opinion !== answer.opinion) wrong.push(`${i}: opinion`)
  }
  return { counts, wrong }
}

describe.each(['scenarios', 'traces'])('OpinionTracker on tortoise/%s', (file) => {
  const path = new URL(`../../vectors/tortoise/${file}.jsonl.gz`, import.meta.url)

  it('decodes and refuses the same ballots, to the same opinions', () => {
    const total = { decoded: 0, refused: 0 }
    const lines = gunzipSync(readFileSync(path)).toString().trim().split('\n')
    for (const line of lines) {
      const trace = JSON.parse(line) as Trace
      const { counts, wrong } = run(trace)
      expect(wrong, trace.name).toEqual([])
      total.decoded += counts.decoded
      total.refused += counts.refused
    }
    expect(total.decoded).toBeGreaterThan(3000)
    expect(total.refused).toBeGreaterThan(30)
  })
})
