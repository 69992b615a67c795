import assert from 'node:assert/strict'

import { decodeHead } from '../../../src/activation/journal-head.ts'
import {
  createLayerClock,
  firstEffectiveGenesis,
  genesisId,
  parseNetworkDocument,
  type NetworkConfig,
} from '../../../src/config/index.ts'
import { Domain, keypairFromSeed, verifyDomain } from '../../../src/crypto/ed25519.ts'
import { hash32 } from '../../../src/crypto/hash.ts'
import {
  commitment,
  createCpuLabeler,
  LABEL_BYTES,
  LABEL_OUTPUT_BYTES,
  readMetadata,
  smallestBelow,
  vrfDifficulty,
} from '../../../src/post/index.ts'
import {
  ActivationTxV1,
  atxIdV1,
  type ActivationTxV1 as Atx,
} from '../../../src/protocol/activation-v1.ts'
import { ballotId, ballotSignedBytes, InnerBallot } from '../../../src/protocol/ballot.ts'
import { blockId, type Block } from '../../../src/protocol/block.ts'
import { opinionHash } from '../../../src/protocol/opinion-hash.ts'
import { Account, TxStatus } from '../../../src/protocol/transaction.ts'
import type { Records } from '../../../src/runtime/records.ts'
import type { MemorySnapshot } from '../../../src/storage/memory.ts'
import type { Schema } from '../../../src/storage/schema.ts'
import { equalBytes, hex, isZero } from '../../../src/util/bytes.ts'
import { applyLayerSync, explainTx, genesisAccounts, isRefusal } from '../../../src/vm/index.ts'

/** What lies on a disk, read without any of the code that wrote it. */
export class Disk {
  readonly #snapshot: MemorySnapshot

  constructor(snapshot: MemorySnapshot) {
    this.#snapshot = snapshot
  }

  rows<S extends keyof Schema & string>(store: S): [key: string, value: Schema[S]][] {
    const rows = [...(this.#snapshot.get(store) ?? [])] as [string, Schema[S]][]
    return rows.sort(([a], [b]) => (a < b ? -1 : 1))
  }

  values<S extends keyof Schema & string>(store: S): Schema[S][] {
    return this.rows(store).map(([, value]) => value)
  }

  get<S extends keyof Schema & string>(store: S, key: string): Schema[S] | undefined {
    return this.#snapshot.get(store)?.get(key) as Schema[S] | undefined
  }

  record<N extends keyof Records>(name: N): Records[N] | undefined {
    return this.get('meta', name) as Records[N] | undefined
  }

  get config(): NetworkConfig {
    return parseNetworkDocument(this.record('network')!)
  }

  get nodeId(): Uint8Array {
    return keypairFromSeed(this.record('identity')!.seed).publicKey
  }

  /** Slots of the identity's journal, by name. */
  journal(): Map<string, Uint8Array> {
    const owner = `${hex(genesisId(this.config))}/${hex(this.nodeId)}/`
    return new Map(
      this.rows('journal').map(([key, value]) => {
        assert.ok(key.startsWith(owner), `a slot of somebody else: ${key}`)
        return [key.slice(owner.length), value]
      }),
    )
  }
}

/** Labels as they must be on disk, and the nonce, computed at one go. */
export async function labelsOf(disk: Disk): Promise<{ labels: Uint8Array; nonce: bigint }> {
  const { post } = disk.config
  const { commitmentAtxId } = disk.record('identity')!
  const { numUnits } = disk.record('smeshing')!
  const options = { commitment: commitment(disk.nodeId, commitmentAtxId), scryptN: post.scryptN }
  const labeler = createCpuLabeler(options)
  const count = Number(post.labelsPerUnit) * numUnits
  const { signal } = new AbortController()
  const outputs = await labeler.compute(0n, count, { signal })
  const labels = new Uint8Array(count * LABEL_BYTES)
  for (let i = 0; i < count; i++) {
    const at = i * LABEL_OUTPUT_BYTES
    labels.set(outputs.subarray(at, at + LABEL_BYTES), i * LABEL_BYTES)
  }
  const difficulty = vrfDifficulty(BigInt(count))
  let best = smallestBelow(outputs, 0n, difficulty)
  for (let from = BigInt(count); !best; from += BigInt(post.computeBatchSize)) {
    const past = await labeler.compute(from, post.computeBatchSize, { signal })
    best = smallestBelow(past, from, difficulty)
  }
  return { labels, nonce: best.index }
}

/** The space is what an uninterrupted set-up would have left. */
export async function checkLabels(
  disk: Disk,
  { files, metadata }: { files: ReadonlyMap<number, Uint8Array>; metadata: string },
): Promise<void> {
  const expected = await labelsOf(disk)
  assert.deepEqual([...files.keys()], [0], 'one label file')
  assert.equal(hex(files.get(0)!), hex(expected.labels), 'label file')
  assert.equal(readMetadata(metadata).nonce, expected.nonce, 'VRF nonce')
}

/** Nothing that was signed is forgotten or changed from an earlier moment to a later one. */
export function checkJournalKept(earlier: Disk, later: Disk): void {
  const now = later.journal()
  for (const [slot, value] of earlier.journal()) {
    assert.equal(hex(now.get(slot) ?? new Uint8Array()), hex(value), `journal slot ${slot}`)
  }
}

/** Ballots and ATXs on disk: one a slot, each the one in the journal, signed and chained. */
export function checkSigned(disk: Disk): { ballots: number; atxs: number } {
  const { config, nodeId } = disk
  const genesis = genesisId(config)
  const journal = disk.journal()
  const head = decodeHead(disk.get('journalHeads', `${hex(genesis)}/${hex(nodeId)}`)!.head!)
  assert.equal(head.halted, null, 'the identity is not halted')
  assert.equal(disk.values('malfeasance').length, 0, 'no malfeasance')

  const layers = new Set<number>()
  for (const { ballot, id, malicious } of disk.values('ballots')) {
    const { layer, smesherId, signature } = ballot
    assert.equal(hex(smesherId), hex(nodeId))
    assert.ok(!malicious)
    assert.ok(!layers.has(layer), `two ballots in layer ${layer}`)
    layers.add(layer)
    assert.equal(hex(ballotId(ballot)), hex(id))
    const held = journal.get(`ballot/${layer}`)
    assert.ok(held, `ballot of layer ${layer} is in the journal`)
    assert.equal(hex(hash32(InnerBallot.encode(ballot))), hex(held), `ballot of layer ${layer}`)
    const signed = ballotSignedBytes(ballot)
    assert.ok(verifyDomain(signature, genesis, Domain.ballot, signed, nodeId))
  }

  const atxs = disk.values('atxs').sort((a, b) => a.publishEpoch - b.publishEpoch)
  let previous: Uint8Array = new Uint8Array(32)
  let epoch = -1
  for (const [sequence, row] of atxs.entries()) {
    const { blob, publishEpoch, id } = row
    assert.ok(publishEpoch > epoch, `two ATXs in epoch ${publishEpoch}`)
    const atx: Atx = ActivationTxV1.decode(blob)
    assert.equal(hex(atxIdV1(atx)), hex(id))
    assert.equal(hex(blob), hex(journal.get(`atx/${publishEpoch}`)!), `ATX of ${publishEpoch}`)
    assert.equal(hex(atx.prevAtxId), hex(previous), 'ATXs follow one another')
    assert.equal(atx.sequence, BigInt(sequence))
    assert.equal(hex(journal.get(`prev/${hex(atx.prevAtxId)}`)!), hex(id))
    previous = id
    epoch = publishEpoch
  }
  return { ballots: layers.size, atxs: atxs.length }
}

/**
 * Layers without a gap, opinions and state that follow from the blocks: everything is computed
 * again from genesis and compared.
 */
export function checkChain(disk: Disk): { layers: number; blocks: number; txs: number } {
  const { config } = disk
  const { effectiveGenesis } = createLayerClock(config)
  const accounts = new Map<string, Account>()
  for (const account of genesisAccounts(config.genesis.accounts)) {
    accounts.set(hex(account.address), account)
  }
  const rewards: string[] = []
  const applied = new Set<string>()
  const seen = new Set<string>()
  const rows = disk.values('layers')
  let opinion: Uint8Array | undefined
  for (const [at, { layer, appliedBlock, stateHash, aggregatedHash }] of rows.entries()) {
    assert.equal(layer, effectiveGenesis + at, 'layers without a gap')
    const block = isZero(appliedBlock) ? undefined : disk.get('blocks', hex(appliedBlock))
    if (!isZero(appliedBlock)) {
      assert.ok(block, `block of layer ${layer}`)
      assert.equal(hex(blockId(block)), hex(appliedBlock))
      assert.equal(block.layer, layer)
      seen.add(hex(appliedBlock))
    }
    const support = block ? [{ id: appliedBlock, height: block.tickHeight }] : []
    opinion = opinionHash(opinion, { support })
    assert.equal(hex(aggregatedHash), hex(opinion), `opinion up to layer ${layer}`)
    if (layer === effectiveGenesis) {
      assert.equal(stateHash, null)
      continue
    }
    const result = replay(disk, layer, block, accounts)
    assert.equal(hex(stateHash!), hex(result.stateHash), `state hash of layer ${layer}`)
    for (const account of result.touchedAccounts) accounts.set(hex(account.address), account)
    for (const { coinbase, totalReward } of result.rewards) {
      rewards.push(`${hex(coinbase)} ${layer} ${totalReward}`)
    }
    for (const { id } of result.results) {
      assert.ok(!applied.has(hex(id)), `transaction ${hex(id)} is applied twice`)
      applied.add(hex(id))
    }
  }
  assert.equal(disk.rows('blocks').length, seen.size, 'every block is applied')
  const stored = disk.rows('accounts').map(([key, account]) => [key, hex(Account.encode(account))])
  const again = [...accounts].map(([key, account]) => [key, hex(Account.encode(account))])
  assert.deepEqual(stored, again.sort(), 'accounts')
  const paid = disk.values('rewards').map((r) => `${hex(r.coinbase)} ${r.layer} ${r.total}`)
  assert.deepEqual(paid.sort(), rewards.sort(), 'rewards')
  checkBalances(disk)
  return { layers: rows.length - 1, blocks: seen.size, txs: applied.size }
}

function replay(
  disk: Disk,
  layer: number,
  block: Block | undefined,
  accounts: ReadonlyMap<string, Account>,
) {
  const { config } = disk
  const shares = (block?.rewards ?? []).map(({ atxId, weightNum, weightDenom }) => {
    const { coinbase, smesherId } = disk.get('atxs', hex(atxId))!
    return { coinbase, smesherId, weightNum, weightDenom }
  })
  return applyLayerSync(
    {
      genesisId: genesisId(config),
      hrp: config.hrp,
      blockGasLimit: config.vm.blockGasLimit,
      firstEffectiveGenesis: firstEffectiveGenesis(config),
      layer,
      txs: (block?.txIds ?? []).map((id) => ({ raw: disk.get('txs', hex(id))!.raw })),
      rewards: shares,
    },
    (address) => accounts.get(hex(address)),
  )
}

/** Balances are rewards, plus what came, less what went and what it cost. */
function checkBalances(disk: Disk): void {
  const balances = new Map<string, bigint>()
  const add = (address: Uint8Array, amount: bigint) =>
    balances.set(hex(address), (balances.get(hex(address)) ?? 0n) + amount)
  for (const { address, balance } of disk.config.genesis.accounts) add(address, balance)
  for (const { coinbase, total } of disk.values('rewards')) add(coinbase, total)
  for (const { raw, result } of disk.values('txs')) {
    const tx = explainTx(raw)
    if (!result || isRefusal(tx)) continue
    add(tx.principal, -result.fee)
    if (result.status !== TxStatus.success) continue
    add(tx.principal, -tx.amount)
    if (!isZero(tx.destination)) add(tx.destination, tx.amount)
  }
  for (const account of disk.values('accounts')) {
    assert.equal(account.balance, balances.get(hex(account.address)) ?? 0n, 'balance')
  }
}

/** A transfer's fate: how often it was executed, and whether it succeeded each time. */
export function timesApplied(disk: Disk, id: string): number {
  const blocks = disk.values('blocks')
  const times = blocks.flatMap(({ txIds }) => txIds).filter((txId) => hex(txId) === id).length
  const stored = disk.get('txs', id)
  if (times > 0) assert.equal(stored?.result?.status, TxStatus.success, `transaction ${id}`)
  else assert.equal(stored?.result, undefined)
  return times
}

/** Amounts that arrived at an address, in the order of their layers. */
export function received(disk: Disk, address: Uint8Array): bigint[] {
  return disk.values('txs').flatMap(({ raw, result }) => {
    const tx = explainTx(raw)
    if (isRefusal(tx) || result?.status !== TxStatus.success) return []
    return equalBytes(tx.destination, address) ? [tx.amount] : []
  })
}
