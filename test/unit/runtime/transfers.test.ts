import { describe, expect, it } from 'vitest'

import { addressToText } from '../../../src/crypto/address.ts'
import { timesApplied } from './kill-facts.ts'
import { afterLayer, checkDisk, eventCodes, inTime, richHost, until } from './scenario.ts'

const SMH = 1_000_000_000n
const applied = async (node: Awaited<ReturnType<typeof richHost>>['node'], id: string) =>
  (await node.transaction(id))?.status === 'applied'

describe('transfers', () => {
  it('are refused at the field, and nothing is sent', async () => {
    const { host, node, address } = await richHost()
    const to = (await node.addAccount('savings')).address
    const before = host.database.snapshot()
    const last = to.endsWith('q') ? 'p' : 'q'
    const { balance } = (await node.state()).wallet!.accounts[0]!
    const other = addressToText(new Uint8Array(24).fill(1, 4), 'sm')
    const cases = [
      [{ from: address, to: to.slice(0, -1) + last, amount: 1n }, 'ADDRESS_CHECKSUM'],
      [{ from: address, to: other, amount: 1n }, 'ADDRESS_NETWORK'],
      [{ from: address, to: '', amount: 1n }, 'ADDRESS_MALFORMED'],
      [{ from: address, to, amount: 0n }, 'AMOUNT_ZERO'],
      [{ from: address, to, amount: -5n }, 'AMOUNT_ZERO'],
      [{ from: address, to, amount: balance }, 'INSUFFICIENT_BALANCE'],
      [{ from: to, to: address, amount: 1n }, 'INSUFFICIENT_BALANCE'],
      [{ from: other, to, amount: 1n }, 'UNKNOWN_ACCOUNT'],
    ] as const
    for (const [transfer, code] of cases) {
      await expect(node.estimate(transfer), code).rejects.toMatchObject({ code })
      await expect(node.send(transfer), code).rejects.toMatchObject({ code })
    }
    const after = host.database.snapshot()
    for (const store of ['txs', 'txsPending'] as const) {
      expect(after.get(store)).toEqual(before.get(store))
    }
    expect(after.get('meta')?.get('outbox')).toEqual(before.get('meta')?.get('outbox'))
    await inTime(host, node.close())
  })

  it('spawn an account first, and what follows waits for it', async () => {
    const { host, node, address } = await richHost()
    const second = await node.addAccount('savings')
    const to = second.address
    const plan = await node.estimate({ from: address, to, amount: SMH })
    expect(plan.spawnFee).toBeGreaterThan(0n)
    expect(plan.total).toBe(SMH + plan.fee + plan.spawnFee)
    expect(plan.nonce).toBe(1n)
    const one = await node.send({ from: address, to, amount: SMH })
    expect(one.txIds).toHaveLength(2)
    const next = await node.estimate({ from: address, to, amount: 2n * SMH })
    expect(next).toMatchObject({ spawnFee: 0n, nonce: 2n })
    expect(next.available).toBe(plan.available - plan.total)
    const two = await node.send({ from: address, to, amount: 2n * SMH })
    expect(two.txIds).toHaveLength(1)
    expect((await node.state()).wallet!.accounts[0]).toMatchObject({ pending: 3, spawned: false })
    const waiting = (await node.history({ address, limit: 20 })).slice(0, 3)
    expect(waiting.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      'sent pending',
      'sent pending',
      'spawn pending',
    ])

    const ids = [...one.txIds, ...two.txIds]
    await until(host, ({ wallet }) => wallet!.accounts[1]?.balance === 3n * SMH)
    for (const id of ids) expect(await applied(node, id)).toBe(true)
    const [from] = (await node.state()).wallet!.accounts
    expect(from).toMatchObject({ spawned: true, pending: 0, nextNonce: 3n })
    const received = await node.history({ address: to, limit: 10 })
    expect(
      received.map(({ kind, amount, counterparty, fee }) => [kind, amount, counterparty, fee]),
    ).toEqual([
      ['received', 2n * SMH, address, 0n],
      ['received', SMH, address, 0n],
    ])
    expect(await node.transaction('00'.repeat(32))).toBeUndefined()
    expect(await node.transaction('no id')).toBeUndefined()
    await inTime(host, node.close())
    const { disk } = checkDisk(host)
    for (const id of ids) expect(timesApplied(disk, id)).toBe(1)
  })

  it('that wait for a spawn are sent after a restart', async () => {
    const { host, node, address } = await richHost()
    const to = (await node.addAccount('savings')).address
    const { txIds } = await node.send({ from: address, to, amount: SMH })
    await inTime(host, node.close()) // the spawn is in the mempool, the transfer in the outbox
    const again = await host.open()
    expect(await again.transaction(txIds[1]!)).toMatchObject({ status: 'pending', amount: -SMH })
    await until(host, ({ wallet }) => wallet?.accounts[1]?.balance === SMH)
    await inTime(host, again.close())
    const { disk } = checkDisk(host)
    expect(txIds.map((id) => timesApplied(disk, id))).toEqual([1, 1])
    expect(disk.record('outbox')).toEqual({ txs: [] })
  })

  it('stay in the outbox while the disk is full', async () => {
    let full = false
    const kept = await richHost()
    await inTime(kept.host, kept.node.close())
    const { host } = kept
    const database = host.limited((stores) => full && stores.includes('txs') && stores.length === 2)
    const node = await host.open({ database })
    const to = (await node.addAccount('savings')).address
    const { txIds } = await node.send({ from: kept.address, to, amount: SMH })
    full = true // transactions are refused, layers are not
    await until(host, ({ wallet }) => wallet!.accounts[0]!.spawned)
    await host.time.advance(5000)
    expect(await node.transaction(txIds[1]!)).toMatchObject({ status: 'pending' })
    full = false
    await until(host, ({ wallet }) => wallet!.accounts[1]!.balance === SMH)
    expect(await eventCodes(node)).not.toContain('TX_FAILED')
    await inTime(host, node.close())
    checkDisk(host)
  })

  it('are paged with rewards, newest first, none skipped or doubled', async () => {
    const { host, node, address } = await richHost()
    const to = (await node.addAccount('savings')).address
    await node.send({ from: address, to, amount: SMH })
    await until(host, ({ wallet }) => wallet!.accounts[1]?.balance === SMH)
    const all = await node.history({ address, limit: 100 })
    expect(all.length).toBeGreaterThan(4)
    const layers = all.map(({ layer }) => layer!)
    expect(layers).toEqual([...layers].sort((a, b) => b - a))
    for (const limit of [1, 2, 3]) {
      const paged: typeof all = []
      for (let before: string | undefined; ;) {
        const page = await node.history({ address, limit, ...(before ? { before } : {}) })
        if (page.length === 0) break
        expect(page.length).toBeLessThanOrEqual(limit)
        paged.push(...page)
        before = page[page.length - 1]!.cursor
      }
      expect(paged).toEqual(all)
    }
    const rewards = await node.rewards({ coinbase: address, limit: 100 })
    const { rewardsTotal, rewardsCount } = (await node.state()).smeshing
    expect(rewards).toHaveLength(rewardsCount)
    expect(rewards.reduce((sum, { total }) => sum + total, 0n)).toBe(rewardsTotal)
    const [first, second] = rewards
    const page = await node.rewards({ coinbase: address, limit: 1, before: first!.cursor })
    expect(page).toEqual([second])
    await inTime(host, node.close())
  })

  it('come from a wallet whose words are kept, and told once asked', async () => {
    const { host, node } = await richHost()
    const words = await node.revealMnemonic()
    expect(words.split(' ')).toHaveLength(12)
    expect((await node.state()).wallet!.backedUp).toBe(false)
    await node.confirmBackup()
    await node.addAccount('savings')
    const { wallet } = await node.state()
    await inTime(host, node.close())
    const again = await host.open()
    await afterLayer(host, 24)
    expect(await again.revealMnemonic()).toBe(words)
    const reopened = (await again.state()).wallet!
    expect(reopened.backedUp).toBe(true)
    expect(reopened.accounts.map(({ name, path, address }) => [name, path, address])).toEqual(
      wallet!.accounts.map(({ name, path, address }) => [name, path, address]),
    )
    expect(reopened.accounts[1]!.path).toBe("m/44'/540'/0'/0'/1'")
    await inTime(host, again.close())
  })
})
