import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { LabelStore } from '../../src/post/files.ts'
import { concat, hex } from '../../src/util/bytes.ts'
import { seededRandom } from '../../src/util/random.ts'

type Closable = LabelStore & { close?(): Promise<void> }

/** Opens the same folder again and again; `fresh` gives an empty one. */
export interface LabelStoreHost {
  fresh(): Promise<{ store: Closable; reopen(): Promise<Closable> }>
}

const bytes = (length: number, seed = length) => seededRandom(seed).bytes(length)

/** What every label store must do. */
export function labelStoreCompliance(name: string, host: LabelStoreHost): void {
  describe(`label store: ${name}`, () => {
    it('is empty at first', async () => {
      const { store } = await host.fresh()
      expect(await store.list()).toEqual([])
      expect(await store.size(0)).toBe(0)
      expect(await store.read(0, 0, 16)).toHaveLength(0)
      expect(await store.getText('postdata_metadata.json')).toBeUndefined()
      await store.remove(3)
      await store.removeText('nothing')
      await store.flush(1)
      expect(await store.list()).toEqual([])
    })

    it('keeps what was written, over reopening', async () => {
      const { store, reopen } = await host.fresh()
      const [first, second] = [bytes(100_000), bytes(77)]
      await store.write(0, 0, first)
      await store.write(0, first.length, second)
      await store.write(12, 0, second)
      await store.flush(0)
      await store.putText('postdata_metadata.json', '{"é": 1}')
      await store.close?.()
      const again = await reopen()
      expect((await again.list()).sort((a, b) => a - b)).toEqual([0, 12])
      expect(await again.size(0)).toBe(100_077)
      expect(hex(await again.read(0, 0, 200_000))).toBe(hex(concat(first, second)))
      expect(hex(await again.read(0, 99_999, 2))).toBe(
        hex(concat(first.slice(-1), second.slice(0, 1))),
      )
      expect(await again.read(0, 100_077, 5)).toHaveLength(0)
      expect(await again.getText('postdata_metadata.json')).toBe('{"é": 1}')
      await again.close?.()
    })

    it('truncates, overwrites and removes', async () => {
      const { store } = await host.fresh()
      await store.write(5, 0, bytes(64))
      await store.truncate(5, 33)
      expect(await store.size(5)).toBe(33)
      await store.write(5, 32, bytes(16))
      expect(hex(await store.read(5, 0, 64))).toBe(hex(concat(bytes(64).slice(0, 32), bytes(16))))
      await store.truncate(6, 0)
      expect((await store.list()).sort()).toEqual([5, 6])
      await store.remove(5)
      expect(await store.list()).toEqual([6])
      expect(await store.size(5)).toBe(0)
      await store.close?.()
    })

    it('replaces text whole', async () => {
      const { store } = await host.fresh()
      await store.putText('a', 'a long text that a shorter one replaces')
      await store.putText('a', 'short')
      expect(await store.getText('a')).toBe('short')
      await store.removeText('a')
      expect(await store.getText('a')).toBeUndefined()
      expect(await store.list()).toEqual([])
    })

    it('does what a plain list of files does, with more files than it keeps open', async () => {
      const step = fc.record({
        file: fc.nat(8),
        task: fc.constantFrom('write', 'truncate', 'remove', 'read'),
        at: fc.nat(200),
        length: fc.nat(200),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const { store } = await host.fresh()
          const model = new Map<number, Uint8Array>()
          for (const [seed, { file, task, at, length }] of steps.entries()) {
            const old = model.get(file) ?? new Uint8Array(0)
            const offset = Math.min(at, old.length)
            if (task === 'write') {
              const data = bytes(length, seed)
              await store.write(file, offset, data)
              model.set(file, concat(old.slice(0, offset), data, old.slice(offset + length)))
            } else if (task === 'truncate') {
              await store.truncate(file, offset)
              model.set(file, old.slice(0, offset))
            } else if (task === 'remove') {
              await store.remove(file)
              model.delete(file)
            } else {
              const read = await store.read(file, offset, length)
              expect(hex(read)).toBe(hex(old.slice(offset, offset + length)))
            }
            expect(await store.size(file)).toBe(model.get(file)?.length ?? 0)
          }
          expect((await store.list()).sort()).toEqual([...model.keys()].sort())
          await store.close?.()
        }),
        { numRuns: 15 },
      )
    })
  })
}
