import { describe, expect, it } from 'vitest'

import { addressToText } from '../../../src/crypto/address.ts'
import type { BeginOptions, DeviceState } from '../../../src/runtime/api.ts'
import { checkLabels } from './kill-facts.ts'
import { LocalHost } from './local-host.ts'
import { BEGIN, checkDisk, eventCodes, inTime, until } from './scenario.ts'

const NO_GPU: DeviceState['gpu'] = { available: false, reason: 'none' }

/** Each value once for each time it begins. */
const runs = <T>(values: T[]): T[] => values.filter((value, i) => value !== values[i - 1])

describe('the first visit', () => {
  it('goes from the click to a reward within 90 seconds, one step after the other', async () => {
    const host = new LocalHost(1, { labels: { batch: 32, batchMs: 500 } })
    const node = await host.open()
    expect(host.state).toMatchObject({
      phase: 'fresh',
      offer: { unitLabels: [256n, 512n, 1024n, 4096n, 16384n], defaultUnitLabels: 512n },
      smeshing: { phase: 'off', rewardsCount: 0 },
    })
    const clickMs = host.time.now()
    await node.begin(BEGIN)
    const rewarded = await until(host, ({ smeshing }) => smeshing.rewardsCount > 0, 90_000)
    expect(host.time.now() - clickMs).toBeLessThan(90_000)

    expect(runs(host.states.map(({ phase }) => phase))).toEqual(['fresh', 'starting', 'running'])
    const phases = runs(host.states.map(({ smeshing }) => smeshing.phase))
    expect(phases[0]).toBe('off')
    // Proofs take no virtual time, so only what waits is told between them; the events tell the rest.
    expect(phases.indexOf('init')).toBe(1)
    expect(phases.indexOf('waitingForPoet')).toBeGreaterThan(1)
    expect(phases).not.toContain('retrying')
    const progress = host.states.flatMap(({ smeshing }) => smeshing.init?.done ?? [])
    expect(progress).toEqual([...progress].sort((a, b) => Number(a - b)))
    expect(new Set(progress).size).toBeGreaterThan(4)

    const codes = await eventCodes(node)
    const told = [
      'WALLET_CREATED',
      'INIT_STARTED',
      'INIT_COMPLETE',
      'POET_REGISTERED',
      'POET_PROOF_RECEIVED',
      'POST_PROOF_READY',
      'ATX_PUBLISHED',
      'ELIGIBILITIES',
      'REWARD',
    ].map((code) => codes.indexOf(code))
    expect(told.every((at) => at >= 0)).toBe(true)
    expect(told).toEqual([...told].sort((a, b) => a - b))

    const { smeshing, wallet, chain } = rewarded
    expect(smeshing).toMatchObject({ sizeBytes: 4096n, numUnits: 1, rewardsCount: 1 })
    expect(smeshing.atxs[0]).toMatchObject({ publishEpoch: 1, targetEpoch: 2, numUnits: 1 })
    expect(smeshing.coinbase).toBe(wallet!.accounts[0]!.address)
    expect(wallet!.accounts[0]!.balance).toBe(smeshing.rewardsTotal)
    expect(chain!.recent[0]).toMatchObject({ own: true, reward: smeshing.rewardsTotal })
    const revisions = host.states.map(({ revision }) => revision)
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b))
    await inTime(host, node.close())
    const { disk, atxs, blocks } = checkDisk(host)
    expect([atxs >= 1, blocks]).toEqual([true, 1])
    await checkLabels(disk, {
      files: host.labels.files,
      metadata: host.labels.texts.get('postdata_metadata.json')!,
    })
  })

  it('is made once', async () => {
    const host = new LocalHost(2)
    const node = await host.open()
    const twice = await Promise.allSettled([node.begin(BEGIN), node.begin(BEGIN)])
    expect(twice[0].status).toBe('fulfilled')
    expect(twice[1]).toMatchObject({ reason: { code: 'ALREADY_STARTED' } })
    const { smeshing } = host.state
    await expect(node.begin(BEGIN)).rejects.toMatchObject({
      code: 'ALREADY_STARTED',
      context: { phase: 'running' },
    })
    expect(host.state.smeshing.nodeId).toBe(smeshing.nodeId)
    await inTime(host, node.close())
  })

  const bad: [string, Partial<BeginOptions>, Partial<DeviceState>][] = [
    ['UNIT_SIZE_UNKNOWN', { unitLabels: 300n }, {}],
    ['UNIT_SIZE_UNKNOWN', { unitLabels: 0n }, {}],
    ['UNITS_OUT_OF_RANGE', { numUnits: 0 }, {}],
    ['UNITS_OUT_OF_RANGE', { numUnits: 2 }, {}],
    ['UNITS_OUT_OF_RANGE', { numUnits: 0.5 }, {}],
    ['UNITS_OUT_OF_RANGE', { numUnits: NaN }, {}],
    ['ADDRESS_MALFORMED', { coinbase: 'nobody' }, {}],
    ['ADDRESS_NETWORK', { coinbase: addressToText(new Uint8Array(24), 'sm') }, {}],
    ['NO_GPU', { provider: 'gpu' }, { gpu: NO_GPU }],
    ['NO_FILE_STORAGE', {}, { files: { available: false, reason: 'private window' } }],
  ]
  it.each(bad)('refuses with %s: %o', async (code, options, device) => {
    const host = new LocalHost(3)
    const node = await host.open({
      device: { gpu: NO_GPU, files: { available: true }, cores: 1, ...device },
    })
    const before = host.database.snapshot()
    await expect(node.begin({ ...BEGIN, ...options })).rejects.toMatchObject({ code })
    expect(await node.state()).toMatchObject({ phase: 'fresh', smeshing: { phase: 'off' } })
    expect(host.database.snapshot()).toEqual(before)
    await inTime(host, node.close())
  })

  it('stays fresh when nothing can be written, and begins once it can', async () => {
    const host = new LocalHost(4)
    let full = true
    const node = await host.open({ database: host.limited(() => full) })
    await expect(node.begin(BEGIN)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(host.state.phase).toBe('fresh')
    full = false
    await node.begin(BEGIN)
    expect(host.state.phase).toBe('running')
    await inTime(host, node.close())
  })

  it('answers calls that need a node with NODE_NOT_RUNNING', async () => {
    const host = new LocalHost(5)
    const node = await host.open()
    const code = 'NODE_NOT_RUNNING'
    const context = { phase: 'fresh' }
    await expect(node.startSmeshing({})).rejects.toMatchObject({ code, context })
    await expect(node.pauseInit()).rejects.toMatchObject({ code, context })
    await expect(node.stopSmeshing({ deleteData: true })).rejects.toMatchObject({ code, context })
    await expect(node.send({ from: '', to: '', amount: 1n })).rejects.toMatchObject({ code })
    await expect(node.revealMnemonic()).rejects.toMatchObject({ code, context })
    expect(await node.events({ limit: 10 })).toEqual([])
    expect(await node.storage()).toEqual({ labelsBytes: 0n, persisted: false })
    await inTime(host, node.close())
  })
})
