import { accountAddress } from '../crypto/address.ts'
import { c64, c8, Reader } from '../protocol/codec.ts'
import { equalBytes, hex } from '../util/bytes.ts'
import { isSmeshError } from '../util/error.ts'
import { TxMethod } from '../protocol/transaction.ts'
import { refusal, type Refusal } from './refusal.ts'
import type { AnyMethodRule, AnyTemplate } from './template.ts'
import { methodRule, templateAt } from './templates/registry.ts'

/** Longest raw transaction that the VM reads, signatures included. */
export const MAX_TX_BYTES = 1024

/**
 * What the bytes of a transaction say by themselves. Who may sign, and whether the method is
 * allowed, depends on the principal's state and is settled by `parse`.
 */
export interface Outline {
  raw: Uint8Array
  principal: Uint8Array
  method: number
  nonce: bigint
  gasPrice: bigint
  call: Call
  /** Offset of the signatures. */
  signaturesAt: number
}

export type Call = SpawnCall | MethodCall

export interface SpawnCall {
  kind: 'spawn'
  template: AnyTemplate
  args: unknown
  /** Canonical encoding of the arguments: the state of the new account. */
  state: Uint8Array
  /** Address of the new account. */
  target: Uint8Array
}

export interface MethodCall {
  kind: 'method'
  rule: AnyMethodRule
  args: unknown
}

export const isRefusal = (result: object): result is Refusal => 'code' in result

/**
 * Reads a transaction as far as possible without state. Spec 02 §4.1; go-spacemesh genvm/vm.go,
 * parse (v1.7.6).
 *
 * @param readsPayload - false for the one principal that has no nonce and gas price, a vault
 * @returns an outline, or why the bytes are no transaction; nothing is thrown
 */
export function outline(raw: Uint8Array, { readsPayload = true } = {}): Outline | Refusal {
  if (raw.length > MAX_TX_BYTES) {
    return refusal('TX_TOO_LARGE', { sizeBytes: raw.length, maxBytes: MAX_TX_BYTES })
  }
  try {
    return read(new Reader(raw), readsPayload)
  } catch (error) {
    if (!isSmeshError(error)) throw error
    return refusal('TX_MALFORMED', { reason: error.message })
  }
}

function read(reader: Reader, readsPayload: boolean): Outline | Refusal {
  const version = c8.read(reader)
  if (version !== 0) return refusal('TX_MALFORMED', { reason: `unsupported version ${version}` })
  const principal = reader.raw(24)
  const method = c8.read(reader)
  const templateAddress = method === TxMethod.spawn ? reader.raw(24) : undefined
  const template = templateAddress && templateAt(templateAddress)
  if (templateAddress && !template) {
    return refusal('UNKNOWN_TEMPLATE', { template: hex(templateAddress) })
  }
  const nonce = readsPayload ? c64.read(reader) : 0n
  const gasPrice = readsPayload ? c64.read(reader) : 0n
  const call = template ? readSpawn(reader, template) : readMethod(reader, method)
  if (isRefusal(call)) return call
  const signaturesAt = reader.offset
  return { raw: reader.bytes, principal, method, nonce, gasPrice, call, signaturesAt }
}

function readSpawn(reader: Reader, template: AnyTemplate): SpawnCall {
  const args: unknown = template.spawnArgs.read(reader)
  const state = template.spawnArgs.encode(args)
  return { kind: 'spawn', template, args, state, target: accountAddress(template.address, state) }
}

function readMethod(reader: Reader, method: number): MethodCall | Refusal {
  const rule = methodRule(method)
  if (!rule) return refusal('UNKNOWN_METHOD', { method })
  return { kind: 'method', rule, args: rule.args.read(reader) }
}

/** Every account that executing the transaction may load, the principal first. */
export function touchedAddresses({ principal, call }: Outline): Uint8Array[] {
  return call.kind === 'spawn'
    ? [principal, call.target]
    : [principal, ...call.rule.touches(call.args)]
}

/** Whether a spawn makes the very account that sends it. */
export const spawnsItself = ({ principal, call }: Outline): boolean =>
  call.kind === 'spawn' && equalBytes(call.target, principal)
