import { describe, expect, it } from 'vitest'

import { timerClock } from '../../../src/platform/timer-clock.ts'
import { NetworkClock } from '../../../src/runtime/network-clock.ts'

const setUp = () => {
  let monotonic = 5_000
  const clock = new NetworkClock(
    { startMs: 100_000, maxStepMs: 1_000 },
    { monotonicMs: () => monotonic, clockOver: timerClock },
  )
  return { clock, pass: (ms: number) => void (monotonic += ms) }
}

describe('NetworkClock', () => {
  it('runs with the host while it is ticked', () => {
    const { clock, pass } = setUp()
    expect(clock.now()).toBe(100_000)
    for (let i = 0; i < 10; i++) {
      pass(400)
      expect(clock.tick()).toBe(0)
    }
    expect(clock.now()).toBe(104_000)
  })

  it('stands still while the host sleeps, and tells how much was left out', () => {
    const { clock, pass } = setUp()
    pass(60_000)
    expect(clock.now()).toBe(101_000)
    expect(clock.tick()).toBe(59_000)
    pass(10)
    expect(clock.now()).toBe(101_010)
  })

  it('never goes back, neither by a monotonic clock that does nor by the one it follows', () => {
    const { clock, pass } = setUp()
    pass(500)
    clock.tick()
    pass(-200)
    expect(clock.now()).toBe(100_500)
    clock.follow(99_000)
    expect(clock.now()).toBe(100_500)
    clock.follow(103_000)
    expect(clock.now()).toBe(103_000)
  })

  it('wakes a sleeper at its own time', async () => {
    const { clock, pass } = setUp()
    pass(900)
    await clock.sleepUntil(100_900, { signal: new AbortController().signal })
    const stop = new AbortController()
    const sleeping = clock.sleepUntil(200_000, { signal: stop.signal })
    stop.abort()
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' })
  })
})
