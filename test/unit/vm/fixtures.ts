import { readFileSync } from 'node:fs'

import { keypairFromSeed, sign, type Keypair } from '../../../src/crypto/ed25519.ts'
import { c64, c8 } from '../../../src/protocol/codec.ts'
import { walletAddress, WALLET_TEMPLATE } from '../../../src/protocol/spawn-args.ts'
import type { Account } from '../../../src/protocol/transaction.ts'
import { concat, hex } from '../../../src/util/bytes.ts'

/** Wallet transactions put together by hand, field by field, and a state in memory. */

export const GENESIS_ID = new Uint8Array(20).fill(7)

export const vmParams = {
  genesisId: GENESIS_ID,
  hrp: 'sm',
  blockGasLimit: 100_107_000n,
  firstEffectiveGenesis: 8063,
}

/** Key `i` of spec 02 §14: a seed of 32 equal bytes. */
export const key = (i: number): Keypair => keypairFromSeed(new Uint8Array(32).fill(i))

export const addressOf = ({ publicKey }: Pick<Keypair, 'publicKey'>): Uint8Array =>
  walletAddress({ publicKey })

interface Payload {
  nonce: bigint
  gasPrice?: bigint
}

export const spawnBody = (publicKey: Uint8Array, { nonce, gasPrice = 1n }: Payload): Uint8Array =>
  concat(
    c8.encode(0),
    walletAddress({ publicKey }),
    c8.encode(0),
    WALLET_TEMPLATE,
    c64.encode(nonce),
    c64.encode(gasPrice),
    publicKey,
  )

export const spendBody = (
  principal: Uint8Array,
  to: Uint8Array,
  amount: bigint,
  { nonce, gasPrice = 1n }: Payload,
): Uint8Array =>
  concat(
    c8.encode(0),
    principal,
    c8.encode(16),
    c64.encode(nonce),
    c64.encode(gasPrice),
    to,
    c64.encode(amount),
  )

export const signed = (body: Uint8Array, { seed }: Keypair): Uint8Array =>
  concat(body, sign(seed, GENESIS_ID, body))

/** For runs in which signatures count as verified. */
export const unsigned = (body: Uint8Array): Uint8Array => concat(body, new Uint8Array(64))

export const funded = (address: Uint8Array, balance: bigint): Account => ({
  layer: 0,
  address,
  nextNonce: 0n,
  balance,
  state: new Uint8Array(),
})

export const spawned = (publicKey: Uint8Array, balance: bigint, nextNonce = 1n): Account => ({
  layer: 0,
  address: walletAddress({ publicKey }),
  nextNonce,
  balance,
  templateAddress: WALLET_TEMPLATE,
  state: publicKey,
})

/** Accounts by hex address. */
export class MemoryState {
  readonly accounts = new Map<string, Account>()

  constructor(accounts: readonly Account[] = []) {
    this.put(accounts)
  }

  put(accounts: readonly Account[]): void {
    for (const account of accounts) this.accounts.set(hex(account.address), account)
  }

  get = (address: Uint8Array): Account | undefined => this.accounts.get(hex(address))

  getMany = (addresses: readonly Uint8Array[]) => addresses.map(this.get)

  total(): bigint {
    return [...this.accounts.values()].reduce((sum, { balance }) => sum + balance, 0n)
  }
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- records are data from outside
export type Json = any

const vectors = (file: string) => new URL(`../../vectors/vm/${file}`, import.meta.url)
export const readJson = (file: string): Json => JSON.parse(readFileSync(vectors(file), 'utf8'))
export const readLines = (file: string): Json[] =>
  readFileSync(vectors(file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
