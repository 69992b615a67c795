import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  createScriptCore,
  createWasmCore,
  MESSAGE_AT,
  Sha256Kernel,
} from '../../../src/poet/kernel/index.ts'
import { MAX_MESSAGE_BYTES } from '../../../src/poet/kernel/kernel.ts'

/** A second implementation: Node's native SHA-256. */
function chained(message: Uint8Array, times: number): Uint8Array {
  let digest = message
  for (let i = 0; i < times; i++) digest = createHash('sha256').update(digest).digest()
  return Uint8Array.from(digest)
}

describe.each([
  { name: 'wasm', create: createWasmCore },
  { name: 'script', create: createScriptCore },
])('SHA-256 kernel: $name', ({ name, create }) => {
  const kernel = new Sha256Kernel(create())
  const digest = (message: Uint8Array, times: number) => {
    kernel.memory.set(message, MESSAGE_AT)
    const out = new Uint8Array(40).fill(0xaa)
    kernel.digest(message.length, times, out, 4)
    expect([...out.slice(0, 4), ...out.slice(36)]).toEqual(Array(8).fill(0xaa))
    return out.slice(4, 36)
  }

  it('says which one it is', () => expect(kernel.kind).toBe(name))

  it('hashes messages of every length around the block borders', () => {
    for (let length = 0; length < 200; length++) {
      const message = Uint8Array.from({ length }, (_, i) => 31 * i + length)
      expect(digest(message, 1), `length ${length}`).toEqual(chained(message, 1))
    }
  })

  it('chains like native SHA-256', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: 1, max: 450 }),
        (m, times) => {
          expect(digest(m, times)).toEqual(chained(m, times))
        },
      ),
      { numRuns: 40, seed: 4 },
    )
  })

  it('takes the longest message and no longer one', () => {
    const longest = new Uint8Array(MAX_MESSAGE_BYTES).fill(0xfe)
    expect(digest(longest, 2)).toEqual(chained(longest, 2))
    expect(() => kernel.digest(MAX_MESSAGE_BYTES + 1, 1, new Uint8Array(32), 0)).toThrow(
      'BAD_ARGUMENT',
    )
  })
})
