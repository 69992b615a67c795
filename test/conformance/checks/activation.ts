import { deepStrictEqual, strictEqual } from 'node:assert'

import { gradeAtx } from '../../../src/activation/grading.ts'
import {
  atxWeightV1,
  atxWeightV2,
  effectiveUnits,
  ticksOf,
} from '../../../src/activation/weight.ts'

/** Records of activation/grading.jsonl; format in vectors/README.md. */
interface GradingRecord {
  epochStartNs: string
  delayNs: string
  atxReceivedNs: string
  proofReceivedNs: string
  grade: string
}

export function checkGrading(record: GradingRecord): void {
  const grade = gradeAtx({
    epochStartNs: BigInt(record.epochStartNs),
    delayNs: BigInt(record.delayNs),
    atxReceivedNs: BigInt(record.atxReceivedNs),
    proofReceivedNs: record.proofReceivedNs === '0' ? undefined : BigInt(record.proofReceivedNs),
  })
  strictEqual(grade, record.grade)
}

/** Records of activation/weights.jsonl; format in vectors/README.md. */
type WeightRecord =
  | {
      version: 1
      declaredUnits: number
      previousDeclaredUnits: number | null
      leafCount: string
      tickSize: string
      effectiveUnits: number
      ticks: string
      overflow: boolean
      weight?: string
    }
  | {
      version: 2
      niPosts: { leafCount: string; effectiveUnits: number[] }[]
      tickSize: string
      ticks: string
      error: boolean
      units?: number
      weight?: string
    }

export function checkWeight(record: WeightRecord): void {
  const tickSize = BigInt(record.tickSize)
  if (record.version === 1) {
    const units = effectiveUnits(record.declaredUnits, record.previousDeclaredUnits ?? undefined)
    const ticks = ticksOf(BigInt(record.leafCount), tickSize)
    strictEqual(units, record.effectiveUnits)
    strictEqual(ticks.toString(), record.ticks)
    const weight = atxWeightV1(units, ticks)
    strictEqual(weight === undefined, record.overflow)
    strictEqual(weight?.toString(), record.weight)
    return
  }
  const niposts = record.niPosts.map((nipost) => ({
    leafCount: BigInt(nipost.leafCount),
    effectiveUnits: nipost.effectiveUnits,
  }))
  const result = atxWeightV2(niposts, tickSize)
  deepStrictEqual(
    {
      error: result.weight === undefined,
      ticks: result.ticks.toString(),
      units: result.units,
      weight: result.weight?.toString(),
    },
    { error: record.error, ticks: record.ticks, units: record.units, weight: record.weight },
  )
}
