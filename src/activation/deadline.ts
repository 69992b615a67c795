import type { Clock } from '../util/clock.ts'
import { SmeshError } from '../util/error.ts'
import type { Random } from '../util/random.ts'

/**
 * Runs `work` until `deadlineMs`; its signal aborts then, or with the outer signal.
 *
 * @throws {SmeshError} `DEADLINE_PASSED`; whatever `work` throws before that
 */
export async function withDeadline<T>(
  deadline: { clock: Clock; step: string; deadlineMs: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, step, deadlineMs, signal } = deadline
  signal.throwIfAborted()
  const passed = new SmeshError('DEADLINE_PASSED', { step, deadlineMs })
  const expired = new AbortController()
  const finished = new AbortController()
  const timer = clock
    .sleepUntil(deadlineMs, { signal: AbortSignal.any([signal, finished.signal]) })
    .then(
      () => expired.abort(passed),
      () => undefined, // finished in time, or stopped from outside
    )
  const inner = AbortSignal.any([signal, expired.signal])
  try {
    return await work(inner)
  } catch (error) {
    signal.throwIfAborted()
    throw expired.signal.aborted ? passed : error
  } finally {
    finished.abort()
    await timer
  }
}

/** Uniform in [0, 1), 32 bits. */
export const uniform = (random: Random): number =>
  new DataView(random.bytes(4).slice().buffer).getUint32(0) / 2 ** 32

/** Waits a random time from `delayMs` to twice that, from now. */
export function pause(
  { clock, random, signal }: { clock: Clock; random: Random; signal: AbortSignal },
  delayMs: number,
): Promise<void> {
  return clock.sleepUntil(clock.now() + delayMs * (1 + uniform(random)), { signal })
}

/**
 * Runs `work` for every item at once. The first failure aborts the others' signal; it is thrown
 * when all of them have ended, so that nothing goes on unseen.
 */
export async function inParallel<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const inner = AbortSignal.any([signal, failed.signal])
  let first: { error: unknown } | undefined
  await Promise.all(
    items.map((item) =>
      work(item, inner).catch((error: unknown) => {
        first ??= { error }
        failed.abort(error)
      }),
    ),
  )
  if (first) throw first.error
}
