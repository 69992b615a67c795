import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { vrfDifficulty } from '../../../src/post/difficulty.ts'
import { createCpuLabeler } from '../../../src/post/labels.ts'
import { isVrfNonceValid, searchVrfNonce, smallestBelow } from '../../../src/post/vrf-nonce.ts'
import { compareBytes, concat, fromHex, hex } from '../../../src/util/bytes.ts'
import { postVectors } from './vectors.ts'

describe('VRF difficulty', () => {
  it.each(postVectors('vrf-nonce', 'difficulties'))('of $numLabels labels', (row) => {
    const compute = () => vrfDifficulty(BigInt(row['numLabels']))
    if (row['overflow']) expect(compute).toThrow('POST_VRF_OVERFLOW')
    else expect(hex(compute())).toBe(row['vrfDifficulty'])
  })
})

describe('VRF nonce', () => {
  it.each(postVectors('vrf-nonce', 'verify'))('$nonce is valid: $valid', (row) => {
    const { nodeId, commitmentAtxId, labelsPerUnit, numUnits, nonce, scryptN, valid } = row
    const claim = {
      nodeId: fromHex(nodeId),
      commitmentAtxId: fromHex(commitmentAtxId),
      numUnits,
      labelsPerUnit: BigInt(labelsPerUnit),
      nonce: BigInt(nonce),
    }
    expect(isVrfNonceValid(claim, { scryptN })).toBe(valid)
  })

  const short = postVectors('vrf-nonce', 'searches').filter(
    ({ from, to, scryptN }) => Number(BigInt(to) - BigInt(from)) * (scryptN + 60) < 2_000_000,
  )
  it.each(short)('search from $from to $to, N $scryptN', async (row) => {
    const { commitment, scryptN, from, to, difficulty, found } = row
    const labeler = createCpuLabeler({ commitment: fromHex(commitment), scryptN })
    const range = { from: BigInt(from), to: BigInt(to), difficulty: fromHex(difficulty) }
    for (const batch of [100, 100_000]) {
      const { signal } = new AbortController()
      const best = await searchVrfNonce({ ...range, batch }, { labeler }, { signal })
      expect(best?.index.toString()).toBe(found?.nonce)
      if (best) expect(hex(best.output)).toBe(found.output)
    }
  })

  it('is the smallest output strictly below, the earliest of equals', () => {
    const output = fc
      .tuple(fc.nat(2), fc.nat(2))
      .map(([first, last]) => new Uint8Array(32).fill(first, 0, 1).fill(last, 31))
    fc.assert(
      fc.property(fc.array(output, { maxLength: 12 }), output, (outputs, difficulty) => {
        const below = outputs
          .map((bytes, i) => ({ bytes, index: 100n + BigInt(i) }))
          .filter(({ bytes }) => compareBytes(bytes, difficulty) < 0)
          .toSorted((a, b) => compareBytes(a.bytes, b.bytes)) // stable: the earlier one first
        const best = smallestBelow(concat(...outputs), 100n, difficulty)
        expect(best?.index).toBe(below[0]?.index)
      }),
    )
  })
})
