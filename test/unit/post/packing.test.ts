import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { bitLength, indicesLength } from '../../../src/post/difficulty.ts'
import { packIndices, unpackIndices } from '../../../src/post/packing.ts'
import { selectOrdinals } from '../../../src/post/selection.ts'
import { fromHex, hex, utf8 } from '../../../src/util/bytes.ts'
import { postVectors } from './vectors.ts'

describe('packed indices', () => {
  it.each(postVectors('verify-cases', 'packing'))('$bits bits', (row) => {
    const { bits, indices, bytes, unpacked } = row
    expect(hex(packIndices(indices.map(BigInt), bits))).toBe(bytes)
    expect(unpackIndices(fromHex(bytes), bits).map(String)).toEqual(unpacked)
  })

  it('come back, in the length that K2 indices have', () => {
    const list = fc
      .bigInt({ min: 1n, max: 2n ** 64n - 1n })
      .chain((max) =>
        fc.tuple(
          fc.constant(max),
          fc.array(fc.bigInt({ min: 0n, max }), { minLength: 1, maxLength: 60 }),
        ),
      )
    fc.assert(
      fc.property(list, ([max, indices]) => {
        const packed = packIndices(indices, bitLength(max))
        expect(packed.length).toBe(indicesLength(max, indices.length))
        expect(unpackIndices(packed, bitLength(max)).slice(0, indices.length)).toEqual(indices)
      }),
    )
  })

  it('of width 0 are none', () => expect(unpackIndices(new Uint8Array(5), 0)).toEqual([]))
})

describe('selection of ordinals', () => {
  it.each(postVectors('verify-cases', 'selections'))('$k3 of $k2, seed $seed', (row) => {
    const { k2, k3, seed, nodeId, challenge, ordinals } = row
    const ids = { nodeId: fromHex(nodeId), challenge: fromHex(challenge) }
    expect(selectOrdinals({ k2, k3, seed: fromHex(seed) }, ids)).toEqual(ordinals)
  })

  it('draws each ordinal once, whatever the seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 80 }), (seed, k2) => {
        const ids = { nodeId: new Uint8Array(32), challenge: new Uint8Array(32) }
        const drawn = selectOrdinals({ k2, k3: k2 + 5, seed: utf8(seed) }, ids)
        expect(drawn.toSorted((a, b) => a - b)).toEqual(Array.from({ length: k2 }, (_, i) => i))
      }),
    )
  })
})
