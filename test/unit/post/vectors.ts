import { readFileSync } from 'node:fs'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows are read as written
export type Row = Record<string, any>

/** One list of a vector file of chapter 03 (test/vectors/post, see its README). */
export function postVectors(name: string, list: string): Row[] {
  const url = new URL(`../../vectors/post/${name}.json`, import.meta.url)
  const rows = (JSON.parse(readFileSync(url, 'utf8')) as Record<string, Row[]>)[list]
  if (!rows?.length) throw new Error(`no ${list} in ${name}.json`)
  return rows
}
