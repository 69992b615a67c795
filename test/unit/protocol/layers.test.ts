import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import * as layers from '../../../src/protocol/layers.ts'

fc.configureGlobal({ seed: 1 })

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const perEpoch = fc.integer({ min: 1, max: 5000 })

describe('layers and epochs', () => {
  it('a layer is its epoch’s first plus its ordinal', () =>
    fc.assert(
      fc.property(u32, perEpoch, (layer, size) => {
        const first = layers.firstLayerOf(layers.epochOf(layer, size), size)
        expect(first + layers.ordinalInEpoch(layer, size)).toBe(layer)
        expect(layers.isFirstInEpoch(layer, size)).toBe(layer === first)
      }),
    ))

  it('effective genesis of the presets (spec 01 §4)', () => {
    expect([4032, 288, 4, 10].map(layers.firstEffectiveGenesis)).toEqual([8063, 575, 7, 19])
  })

  it('time falls into layers, before genesis into layer 0', () => {
    const [genesis, duration] = [1_689_321_600_000, 300_000]
    const at = (ms: number) => layers.layerAt(genesis + ms, genesis, duration)
    expect([-1, 0, 299_999, 300_000].map(at)).toEqual([0, 0, 0, 1])
    expect(layers.layerAt(layers.layerStartMs(77, genesis, duration), genesis, duration)).toBe(77)
  })

  it('throws where the reference panics', () => {
    expect(layers.addLayers(2 ** 32 - 2, 1)).toBe(2 ** 32 - 1)
    expect(() => layers.addLayers(2 ** 32 - 1, 1)).toThrow('INTEGER_OVERFLOW')
    expect(() => layers.subLayers(1, 2)).toThrow('INTEGER_OVERFLOW')
    expect(() => layers.firstLayerOf(2 ** 31, 4032)).toThrow('INTEGER_OVERFLOW')
    expect(() => layers.targetEpoch(2 ** 32 - 1)).toThrow('INTEGER_OVERFLOW')
  })
})
