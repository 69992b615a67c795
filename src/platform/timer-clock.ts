import type { Clock } from '../util/clock.ts'

/** Timers overflow at 2^31 ms and may fire early: sleep in steps and look at the clock after each. */
const LONGEST_STEP_MS = 3_600_000

function step(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(finish, delayMs)
    function finish() {
      signal.removeEventListener('abort', abort)
      resolve()
    }
    function abort() {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, { once: true })
  })
}

/** A clock over `nowMs` that sleeps with the host's timers; also for Node, which has the same ones. */
export function timerClock(nowMs: () => number): Clock {
  return {
    now: nowMs,
    async sleepUntil(timeMs, { signal }) {
      signal.throwIfAborted()
      for (let left = timeMs - nowMs(); left > 0; left = timeMs - nowMs()) {
        signal.throwIfAborted() // between two steps nobody listens
        await step(Math.min(Math.max(1, Math.ceil(left)), LONGEST_STEP_MS), signal)
      }
    },
  }
}
