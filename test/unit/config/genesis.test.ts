import { describe, expect, it } from 'vitest'

import {
  bootstrapActiveSet,
  bootstrapBeacon,
  effectiveGenesis,
  genesisId,
  goldenAtxId,
  localNetwork,
  mainnet,
  networkCookie,
  prologue,
  standalone,
  testnet,
} from '../../../src/config/index.ts'
import { hash32 } from '../../../src/crypto/hash.ts'
import { concat, hex, u32le } from '../../../src/util/bytes.ts'

const ascii = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('genesis (values of spec 01 §3.1 and 05 §1.1)', () => {
  it('mainnet', () => {
    expect(hex(goldenAtxId(mainnet))).toBe(
      '9eebff023abb17ccb775c602daade8ed708f0a50d3149a42801184f5b74f2865',
    )
    expect(hex(genesisId(mainnet))).toBe('9eebff023abb17ccb775c602daade8ed708f0a50')
    expect(ascii(prologue(mainnet))).toBe('9eebff023abb17ccb775c602daade8ed708f0a50-8063')
    expect(networkCookie(mainnet)).toHaveLength(0)
    expect(ascii(prologue(mainnet, 100_000))).toMatch(/-99999$/)
  })

  it('testnet', () => {
    expect(hex(goldenAtxId(testnet))).toBe(
      'e956eff99be943fb70bd385dd509a3f84e9a75dd8e05f3e103845f72ca5d5f05',
    )
    expect(ascii(prologue(testnet))).toBe('e956eff99be943fb70bd385dd509a3f84e9a75dd-575')
    expect(networkCookie(testnet)).toEqual(prologue(testnet))
  })

  it.each([
    [mainnet, 8063],
    [testnet, 575],
    [standalone(0), 19],
  ])('effective genesis', (config, layer) => expect(effectiveGenesis(config)).toBe(layer))
})

describe('bootstrapBeacon', () => {
  const local = localNetwork(1_700_000_000_000)
  const alone = standalone(1_700_000_000_000)

  it('mainnet has none in its document', () => {
    expect([0, 1, 2, 30].map((epoch) => bootstrapBeacon(mainnet, epoch))).toEqual(
      Array(4).fill(null),
    )
  })

  it('standalone has the genesis id for the first epoch with ballots only', () => {
    expect(bootstrapBeacon(alone, 1)).toBeNull()
    expect(bootstrapBeacon(alone, 2)).toEqual(genesisId(alone).slice(0, 4))
    expect(bootstrapBeacon(alone, 3)).toBeNull()
  })

  it('derived goes on for ever, from the genesis id and the epoch', () => {
    expect(bootstrapBeacon(local, 2)).toEqual(genesisId(local).slice(0, 4))
    for (const epoch of [3, 4, 1000]) {
      const expected = hash32(concat(genesisId(local), u32le(epoch))).slice(0, 4)
      expect(bootstrapBeacon(local, epoch)).toEqual(expected)
    }
  })

  it('a listed epoch wins, a zero beacon is no override', () => {
    const beacon = Uint8Array.of(1, 2, 3, 4)
    const activeSet = [new Uint8Array(32).fill(9)]
    const epochs = [
      { epoch: 2, beacon: new Uint8Array(4), activeSet },
      { epoch: 3, beacon, activeSet: null },
    ]
    const config = { ...local, bootstrap: { ...local.bootstrap, epochs } }
    expect(bootstrapBeacon(config, 2)).toEqual(genesisId(local).slice(0, 4))
    expect(bootstrapBeacon(config, 3)).toEqual(beacon)
    expect(bootstrapActiveSet(config, 2)).toEqual(activeSet)
    expect(bootstrapActiveSet(config, 3)).toBeNull()
  })
})
