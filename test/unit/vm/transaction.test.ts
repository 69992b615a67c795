import { describe, expect, it } from 'vitest'

import { fromHex, hex } from '../../../src/util/bytes.ts'
import { estimateGas, explainTx, isRefusal, parse, verifyTx } from '../../../src/vm/index.ts'
import type { ParsedTx, PrincipalState } from '../../../src/vm/index.ts'
import { addressOf, GENESIS_ID, key, readJson, readLines, signed } from './fixtures.ts'
import { spawnBody, spawned, spendBody, type Json } from './fixtures.ts'

const run = readJson('layer-run.json')
const named: Record<string, Json> = Object.fromEntries(
  run.layers.flatMap(({ txs }: Json) => txs).map((tx: Json) => [tx.name, tx]),
)
const alice = key(1)
const bob = key(2)
const account = spawned(alice.publicKey, 10n ** 9n)

function parsed(raw: Uint8Array, principal?: PrincipalState): ParsedTx {
  const tx = parse(raw, principal)
  if (isRefusal(tx)) throw new Error(JSON.stringify(tx))
  return tx
}
const code = (raw: Uint8Array, principal?: PrincipalState) => {
  const tx = parse(raw, principal)
  return isRefusal(tx) ? tx.code : 'parsed'
}

describe('transactions of spec 02 §14', () => {
  it.each(['V1', 'V2', 'V3', 'V4'])('%s: id, header and signature', (name) => {
    const { raw, id, header } = named[name]
    const tx = parsed(fromHex(raw), name === 'V1' ? undefined : account)
    expect(hex(tx.id)).toBe(id)
    expect(hex(tx.header.principal)).toBe(header.principal)
    expect(hex(tx.header.templateAddress)).toBe(header.template)
    expect(tx.header.maxGas).toBe(BigInt(header.maxGas))
    expect(tx.header.maxSpend).toBe(BigInt(header.maxSpend))
    expect(tx.fee).toBe(BigInt(header.fee))
    expect(tx.spending).toBe(BigInt(header.spending))
    expect(verifyTx(tx, fromHex(run.genesisId))).toBe(true)
    expect(verifyTx(tx, GENESIS_ID), 'of another network').toBe(false)
  })

  it('verifies V12 although a free byte follows its signature, and no ordinary one', () => {
    const edges = readLines('edges.jsonl')
    const valid = (name: string) => {
      const { txs, accounts } = edges.find((edge) => edge.name === name)
      const raw = fromHex(txs[0])
      const { template, state } = accounts.find(
        ({ address }: Json) => address === hex(raw.subarray(1, 25)),
      )
      const templateAddress = template ? fromHex(template) : undefined
      return verifyTx(parsed(raw, { templateAddress, state: fromHex(state) }), new Uint8Array(20))
    }
    expect(valid('V12: crafted self-spawn with a free trailing byte')).toBe(true)
    expect(valid('V12 with another trailing byte')).toBe(true)
    expect(valid('a byte after the signature')).toBe(false)
  })
})

describe('refusals', () => {
  const spend = signed(spendBody(addressOf(alice), addressOf(bob), 5n, { nonce: 1n }), alice)

  it('tells what is wrong', () => {
    expect(code(spend)).toBe('PRINCIPAL_NOT_SPAWNED')
    expect(code(spend, account)).toBe('parsed')
    expect(code(new Uint8Array(1025))).toBe('TX_TOO_LARGE')
    expect(code(new Uint8Array(0))).toBe('TX_MALFORMED')
    expect(code(spend.subarray(0, 50), account)).toBe('TX_MALFORMED')
    expect(code(Uint8Array.of(4, ...spend.subarray(1)), account)).toBe('TX_MALFORMED')
    const drain = new Uint8Array(26 + 2 + 24 + 24 + 1 + 64)
    drain.set(spend.subarray(0, 28))
    drain[25] = 0x44 // a method that wallets do not have
    expect(code(drain, account)).toBe('UNKNOWN_METHOD')
    drain[25] = 0x48
    expect(code(drain, account)).toBe('UNKNOWN_METHOD')
    const spawn = signed(spawnBody(alice.publicKey, { nonce: 0n }), alice)
    spawn[49] = 5
    expect(code(spawn)).toBe('UNKNOWN_TEMPLATE')
    expect(code(spawn.with(49, 1))).toBe('parsed')
    expect(code(spawn.with(1, 9).with(49, 1)), 'spawn by a stranger').toBe('PRINCIPAL_NOT_SPAWNED')
  })

  it('refuses every changed bit of a signed spend, or sees a changed transaction', () => {
    for (let at = spend.length - 64; at < spend.length; at += 7) {
      const tx = parsed(spend.with(at, spend[at]! ^ 1), account)
      expect(verifyTx(tx, GENESIS_ID), `byte ${at}`).toBe(false)
    }
    expect(verifyTx(parsed(spend, account), GENESIS_ID)).toBe(true)
    expect(verifyTx(parsed(spend.subarray(0, -1), account), GENESIS_ID)).toBe(false)
  })
})

describe('explainTx and estimateGas', () => {
  it('explain a self-spawn, a spend and a spawn without state', () => {
    expect(explainTx(fromHex(named['V1'].raw))).toMatchObject({
      kind: 'selfSpawn',
      template: 'wallet',
      nonce: 0n,
      maxGas: 100_432n,
      fee: 200_864n,
    })
    expect(explainTx(fromHex(named['V2'].raw))).toMatchObject({
      kind: 'spend',
      destination: addressOf(bob),
      amount: 12_345_678n,
      nonce: 1n,
      gasPrice: 2n,
      maxGas: 36_090n,
      fee: 72_180n,
    })
    const spawn = explainTx(fromHex(named['V3'].raw))
    expect(spawn).toMatchObject({ kind: 'spawn', destination: addressOf(bob), amount: 0n })
    expect(spawn).not.toHaveProperty('fee')
    expect(explainTx(fromHex(named['V3'].raw), account)).toMatchObject({ maxGas: 104_570n })
    expect(explainTx(fromHex(named['V9'].raw)), 'multisig').not.toHaveProperty('maxGas')
    expect(explainTx(fromHex(named['V11'].raw))).toMatchObject({
      kind: 'drainVault',
      amount: 1000n,
    })
    expect(explainTx(Uint8Array.of(4))).toMatchObject({ code: 'TX_MALFORMED' })
  })

  it.each(['V1', 'V2', 'V4'])('estimate %s from its unsigned bytes', (name) => {
    const { raw, header } = named[name]
    expect(estimateGas(fromHex(raw).subarray(0, -64))).toBe(BigInt(header.maxGas))
  })

  it('follow the size of nonce, price and amount', () => {
    const sizes = [0n, 63n, 64n, 2n ** 14n, 2n ** 30n, 2n ** 56n, 2n ** 64n - 1n]
    for (const amount of sizes) {
      for (const nonce of sizes) {
        const body = spendBody(addressOf(alice), addressOf(bob), amount, { nonce, gasPrice: 9n })
        const tx = parsed(new Uint8Array([...body, ...new Uint8Array(64)]), account)
        expect(estimateGas(body)).toBe(tx.header.maxGas)
      }
    }
  })
})
