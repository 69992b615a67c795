import { strictEqual } from 'node:assert'

import { betaFraction, binomialCdf, regularizedBeta } from '../../../src/crypto/bincdf.ts'
import {
  fixedExp,
  fixedLgamma,
  scaledDiv,
  scaledLn,
  scaledLnInt,
  scaledLog2,
  scaledMul,
} from '../../../src/crypto/fixed-math.ts'
import {
  fixedAdd,
  fixedDiv,
  fixedFromFraction,
  fixedFromRatio,
  fixedMul,
  fixedSub,
} from '../../../src/crypto/fixed.ts'
import { fromHex } from '../../../src/util/bytes.ts'
import { isSmeshError } from '../../../src/util/error.ts'

/** A record of consensus/fixed.jsonl: strings by field name; format in vectors/README.md. */
export interface FixedRecord {
  op: string
  w?: 0 | 56
  result: string
  lessThan?: boolean
  greaterThan?: boolean
  [field: string]: unknown
}

export interface BinCdfRecord {
  n: number
  committee: number
  total: string
  x: number
  p: string
  cdf: string
}

const word = (value: bigint): string => value.toString(16).padStart(32, '0')
const fromWord = (text: unknown): bigint => BigInt('0x' + String(text))
const int = (text: unknown): bigint => BigInt(String(text))

/** Result text of an operation on the record's arguments. */
const operations: Record<string, (record: FixedRecord) => string> = {
  add: ({ a, b }) => word(fixedAdd(fromWord(a), fromWord(b))),
  sub: ({ a, b }) => word(fixedSub(fromWord(a), fromWord(b))),
  mul: ({ a, b }) => word(fixedMul(fromWord(a), fromWord(b))),
  div: ({ a, b }) => word(fixedDiv(fromWord(a), fromWord(b))),
  DivUint64: ({ p, q }) => word(fixedFromRatio(int(p), int(q))),
  FracFromBytes: ({ bytes }) => word(fixedFromFraction(fromHex(String(bytes)))),
  mulR: ({ x, y }) => String(scaledMul(int(x), int(y))),
  divR: ({ x, y }) => String(scaledDiv(int(x), int(y))),
  log2: ({ x, w }) => String(scaledLog2(int(x), w!)),
  ln: ({ x }) => String(scaledLn(int(x))),
  lnInt: ({ x }) => String(scaledLnInt(int(x))),
  lgamma: ({ n }) => word(fixedLgamma(int(n))),
  exp: ({ x }) => word(fixedExp(fromWord(x))),
  cf: ({ X, a, b }) => word(betaFraction(int(X), int(a), int(b))),
  I: ({ X, a, b }) => word(regularizedBeta(int(X), int(a), int(b))),
}

export function checkFixed(record: FixedRecord): void {
  const operation = operations[record.op]
  if (!operation) throw new Error(`unknown op in ${JSON.stringify(record)}`)
  let result: string
  try {
    result = operation(record)
  } catch (error) {
    if (!isSmeshError(error, 'FIXED_OVERFLOW')) throw error
    result = 'overflow'
  }
  strictEqual(result, record.result)
  if (record.op === 'sub') {
    strictEqual(fromWord(record['a']) < fromWord(record['b']), record.lessThan)
    strictEqual(fromWord(record['a']) > fromWord(record['b']), record.greaterThan)
  }
}

export function checkBinCdf(record: BinCdfRecord): void {
  const p = fixedFromRatio(BigInt(record.committee), BigInt(record.total))
  strictEqual(word(p), record.p)
  strictEqual(word(binomialCdf(record.n, p, record.x)), record.cdf)
}
