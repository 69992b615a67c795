import type { Domain } from '../crypto/ed25519.ts'
import type { BlockHeader, Decoded, DecodedBallot, KnownBallot } from '../consensus/index.ts'
import type { EpochActiveSet } from '../protocol/active-set.ts'
import type { Ballot, Opinion } from '../protocol/ballot.ts'
import type {
  AtxId,
  BallotId,
  Beacon,
  BlockId,
  EpochId,
  Hash32,
  LayerId,
  NodeId,
  TxId,
} from '../protocol/primitives.ts'

/**
 * What this room needs from others, met by shape. Stores are asynchronous; the ATX index and the
 * opinions are in memory and are not, so that no message gets in between.
 */

/** Cancels a call; it then rejects with the signal's reason. */
export interface CallOptions {
  signal: AbortSignal
}

/** An ATX as ballots, blocks and rewards see it. Weights and heights are u64. */
export interface IndexedAtx {
  id: AtxId
  smesherId: NodeId
  coinbase: Uint8Array
  /** unit·ticks */
  weight: bigint
  /** Ticks below the ATX, and with its own. */
  baseHeight: bigint
  height: bigint
  vrfNonce: bigint
}

/** ATXs by the epoch they target. Spec 07 §9. */
export interface AtxIndex {
  get(targetEpoch: EpochId, id: AtxId): IndexedAtx | undefined
  bySmesher(targetEpoch: EpochId, smesherId: NodeId): IndexedAtx | undefined
  isMalicious(smesherId: NodeId): boolean
  setMalicious(smesherId: NodeId): void
}

export interface StoredBallot {
  id: BallotId
  ballot: Ballot
  /** Flagged: its smesher was known malicious, or this ballot proved it. */
  malicious: boolean
}

/** Proof of malfeasance as gossip carries it, for storage. */
export interface NewMalfeasanceProof {
  smesherId: NodeId
  /** Encoded `MalfeasanceProof`. */
  bytes: Uint8Array
  /** Local arrival, ns since the Unix epoch. */
  receivedNs: bigint
}

export interface BallotStore {
  get(id: BallotId): Promise<StoredBallot | undefined>
  inLayerBySmesher(layer: LayerId, smesherId: NodeId): Promise<readonly StoredBallot[]>
  /** Ballot of the ATX with the lowest layer of those in the epoch. */
  firstInEpoch(atxId: AtxId, epoch: EpochId): Promise<StoredBallot | undefined>
  /** And with the highest. */
  lastInEpoch(atxId: AtxId, epoch: EpochId): Promise<StoredBallot | undefined>
  /** In one transaction; a known ballot or a second proof of an identity changes nothing. */
  add(ballot: StoredBallot, proof?: NewMalfeasanceProof): Promise<void>
}

/** Active sets by their hash. */
export interface ActiveSetStore {
  get(hash: Hash32): Promise<EpochActiveSet | undefined>
  /** Keeps what is there. */
  add(hash: Hash32, set: EpochActiveSet): Promise<void>
}

/** Gets what is missing from peers into the stores. Every call rejects when it could not. */
export interface Fetcher {
  ballots(ids: readonly BallotId[], options: CallOptions): Promise<void>
  atxs(targetEpoch: EpochId, ids: readonly AtxId[], options: CallOptions): Promise<void>
  activeSet(hash: Hash32, options: CallOptions): Promise<void>
  /** Resolves at once for those that are here. */
  txs(ids: readonly TxId[], options: CallOptions): Promise<void>
  /** The peer has these; ids of 20 bytes are padded to 32. */
  register(peer: string, hashes: readonly Uint8Array[]): void
}

export interface SignatureVerifier {
  /** Over genesisId ‖ domain ‖ message. */
  verify(
    domain: Domain,
    message: Uint8Array,
    signature: Uint8Array,
    publicKey: NodeId,
  ): boolean | Promise<boolean>
}

export interface VrfVerifier {
  verifyVrf(publicKey: NodeId, alpha: Uint8Array, proof: Uint8Array): boolean | Promise<boolean>
}

export interface LayerTime {
  /** Milliseconds since the Unix epoch. */
  now(): number
  currentLayer(): LayerId
}

/** Votes of all, and own ones: `OpinionTracker`, later the tortoise. */
export interface Opinions {
  /** All layers up to this one are decided. */
  readonly verified: LayerId
  ballot(id: BallotId): KnownBallot | undefined
  decode(ballot: Ballot): Decoded
  store(decoded: DecodedBallot): void
  onBlock(header: BlockHeader): void
  onHareOutput(layer: LayerId, id: BlockId): void
  onMalfeasance(smesherId: NodeId): void
  /** Aggregated mesh hash. */
  opinion(layer: LayerId): Hash32
  encodeVotes(current: LayerId): Opinion
  evictBefore(layer: LayerId): void
}

/** Beacons by target epoch; undefined while there is none. */
export interface Beacons {
  beacon(epoch: EpochId): Promise<Beacon | undefined>
}

/** Applied layers. */
export interface LayerReader {
  /** Output agreed for the layer (zeros: empty); undefined when there is none. */
  output(layer: LayerId): Promise<BlockId | undefined>
  /** Opinion on all layers up to this one, as it was when the layer was applied. */
  aggregatedHash(layer: LayerId): Promise<Hash32 | undefined>
}
