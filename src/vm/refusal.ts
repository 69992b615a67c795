/**
 * Why a transaction is not executed, as data: hostile bytes are ordinary input here. Contexts hold
 * strings and numbers only; amounts are decimal smidge, addresses hex.
 */
export interface RefusalContext {
  /** Longer than the VM reads. */
  TX_TOO_LARGE: { sizeBytes: number; maxBytes: number }
  /** The bytes are no transaction. */
  TX_MALFORMED: { reason: string }
  UNKNOWN_TEMPLATE: { template: string }
  /** The template has no such method. */
  UNKNOWN_METHOD: { method: number }
  /** Spawn arguments that the template rejects. */
  BAD_SPAWN_ARGS: { reason: string }
  /** The principal must be spawned first. */
  PRINCIPAL_NOT_SPAWNED: { principal: string }
  ZERO_GAS_PRICE: { principal: string }
  /** The balance is less than the intrinsic gas (in gas units: the price is not applied). */
  INTRINSIC_GAS: { needed: string; available: string }
  /** The block has not enough gas left. */
  BLOCK_GAS: { needed: string; left: string }
  BAD_SIGNATURE: { principal: string }
  /** The nonce was used. */
  NONCE_TOO_LOW: { nonce: string; expected: string }
}
export type RefusalCode = keyof RefusalContext

export type Refusal = { [C in RefusalCode]: { code: C; context: RefusalContext[C] } }[RefusalCode]

export const refusal = <C extends RefusalCode>(
  code: C,
  context: RefusalContext[C],
): Extract<Refusal, { code: C }> => ({ code, context }) as Extract<Refusal, { code: C }>
