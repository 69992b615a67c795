import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Database, Range } from '../../src/storage/database.ts'
import { u32Key, u64Key } from '../../src/storage/keys.ts'

/** Opens the same database again and again; `fresh` gives an empty one under a new name. */
export interface DatabaseHost {
  fresh(): Promise<{ db: Database; reopen(): Promise<Database> }>
}

const put = (db: Database, rows: Record<string, unknown>) =>
  db.update(['meta'], (writer) => {
    for (const [key, value] of Object.entries(rows)) writer.put('meta', key, value)
  })

const keys = async (db: Database, range: Range) =>
  (await db.list('meta', range)).map(({ key }) => key)

/** The range rule, told once more in the plainest way. */
function expectedKeys(all: string[], range: Range): string[] {
  const { prefix = '', from, before, after, reverse, limit } = range
  const found = [...all]
    .sort()
    .filter((key) => key.startsWith(prefix))
    .filter((key) => from === undefined || key >= from)
    .filter((key) => before === undefined || key < before)
    .filter((key) => after === undefined || key > after)
  if (reverse) found.reverse()
  return found.slice(0, limit)
}

/** What every back end of {@link Database} must do. */
export function databaseCompliance(name: string, host: DatabaseHost): void {
  describe(`Database: ${name}`, () => {
    it('keeps values of every kind, equal and apart from the caller’s object', async () => {
      const { db } = await host.fresh()
      const value = { bytes: Uint8Array.of(1, 2, 255), big: 2n ** 64n - 1n, text: 'ä', none: null }
      await put(db, { a: value })
      value.bytes[0] = 9
      expect(await db.get('meta', 'a')).toEqual({
        bytes: Uint8Array.of(1, 2, 255),
        big: 2n ** 64n - 1n,
        text: 'ä',
        none: null,
      })
      expect(await db.get('meta', 'b')).toBeUndefined()
      await db.close()
    })

    it('still has everything after it is closed and opened', async () => {
      const { db, reopen } = await host.fresh()
      await put(db, { a: 1, b: 2 })
      await db.close()
      const again = await reopen()
      expect(await again.list('meta')).toEqual([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ])
      await again.close()
    })

    it('refuses calls after close', async () => {
      const { db } = await host.fresh()
      await db.close()
      await expect(db.get('meta', 'a')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
      await expect(put(db, { a: 1 })).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
    })

    it('keeps all of an update or none', async () => {
      const { db } = await host.fresh()
      await put(db, { a: 1 })
      const failing = db.update(['meta'], async (writer) => {
        writer.put('meta', 'a', 2)
        writer.put('meta', 'b', 2)
        await writer.get('meta', 'a')
        throw new Error('stop')
      })
      await expect(failing).rejects.toThrow('stop')
      expect(await db.list('meta')).toEqual([{ key: 'a', value: 1 }])
      await db.close()
    })

    it('shows an update its own writes, and others only finished ones', async () => {
      const { db } = await host.fresh()
      await put(db, { a: 1, b: 1 })
      await db.update(['meta'], async (writer) => {
        writer.put('meta', 'c', 2)
        writer.delete('meta', 'a')
        expect(await writer.get('meta', 'a')).toBeUndefined()
        expect((await writer.list('meta')).map(({ key }) => key)).toEqual(['b', 'c'])
        expect(await writer.count('meta', { prefix: 'c' })).toBe(1)
        await writer.deleteRange('meta', { from: 'b' })
        expect(await writer.list('meta')).toEqual([])
      })
      expect(await db.count('meta')).toBe(0)
      await db.close()
    })

    it('runs updates of one store one after another', async () => {
      const { db } = await host.fresh()
      await put(db, { n: 0 })
      const add = () =>
        db.update(['meta'], async (writer) => {
          const n = (await writer.get('meta', 'n')) as number
          writer.put('meta', 'n', n + 1)
          return n
        })
      const seen = await Promise.all(Array.from({ length: 50 }, add))
      expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
      expect(await db.get('meta', 'n')).toBe(50)
      await db.close()
    })

    it('gives the result of strict updates too', async () => {
      const { db } = await host.fresh()
      const result = await db.update(['meta'], (writer) => writer.put('meta', 's', 1), {
        durability: 'strict',
      })
      expect(result).toBeUndefined()
      expect(await db.get('meta', 's')).toBe(1)
      await db.close()
    })

    it('refuses a store that the update did not name', async () => {
      const { db } = await host.fresh()
      const writing = db.update([], (writer) => writer.put('meta', 'a', 1))
      await expect(writing).rejects.toThrow()
      expect(await db.count('meta')).toBe(0)
      await db.close()
    })

    it('lists any range as the plain rule does', async () => {
      const { db } = await host.fresh()
      const all = ['a', 'a/1', 'a/2', 'ab', 'b', 'b/1', 'c']
      await put(db, Object.fromEntries(all.map((key) => [key, key])))
      const bound = fc.option(fc.constantFrom(...all, 'a/', 'zz', ''), { nil: undefined })
      const range = fc
        .record({
          prefix: bound,
          from: bound,
          before: bound,
          after: bound,
          reverse: fc.boolean(),
          limit: fc.option(fc.nat(8), { nil: undefined }),
        })
        .map((whole) => {
          const given = Object.entries(whole).filter(([, value]) => value !== undefined)
          return Object.fromEntries(given) as Range
        })
      await fc.assert(
        fc.asyncProperty(range, async (range) => {
          expect(await keys(db, range)).toEqual(expectedKeys(all, range))
          const { limit: _limit, ...whole } = range
          expect(await db.count('meta', whole)).toBe(expectedKeys(all, whole).length)
          await db.update(['meta'], async (writer) => {
            const rows = await writer.list('meta', range)
            expect(rows.map(({ key }) => key)).toEqual(expectedKeys(all, range))
          })
        }),
        { numRuns: 60 },
      )
      await db.close()
    })
  })
}

describe('keys', () => {
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  it('sort as the numbers do', () => {
    fc.assert(
      fc.property(u64, u64, (a, b) => {
        expect(u64Key(a) < u64Key(b)).toBe(a < b)
      }),
    )
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(u32Key(a) < u32Key(b)).toBe(a < b)
      }),
    )
  })
})
