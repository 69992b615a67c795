import { describe, expect, it } from 'vitest'

import { sign } from '../../../src/crypto/ed25519.ts'
import { Block, blockId } from '../../../src/protocol/block.ts'
import { Proposal } from '../../../src/protocol/proposal.ts'
import { transactionId, TxStatus } from '../../../src/protocol/transaction.ts'
import { compareBytes, concat, hex, isZero } from '../../../src/util/bytes.ts'
import { subsidyAt } from '../../../src/vm/index.ts'
import { draftSelfSpawn, draftSpend } from '../../../src/wallet/transactions.ts'
import { coinbaseOf, Disk, EG, GENESIS, signal, smesher, TestNode, TestSigner } from './network.ts'

const alice = smesher(1)
const bob = smesher(2)
const all = [alice, bob]

/** One layer: proposals of `node`, seen by `stranger`, ended on both. */
async function layer(node: TestNode, stranger: TestNode, number: number): Promise<void> {
  const proposals = await node.propose(number)
  stranger.layer = number
  for (const bytes of proposals) {
    expect(await stranger.receive(bytes)).toEqual({ outcome: 'accept' })
  }
  const [end] = await node.consensus.endLayersUpTo(number, { signal })
  expect(end?.problem).toBeUndefined()
  const seen = stranger.proposals.inLayer(number).sort((a, b) => compareBytes(a.id, b.id))
  await stranger.mesh.apply(number, seen)
  stranger.proposals.onLayer(number)
}

const lastOf = (node: TestNode) => node.disk.changes.at(-1)!

describe('two smeshers on one node and a stranger', () => {
  it('agree on blocks, states and opinions over three epochs, and pay for all slots', async () => {
    const node = await TestNode.open(all, all)
    const stranger = await TestNode.open(all)
    stranger.peer = node
    const paid = new Map<string, number>()
    for (let number = EG + 1; number <= EG + 12; number++) {
      await layer(node, stranger, number)
      const [own, other] = [lastOf(node), lastOf(stranger)]
      expect(hex(other.record.appliedBlock)).toBe(hex(own.record.appliedBlock))
      expect(hex(other.record.stateHash!)).toBe(hex(own.record.stateHash!))
      expect(hex(other.record.aggregatedHash)).toBe(hex(own.record.aggregatedHash))
      expect(own.block ? hex(blockId(own.block)) : '00'.repeat(20)).toBe(
        hex(own.record.appliedBlock),
      )
      for (const { smesherId } of own.execution!.rewards) {
        paid.set(hex(smesherId!), (paid.get(hex(smesherId!)) ?? 0) + 1)
      }
    }
    expect([...paid.keys()].sort()).toEqual(all.map((key) => hex(key.publicKey)).sort())
    // 3 proposals a layer on average, 4 layers, two equal smeshers: 6 slots each in an epoch.
    const epoch = await node.builder.prepare(EG + 12, 4, { signal })
    expect(epoch.map(({ slots }) => slots)).toEqual([6, 6])
    const proofs = [...epoch[0]!.layers.values()].flat()
    expect(proofs.map(({ j }) => j).sort()).toEqual([0, 1, 2, 3, 4, 5])
    const block = node.disk.changes.find((change) => change.block)!.block!
    expect(Block.decode(Block.encode(block))).toEqual(block)
    expect(block.rewards.every(({ weightDenom }) => weightDenom > 0n)).toBe(true)
  })

  it('execute transactions, and each once', async () => {
    const node = await TestNode.open([alice], [alice])
    const stranger = await TestNode.open([alice])
    stranger.peer = node
    let number = EG + 1
    while (!lastOf(node).block) await layer(node, stranger, number++)
    const { publicKey, seed } = alice
    const spawn = draftSelfSpawn({ publicKey, nonce: 0n, gasPrice: 1n })
    const spend = draftSpend({
      ...{ principal: spawn.principal, nonce: 1n, gasPrice: 1n },
      ...{ destination: coinbaseOf(bob), amount: 1_000_000n },
    })
    const raws = [spawn, spend].map(({ body }) => concat(body, sign(seed, GENESIS, body)))
    expect((await node.pool.add(raws[0]!, { receivedNs: 1n })).verdict).toBe('accept')
    const until = number + 6
    let applied = 0
    while (number < until) {
      await layer(node, stranger, number++)
      applied += lastOf(node).results.length
      if (applied === 1) await node.pool.add(raws[1]!, { receivedNs: 2n })
    }
    for (const raw of raws) {
      const stored = node.disk.txs.get(hex(transactionId(raw)))!
      expect(stored.result?.status).toBe(TxStatus.success)
      const copy = stranger.disk.txs.get(hex(transactionId(raw)))!
      expect(copy.result).toEqual(stored.result)
    }
    expect(applied).toBe(2)
    expect(node.disk.accounts.get(hex(coinbaseOf(bob)))?.balance).toBe(1_000_000n)
    expect(hex(lastOf(stranger).record.aggregatedHash)).toBe(
      hex(lastOf(node).record.aggregatedHash),
    )
  })

  it('a restart goes on from the last applied layer with the same opinions', async () => {
    const disk = new Disk()
    let node = await TestNode.open([alice], [alice], disk)
    for (let number = EG + 1; number <= EG + 25; number++) {
      await node.propose(number)
      await node.consensus.endLayersUpTo(number, { signal })
      if (number % 3 !== 0) continue
      const before = hex(node.opinions.opinion(number))
      node = await TestNode.open([alice], [alice], disk)
      expect(node.mesh.processedLayer).toBe(number)
      expect(hex(node.opinions.opinion(number))).toBe(before)
      expect(hex(node.opinions.encodeVotes(number + 1).hash)).toBe(before)
    }
    const layers = disk.changes.map(({ record }) => record.layer)
    expect(layers).toEqual(Array.from({ length: 26 }, (_, i) => EG + i))
    const empty = disk.changes.filter(({ block }) => !block).length
    expect(empty).toBeLessThan(20)
  })

  it('layers that were slept through end as empty ones, all their subsidy burnt', async () => {
    const node = await TestNode.open([alice], [alice])
    const ends = await node.consensus.endLayersUpTo(EG + 4, { signal })
    expect(ends.map(({ change }) => isZero(change.record.appliedBlock))).toEqual(
      Array(4).fill(true),
    )
    expect(ends.map(({ change }) => change.execution!.subsidy)).toEqual(
      [1, 2, 3, 4].map((index) => subsidyAt(index)),
    )
    expect(ends.map(({ change }) => change.execution!.rewards)).toEqual([[], [], [], []])
    await expect(node.mesh.apply(EG + 4, [])).rejects.toThrow('LAYER_NOT_IN_ORDER')
    await expect(node.mesh.apply(EG + 6, [])).rejects.toThrow('LAYER_NOT_IN_ORDER')
  })

  it('a failed commit stores nothing and the layer can be applied again', async () => {
    const disk = new Disk()
    const node = await TestNode.open([alice], [alice], disk)
    let number = EG + 1
    while ((await node.propose(number)).length === 0) {
      await node.consensus.endLayersUpTo(number++, { signal })
    }
    const commit = disk.commit.bind(disk)
    disk.commit = () => Promise.reject(new Error('disk is full'))
    await expect(node.consensus.endLayersUpTo(number, { signal })).rejects.toThrow('disk is full')
    expect(node.mesh.processedLayer).toBe(number - 1)
    disk.commit = commit
    const [end] = await node.consensus.endLayersUpTo(number, { signal })
    expect(end!.change.block).not.toBeNull()
    expect(disk.layers.get(number)).toEqual(end!.change.record)
  })

  it('a second build of one layer is refused, also after a restart', async () => {
    const disk = new Disk()
    const node = await TestNode.open([alice], [alice], disk)
    let number = EG + 1
    let proposals = await node.propose(number)
    while (proposals.length === 0) {
      await node.consensus.endLayersUpTo(number, { signal })
      proposals = await node.propose(++number)
    }
    const refused = { reason: 'failed', error: { code: 'PROPOSAL_ALREADY_BUILT' } }
    expect((await node.builder.build(number, { signal })).skipped).toMatchObject([refused])
    const again = await TestNode.open([alice], [alice], disk)
    again.layer = number
    expect((await again.builder.build(number, { signal })).skipped).toMatchObject([refused])
  })

  it('a first ballot that was signed and lost is made again with the same data', async () => {
    const first = await TestNode.open(all, [alice])
    const signer = new TestSigner(alice)
    first.builder.addSigner(signer)
    let number = EG + 1
    let lost = await first.builder.build(number, { signal })
    while (!lost.built[0]) lost = await first.builder.build(++number, { signal })
    const data = lost.built[0].proposal.ballot.epochData!
    // Its ballot was not stored; the new start knows one ATX less, so another set.
    const again = await TestNode.open([alice], [alice])
    again.builder.addSigner(signer)
    let made = await again.builder.build(number, { signal })
    while (!made.built[0]) made = await again.builder.build(++number, { signal })
    expect(made.built[0].proposal.ballot.epochData).toEqual(data)
  })

  it('says why a smesher does not propose', async () => {
    const node = await TestNode.open(all, [alice, smesher(3)])
    const reasons = new Set<string>()
    for (let number = EG + 1; number < EG + 13; number++) {
      node.layer = number
      for (const { reason } of (await node.builder.build(number, { signal })).skipped) {
        reasons.add(reason)
      }
    }
    expect([...reasons].sort()).toEqual(['no ATX for the epoch', 'not eligible in this layer'])
    expect(await node.builder.build(EG, { signal })).toEqual({ built: [], skipped: [] })
    node.builder.removeSigner(smesher(3).publicKey)
    expect((await node.builder.build(60, { signal })).skipped).toMatchObject([
      { reason: 'no ATX for the epoch' },
    ])
  })

  it('the mesh hash is the opinion once recent layers are decided', async () => {
    const node = await TestNode.open([alice], [alice])
    let checked = 0
    for (let number = EG + 1; number < EG + 9; number++) {
      for (const bytes of await node.propose(number)) {
        const { meshHash } = Proposal.decode(bytes)
        expect(hex(meshHash)).toBe(hex(node.opinions.opinion(number - 1)))
        checked++
      }
      await node.consensus.endLayersUpTo(number, { signal })
    }
    expect(checked).toBeGreaterThan(3)
  })
})
