import { createHasher } from '../crypto/hash.ts'
import {
  Account,
  transactionId,
  TxStatus,
  type Reward,
  type TransactionResult,
} from '../protocol/transaction.ts'
import { hex, utf8 } from '../util/bytes.ts'
import { assert, SmeshError } from '../util/error.ts'
import { wrap64 } from '../util/u64.ts'
import { execute, type Executed, type QueuedTx, type TxOutcome } from './execute.ts'
import { isRefusal, outline, touchedAddresses } from './outline.ts'
import { shareRewards, type RewardShare } from './rewards.ts'
import { StagedState, workingAccount, type WorkingAccount } from './staged-state.ts'
import { subsidyAt } from './subsidy.ts'
import { verifyTx, type VerifySignature } from './verify.ts'

/** Present accounts, from wherever they are kept. */
export interface StateReader {
  /** The newest version of each account, in the order asked; undefined where there is none. */
  getMany(
    addresses: readonly Uint8Array[],
  ): readonly (Account | undefined)[] | Promise<readonly (Account | undefined)[]>
}

/** What the VM has to know of its network. */
export interface VmParams {
  /** 20 bytes. */
  genesisId: Uint8Array
  /** Prefix of addresses in stored failure texts. */
  hrp: string
  blockGasLimit: bigint
  /** 2 · layersPerEpoch − 1; a checkpoint does not move it. */
  firstEffectiveGenesis: number
}

export interface LayerTx {
  raw: Uint8Array
  /** Saves hashing `raw` again. */
  id?: Uint8Array
}

export interface LayerInput extends VmParams {
  layer: number
  /** In block order; those applied in earlier layers are left out by the caller. */
  txs: readonly LayerTx[]
  rewards: readonly RewardShare[]
  /** True for a transaction whose signatures were found valid when it was received. */
  verified?: (id: Uint8Array) => boolean
  /** Ed25519 with the acceptance rule of spec 02 §4.3; that of `crypto` when left out. */
  verify?: VerifySignature
}

export interface LayerResult extends Executed {
  layer: number
  rewards: Reward[]
  /** Final versions of the accounts that changed, in the order of their first change. */
  touchedAccounts: Account[]
  /** BLAKE3 over the encodings of `touchedAccounts`; that of nothing for an empty layer. */
  stateHash: Uint8Array
  /** Smidge issued in this layer; burnt when nobody is rewarded. */
  subsidy: bigint
}

/**
 * Applies one layer to the state: transactions in order, then rewards. Nothing is stored; the
 * caller keeps `touchedAccounts`, rewards, results and state hash in one transaction.
 * Spec 02 §7–9; go-spacemesh genvm/vm.go, Apply (v1.7.6).
 *
 * @throws {SmeshError} `BAD_ARGUMENT` for a layer before the effective genesis, `REWARD_WEIGHTS`
 */
export async function applyLayer(input: LayerInput, state: StateReader): Promise<LayerResult> {
  const txs = queue(input.txs)
  const addresses = accountsOf(txs, input.rewards)
  const stored = addresses.length === 0 ? [] : await state.getMany(addresses)
  assert(stored.length === addresses.length, 'the state reader answered for every account')
  return settle(
    input,
    txs,
    addresses.map((address, i) => workingAccount(address, stored[i])),
  )
}

/** As {@link applyLayer} on a state that answers at once. */
export function applyLayerSync(
  input: LayerInput,
  read: (address: Uint8Array) => Account | undefined,
): LayerResult {
  const txs = queue(input.txs)
  const addresses = accountsOf(txs, input.rewards)
  return settle(
    input,
    txs,
    addresses.map((address) => workingAccount(address, read(address))),
  )
}

const queue = (txs: readonly LayerTx[]): QueuedTx[] =>
  txs.map(({ raw, id }) => ({ id: id ?? transactionId(raw), outline: outline(raw) }))

/** Every account that the layer may load, each once. */
function accountsOf(txs: readonly QueuedTx[], rewards: readonly RewardShare[]): Uint8Array[] {
  const found = new Map<string, Uint8Array>()
  const add = (address: Uint8Array) => found.set(hex(address), address)
  for (const { outline } of txs) {
    if (!isRefusal(outline)) touchedAddresses(outline).forEach(add)
  }
  for (const { coinbase } of rewards) add(coinbase)
  return [...found.values()]
}

function settle(input: LayerInput, txs: QueuedTx[], loaded: WorkingAccount[]): LayerResult {
  const { layer, firstEffectiveGenesis, genesisId, verified, verify } = input
  if (layer < firstEffectiveGenesis) {
    const expected = `a layer from ${firstEffectiveGenesis} on`
    throw new SmeshError('BAD_ARGUMENT', { name: 'layer', expected, got: String(layer) })
  }
  const state = new StagedState(loaded)
  const executed = execute(txs, state, {
    ...input,
    isSigned: (tx) => verified?.(tx.id) === true || verifyTx(tx, genesisId, verify),
  })
  const subsidy = subsidyAt(layer - firstEffectiveGenesis)
  const rewards = shareRewards(input.rewards, { layer, subsidy, fees: executed.fees })
  for (const { coinbase, totalReward } of rewards) {
    const account = state.get(hex(coinbase)) // touched by a reward of zero, too
    state.update({ ...account, balance: wrap64(account.balance + totalReward) })
  }
  const touchedAccounts = state.touched(layer)
  return {
    ...executed,
    layer,
    rewards,
    touchedAccounts,
    stateHash: stateHash(touchedAccounts),
    subsidy,
  }
}

/** Spec 02 §9.3: order counts, only the layer's changes are covered. */
export function stateHash(touched: readonly Account[]): Uint8Array {
  const hasher = createHasher()
  for (const account of touched) hasher.update(Account.encode(account))
  return hasher.digest()
}

/** An outcome as it is stored with its transaction. */
export const transactionResult = (outcome: TxOutcome, block: Uint8Array): TransactionResult => ({
  status: outcome.succeeded ? TxStatus.success : TxStatus.failure,
  message: utf8(outcome.message),
  gas: outcome.gas,
  fee: outcome.fee,
  block,
  layer: outcome.layer,
  addresses: outcome.addresses,
})
