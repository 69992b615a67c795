import { timerClock } from '../timer-clock.ts'
import type { Platform } from '../types.ts'

import { webLocks } from './locks.ts'
import { rest } from './pacer.ts'

/** The platform of a window or dedicated worker. */
export function browserPlatform(): Platform {
  return {
    kind: 'browser',
    clock: timerClock(() => Date.now()),
    clockOver: timerClock,
    monotonicMs: () => performance.now(),
    rest,
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    locks: webLocks(navigator.locks),
    cores: navigator.hardwareConcurrency || 1,
    every(intervalMs, task) {
      const timer = setInterval(task, intervalMs)
      return () => clearInterval(timer)
    },
  }
}
