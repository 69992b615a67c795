/**
 * Gas tables. What a transaction consumes is fixed by its bytes and its signer's template before it
 * runs. Spec 02 §6; go-spacemesh genvm/core/gas.go, genvm/templates/<name>/gas.go (v1.7.6).
 */
import { TxMethod } from '../protocol/transaction.ts'

/** Any transaction. */
const TX = 20_000
/** Added for a spawn. */
const SPAWN = 30_000
/** One Ed25519 verification. */
const ED_VERIFY = 3_000
/** Eight bytes of the raw transaction, signatures included. */
const TX_DATA = 128
const ACCOUNT_ACCESS = 2_500
/** Eight bytes loaded, stored, updated. */
const LOAD = 182
const STORE = 5_000
const UPDATE = 725

const HEADER_BYTES = 36
const KEY_BYTES = 32
const BALANCE_BYTES = 8
const VAULT_BYTES = 92
const DRAINED_BYTES = 8

const sized = (price: number, sizeBytes: number): number => price * Math.ceil(sizeBytes / 8)

/** Gas of the raw bytes, signatures included. */
export const dataGas = (sizeBytes: number): number => sized(TX_DATA, sizeBytes)

/** What one account charges as the principal of a transaction; all in gas units. */
export interface GasTable {
  /** Part that is due before the state is looked at, without {@link dataGas}. */
  base(method: number): number
  /** Loading the principal; not charged to a self-spawn, which has nothing to load. */
  load: number
  /** Running the method; for a spawn, storing the new account. */
  exec(method: number): number
}

/** Table of an account held by `keys` keys of which `required` must sign. */
export function keyedGas(keys: number, required: number): GasTable {
  const sizeBytes = keys * KEY_BYTES + HEADER_BYTES
  const update = sized(UPDATE, HEADER_BYTES) + sized(UPDATE, BALANCE_BYTES)
  const base = TX + required * ED_VERIFY
  return {
    base: (method) => (method === TxMethod.spawn ? base + SPAWN : base),
    load: ACCOUNT_ACCESS + sized(LOAD, sizeBytes),
    exec(method) {
      if (method === TxMethod.spawn) return sized(STORE, sizeBytes)
      if (method === TxMethod.spend) return ACCOUNT_ACCESS + sized(LOAD, BALANCE_BYTES) + update
      return ACCOUNT_ACCESS + sized(LOAD, VAULT_BYTES) + update + sized(UPDATE, DRAINED_BYTES)
    },
  }
}

/** A vault is never charged: it cannot act by itself. */
export const freeGas: GasTable = { base: () => 0, load: 0, exec: () => 0 }
