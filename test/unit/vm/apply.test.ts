import { describe, expect, it } from 'vitest'
import fc from 'fast-check'

import type { Account } from '../../../src/protocol/transaction.ts'
import { hash32 } from '../../../src/crypto/hash.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { applyLayer, applyLayerSync, transactionResult } from '../../../src/vm/index.ts'
import { addressOf, funded, key, MemoryState, signed, spawnBody, spawned } from './fixtures.ts'
import { readLines, spendBody, unsigned, vmParams } from './fixtures.ts'

const layer = 9000
const anyone = { verified: () => true }
const txsOf = (...raws: Uint8Array[]) => raws.map((raw) => ({ raw }))

describe('applyLayer', () => {
  const alice = key(1)
  const bob = key(2)

  it('spawns and spends in one layer, signatures checked', async () => {
    const state = new MemoryState([funded(addressOf(alice), 1_000_000n)])
    const txs = txsOf(
      signed(spawnBody(alice.publicKey, { nonce: 0n }), alice),
      signed(spendBody(addressOf(alice), addressOf(bob), 700n, { nonce: 1n }), alice),
      signed(spendBody(addressOf(alice), addressOf(bob), 700n, { nonce: 2n }), bob),
    )
    const result = await applyLayer({ ...vmParams, layer, txs, rewards: [] }, state)
    expect(result.results.map(({ succeeded }) => succeeded)).toEqual([true, true])
    expect(result.ineffective.map(({ refusal }) => refusal.code)).toEqual(['BAD_SIGNATURE'])
    expect(result.fees).toBe(100_432n + 36_090n)
    const [sender, receiver] = result.touchedAccounts
    expect(sender).toMatchObject({ nextNonce: 2n, balance: 1_000_000n - result.fees - 700n, layer })
    expect(receiver).toMatchObject({ address: addressOf(bob), balance: 700n, layer })
    expect(transactionResult(result.results[0]!, new Uint8Array(20))).toMatchObject({
      status: 0,
      gas: 100_432n,
      layer,
    })
  })

  it('hashes nothing for an empty layer, and touches a coinbase that gets nothing', () => {
    const state = new MemoryState()
    const empty = applyLayerSync({ ...vmParams, layer, txs: [], rewards: [] }, state.get)
    expect(hex(empty.stateHash)).toBe(hex(hash32(new Uint8Array())))
    const rewards = [2n ** 64n - 1n, 1n].map((weightNum, i) => ({
      coinbase: addressOf(key(i + 1)),
      smesherId: key(i + 1).publicKey,
      weightNum,
      weightDenom: 1n,
    }))
    const input = { ...vmParams, layer, txs: [], rewards }
    expect(applyLayerSync(input, state.get).touchedAccounts).toHaveLength(2)
  })

  it('refuses a layer before the effective genesis', () => {
    const input = { ...vmParams, layer: 8062, txs: [], rewards: [] }
    expect(() => applyLayerSync(input, () => undefined)).toThrow('BAD_ARGUMENT')
  })

  it('names the reason of every ineffective edge', () => {
    const reasons = readLines('edges.jsonl').flatMap((edge) => {
      const state = new MemoryState(
        edge.accounts.map((account: Record<string, string>) => ({
          layer: 0,
          address: fromHex(account['address']!),
          nextNonce: BigInt(account['nextNonce']!),
          balance: BigInt(account['balance']!),
          templateAddress: account['template'] ? fromHex(account['template']) : undefined,
          state: fromHex(account['state']!),
        })),
      )
      const result = applyLayerSync(
        {
          ...vmParams,
          genesisId: fromHex(edge.genesisId),
          layer: edge.layer,
          txs: edge.txs.map((raw: string) => ({ raw: fromHex(raw) })),
          rewards: [],
        },
        state.get,
      )
      return result.ineffective.map(({ refusal }) => [edge.name, refusal.code])
    })
    expect(Object.fromEntries(reasons)).toMatchObject({
      'balance one below the intrinsic gas (55432)': 'INTRINSIC_GAS',
      'nonce 5 too low, 6 fine': 'NONCE_TOO_LOW',
      'a byte after the signature': 'BAD_SIGNATURE',
      'nonce in mode 3 with a small value': 'TX_MALFORMED',
      'spend by an unspawned account': 'PRINCIPAL_NOT_SPAWNED',
      'spawn multisig 2 of 1': 'BAD_SPAWN_ARGS',
      'vault as principal': 'ZERO_GAS_PRICE',
      'unknown template': 'UNKNOWN_TEMPLATE',
      'longer than 1024 bytes': 'TX_TOO_LARGE',
    })
  })
})

describe('whatever a layer holds', () => {
  const people = Array.from({ length: 6 }, (_, i) => ({ publicKey: hash32(Uint8Array.of(i)) }))
  const person = fc.constantFrom(...people)
  const u64 = fc.oneof(
    fc.bigInt({ min: 0n, max: 5n }),
    fc.bigInt({ min: 0n, max: 10n ** 7n }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  )
  const payload = fc.record({
    nonce: fc.oneof(fc.bigInt({ min: 0n, max: 9n }), u64),
    gasPrice: u64,
  })
  const tx = fc.oneof(
    fc
      .tuple(person, person, u64, payload)
      .map(([from, to, amount, rest]) => spendBody(addressOf(from), addressOf(to), amount, rest)),
    fc.tuple(person, payload).map(([who, rest]) => spawnBody(who.publicKey, rest)),
  )
  const share = fc
    .tuple(person, u64, u64)
    .map(([who, num, denom]) => ({
      coinbase: addressOf(who),
      smesherId: who.publicKey,
      weightNum: num + 1n,
      weightDenom: denom + 1n,
    }))
    .map((reward) => ({ ...reward, weightNum: BigInt.asUintN(64, reward.weightNum) || 1n }))
  const balance = fc.bigInt({ min: 0n, max: 10n ** 9n })
  const account = fc
    .tuple(person, balance, fc.boolean(), fc.bigInt({ min: 0n, max: 4n }))
    .map(([who, coins, isSpawned, nonce]): Account =>
      isSpawned ? spawned(who.publicKey, coins, nonce) : funded(addressOf(who), coins),
    )
  const block = fc.record({
    accounts: fc.array(account, { maxLength: 6 }),
    txs: fc.array(tx.map(unsigned), { maxLength: 20 }),
    rewards: fc.array(share, { maxLength: 4 }),
    blockGasLimit: fc.constantFrom(100_107_000n, 300_000n, 0n),
  })

  it('coins are conserved: before + issued − burnt = after', () =>
    fc.assert(
      fc.property(block, ({ accounts, txs, ...rest }) => {
        const state = new MemoryState(accounts)
        const before = state.total()
        const input = { ...vmParams, ...anyone, ...rest, layer, txs: txsOf(...txs) }
        const result = applyLayerSync(input, state.get)
        state.put(result.touchedAccounts)
        const paid = result.rewards.reduce((sum, { totalReward }) => sum + totalReward, 0n)
        const burnt = result.fees + result.subsidy - paid
        expect(before + result.subsidy - burnt).toBe(state.total())
        expect(burnt >= 0n).toBe(true)
        expect(result.results.length + result.ineffective.length).toBe(txs.length)
        const gas = result.results.reduce((sum, outcome) => sum + outcome.gas, 0n)
        expect(gas <= input.blockGasLimit).toBe(true)
      }),
      { numRuns: 1000 },
    ))

  it('the same state and block give the same result, from a reader that waits, too', () =>
    fc.assert(
      fc.asyncProperty(block, async ({ accounts, txs, ...rest }) => {
        const state = new MemoryState(accounts)
        const input = { ...vmParams, ...anyone, ...rest, layer, txs: txsOf(...txs) }
        const first = applyLayerSync(input, state.get)
        const reader = {
          getMany: (addresses: readonly Uint8Array[]) => Promise.resolve(state.getMany(addresses)),
        }
        expect(await applyLayer(input, reader)).toEqual(first)
        expect(applyLayerSync(input, state.get)).toEqual(first)
      }),
    ))

  it('hostile bytes are left out, never thrown', () => {
    const state = new MemoryState(people.map(({ publicKey }) => spawned(publicKey, 10n ** 9n)))
    const head = fc.tuple(
      fc.constantFrom(0, 4),
      person.map((who) => addressOf(who)),
      fc.constantFrom(0x00, 0x40, 0x44, 0x48, 0x01),
      fc.constantFrom<number[]>([], ...[0, 1, 2, 3, 4, 5].map((n) => [...Array(23).fill(0), n])),
    )
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(head, fc.uint8Array({ maxLength: 300 }))
        .map(([[version, principal, method, template], rest]) =>
          Uint8Array.of(version, ...principal, method, ...template, ...rest),
        ),
      fc.tuple(tx, fc.nat(), fc.nat(255), fc.nat(70)).map(([body, at, byte, cut]) =>
        unsigned(body)
          .with(at % body.length, byte)
          .subarray(0, body.length + 64 - cut),
      ),
    )
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 8 }), (raws) => {
        const input = { ...vmParams, layer, txs: txsOf(...raws), rewards: [] }
        const result = applyLayerSync({ ...input, verify: () => false }, state.get)
        expect(result.results).toEqual([])
        expect(result.touchedAccounts).toEqual([])
        expect(result.ineffective).toHaveLength(raws.length)
        applyLayerSync({ ...input, verify: () => true }, state.get)
      }),
      { numRuns: 5000 },
    )
  })
})
