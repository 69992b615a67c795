import { base64 } from '@scure/base'

import type { Address, AtxId, EdSignature, EpochId, LayerId, NodeId } from './primitives.ts'

/**
 * Checkpoint: accounts, last ATXs and marriages at one layer, from which a node may start instead
 * of replaying history. Reading one is in checkpoint-parse.ts.
 * Spec 01 §13, 07 §10; go-spacemesh common/types/checkpoint.go, checkpoint/.
 */
export const CHECKPOINT_VERSION = 'https://spacemesh.io/checkpoint.schema.json.1.0'

/** An ATX without blob and signature, taken on trust. */
export interface CheckpointAtx {
  readonly id: AtxId
  /** Publish epoch. */
  readonly epoch: EpochId
  readonly commitmentAtxId: AtxId
  readonly marriageAtxId?: AtxId | undefined
  readonly vrfNonce: bigint
  readonly baseTickHeight: bigint
  readonly tickCount: bigint
  readonly smesherId: NodeId
  readonly sequence: bigint
  readonly coinbase: Address
  /** Effective units of all identities together. */
  readonly numUnits: number
  readonly units: readonly { readonly nodeId: NodeId; readonly numUnits: number }[]
}

export interface CheckpointAccount {
  readonly address: Address
  /** Smidge. */
  readonly balance: bigint
  readonly nonce: bigint
  /** Absent: the account is not spawned. */
  readonly template?: Address | undefined
  readonly state: Uint8Array
}

export interface CheckpointMarriage {
  readonly id: number
  readonly members: readonly {
    readonly atxId: AtxId
    readonly index: number
    /** The publisher of the marriage. */
    readonly marriedTo: NodeId
    readonly signer: NodeId
    readonly signature: EdSignature
  }[]
}

export interface Checkpoint {
  /** How it was made; free text. */
  readonly command: string
  /** `snapshot-` and the layer. */
  readonly id: string
  readonly atxs: readonly CheckpointAtx[]
  readonly accounts: readonly CheckpointAccount[]
  readonly marriages: readonly CheckpointMarriage[]
}

export const checkpointId = (layer: LayerId): string => `snapshot-${layer}`

/** The document of a checkpoint, in the field order of the reference. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const bytes = (value: Uint8Array): string => JSON.stringify(base64.encode(value))
  const orNull = (value: Uint8Array | undefined): string => (value ? bytes(value) : 'null')
  const list = (items: readonly string[]): string => `[${items.join(',')}]`
  // By hand, as JSON.stringify has no integers beyond 2^53.
  const object = (fields: Record<string, string | number | bigint>): string =>
    `{${Object.entries(fields)
      .map(([key, text]) => `${JSON.stringify(key)}:${text}`)
      .join(',')}}`

  const atxs = checkpoint.atxs.map((atx) =>
    object({
      id: bytes(atx.id),
      epoch: atx.epoch,
      commitmentAtx: bytes(atx.commitmentAtxId),
      marriageAtx: orNull(atx.marriageAtxId),
      vrfNonce: atx.vrfNonce,
      baseTickHeight: atx.baseTickHeight,
      tickCount: atx.tickCount,
      publicKey: bytes(atx.smesherId),
      sequence: atx.sequence,
      coinbase: bytes(atx.coinbase),
      numUnits: atx.numUnits,
      units: object(
        Object.fromEntries(
          atx.units.map(({ nodeId, numUnits }) => [base64.encode(nodeId), numUnits]),
        ),
      ),
    }),
  )
  const accounts = checkpoint.accounts.map((account) =>
    object({
      address: bytes(account.address),
      balance: account.balance,
      nonce: account.nonce,
      template: orNull(account.template),
      state: account.state.length === 0 ? 'null' : bytes(account.state),
    }),
  )
  const marriages = checkpoint.marriages.map(({ id, members }) => [
    String(id),
    list(
      members.map((member) =>
        object({
          atx: bytes(member.atxId),
          index: member.index,
          marriedTo: bytes(member.marriedTo),
          signer: bytes(member.signer),
          signature: bytes(member.signature),
        }),
      ),
    ),
  ])
  return object({
    command: JSON.stringify(checkpoint.command),
    version: JSON.stringify(CHECKPOINT_VERSION),
    data: object({
      id: JSON.stringify(checkpoint.id),
      atxs: list(atxs),
      accounts: list(accounts),
      marriages: object(Object.fromEntries(marriages) as Record<string, string>),
    }),
  })
}
