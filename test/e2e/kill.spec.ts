import { expect, test } from '@playwright/test'

import { seededRandom } from '../../src/util/random.ts'
import { hex } from '../../src/util/bytes.ts'
import {
  checkChain,
  checkJournalKept,
  checkLabels,
  checkSigned,
  Disk,
} from '../unit/runtime/kill-facts.ts'

import { Machine, type Death, type KillableTab } from './kill-machine.ts'

/** Says what is random here; printed, and taken from the environment to repeat a history. */
const SEED = Number(process.env['SMESH_KILL_SEED'] ?? 1)
const INIT_KILLS = 10
const CHAIN_KILLS = 12
/** Of all kills so many end the browser, not only its tab. */
const BROWSER_KILLS = [4, 16]
/** Layers that must be applied at the end: two epochs beyond the layers without ballots. */
const LAST_LAYER = 40

test('a tab killed at random moments loses and doubles nothing', async ({ baseURL }) => {
  const random = seededRandom(SEED)
  const pick = (below: number) => {
    const [a, b] = random.bytes(4)
    return ((a! << 8) | b!) % below
  }
  const machine = new Machine(baseURL!)
  const kills = { init: 0, chain: 0, crash: 0, close: 0, browser: 0 }
  let earlier: Disk | undefined
  let layer = 0

  const kill = async (tab: KillableTab, when: 'init' | 'chain') => {
    const count = kills.init + kills.chain
    const death: Death = BROWSER_KILLS.includes(count) ? 'browser' : count % 2 ? 'close' : 'crash'
    await machine.kill(tab, death)
    kills[when]++
    kills[death]++
    const disk = new Disk(await machine.snapshot())
    if (earlier) checkJournalKept(earlier, disk)
    const { layers } = checkChain(disk)
    checkSigned(disk)
    expect(layers).toBeGreaterThanOrEqual(earlier ? checkChain(earlier).layers : 0)
    const { nowMs } = disk.record('clock')!
    expect(nowMs).toBeGreaterThanOrEqual(earlier?.record('clock')?.nowMs ?? 0)
    earlier = disk
  }
  /** Opens the app again; what it shows is never behind what it showed. */
  const open = async () => {
    const tab = await machine.open()
    const { clock } = await tab.until(({ phase }) => phase === 'running' || phase === 'failed')
    expect(tab.last!.failure).toBeUndefined()
    expect(clock!.nowMs).toBeGreaterThanOrEqual(earlier!.record('clock')!.nowMs)
    return tab
  }

  try {
    let tab = await machine.open()
    await tab.page.getByTestId('space-range').fill('1') // 512 labels: some seconds
    await tab.page.getByTestId('start').click()
    await tab.until(({ smeshing }) => smeshing.init !== undefined)
    for (;;) {
      await tab.states(pick(4))
      const { phase } = tab.last!.smeshing
      if (phase !== 'init' || kills.init >= INIT_KILLS) break
      await kill(tab, 'init')
      tab = await open()
      await tab.until(({ smeshing }) => smeshing.phase !== 'off')
    }

    await tab.until(({ smeshing }) => smeshing.phase !== 'init')
    const total = INIT_KILLS + CHAIN_KILLS
    const isDone = () => kills.init + kills.chain >= total && layer >= LAST_LAYER
    while (!isDone()) {
      await tab.states(pick(24))
      layer = tab.last!.chain!.lastAppliedLayer
      expect(['halted', 'paused']).not.toContain(tab.last!.smeshing.phase)
      await kill(tab, 'chain')
      tab = await open()
    }
    // Whatever happened, it goes on: one more layer with a reward.
    const { rewardsCount } = tab.last!.smeshing
    await tab.until(({ smeshing }) => smeshing.rewardsCount > rewardsCount)
    await machine.kill(tab, 'close')

    const disk = new Disk(await machine.snapshot())
    const folder = await machine.labelFolder(hex(disk.nodeId))
    const metadata = new TextDecoder().decode(folder.get('postdata_metadata.json'))
    const names = [...folder.keys()].filter((name) => name.endsWith('.bin'))
    expect(names).toEqual(['postdata_0.bin'])
    await checkLabels(disk, { files: new Map([[0, folder.get('postdata_0.bin')!]]), metadata })
    checkJournalKept(earlier!, disk)
    const signed = checkSigned(disk)
    const chain = checkChain(disk)
    console.log(JSON.stringify({ seed: SEED, ...kills, ...signed, ...chain }))
    expect(kills.init + kills.chain).toBeGreaterThanOrEqual(20)
    expect(kills.init).toBeGreaterThan(0)
    expect(chain.blocks).toBeGreaterThan(0)
    expect(disk.values('events').filter(({ level }) => level === 'error')).toEqual([])
  } finally {
    await machine.end()
  }
})
