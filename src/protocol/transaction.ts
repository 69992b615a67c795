import { hash32 } from '../crypto/hash.ts'
import { codec, c32, c64, c8, bytes, option, struct, vec, type Codec, type Infer } from './codec.ts'
import { Address, BlockId, LayerId, NodeId, Nonce, TxId } from './primitives.ts'

/**
 * Transactions: the envelope that every one shares, and the records kept about them.
 * Arguments and signatures are the business of the VM's templates.
 * Spec 01 §9.1; go-spacemesh genvm/vm.go, common/types/transaction*.go, account.go.
 */
export const MAX_RAW_TX_BYTES = 4096
export const MAX_RESULT_MESSAGE_BYTES = 1024
export const MAX_RESULT_ADDRESSES = 10
export const MAX_ACCOUNT_STATE_BYTES = 10_000

export const TxMethod = { spawn: 0, spend: 16, drainVault: 17 } as const

/** Nonce and gas price, which follow the selector in every method. */
export const TxPayload = struct({ nonce: Nonce, gasPrice: c64 })
export type TxPayload = Infer<typeof TxPayload>

export interface TxEnvelope extends TxPayload {
  /** 0 in every transaction so far. */
  readonly version: number
  readonly principal: Address
  readonly method: number
  /** Of the account to spawn; present exactly when `method` is spawn. */
  readonly template?: Address | undefined
  /** Arguments and signatures, unparsed. */
  readonly rest: Uint8Array
}

/** The whole of a raw transaction; `rest` takes what is left. Any version and method decode. */
export const TxEnvelope: Codec<TxEnvelope> = codec<TxEnvelope>(
  28,
  (writer, tx) => {
    c8.write(writer, tx.version)
    Address.write(writer, tx.principal)
    c8.write(writer, tx.method)
    if (tx.method === TxMethod.spawn) Address.write(writer, tx.template ?? new Uint8Array(0))
    TxPayload.write(writer, tx)
    writer.raw(tx.rest)
  },
  (reader) => {
    const version = c8.read(reader)
    const principal = Address.read(reader)
    const method = c8.read(reader)
    const template = method === TxMethod.spawn ? Address.read(reader) : undefined
    const { nonce, gasPrice } = TxPayload.read(reader)
    return { version, principal, method, template, nonce, gasPrice, rest: reader.raw(reader.left) }
  },
)

/** Over the bytes as received, unlike every other id. */
export const transactionId = (raw: Uint8Array): TxId => hash32(raw)

export const RawTx = struct({ id: TxId, raw: bytes({ max: MAX_RAW_TX_BYTES }) })
export type RawTx = Infer<typeof RawTx>

/** What the VM reads from a transaction before it runs. */
export const TxHeader = struct({
  principal: Address,
  templateAddress: Address,
  method: c8,
  nonce: Nonce,
  layerLimits: struct({ min: LayerId, max: LayerId }),
  maxGas: c64,
  gasPrice: c64,
  maxSpend: c64,
})
export type TxHeader = Infer<typeof TxHeader>

export const Transaction = struct({ ...RawTx.fields, txHeader: option(TxHeader) })
export type Transaction = Infer<typeof Transaction>

export const TxStatus = { success: 0, failure: 1 } as const

export const TransactionResult = struct({
  /** {@link TxStatus}. */
  status: c8,
  /** Text of the failure, as bytes. */
  message: bytes({ max: MAX_RESULT_MESSAGE_BYTES }),
  gas: c64,
  fee: c64,
  block: BlockId,
  layer: c32,
  addresses: vec(Address, { max: MAX_RESULT_ADDRESSES }),
})
export type TransactionResult = Infer<typeof TransactionResult>

/** State of an account after a layer that touched it. */
export const Account = struct({
  layer: LayerId,
  address: Address,
  nextNonce: c64,
  /** Smidge. */
  balance: c64,
  templateAddress: option(Address),
  state: bytes({ max: MAX_ACCOUNT_STATE_BYTES }),
})
export type Account = Infer<typeof Account>

/** Paid to a coinbase for one layer; smidge. */
export const Reward = struct({
  layer: LayerId,
  /** Subsidy and fees. */
  totalReward: c64,
  /** Subsidy alone. */
  layerReward: c64,
  coinbase: Address,
  smesherId: NodeId,
})
export type Reward = Infer<typeof Reward>
