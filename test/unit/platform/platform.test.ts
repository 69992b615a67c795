import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { memoryPlatform, MemoryLocks } from '../../../src/platform/memory/index.ts'
import { VirtualTime } from '../../../src/platform/memory/time.ts'
import { timerClock } from '../../../src/platform/timer-clock.ts'

const never = new AbortController().signal

describe('timer clock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }))
  afterEach(() => void vi.useRealTimers())

  it('sleeps until its own time, in steps that no timer overflows', async () => {
    const clock = timerClock(() => Date.now())
    const days = 30 * 86_400_000 // more than a timer takes
    let woke = -1
    const sleeping = clock.sleepUntil(days, { signal: never }).then(() => (woke = Date.now()))
    await vi.advanceTimersByTimeAsync(days - 1)
    expect(woke).toBe(-1)
    await vi.advanceTimersByTimeAsync(1)
    await sleeping
    expect(woke).toBe(days)
  })

  it('sleeps on when its clock stood still, and not at all for what is past', async () => {
    let nowMs = 1000
    const clock = timerClock(() => nowMs)
    await clock.sleepUntil(1000, { signal: never })
    let woke = false
    const sleeping = clock.sleepUntil(2000, { signal: never }).then(() => (woke = true))
    await vi.advanceTimersByTimeAsync(5000)
    expect(woke).toBe(false)
    nowMs = 2000
    await vi.advanceTimersByTimeAsync(1000)
    await sleeping
    expect(woke).toBe(true)
  })

  it('ends with the signal and leaves no timer', async () => {
    const clock = timerClock(() => Date.now())
    const stop = new AbortController()
    const sleeping = clock.sleepUntil(5000, { signal: stop.signal })
    stop.abort()
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' })
    expect(vi.getTimerCount()).toBe(0)
    const before = clock.sleepUntil(5000, { signal: AbortSignal.abort() })
    await expect(before).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('memory locks', () => {
  it('have one holder at a time, in the order asked', async () => {
    const locks = new MemoryLocks()
    const first = await locks.acquire('a', { signal: never })
    const order: number[] = []
    const waiting = [1, 2, 3].map(async (n) => {
      const lock = await locks.acquire('a', { signal: never })
      order.push(n)
      lock.release()
    })
    expect(await locks.tryAcquire('a')).toBeUndefined()
    expect(await locks.tryAcquire('b')).toBeDefined()
    expect(order).toEqual([])
    first.release()
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
    expect([...locks.names]).toEqual(['b'])
  })

  it('are released by their holder only', async () => {
    const locks = new MemoryLocks()
    const old = await locks.acquire('a', { signal: never })
    old.release()
    const present = await locks.acquire('a', { signal: never })
    old.release() // twice: not its lock any more
    expect(await locks.tryAcquire('a')).toBeUndefined()
    locks.killHolder()
    const next = await locks.tryAcquire('a')
    present.release()
    expect(await locks.tryAcquire('a')).toBeUndefined()
    next!.release()
    expect(await locks.tryAcquire('a')).toBeDefined()
  })

  it('are not waited for after an abort, and stay free of it', async () => {
    const locks = new MemoryLocks()
    const aborted = { signal: AbortSignal.abort() }
    await expect(locks.acquire('a', aborted)).rejects.toMatchObject({ name: 'AbortError' })
    const held = await locks.acquire('a', { signal: never })
    const stop = new AbortController()
    const waiting = locks.acquire('a', { signal: stop.signal })
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    held.release()
    expect(await locks.tryAcquire('a')).toBeDefined()
  })
})

describe('virtual time', () => {
  it('fires timers by their times, those of one time as they were set', async () => {
    const time = new VirtualTime(1000)
    const fired: string[] = []
    const at = (name: string, ms: number) => void time.rest(ms).then(() => fired.push(name))
    at('c', 30)
    at('a', 10)
    at('b', 10)
    await time.advance(10)
    expect([fired.join(''), time.now()]).toEqual(['ab', 1010])
    await time.advance(100, () => fired.length === 3)
    expect([fired.join(''), time.now()]).toEqual(['abc', 1030])
  })

  it('repeats until told to stop, and hears aborts', async () => {
    const { clock, every } = memoryPlatform(1, new VirtualTime(0))
    const time = new VirtualTime(0)
    const platform = memoryPlatform(1, time)
    let ticks = 0
    const stop = platform.every(10, () => ticks++)
    await time.advance(35)
    stop()
    await time.advance(100)
    expect(ticks).toBe(3)
    const controller = new AbortController()
    const sleeping = platform.clock.sleepUntil(1000, { signal: controller.signal })
    controller.abort()
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' })
    expect(clock.now()).toBe(0)
    every(1, () => undefined)()
  })

  it('passes over a sleep with one late firing', async () => {
    const time = new VirtualTime(0)
    const woken: number[] = []
    time.every(100, () => woken.push(time.now()))
    time.sleep(10_000)
    await time.advance(100)
    expect(woken).toEqual([10_000, 10_100])
  })
})
