import type { HeldLock, Locks } from '../types.ts'

/** Web Locks: held until released, or until the tab or worker that holds them is gone. */
export function webLocks(locks: LockManager): Locks {
  const request = (name: string, options: LockOptions) =>
    new Promise<HeldLock | undefined>((resolve, reject) => {
      locks
        .request(name, options, (lock) => {
          if (!lock) return resolve(undefined)
          return new Promise<void>((release) => resolve({ release }))
        })
        .catch(reject)
    })
  return {
    acquire: async (name, { signal }) => (await request(name, { signal }))!,
    tryAcquire: (name) => request(name, { ifAvailable: true }),
  }
}
