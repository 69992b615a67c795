import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The command itself, as `npm run conformance` starts it, over trees made here. */
const root = join(import.meta.dirname, '../../..')
const tree = mkdtempSync(join(tmpdir(), 'smesh-vectors-'))
const GOOD = '{"op":"encode","encoding":"04","bits":8,"value":"1"}'
const BAD = '{"op":"encode","encoding":"08","bits":8,"value":"1","name":"off by one"}'

function write(path: string, content: string | Uint8Array): void {
  const whole = join(tree, path)
  mkdirSync(join(whole, '..'), { recursive: true })
  writeFileSync(whole, content)
}

function run(...args: string[]): { status: number | null; lines: string[]; stderr: string } {
  const node = join(root, 'node_modules/.bin/node')
  const script = join(root, 'test/conformance/run.ts')
  const { status, stdout, stderr } = spawnSync(node, [script, ...args], { encoding: 'utf8' })
  return { status, lines: stdout.trim().split('\n'), stderr }
}

beforeAll(() => {
  write('README.md', 'not a vector')
  write('good/types/compact.jsonl', `${GOOD}\n${GOOD}\n`)
  write('good/types/wire.jsonl.gz', gzipSync(wireRecord))
  write('good/types/README.md', 'not a vector')
  write('good/types/news.jsonl', `${GOOD}\n${GOOD}\n${GOOD}\n`)
  write('good/weather/rain.json', '{}')
  write('bad/types/compact.jsonl', `${GOOD}\n${BAD}\n`)
  write('broken/types/compact.jsonl', `${GOOD}\n{"op":\n`)
  write('broken/types/wire.jsonl.gz', 'not gzip')
  write('broken/types/decode.jsonl', '')
})
afterAll(() => rmSync(tree, { recursive: true }))

const wireRecord = JSON.stringify({
  ...{ type: 'Payload', fill: 'random', fields: { GasPrice: '91665585', Nonce: '5' } },
  encoding: '14c6d2da15',
})

describe('npm run conformance', () => {
  it('prints a line a file, reasons for skips, and the sum', () => {
    const { status, lines } = run(join(tree, 'good'))
    expect(lines).toEqual([
      'types/compact.jsonl  2 passed, 0 failed, 0 skipped',
      'types/news.jsonl  0 passed, 0 failed, 3 skipped',
      '  skip 3: not checked by this topic',
      'types/wire.jsonl.gz  1 passed, 0 failed, 0 skipped',
      'weather/rain.json  0 passed, 0 failed, 1 skipped',
      '  skip 1: no such topic',
      '3 passed, 0 failed, 4 skipped',
    ])
    expect(status).toBe(0)
  })

  it('names a failing record and exits 1', () => {
    const { status, lines } = run(join(tree, 'bad'))
    expect(lines[0]).toBe('types/compact.jsonl  1 passed, 1 failed, 0 skipped')
    expect(lines[1]).toContain('FAIL types/compact.jsonl #1 off by one encode: encoding')
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped')
    expect(status).toBe(1)
  })

  it('counts what it cannot read as failed', () => {
    const { status, lines } = run(join(tree, 'broken'))
    expect(lines.filter((line) => line.includes('FAIL'))).toHaveLength(3)
    expect(lines.at(-1)).toBe('1 passed, 3 failed, 0 skipped')
    expect(status).toBe(1)
  })

  it('takes names of topics and files', () => {
    const { lines } = run(join(tree, 'good'), 'types/com')
    expect(lines).toHaveLength(2)
  })

  it('exits 2 on bad usage, 0 on --help', () => {
    expect(run().status).toBe(2)
    expect(run('--nonsense').status).toBe(2)
    const missing = run(join(tree, 'missing'))
    expect(missing.status).toBe(2)
    expect(missing.stderr).toContain('Not a directory')
    expect(run(join(tree, 'good'), 'nothing').status).toBe(2)
    const help = run('--help')
    expect(help.status).toBe(0)
    expect(help.lines[0]).toContain('Usage:')
  })
})
