import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  createLayerClock,
  createPoetSchedule,
  localNetwork,
  mainnet,
} from '../../../src/config/index.ts'

describe('createLayerClock', () => {
  const clock = createLayerClock(mainnet)

  it('layer 0 before genesis and up to the next layer', () => {
    expect(clock.layerAt(0)).toBe(0)
    expect(clock.layerAt(clock.genesisTimeMs - 1)).toBe(0)
    expect(clock.layerAt(clock.genesisTimeMs + 299_999)).toBe(0)
    expect(clock.layerAt(clock.genesisTimeMs + 300_000)).toBe(1)
  })

  it('epoch 35 of mainnet begins 2024-11-15T08:00Z (spec 08 §10.1)', () => {
    expect(clock.epochStartMs(35)).toBe(Date.UTC(2024, 10, 15, 8))
    expect(clock.epochOf(clock.firstLayerOf(35))).toBe(35)
    expect(clock.lastLayerOf(35) + 1).toBe(clock.firstLayerOf(36))
  })

  it('a layer contains the times from its start to the next start', () =>
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.nat(299_999), (layer, offset) => {
        expect(clock.layerAt(clock.layerStartMs(layer) + offset)).toBe(layer)
        expect(clock.firstLayerOf(clock.epochOf(layer)) + clock.ordinalOf(layer)).toBe(layer)
      }),
    ))

  it('refuses layers outside u32', () => {
    expect(() => clock.layerStartMs(-1)).toThrow('LAYER_OVERFLOW')
    expect(() => clock.firstLayerOf(2 ** 31)).toThrow('LAYER_OVERFLOW')
    expect(() => clock.layerAt(Number.MAX_SAFE_INTEGER)).toThrow('LAYER_OVERFLOW')
  })
})

describe('createPoetSchedule', () => {
  it('mainnet: round 0 and the gap of spec 04 §1 and 08 §10.1', () => {
    const schedule = createPoetSchedule(mainnet)
    expect(schedule.roundStartMs(0)).toBe(Date.UTC(2023, 6, 24, 8))
    expect(schedule.roundEndMs(0)).toBe(Date.UTC(2023, 7, 6, 20))
    expect(schedule.roundStartMs(1)).toBe(Date.UTC(2023, 7, 7, 8))
    expect(schedule.openRoundAt(0)).toBe(0)
    expect(schedule.openRoundAt(schedule.roundStartMs(0) - 1)).toBe(0)
    expect(schedule.openRoundAt(schedule.roundStartMs(0))).toBe(1)
    expect(schedule.openRoundAt(schedule.roundStartMs(7) - 1)).toBe(7)
  })

  it('local: round e works from start(e) + 10 s to start(e + 1)', () => {
    const config = localNetwork(0)
    const clock = createLayerClock(config)
    const schedule = createPoetSchedule(config)
    for (const epoch of [0, 1, 5]) {
      expect(schedule.roundStartMs(epoch)).toBe(clock.epochStartMs(epoch) + 10_000)
      expect(schedule.roundEndMs(epoch)).toBe(clock.epochStartMs(epoch + 1))
      expect(schedule.roundOf(epoch + 1)).toBe(epoch)
    }
  })
})
