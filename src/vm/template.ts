import type { Codec, Reader } from '../protocol/codec.ts'
import type { Execution } from './execution.ts'
import type { GasTable } from './gas.ts'

/** A signature and the key it must verify under. */
export interface KeyedSignature {
  publicKey: Uint8Array
  signature: Uint8Array
}

/** An account that signs and pays: its decoded state, or the arguments it spawns itself with. */
export interface Signer {
  gas: GasTable
  /**
   * Reads the signatures of a transaction of this account; the way of the reader is their size.
   * Undefined when they are wrong whatever the message.
   *
   * @throws {SmeshError} as codecs do
   */
  readSignatures(reader: Reader): KeyedSignature[] | undefined
}

/** A method of a spawned account. */
export interface MethodRule<A> {
  number: number
  args: Codec<A>
  /** Most coins that leave the principal besides the fee. */
  maxSpend(args: A): bigint
  /** Accounts that it may load, besides the principal. */
  touches(args: A): Uint8Array[]
  /** Runs it: the text of the failure, or '' for success. A failure changes no account. */
  run(execution: Execution, args: A): string
}

/**
 * A kind of account. The arguments it is spawned with are its state, which never changes.
 * Spec 02 §5; go-spacemesh genvm/templates.
 */
export interface Template<A> {
  name: TemplateName
  /** 23 zero bytes and a number. */
  address: Uint8Array
  spawnArgs: Codec<A>
  /** False: as the principal it reads neither nonce nor gas price, and both count as 0. */
  readsPayload: boolean
  /** Methods besides spawn. */
  methods: readonly AnyMethodRule[]
  /** Why an account cannot be spawned with these arguments, or undefined. */
  checkSpawn(args: A): string | undefined
  signer(args: A): Signer
}

export type TemplateName = 'wallet' | 'multisig' | 'vesting' | 'vault'

/* Argument types hidden: arguments come from and go back to one and the same rule. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyTemplate = Template<any>
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyMethodRule = MethodRule<any>
