import { readFileSync } from 'node:fs'

/** Records of a `.jsonl` vector file; `path` is below test/vectors. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- records are data from outside
export function vectorLines(path: string): any[] {
  const url = new URL(`../../vectors/${path}`, import.meta.url)
  return readFileSync(url, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
}
