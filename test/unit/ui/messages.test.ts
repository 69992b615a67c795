import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { KNOWN_CODES, messageFor, problemOf } from '../../../src/ui/messages.ts'

/** Rooms whose failures reach a person; the others' are turned into codes of these. */
const ROOMS = [
  'wallet',
  'storage',
  'post',
  'poet',
  'activation',
  'mesh',
  'platform',
  'runtime',
  'workers',
]

/** Codes that only other code sees: they end a call that a person never makes by hand. */
const INTERNAL_ONLY = /^(MNEMONIC_|DERIVATION_|WALLET_FILE_|WALLET_KEY_)/

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

/** Every row of `interface ErrorContext` in a room. */
function declaredCodes(room: string): string[] {
  return sources(`src/${room}`)
    .flatMap((text) => [...text.matchAll(/interface ErrorContext \{([\s\S]*?)\n {2}\}/g)])
    .flatMap(([, body]) => [...body!.matchAll(/^ {4}([A-Z][A-Z0-9_]+):/gm)])
    .map(([, code]) => code!)
}

describe('the catalogue', () => {
  it.each(ROOMS)('has a sentence for every error of %s', (room) => {
    const missing = declaredCodes(room).filter(
      (code) => !KNOWN_CODES.includes(code) && !INTERNAL_ONLY.test(code),
    )
    expect(missing).toEqual([])
  })

  it('finds the errors that it is to check', () => {
    expect(declaredCodes('storage')).toContain('STORAGE_FULL')
    expect(declaredCodes('runtime')).toContain('NO_FILE_STORAGE')
  })

  it('has a sentence for every event that the node tells', () => {
    const told = sources('src/runtime').flatMap((text) => [
      ...text.matchAll(/(?:code: |code = .*|#event\('\w+', |onEvent\()'([A-Z][A-Z0-9_]{3,})'/g),
    ])
    const codes = [...new Set(told.map(([, code]) => code!))]
    expect(codes).toContain('ATX_PUBLISHED')
    expect(codes.filter((code) => !KNOWN_CODES.includes(code))).toEqual([])
  })

  it.each(['ADDRESS_MALFORMED', 'ADDRESS_CHECKSUM', 'ADDRESS_LENGTH', 'ADDRESS_NETWORK'])(
    'explains %s',
    (code) => expect(KNOWN_CODES).toContain(code),
  )

  it.each(KNOWN_CODES)('%s: a title without a full stop and whole sentences', (code) => {
    const empty = messageFor(code)
    expect(empty.title).toMatch(/^[A-Z].*[^.]$/)
    for (const { text } of [empty, messageFor(code, { reason: 'because', message: 'it said' })]) {
      expect(text).toMatch(/[.!]$/)
      expect(text).not.toMatch(/undefined|NaN|\[object|\.\./)
    }
  })

  it('never loses money questions: refused transfers say that nothing was sent', () => {
    for (const code of KNOWN_CODES.filter((known) => /^(ADDRESS_|BAD_|INSUFFICIENT)/.test(known))) {
      expect(messageFor(code).text).toMatch(/Nothing was (sent|changed)/)
    }
  })

  it('tells an unknown outcome as unknown', () => {
    expect(messageFor('LEADER_CHANGED', { method: 'send' }).title).toBe('Outcome unknown')
  })

  it('shows an unknown code to report', () => {
    expect(messageFor('NEVER_HEARD_OF').text).toContain('NEVER_HEARD_OF')
  })

  it('does not take a property of objects for a code', () => {
    expect(messageFor('constructor').title).toBe('Something unexpected happened')
  })

  it('puts amounts into words', () => {
    const { text } = messageFor('INSUFFICIENT_BALANCE', { needed: '1500000000', available: '7' })
    expect(text).toContain('1.5 SMH is needed, 0.000000007 SMH is available')
  })

  it('names both networks of a foreign address', () => {
    const { text } = messageFor('ADDRESS_NETWORK', { expected: 'standalone', actual: 'sm' })
    expect(text).toContain('“sm1”')
    expect(text).toContain('“standalone1”')
  })
})

describe('problemOf', () => {
  it('keeps code and context of a coded error, also one from another thread', () => {
    const error = Object.assign(new Error('x'), {
      name: 'SmeshError',
      code: 'STORAGE_FULL',
      context: { what: 'labels' },
    })
    expect(problemOf(error)).toEqual({ code: 'STORAGE_FULL', context: { what: 'labels' } })
  })

  it.each([
    [new DOMException('stop', 'AbortError'), 'ABORTED'],
    [new DOMException('full', 'QuotaExceededError'), 'STORAGE_FULL'],
    [new TypeError('broken'), 'UNKNOWN'],
    ['text', 'UNKNOWN'],
    [undefined, 'UNKNOWN'],
  ])('%s is told as %s', (error, code) => expect(problemOf(error).code).toBe(code))
})
