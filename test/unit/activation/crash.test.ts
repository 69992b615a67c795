import { describe, expect, it } from 'vitest'

import { expectOneChain, live, liveAndDie } from './support/crash.ts'
import { Rig } from './support/rig.ts'

async function countWrites(): Promise<number> {
  const rig = new Rig()
  const session = await live(rig, undefined, () => rig.stored.length >= 2)
  expectOneChain(rig)
  return session!.life.writes.length
}

describe('a node that dies', () => {
  it('at any one write of two epochs, before or after it: one ATX an epoch, none lost', async () => {
    const writes = await countWrites()
    expect(writes).toBeGreaterThan(20)
    for (let at = 1; at <= writes; at++) {
      for (const applied of [false, true]) {
        const rig = new Rig()
        const done = () => rig.stored.length >= 2
        await live(rig, { at, applied }, done)
        rig.coinbase = new Uint8Array(24).fill(6) // what is signed must not follow the settings
        await live(rig, undefined, done)
        expect(done(), `death ${at}, ${applied}`).toBe(true)
        expectOneChain(rig)
        // The clock stands still while nothing runs, so no epoch is missed.
        expect(rig.stored.map(({ publishEpoch }) => publishEpoch)).toEqual([1, 2])
      }
    }
  })

  it('again and again, with changed settings in between', async () => {
    for (let seed = 1; seed <= 5; seed++) await liveAndDie(seed)
  })
})
