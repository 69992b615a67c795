import { afterEach, describe, expect, it } from 'vitest'

import { SmeshError } from '../../../src/util/error.ts'
import { Follower, MAX_TABS, serveTabs } from '../../../src/workers/tabs.ts'
import { keepErrorCodes } from '../../../src/workers/wire.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A node that answers with its name; `never` is never answered. */
function lead(leaderId: string) {
  keepErrorCodes()
  let hellos = 0
  const api = {
    name: () => Promise.resolve(leaderId),
    fail: () => Promise.reject(new SmeshError('WORKER_NOT_OPEN', { worker: leaderId })),
    never: () => new Promise<never>(() => undefined),
  }
  const stop = serveTabs(api, { leaderId, onHello: () => hellos++ })
  closing.push(stop)
  return { stop, hellos: () => hellos }
}

let tabs = 0
function follow() {
  let leaders = 0
  let first!: () => void
  const met = new Promise<void>((resolve) => (first = resolve))
  const follower = new Follower(`tab-${tabs++}`, { onLeader: () => (leaders++, first()) })
  closing.push(() => follower.close())
  return { follower, met, leaders: () => leaders }
}

describe('tabs that share a node', () => {
  it('call the one that leads, and get its errors with their codes', async () => {
    lead('A')
    const { follower } = follow()
    expect(await follower.call('name', [])).toBe('A')
    await expect(follower.call('fail', [])).rejects.toMatchObject({
      code: 'WORKER_NOT_OPEN',
      context: { worker: 'A' },
    })
  })

  it('wait for a leader that comes later: a call from before is answered', async () => {
    const { follower, leaders } = follow()
    const early = follower.call('name', [])
    const { hellos } = lead('B')
    expect(await early).toBe('B')
    expect(leaders()).toBe(1)
    expect(hellos()).toBeGreaterThan(0) // each brings the state to the new tab
  })

  it('tell calls under way that the leader changed, and go on with the new one', async () => {
    const old = lead('C')
    const { follower } = follow()
    expect(await follower.call('name', [])).toBe('C')
    const lost = follower.call('never', [])
    old.stop()
    lead('D')
    await expect(lost).rejects.toMatchObject({
      code: 'LEADER_CHANGED',
      context: { method: 'never' },
    })
    expect(await follower.call('name', [])).toBe('D')
  })

  it('fail what is under way when they close, with or without a leader', async () => {
    const alone = follow()
    const waiting = alone.follower.call('name', [])
    alone.follower.close()
    closing.pop()
    await expect(waiting).rejects.toMatchObject({ code: 'LEADER_CHANGED' })
    lead('E')
    const { follower, met } = follow()
    await met
    const lost = follower.call('never', [])
    await follower.call('name', [])
    follower.close()
    closing.pop()
    await expect(lost).rejects.toMatchObject({ code: 'LEADER_CHANGED' })
  })

  it('are served up to a bound; one that leaves makes room', async () => {
    lead('F')
    const all = Array.from({ length: MAX_TABS }, follow)
    await Promise.all(all.map(({ follower }) => follower.call('name', [])))
    const more = follow()
    await expect(more.follower.call('name', [])).rejects.toMatchObject({
      code: 'TOO_MANY_TABS',
      context: { max: MAX_TABS },
    })
    all[0]!.follower.close()
    closing.splice(1, 1)
    expect(await follow().follower.call('name', [])).toBe('F')
  })
})
