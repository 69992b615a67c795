import { hex } from '../util/bytes.ts'
import { isSmeshError } from '../util/error.ts'
import { wrap64 } from '../util/u64.ts'
import { transactionId, TxMethod, type Account, type TxHeader } from '../protocol/transaction.ts'
import { dataGas } from './gas.ts'
import {
  isRefusal,
  outline,
  spawnsItself,
  type Call,
  type Outline,
  type SpawnCall,
} from './outline.ts'
import { refusal, type Refusal } from './refusal.ts'
import type { AnyTemplate, Signer } from './template.ts'
import { templateAt } from './templates/registry.ts'

/** A transaction understood against the state of its principal, not yet verified. */
export interface ParsedTx {
  /** BLAKE3 of the raw bytes as received, signatures included. */
  id: Uint8Array
  raw: Uint8Array
  header: TxHeader
  /** maxGas · gasPrice, wrapped at 2^64. */
  fee: bigint
  /** fee + maxSpend, wrapped at 2^64. */
  spending: bigint
  /** Gas due before the state is looked at; compared with the balance in smidge. */
  intrinsicGas: bigint
  call: Call
  /** The account that signs: of the principal's state, or of the arguments it spawns itself with. */
  signer: Signer
  signaturesAt: number
}

/** The wire has no layer limits; the header has. */
const NO_LIMITS = { min: 0, max: 0 }

/** What of the principal decides how a transaction is read. */
export type PrincipalState = Pick<Account, 'templateAddress' | 'state'>

/**
 * Reads a transaction against its principal's present account. Spec 02 §4.4; go-spacemesh
 * genvm/vm.go, parse (v1.7.6).
 *
 * @param tx - raw bytes, or the outline made of them before
 * @param principal - the account of the bytes' principal, or undefined while it does not exist
 * @returns the transaction, or why the VM does not read it; nothing is thrown
 */
export function parse(
  tx: Uint8Array | Outline,
  principal: PrincipalState | undefined,
  { id }: { id?: Uint8Array } = {},
): ParsedTx | Refusal {
  const first = tx instanceof Uint8Array ? outline(tx) : tx
  if (!principal?.templateAddress) {
    if (isRefusal(first)) return first
    return 'template' in first.call && !first.call.template.readsPayload
      ? withoutPayload(first.raw, (tx) => asNewcomer(tx, id))
      : asNewcomer(first, id)
  }
  const template = templateAt(principal.templateAddress)
  if (!template) return refusal('UNKNOWN_TEMPLATE', { template: hex(principal.templateAddress) })
  const resident = { template, state: principal.state }
  if (template.readsPayload) {
    return isRefusal(first) ? first : asResident(first, resident, id)
  }
  const raw = tx instanceof Uint8Array ? tx : tx.raw
  return withoutPayload(raw, (tx) => asResident(tx, resident, id))
}

/** A spawned principal. */
interface Resident {
  template: AnyTemplate
  state: Uint8Array
}

function withoutPayload(
  raw: Uint8Array,
  then: (tx: Outline) => ParsedTx | Refusal,
): ParsedTx | Refusal {
  const tx = outline(raw, { readsPayload: false })
  return isRefusal(tx) ? tx : then(tx)
}

/** A principal that is not spawned can do one thing: spawn itself. */
function asNewcomer(tx: Outline, id: Uint8Array | undefined): ParsedTx | Refusal {
  const { call } = tx
  if (call.kind === 'method' || !spawnsItself(tx)) return notSpawned(tx.principal)
  return selfSpawn(tx, call, id)
}

function asResident(
  tx: Outline,
  { template, state }: Resident,
  id: Uint8Array | undefined,
): ParsedTx | Refusal {
  const { call } = tx
  if (call.kind === 'spawn' && spawnsItself(tx)) return selfSpawn(tx, call, id)
  if (call.kind === 'method' && !template.methods.includes(call.rule)) {
    return refusal('UNKNOWN_METHOD', { method: tx.method })
  }
  let signer: Signer
  try {
    signer = template.signer(template.spawnArgs.decodePrefix(state).value)
  } catch (error) {
    if (!isSmeshError(error)) throw error
    return refusal('TX_MALFORMED', { reason: `state of the principal: ${error.message}` })
  }
  if (call.kind === 'method') {
    const fixedGas = signer.gas.load + signer.gas.exec(tx.method)
    return finish(tx, template, signer, fixedGas, id)
  }
  const bad = call.template.checkSpawn(call.args)
  if (bad !== undefined) return refusal('BAD_SPAWN_ARGS', { reason: bad })
  const target = call.template.signer(call.args)
  return finish(tx, call.template, signer, signer.gas.load + target.gas.exec(TxMethod.spawn), id)
}

/** Keys come from the arguments, so a repeated self-spawn still verifies; it fails when it runs. */
function selfSpawn(tx: Outline, call: SpawnCall, id: Uint8Array | undefined): ParsedTx | Refusal {
  const bad = call.template.checkSpawn(call.args)
  if (bad !== undefined) return refusal('BAD_SPAWN_ARGS', { reason: bad })
  const signer = call.template.signer(call.args)
  return finish(tx, call.template, signer, signer.gas.exec(TxMethod.spawn), id)
}

function finish(
  tx: Outline,
  template: AnyTemplate,
  signer: Signer,
  fixedGas: number,
  id: Uint8Array | undefined,
): ParsedTx {
  const { raw, principal, method, nonce, gasPrice, call, signaturesAt } = tx
  const intrinsic = signer.gas.base(method) + dataGas(raw.length)
  const maxGas = BigInt(intrinsic + fixedGas)
  const maxSpend = call.kind === 'method' ? call.rule.maxSpend(call.args) : 0n
  const fee = wrap64(maxGas * gasPrice)
  return {
    id: id ?? transactionId(raw),
    raw,
    header: {
      principal,
      templateAddress: template.address,
      method,
      nonce,
      layerLimits: NO_LIMITS,
      maxGas,
      gasPrice,
      maxSpend,
    },
    fee,
    spending: wrap64(fee + maxSpend),
    intrinsicGas: BigInt(intrinsic),
    call,
    signer,
    signaturesAt,
  }
}

const notSpawned = (principal: Uint8Array): Refusal =>
  refusal('PRINCIPAL_NOT_SPAWNED', { principal: hex(principal) })
