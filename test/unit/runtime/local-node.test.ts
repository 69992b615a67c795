import { describe, expect, it } from 'vitest'

import { LocalHost } from './local-host.ts'

describe('LocalNode', () => {
  it('goes from the first click to a reward and a transfer', async () => {
    const host = new LocalHost(1)
    const node = await host.open()
    expect(host.state.phase).toBe('fresh')
    await node.begin({ unitLabels: 256n, numUnits: 1, provider: 'auto' })
    expect(host.state.phase).toBe('running')
    for (let i = 0; i < 90; i++) {
      await host.time.advance(1000)
      console.log(
        i,
        host.state.smeshing.phase,
        host.state.clock?.layer,
        host.state.chain?.lastAppliedLayer,
        host.state.smeshing.rewardsCount,
        JSON.stringify(host.state.smeshing.problem ?? ''),
        host.state.failure,
      )
      if (host.state.smeshing.rewardsCount > 2) break
    }
    console.log(
      (await node.events({ limit: 50 }))
        .map((e) => `${e.code} ${JSON.stringify(e.context)}`)
        .reverse()
        .join('\n'),
    )
    expect(host.state.smeshing.rewardsCount).toBeGreaterThan(0)
    await node.close()
  })
})
