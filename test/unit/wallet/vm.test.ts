import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { keypairFromSeed } from '../../../src/crypto/ed25519.ts'
import { WALLET_TEMPLATE, WalletSpawnArgs } from '../../../src/protocol/spawn-args.ts'
import { parse } from '../../../src/vm/parse.ts'
import { verifyTx } from '../../../src/vm/verify.ts'
import { planTransfer, signTransaction } from '../../../src/wallet/transactions.ts'

const genesisId = new Uint8Array(20).fill(1)
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

/** The VM, written from another chapter by another rule, must read what the wallet wrote. */
describe('wallet and VM', () => {
  it('agree on every field, fee and signature of a plan', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 24, maxLength: 24 }),
        u64.filter((nonce) => nonce < 2n ** 64n - 1n),
        u64,
        fc.bigInt({ min: 1n, max: 2n ** 40n }),
        (seed, destination, nextNonce, amount, gasPrice) => {
          const keypair = keypairFromSeed(seed)
          const projection = { spawned: false, nextNonce, balance: 2n ** 70n }
          const transfer = { destination, amount, gasPrice }
          const drafts = planTransfer(keypair.publicKey, projection, transfer)
          const templateAddress = WALLET_TEMPLATE
          const state = WalletSpawnArgs.encode(keypair)
          const accounts = [undefined, { templateAddress, state }]
          drafts.forEach((draft, i) => {
            const { raw, id } = signTransaction(draft.body, keypair, genesisId)
            const tx = parse(raw, accounts[i])
            if (!('header' in tx)) throw new Error(`refused: ${tx.code}`)
            expect(tx.id).toEqual(id)
            expect(tx.fee).toBe(draft.fee)
            expect(tx.header).toMatchObject({
              principal: draft.principal,
              nonce: draft.nonce,
              gasPrice,
              maxGas: draft.maxGas,
              maxSpend: draft.kind === 'spend' ? amount : 0n,
            })
            expect(verifyTx(tx, genesisId)).toBe(true)
            expect(verifyTx(tx, new Uint8Array(20))).toBe(false)
          })
        },
      ),
      { numRuns: 25 },
    ))
})
