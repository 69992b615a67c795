import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { keypairFromSeed, verify } from '../../../src/crypto/ed25519.ts'
import { hash32 } from '../../../src/crypto/hash.ts'
import { concat, fromHex, hex } from '../../../src/util/bytes.ts'
import { singleSigPrincipal } from '../../../src/wallet/accounts.ts'
import {
  describeBody,
  draftSelfSpawn,
  draftSpend,
  maxTransfer,
  planSpawn,
  planTransfer,
  signTransaction,
} from '../../../src/wallet/transactions.ts'

const genesisId = fromHex('9eebff023abb17ccb775c602daade8ed708f0a50')
const keypair = keypairFromSeed(Uint8Array.from({ length: 32 }, (_, i) => i))
const { publicKey } = keypair
const principal = singleSigPrincipal(publicKey)
const destination = fromHex('000000009751c1f2d6fbd8c33add71cccb9083637d6fecf9')

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const price = fc.bigInt({ min: 1n, max: 1000n })

describe('drafts', () => {
  // spec 01 §16, bytes of go-spacemesh; gas of spec 02 §6
  it('self-spawns as the reference does', () => {
    const draft = draftSelfSpawn({ publicKey, nonce: 0n, gasPrice: 1n })
    expect(draft.maxGas).toBe(100_432n)
    expect(draft.fee).toBe(100_432n)
    const { raw, id } = signTransaction(draft.body, keypair, genesisId)
    expect(raw.length).toBe(148)
    expect(hex(id)).toBe('cb6a190314c841e74c3bce2fe93ed4387a5c8d3965e15b2c9e24866826e6971b')
    expect(id).toEqual(hash32(raw))
  })

  it('spends as the reference does', () => {
    const draft = draftSpend({
      principal,
      nonce: 1n,
      gasPrice: 1n,
      destination: fromHex('000000009751c1f2d6fbd8c33add71cccb9083637d6fecf9'),
      amount: 10n ** 9n,
    })
    expect(draft.maxGas).toBe(36_090n)
    const { raw, id } = signTransaction(draft.body, keypair, genesisId)
    expect(hex(raw)).toBe(
      '0000000000970be89b23bc171a67bb1f763161d184ca9b9326400404000000009751c1f2d6fbd8c33add71cccb9083637d6fecf902286bee7faa812b76db69afa99f61b5802a79458cae71f2974de9c7887d88a6771f2f081b53fe2c4dc3b182a98fcdd2c5c028198b985d1d23cdd741b15429b5f1528703',
    )
    expect(hex(id)).toBe('21b49aa6d7a97df08ced7fb87c47a2bc2d67912cf9c6759eff702e633ee1de20')
  })

  it('costs gas by the signed length and a fee by the price', () => {
    const gasOf = (amount: bigint, nonce: bigint) =>
      draftSpend({ principal, nonce, gasPrice: 3n, destination, amount })
    expect(gasOf(2n ** 30n - 1n, 1n).maxGas).toBe(36_090n) // 120 bytes
    expect(gasOf(2n ** 30n, 1n).maxGas).toBe(36_218n) // 121 bytes
    expect(gasOf(1n, 0n).fee).toBe(3n * gasOf(1n, 0n).maxGas)
  })

  it('refuses a price of nothing and numbers beyond u64', () => {
    const draft = { principal, nonce: 0n, gasPrice: 1n, destination, amount: 1n }
    expect(() => draftSpend({ ...draft, gasPrice: 0n })).toThrow('BAD_ARGUMENT')
    expect(() => draftSpend({ ...draft, gasPrice: 2n ** 60n })).toThrow('INTEGER_OVERFLOW')
    expect(() => draftSpend({ ...draft, amount: 2n ** 64n })).toThrow('INTEGER_OVERFLOW')
    expect(() => draftSpend({ ...draft, amount: -1n })).toThrow('INTEGER_OVERFLOW')
    expect(() => draftSpend({ ...draft, nonce: 2n ** 64n })).toThrow('INTEGER_OVERFLOW')
    expect(() => draftSpend({ ...draft, destination: destination.subarray(1) })).toThrow(
      'WRONG_LENGTH',
    )
  })
})

describe('plans', () => {
  const rich = { spawned: false, nextNonce: 0n, balance: 10n ** 12n }

  it('puts the self-spawn before the first spend', () => {
    const drafts = planTransfer(publicKey, rich, { destination, amount: 5n, gasPrice: 1n })
    expect(drafts.map(({ kind, nonce }) => [kind, nonce])).toEqual([
      ['spawn', 0n],
      ['spend', 1n],
    ])
    const next = { ...rich, spawned: true, nextNonce: 7n }
    const [only, ...none] = planTransfer(publicKey, next, { destination, amount: 5n, gasPrice: 1n })
    expect(none).toEqual([])
    expect(only).toMatchObject({ kind: 'spend', nonce: 7n, amount: 5n, destination })
  })

  it('asks for the sum of amount and fees, to the smidge', () => {
    const transfer = { destination, amount: 10n ** 9n, gasPrice: 2n }
    const needed = 2n * (100_432n + 36_090n) + 10n ** 9n
    const plan = (balance: bigint) => planTransfer(publicKey, { ...rich, balance }, transfer)
    expect(plan(needed)).toHaveLength(2)
    expect(() => plan(needed - 1n)).toThrow(
      expect.objectContaining({
        code: 'INSUFFICIENT_BALANCE',
        context: { needed: String(needed), available: String(needed - 1n) },
      }),
    )
  })

  it('activates an account that can pay for it', () => {
    const plan = (balance: bigint) => planSpawn(publicKey, { ...rich, balance }, { gasPrice: 1n })
    expect(plan(100_432n).kind).toBe('spawn')
    expect(() => plan(100_431n)).toThrow('INSUFFICIENT_BALANCE')
  })

  it('finds the largest amount: it is accepted, one smidge more is not', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          u64,
          fc.bigInt({ min: 0n, max: 2n ** 40n }),
          fc.bigInt({ min: 0n, max: 300_000n }),
        ),
        price,
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 2n ** 40n }),
        (balance, gasPrice, spawned, nextNonce) => {
          const projection = { spawned, nextNonce, balance }
          const most = maxTransfer(publicKey, projection, { destination, gasPrice })
          const plan = (amount: bigint) => () =>
            planTransfer(publicKey, projection, { destination, gasPrice, amount })
          if (most > 0n) expect(plan(most)).not.toThrow()
          expect(plan(most + 1n)).toThrow()
        },
      ),
    ))

  it('finds it at the borders where the fee changes', () => {
    // one or two bytes of nonce: 120 bytes are passed at an amount of 2^30 or of 2^14
    const cases = [
      { border: 2n ** 30n - 1n, nextNonce: 1n },
      { border: 2n ** 14n - 1n, nextNonce: 64n },
    ]
    for (const { border, nextNonce } of cases) {
      for (let extra = -300n; extra <= 300n; extra++) {
        const projection = { spawned: true, nextNonce, balance: border + 36_090n + extra }
        const most = maxTransfer(publicKey, projection, { destination, gasPrice: 1n })
        const expected =
          extra <= 0n ? border + extra : extra > 128n ? border + extra - 128n : border
        expect(most, `${border} ${extra}`).toBe(expected)
      }
    }
  })
})

describe('signing', () => {
  it('signs what it describes, for one network only', () =>
    fc.assert(
      fc.property(u64, u64, price, (amount, nonce, gasPrice) => {
        const draft = draftSpend({ principal, nonce, gasPrice, destination, amount })
        expect(describeBody(draft.body)).toEqual(draft)
        const { raw, signature } = signTransaction(draft.body, keypair, genesisId)
        expect(raw).toEqual(concat(draft.body, signature))
        expect(verify(signature, concat(genesisId, draft.body), publicKey)).toBe(true)
        expect(verify(signature, concat(new Uint8Array(20), draft.body), publicKey)).toBe(false)
      }),
      { numRuns: 20 },
    ))

  it('refuses the transaction of another account', () => {
    const stranger = keypairFromSeed(new Uint8Array(32).fill(1))
    const draft = draftSelfSpawn({ publicKey: stranger.publicKey, nonce: 0n, gasPrice: 1n })
    expect(() => signTransaction(draft.body, keypair, genesisId)).toThrow('WALLET_TRANSACTION')
    const spend = { nonce: 0n, gasPrice: 1n, destination, amount: 1n }
    const { body } = draftSpend({ ...spend, principal: destination })
    expect(() => signTransaction(body, keypair, genesisId)).toThrow('WALLET_TRANSACTION')
  })

  it('refuses every body that it did not build', () => {
    const spawn = draftSelfSpawn({ publicKey, nonce: 0n, gasPrice: 1n }).body
    const spend = draftSpend({ principal, nonce: 0n, gasPrice: 1n, destination, amount: 1n }).body
    const change = (body: Uint8Array, at: number, byte: number) => {
      const changed = body.slice()
      changed[at] = byte
      return changed
    }
    const wrong = {
      'version 1': change(spend, 0, 4),
      'drain vault': change(spend, 25, 68),
      'other template': change(spawn, 49, 2),
      'spawn of another account': change(spawn, 60, spawn[60]! ^ 1),
      'trailing byte': concat(spend, new Uint8Array(1)),
      'one byte short': spend.subarray(0, -1),
      'gas price 0': change(spend, 27, 0),
      // 1 in the four-byte form of a compact integer
      'long integer': concat(spend.subarray(0, -1), Uint8Array.of(7, 1, 0, 0, 0, 0)),
      empty: new Uint8Array(0),
    }
    for (const [name, body] of Object.entries(wrong)) {
      expect(() => describeBody(body), name).toThrow(/WALLET_TRANSACTION|BAD_ARGUMENT/)
      expect(() => signTransaction(body, keypair, genesisId), name).toThrow()
    }
  })

  it('answers any bytes with a draft or a coded error', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        try {
          describeBody(bytes)
        } catch (error) {
          expect(error).toHaveProperty('name', 'SmeshError')
        }
      }),
      { numRuns: 1000 },
    ))
})
