import { describe, expect, it } from 'vitest'

import type { NetworkState, SmeshingState } from '../../../src/runtime/api.ts'
import {
  guessFirstRewardMs,
  offeredChoices,
  spaceBytes,
  unitChoices,
} from '../../../src/ui/space.ts'
import { epochStartMs, poetRound, timeline } from '../../../src/ui/timeline.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Mainnet's calendar, spec 08 §1 and §10.1. */
const mainnet: NetworkState = {
  name: 'mainnet',
  genesisId: '',
  genesisTimeMs: Date.parse('2023-07-14T08:00:00Z'),
  hrp: 'sm',
  layerDurationMs: 300_000,
  layersPerEpoch: 4032,
  post: { labelsPerUnit: 4_294_967_296n, minNumUnits: 4, maxNumUnits: 1000, scryptN: 8192 },
  poet: { phaseShiftMs: 240 * HOUR, cycleGapMs: 12 * HOUR },
}
const idle: SmeshingState = { phase: 'waitingForPoet', atxs: [], rewardsTotal: 0n, rewardsCount: 0 }

describe('calendar', () => {
  it('has the epoch of the spec', () =>
    expect(new Date(epochStartMs(mainnet, 35)).toISOString()).toBe('2024-11-15T08:00:00.000Z'))

  it('has the gap of the spec', () => {
    // "epoch 35 starts 2024-11-15T08:00Z, gap 2024-11-24T20:00Z – 11-25T08:00Z"
    expect(new Date(poetRound(mainnet, 34).to).toISOString()).toBe('2024-11-24T20:00:00.000Z')
    expect(new Date(poetRound(mainnet, 35).from).toISOString()).toBe('2024-11-25T08:00:00.000Z')
    expect(poetRound(mainnet, 34).publishEpoch).toBe(35)
  })
})

describe('timeline', () => {
  it('shows half an epoch behind and two ahead, all inside', () => {
    const line = timeline(mainnet, idle, 35)
    expect(line.from).toBe(epochStartMs(mainnet, 35) - 7 * DAY)
    expect(line.epochs.map(({ epoch }) => epoch)).toEqual([34, 35, 36, 37])
    expect(line.gaps.length).toBeGreaterThanOrEqual(2)
    for (const span of [...line.epochs, ...line.rounds, ...line.gaps]) {
      expect(span.to).toBeGreaterThan(line.from)
      expect(span.from).toBeLessThan(line.to)
    }
  })

  it('begins at genesis', () => {
    const line = timeline(mainnet, idle, 0)
    expect(line.from).toBe(mainnet.genesisTimeMs)
    expect(line.epochs[0]?.epoch).toBe(0)
    expect(line.rounds[0]?.round).toBe(0)
  })

  it('expects the ATX at the end of its round until it is there', () => {
    const expected = timeline(mainnet, { ...idle, publishEpoch: 35 }, 35).atxs
    expect(expected).toEqual([
      { atMs: poetRound(mainnet, 34).to, publishEpoch: 35, targetEpoch: 36, published: false },
    ])
    const atx = {
      id: 'aa',
      publishEpoch: 35,
      targetEpoch: 36,
      numUnits: 4,
      ticks: 1n,
      weight: 4n,
      atMs: poetRound(mainnet, 34).to + HOUR,
    }
    const line = timeline(mainnet, { ...idle, publishEpoch: 35, atxs: [atx] }, 35)
    expect(line.atxs.map(({ published }) => published)).toEqual([true])
    expect(line.epochs.find(({ epoch }) => epoch === 36)?.mine).toBe(true)
  })

  it('puts eligible layers at their time', () => {
    const layer = 35 * 4032 + 7
    const eligible = { epoch: 35, layers: [{ layer, slots: 1 }] }
    const [dot] = timeline(mainnet, { ...idle, eligible }, 35).layers
    expect(dot?.atMs).toBe(epochStartMs(mainnet, 35) + 7 * 300_000)
  })
})

describe('sizes', () => {
  it('offers powers of two between both bounds', () => {
    const choices = unitChoices(mainnet.post)
    expect(choices.map(({ units }) => units)).toEqual([4, 8, 16, 32, 64, 128, 256, 512, 1000])
    expect(spaceBytes(choices[0]!)).toBe(256n * 1024n ** 3n) // 4 units of 64 GiB
  })

  it('offers one size where there is one', () => {
    const one = { labelsPerUnit: 256n, minNumUnits: 1, maxNumUnits: 1, scryptN: 8192 }
    expect(unitChoices(one)).toEqual([{ units: 1, labels: 256n }])
    expect(offeredChoices([1024n])).toEqual([{ units: 1, labels: 1024n }])
  })

  it('guesses a later first reward for labels that take longer', () => {
    expect(guessFirstRewardMs(5_000)).toBe(60_000)
    expect(guessFirstRewardMs(30_001)).toBe(80_000)
    expect(guessFirstRewardMs(70_000)).toBe(100_000)
  })
})
