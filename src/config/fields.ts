import * as v from 'valibot'

import { fromHex } from '../util/bytes.ts'
import { U32_MAX, U64_MAX } from '../util/u64.ts'

/** A whole number of at most 32 bits, written as a JSON number. */
export function count(min = 0, max = U32_MAX) {
  const message = `must be a whole number from ${min} to ${max}`
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  )
}

/** A duration in milliseconds; 2^53 − 1 at most. */
export function milliseconds(min = 0) {
  const message = `must be a whole number of milliseconds, at least ${min}`
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(min, message))
}

/** A 64-bit unsigned integer, written as a decimal string because JSON numbers lose digits. */
export function u64(min = 0n) {
  const message = `must be a decimal string such as "1000", from ${min} to ${U64_MAX}`
  return v.pipe(
    v.string(message),
    v.regex(/^(0|[1-9][0-9]{0,19})$/, message),
    v.transform((value) => BigInt(value)),
    v.minValue(min, message),
    v.maxValue(U64_MAX, message),
  )
}

/** Exactly `length` bytes, written as lower- or upper-case hex. */
export function bytes(length: number) {
  const message = `must be ${2 * length} hexadecimal digits (${length} bytes)`
  return v.pipe(
    v.string(message),
    v.regex(new RegExp(`^[0-9a-fA-F]{${2 * length}}$`), message),
    v.transform(fromHex),
  )
}

export function text(what: string, pattern = /^[^]{1,200}$/) {
  const message = `must be ${what}`
  return v.pipe(v.string(message), v.regex(pattern, message))
}

export const flag = () => v.boolean('must be true or false')

export const url = () => text('an http or https address', /^https?:\/\/[^\s]{1,500}$/)

/** A fraction between 0 and 1 that steers local policy only and is never hashed or agreed on. */
export const share = () =>
  v.pipe(
    v.number('must be a number from 0 to 1'),
    v.minValue(0, 'must be a number from 0 to 1'),
    v.maxValue(1, 'must be a number from 0 to 1'),
  )

/** Two whole numbers, numerator and denominator. */
export const ratio = () =>
  v.strictTuple([count(0), count(1)], 'must be a pair of whole numbers: [numerator, denominator]')

export function list<S extends v.GenericSchema>(item: S, max: number) {
  const message = `must be a list of at most ${max} entries`
  return v.pipe(v.array(item, message), v.maxLength(max, message))
}

/** UTC time in whole seconds, as milliseconds since the Unix epoch: the genesis id hashes seconds. */
export function time() {
  const message = 'must be a UTC time in whole seconds such as "2023-07-14T08:00:00Z"'
  return v.pipe(
    v.string(message),
    v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, message),
    v.transform((value) => Date.parse(value)),
    v.number(message),
    v.safeInteger(message),
    v.minValue(0, message),
  )
}
