import { c16, c32, c64, fixed } from './codec.ts'

/**
 * Primitive types of the wire and of storage. Spec 01 §4; go-spacemesh common/types.
 * Ids are Uint8Array; as keys of a Map take `hex(id)`.
 */
export const Hash32 = fixed(32)
export type Hash32 = Uint8Array
export const NodeId = fixed(32)
export type NodeId = Uint8Array
export const AtxId = fixed(32)
export type AtxId = Uint8Array
export const TxId = fixed(32)
export type TxId = Uint8Array
/** Hash of a PoET proof; also the challenge of the PoST made after it. */
export const PoetRef = fixed(32)
export type PoetRef = Uint8Array

export const BallotId = fixed(20)
export type BallotId = Uint8Array
export const BlockId = fixed(20)
export type BlockId = Uint8Array
export const ProposalId = fixed(20)
export type ProposalId = Uint8Array

/** Four reserved bytes and twenty of a hash. Decoded addresses need not begin with zeros. */
export const Address = fixed(24)
export type Address = Uint8Array
export const Beacon = fixed(4)
export type Beacon = Uint8Array
export const EdSignature = fixed(64)
export type EdSignature = Uint8Array
export const VrfSignature = fixed(80)
export type VrfSignature = Uint8Array

export const LayerId = c32
export type LayerId = number
export const EpochId = c32
export type EpochId = number
export const RoundId = c32
export type RoundId = number
/** Account nonce of a transaction. */
export const Nonce = c64
export type Nonce = bigint
/** Index of the label that proves a smesher's space to the VRF checks. */
export const VrfNonce = c64
export type VrfNonce = bigint

/** First field of every VRF message. Spec 01 §3.3; common/types/eligibility.go. */
export const EligibilityTypeCode = c16
export const EligibilityType = { beacon: 1, hare: 2, voting: 3, beaconWeakCoin: 4 } as const
export type EligibilityType = (typeof EligibilityType)[keyof typeof EligibilityType]

export const EMPTY_ATX_ID: AtxId = new Uint8Array(32)
export const EMPTY_BALLOT_ID: BallotId = new Uint8Array(20)
export const EMPTY_BLOCK_ID: BlockId = new Uint8Array(20)

/**
 * A 20-byte id as the 32 bytes under which it is fetched and hashed into proposal sets.
 * Spec 01 §2; common/types/hashes.go, Hash20.ToHash32.
 */
export function padId(id: Uint8Array): Uint8Array {
  const padded = new Uint8Array(32)
  padded.set(id)
  return padded
}
