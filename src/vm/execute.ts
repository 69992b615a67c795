import type { TxHeader } from '../protocol/transaction.ts'
import { hex } from '../util/bytes.ts'
import { wrap64 } from '../util/u64.ts'
import { Execution, Failure, type ExecutionSetting } from './execution.ts'
import { isRefusal, type Outline } from './outline.ts'
import { parse, type ParsedTx } from './parse.ts'
import { refusal, type Refusal } from './refusal.ts'
import type { StagedState, WorkingAccount } from './staged-state.ts'

/** A transaction that ran and paid its fee, whether or not its method succeeded. */
export interface TxOutcome {
  id: Uint8Array
  header: TxHeader
  succeeded: boolean
  /** Text of the failure, '' for success. */
  message: string
  /** Always the header's `maxGas`. */
  gas: bigint
  /** Smidge. */
  fee: bigint
  layer: number
  /** The principal, then the other accounts that were changed. */
  addresses: Uint8Array[]
}

/** A transaction that changed nothing and paid nothing. */
export interface IneffectiveTx {
  id: Uint8Array
  refusal: Refusal
  /** Kept only where the nonce was used before. */
  header?: TxHeader
}

/** A transaction in its block's place. */
export interface QueuedTx {
  id: Uint8Array
  outline: Outline | Refusal
}

export interface ExecuteOptions extends ExecutionSetting {
  blockGasLimit: bigint
  /** Whether the signatures are valid. */
  isSigned: (tx: ParsedTx) => boolean
}

export interface Executed {
  results: TxOutcome[]
  ineffective: IneffectiveTx[]
  /** Smidge, failed transactions included. */
  fees: bigint
}

/**
 * Runs the transactions of a layer in block order on staged state.
 * Spec 02 §7; go-spacemesh genvm/vm.go, execute (v1.7.6).
 */
export function execute(
  txs: readonly QueuedTx[],
  state: StagedState,
  options: ExecuteOptions,
): Executed {
  const results: TxOutcome[] = []
  const ineffective: IneffectiveTx[] = []
  let gasLeft = options.blockGasLimit
  let fees = 0n
  for (const { id, outline } of txs) {
    if (isRefusal(outline)) {
      ineffective.push({ id, refusal: outline })
      continue
    }
    const principal = state.get(hex(outline.principal))
    const tx = parse(outline, principal, { id })
    const refused = isRefusal(tx) ? tx : unfit(tx, principal, gasLeft, options)
    if (isRefusal(tx) || refused) {
      const reason = refused ?? (tx as Refusal)
      ineffective.push(
        !isRefusal(tx) && reason.code === 'NONCE_TOO_LOW'
          ? { id, refusal: reason, header: tx.header }
          : { id, refusal: reason },
      )
      continue
    }
    const outcome = run(tx, new Execution(options, state, { ...principal }), state)
    results.push(outcome)
    fees = wrap64(fees + outcome.fee)
    gasLeft -= outcome.gas
  }
  return { results, ineffective, fees }
}

/** Why a transaction is left out of its layer, or undefined; the order of the checks is the rule. */
function unfit(
  tx: ParsedTx,
  { key, balance, nextNonce }: Readonly<WorkingAccount>,
  gasLeft: bigint,
  { isSigned }: ExecuteOptions,
): Refusal | undefined {
  const { gasPrice, maxGas, nonce } = tx.header
  if (gasPrice === 0n) return refusal('ZERO_GAS_PRICE', { principal: key })
  if (balance < tx.intrinsicGas) {
    // smidge against gas units: the price is not applied, in the reference neither
    return refusal('INTRINSIC_GAS', { needed: `${tx.intrinsicGas}`, available: `${balance}` })
  }
  if (gasLeft < maxGas) return refusal('BLOCK_GAS', { needed: `${maxGas}`, left: `${gasLeft}` })
  if (!isSigned(tx)) return refusal('BAD_SIGNATURE', { principal: key })
  if (nextNonce > nonce) {
    return refusal('NONCE_TOO_LOW', { nonce: `${nonce}`, expected: `${nextNonce}` })
  }
  return undefined
}

/** Charges the fee, runs the method if it could be paid, and stages every change. */
function run(tx: ParsedTx, execution: Execution, state: StagedState): TxOutcome {
  const { principal } = execution
  const { id, header, call } = tx
  const paid = tx.fee <= principal.balance
  const fee = paid ? tx.fee : principal.balance
  principal.balance -= fee
  let message: string = Failure.outOfGas
  if (paid) {
    message =
      call.kind === 'spawn'
        ? execution.spawn(call.target, call.template.address, call.state)
        : call.rule.run(execution, call.args)
  }
  principal.nextNonce = wrap64(header.nonce + 1n)
  state.update(principal)
  const addresses = [principal.address]
  for (const account of execution.changed()) {
    state.update(account)
    addresses.push(account.address)
  }
  const { layer } = execution.setting
  const succeeded = message === ''
  return { id, header, succeeded, message, gas: header.maxGas, fee, layer, addresses }
}
