import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { gradeAtx, ownActiveSetUsable } from '../../../src/activation/index.ts'
import { checkGrading, checkWeight } from '../../conformance/checks/activation.ts'

const records = (file: string) =>
  readFileSync(new URL(`../../vectors/activation/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as never)

describe('vectors of the reference', () => {
  it('grades', () => {
    const all = records('grading.jsonl')
    expect(all).toHaveLength(140)
    for (const record of all) checkGrading(record)
  })

  it('weights', () => {
    const all = records('weights.jsonl')
    expect(all).toHaveLength(112)
    for (const record of all) checkWeight(record)
  })
})

describe('gradeAtx', () => {
  // Spec 08 §11; δ = 10 s, seconds relative to the epoch start.
  it.each([
    [-41, 0, 'good'],
    [-41, -10, 'acceptable'],
    [-41, -11, 'evil'],
    [-31, -10, 'acceptable'],
    [-31, -11, 'evil'],
    [-30, 0, 'evil'],
  ])('ATX at %i s, proof at %i s: %s', (atxSeconds, proofSeconds, grade) => {
    const epochStartNs = 1_700_000_000_000_000_000n
    const at = (seconds: number) => epochStartNs + BigInt(seconds) * 1_000_000_000n
    const times = { epochStartNs, delayNs: 10_000_000_000n, atxReceivedNs: at(atxSeconds) }
    expect(gradeAtx({ ...times, proofReceivedNs: at(proofSeconds) })).toBe(grade)
  })
})

describe('ownActiveSetUsable', () => {
  it.each([
    [91, 100, 90, true],
    [90, 100, 90, false],
    [909, 1000, 90, false], // 90.9 percent is 90 in whole percent
    [1, 1, 90, true],
    [0, 0, 0, false],
  ])('%i good of %i with %i percent: %s', (good, total, percent, usable) => {
    expect(ownActiveSetUsable(good, total, percent)).toBe(usable)
  })
})
