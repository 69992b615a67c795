import { describe, expect, it } from 'vitest'

import { createPoetHost } from '../../../src/runtime/poet-host.ts'
import { memoryPlatform } from '../../../src/platform/memory/index.ts'
import { SmeshError } from '../../../src/util/error.ts'
import { LocalHost } from './local-host.ts'
import { afterLayer, BEGIN, checkDisk, eventCodes, inTime, richHost, until } from './scenario.ts'

describe('the node on its way through trouble', () => {
  it('goes on from the same moment, state and ATX chain after a restart', async () => {
    const { host, node } = await richHost()
    await afterLayer(host, 24)
    await inTime(host, node.close())
    const before = await node.state()
    expect(before.phase).toBe('running')
    const told = host.states[host.states.length - 1]!
    await host.time.advance(3_600_000) // nobody hosts the network for an hour
    const again = await host.open()
    const { clock, chain, wallet, smeshing } = await again.state()
    expect(clock!.layer).toBe(told.clock!.layer)
    expect(Math.abs(clock!.nowMs - told.clock!.nowMs)).toBeLessThan(1500)
    expect(chain).toEqual(told.chain)
    expect(wallet).toEqual(told.wallet)
    expect([smeshing.rewardsTotal, smeshing.rewardsCount]).toEqual([
      told.smeshing.rewardsTotal,
      told.smeshing.rewardsCount,
    ])
    expect(smeshing.atxs).toEqual(told.smeshing.atxs)
    expect((await eventCodes(again)).filter((code) => code === 'NODE_RESUMED')).toHaveLength(2)
    await afterLayer(host, 42)
    await inTime(host, again.close())
    expect(checkDisk(host).atxs).toBeGreaterThanOrEqual(3)
  })

  const moments = [0, 400, 800, 1150]
  it.each(moments)('signs nothing for what it slept through: %i ms in', async (moment) => {
    const { host, node } = await richHost()
    await afterLayer(host, 24)
    await host.time.advance(moment)
    const awake = (await node.state()).clock!
    host.time.sleep(600_000) // ten minutes without one tick
    await host.time.advance(300)
    const { clock } = await node.state()
    expect(clock!.nowMs - awake.nowMs).toBeLessThan(3000)
    await afterLayer(host, 28)
    const events = await node.events({ limit: 500 })
    const [suspended] = events.filter(({ code }) => code === 'TAB_SUSPENDED')
    expect(suspended!.context['skippedMs']).toBeGreaterThan(590_000)
    await inTime(host, node.close())
    const { disk } = checkDisk(host)
    const { genesisTimeMs, layerDurationMs } = host.states.findLast(
      ({ network }) => network,
    )!.network!
    const slept = Math.floor((suspended!.atMs - genesisTimeMs) / layerDurationMs)
    expect(slept).toBe(awake.layer + 1) // network time ran on for one layer at most
    const signed = [slept - 1, slept, slept + 1].map((layer) =>
      disk.journal().has(`ballot/${layer}`),
    )
    expect(signed).toEqual([true, false, true])
    const layers = disk.values('layers').map(({ layer }) => layer)
    expect(layers).toEqual(layers.map((_, i) => layers[0]! + i))
  })

  it('waits with a layer while the disk is full, tells it, and applies it once', async () => {
    const kept = await richHost()
    await inTime(kept.host, kept.node.close())
    const { host } = kept
    let full = false
    const database = host.limited((stores) => full && stores.includes('layers'))
    const node = await host.open({ database })
    await afterLayer(host, 24)
    full = true
    const stuck = await until(host, ({ problems }) => problems.length > 0)
    expect(stuck.problems).toMatchObject([{ code: 'STORAGE_FULL' }])
    const { lastAppliedLayer } = stuck.chain!
    await host.time.advance(5000)
    expect(host.state).toMatchObject({ phase: 'running', chain: { lastAppliedLayer } })
    expect(host.state.problems).toHaveLength(1)
    full = false
    await until(host, ({ problems }) => problems.length === 0)
    await afterLayer(host, lastAppliedLayer + 4)
    const events = await node.events({ limit: 500 })
    expect(events.filter(({ code }) => code === 'STORAGE_FULL')).toHaveLength(1)
    const rewarded = events.filter(({ code }) => code === 'REWARD').map((e) => e.context['layer'])
    expect(rewarded).toContain(lastAppliedLayer + 1) // its proposal was there before
    expect(new Set(rewarded).size).toBe(rewarded.length)
    await inTime(host, node.close())
    checkDisk(host)
  })

  it('tells a full disk at any write, and takes it back', async () => {
    const kept = await richHost()
    await inTime(kept.host, kept.node.close())
    let full = false
    const node = await kept.host.open({ database: kept.host.limited(() => full) })
    full = true
    await until(kept.host, ({ problems }) => problems.some((p) => p.code === 'STORAGE_FULL'))
    full = false
    await until(kept.host, ({ problems }) => problems.length === 0)
    await afterLayer(kept.host, 27)
    await inTime(kept.host, node.close())
    checkDisk(kept.host)
  })

  it('says while the browser may delete what is stored', async () => {
    let persisted = false
    const estimate = () => Promise.resolve({ usageBytes: 10, quotaBytes: 100, persisted })
    const { host, node } = await richHost({ estimate })
    await host.time.advance(300)
    expect((await node.state()).problems).toMatchObject([{ code: 'STORAGE_NOT_PERSISTED' }])
    persisted = true
    expect((await node.storage()).persisted).toBe(true)
    expect((await node.state()).problems).toEqual([])
    await inTime(host, node.close())
  })

  it('fails with the reason when its database is closed, and frees the lock', async () => {
    const { host, node } = await richHost()
    await host.database.close()
    node.fail(new SmeshError('STORAGE_CLOSED', { reason: 'a newer Smesh' }))
    const failed = await until(host, ({ phase }) => phase === 'failed')
    expect(failed.failure).toMatchObject({ code: 'STORAGE_CLOSED' })
    await host.time.advance(10_000)
    expect(host.state.phase).toBe('failed')
    await expect(node.stopSmeshing({ deleteData: false })).rejects.toMatchObject({
      code: 'NODE_NOT_RUNNING',
    })
    expect([...host.locks.names]).toEqual([])
  })

  it('fails to open, frees the lock, and opens later', async () => {
    const kept = await richHost()
    await inTime(kept.host, kept.node.close())
    const { host } = kept
    const bad = await host.open({ openPoet: () => Promise.reject(new Error('no thread')) })
    expect(host.state).toMatchObject({
      phase: 'failed',
      failure: { context: { what: 'no thread' } },
    })
    await inTime(host, bad.close())
    const node = await inTime(host, host.open())
    expect(host.state.phase).toBe('running')
    await inTime(host, node.close())
  })

  it('registers again after the PoET failed once', async () => {
    const host = new LocalHost(31)
    let fails = 1
    const node = await host.open({
      async openPoet(options, onEvent) {
        const platform = memoryPlatform(99, host.time)
        const pacer = { now: () => 0, rest: (ms: number) => host.time.rest(Math.max(ms, 100)) }
        const { database } = host
        const poet = createPoetHost(options, { platform, pacer, database, onEvent })
        await poet.service.start()
        return {
          follow: (nowMs) => poet.follow(nowMs),
          info: async () => poet.service.info(),
          submit: (request) =>
            fails-- > 0 ? Promise.reject(new Error('gone')) : poet.service.submit(request),
          proof: (roundId) => poet.service.proof(roundId),
          stop: () => poet.service.stop(),
        }
      },
    })
    await node.begin(BEGIN)
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet', 20_000)
    expect(fails).toBeLessThan(0)
    await inTime(host, node.close())
  })

  it('stops, makes the labels anew, and never signs a second ATX for an epoch', async () => {
    const { host, node } = await richHost()
    const { nodeId, atxs } = (await node.state()).smeshing
    await expect(node.startSmeshing({})).rejects.toMatchObject({ code: 'ALREADY_SMESHING' })
    await inTime(host, node.stopSmeshing({ deleteData: true }))
    expect((await node.state()).smeshing).toMatchObject({ phase: 'off', nodeId })
    expect(host.labels.files.size).toBe(0)
    const stopped = (await node.state()).chain!.lastAppliedLayer
    const paid = (await afterLayer(host, stopped + 2)).smeshing.rewardsCount
    expect(paid).toBeGreaterThan(0) // its ATX goes on earning
    await node.startSmeshing({})
    expect((await node.state()).smeshing.phase).toBe('init')
    await until(host, ({ smeshing }) => smeshing.atxs.length > atxs.length)
    await afterLayer(host, 62)
    expect((await node.state()).smeshing.nodeId).toBe(nodeId)
    await inTime(host, node.close())
    expect(checkDisk(host).atxs).toBeGreaterThanOrEqual(3)
  })

  it('takes another device or coinbase while it smeshes', async () => {
    const { host, node, address } = await richHost()
    const coinbase = (await node.addAccount('rewards')).address
    await inTime(host, node.startSmeshing({ provider: 'cpu', coinbase }))
    expect((await node.state()).smeshing).toMatchObject({ coinbase, rewardsCount: 0 })
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    await inTime(host, node.close())
    const again = await host.open()
    expect(host.state.smeshing.coinbase).toBe(coinbase)
    expect((await again.rewards({ coinbase: address, limit: 9 })).length).toBeGreaterThan(0)
    await inTime(host, again.close())
  })

  it('is fresh after a wipe, with nothing left, and begins again', async () => {
    const { host, node } = await richHost()
    const { nodeId } = (await node.state()).smeshing
    await inTime(host, node.wipe())
    expect(await node.state()).toMatchObject({ phase: 'fresh', smeshing: { phase: 'off' } })
    expect(host.labels.files.size).toBe(0)
    for (const rows of host.database.snapshot().values()) expect(rows.size).toBe(0)
    const reopened = await host.open()
    expect(host.state.phase).toBe('fresh')
    await reopened.begin(BEGIN)
    await until(host, ({ smeshing }) => smeshing.phase === 'waitingForPoet')
    expect((await reopened.state()).smeshing.nodeId).not.toBe(nodeId)
    await inTime(host, reopened.close())
  })

  it('may be wiped again when the first try fails', async () => {
    let fails = 1
    const { host, node } = await richHost({
      removeFiles: () =>
        fails-- > 0
          ? Promise.reject(new SmeshError('STORAGE_FAILED', { reason: 'in use' }))
          : Promise.resolve(),
    })
    await expect(inTime(host, node.wipe())).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect((await node.state()).phase).toBe('failed')
    await inTime(host, node.wipe())
    expect(await node.state()).toMatchObject({ phase: 'fresh', problems: [] })
  })
})
