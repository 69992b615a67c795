import { fromHex } from '../../../src/util/bytes.ts'
import type { Json } from '../types.ts'

/**
 * A second description of the wire types, in the field names of the vectors (those of the chapters
 * and of Go), from which values are converted to ours and back. Order plays no part here.
 */
export interface Shape {
  toValue(json: Json): Json
  toJson(value: Json): Json
}

export const int: Shape = { toValue: (json) => json, toJson: (value) => value }
export const u64: Shape = { toValue: (json) => BigInt(json), toJson: (value) => String(value) }
export const bin: Shape = {
  toValue: (json) => fromHex(json),
  toJson: (value) => Buffer.from(value).toString('hex'),
}

export const list = (item: Shape): Shape => ({
  toValue: (json) => json.map((element: Json) => item.toValue(element)),
  toJson: (value) => value.map((element: Json) => item.toJson(element)),
})

export const opt = (item: Shape): Shape => ({
  toValue: (json) => (json === null ? undefined : item.toValue(json)),
  toJson: (value) => (value === undefined ? null : item.toJson(value)),
})

type Field = readonly [path: string, shape: Shape]

/** Our field name → the vector's, dotted where the vector nests deeper. */
export const obj = (fields: Record<string, Field>): Shape => ({
  toValue: (json) =>
    Object.fromEntries(
      Object.entries(fields).map(([key, [path, shape]]) => [key, shape.toValue(get(json, path))]),
    ),
  toJson: (value) => {
    const json = {}
    for (const [key, [path, shape]] of Object.entries(fields)) {
      set(json, path, shape.toJson(value[key]))
    }
    return json
  },
})

function get(json: Json, path: string): Json {
  let value = json
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !(name in value)) {
      throw new Error(`the record has no field ${path}`)
    }
    value = value[name]
  }
  return value
}

function set(json: Json, path: string, value: Json): void {
  const names = path.split('.')
  const last = names.pop()!
  let target = json
  for (const name of names) target = target[name] ??= {}
  target[last] = value
}

/** Chooses by the vector's `Type` and our `type`. */
export const tagged = (shapes: Record<number, Shape>): Shape => ({
  toValue: (json) => ({ type: json.Type, ...shapes[json.Type]!.toValue(json.Data) }),
  toJson: (value) => ({ Type: value.type, Data: shapes[value.type]!.toJson(value) }),
})
