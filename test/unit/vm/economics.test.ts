import { describe, expect, it } from 'vitest'
import fc from 'fast-check'

import { mainnet } from '../../../src/config/index.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import {
  accumulatedSubsidy,
  genesisAccounts,
  MAINNET_GENESIS_TOTAL,
} from '../../../src/vm/index.ts'
import { shareRewards, subsidyAt, TOTAL_SUBSIDY, vested } from '../../../src/vm/index.ts'
import { readLines } from './fixtures.ts'

describe('subsidy', () => {
  it.each([
    [0, 477618397593n, 477618397593n],
    [1, 477618296206n, 955236693799n],
    [97057, 467878815244n, 45882411279892438n],
    [1051200, 382094799184n, 450000000000000000n],
    [199069549, 1n, 2249999999999999999n],
    [1000000000, 0n, TOTAL_SUBSIDY],
    [2 ** 32 - 1, 0n, TOTAL_SUBSIDY],
  ])('of index %i, spec 02 §11', (index, subsidy, accumulated) => {
    expect(subsidyAt(index)).toBe(subsidy)
    expect(accumulatedSubsidy(index)).toBe(accumulated)
  })

  it('matches the economics package', () => {
    for (const { index, accumulated, subsidy } of readLines('subsidy.jsonl')) {
      expect(accumulatedSubsidy(index), index).toBe(BigInt(accumulated))
      expect(subsidyAt(index), index).toBe(BigInt(subsidy))
    }
  })
})

describe('rewards', () => {
  const who = (byte: number) => ({
    coinbase: new Uint8Array(24).fill(byte, 4),
    smesherId: new Uint8Array(32).fill(byte),
  })
  const pot = { layer: 9000, subsidy: 1000n, fees: 500n }

  it('are paid in order of coinbases and round down', () => {
    const paid = shareRewards(
      [
        { ...who(9), weightNum: 1n, weightDenom: 3n },
        { ...who(1), weightNum: 2n, weightDenom: 3n },
        { ...who(5), weightNum: 1n, weightDenom: 2n },
      ],
      pot,
    )
    expect(paid.map(({ totalReward }) => totalReward)).toEqual([666n, 500n, 333n])
    expect(paid.map(({ layerReward }) => layerReward)).toEqual([444n, 333n, 222n])
    expect(paid.map(({ coinbase }) => coinbase[23])).toEqual([1, 5, 9])
    expect(paid.map(({ smesherId }) => smesherId[0])).toEqual([1, 5, 9])
  })

  const weight = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })
  const amount = fc.bigInt({ min: 0n, max: 2n ** 62n })
  it('never pay out more than there is, and each share as fractions would have it', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(weight, weight), { minLength: 1, maxLength: 8 }),
        amount,
        amount,
        (weights, subsidy, fees) => {
          const shares = weights.map(([weightNum, weightDenom], i) => ({
            ...who(i),
            weightNum,
            weightDenom,
          }))
          const paid = shareRewards(shares, { layer: 9000, subsidy, fees })
          // Weights over the product of all denominators: another way to the same fractions.
          const product = weights.reduce((all, [, denom]) => all * denom, 1n)
          const scaled = weights.map(([num, denom]) => (num * product) / denom)
          const sum = scaled.reduce((a, b) => a + b, 0n)
          const expected = scaled.map((part) => ((subsidy + fees) * part) / sum)
          expect(paid.map(({ totalReward }) => totalReward)).toEqual(expected)
          const total = paid.reduce((all, { totalReward }) => all + totalReward, 0n)
          expect(total <= subsidy + fees).toBe(true)
          expect(subsidy + fees - total < BigInt(shares.length)).toBe(true)
        },
      ),
    ))

  it('refuse weights that cannot be shared', () => {
    const share = { ...who(1), weightNum: 0n, weightDenom: 1n }
    expect(() => shareRewards([share], pot)).toThrow('REWARD_WEIGHTS')
    expect(() => shareRewards([{ ...share, weightDenom: 0n }], pot)).toThrow('REWARD_WEIGHTS')
    expect(shareRewards([], pot)).toEqual([])
  })
})

describe('vesting', () => {
  it('frees a vault as the reference does', () => {
    for (const { vested: expected, layer, ...schedule } of readLines('vested.jsonl')) {
      const totalAmount = BigInt(schedule.totalAmount)
      expect(vested({ ...schedule, totalAmount }, layer)).toBe(BigInt(expected))
    }
  })
})

describe('genesis ledger', () => {
  const ledger = mainnet.genesis.accounts

  it('of mainnet holds 150 000 000 SMH in 28 accounts that are not spawned', () => {
    const accounts = genesisAccounts(ledger, { total: MAINNET_GENESIS_TOTAL })
    expect(accounts).toHaveLength(28)
    for (const { layer, nextNonce, templateAddress, state } of accounts) {
      expect([layer, nextNonce, templateAddress, state.length]).toEqual([0, 0n, undefined, 0])
    }
    expect(hex(accounts[0]!.address)).toBe('0000000029d36468f4c4f77a838ae449ebf9439fba481499')
  })

  it('refuses another sum and an address listed twice', () => {
    expect(() => genesisAccounts(ledger, { total: 1n })).toThrow('GENESIS_SUM')
    const twice = { address: fromHex('00'.repeat(24)), balance: 1n }
    expect(() => genesisAccounts([twice, twice])).toThrow('GENESIS_DUPLICATE')
  })
})
