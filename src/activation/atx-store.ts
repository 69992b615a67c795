import { wrap64 } from '../util/u64.ts'

/** Whether the chain of an ATX was checked in full; it steers the positioning search only. */
export type AtxValidity = 'unknown' | 'valid' | 'invalid'

/** A stored ATX: what its bytes say and what validation derived. Spec 08 §3.3. */
export interface AtxRecord {
  readonly id: Uint8Array
  readonly version: 1 | 2
  readonly publishEpoch: number
  readonly sequence: bigint
  /** 32 zero bytes for the first ATX of an identity. */
  readonly prevAtxId: Uint8Array
  readonly positioningAtxId: Uint8Array
  /** In the first ATX of an identity only. */
  readonly commitmentAtxId: Uint8Array | undefined
  readonly smesherId: Uint8Array
  readonly coinbase: Uint8Array
  /** Declared units; the smaller of these and the previous ATX's are {@link effectiveNumUnits}. */
  readonly numUnits: number
  readonly effectiveNumUnits: number
  /** Own, or that of the previous ATX. */
  readonly vrfNonce: bigint
  readonly baseTickHeight: bigint
  readonly tickCount: bigint
  /** Effective units · ticks, u64. */
  readonly weight: bigint
  /** Local arrival, ns since the Unix epoch. */
  readonly receivedNs: bigint
  readonly validity: AtxValidity
  /** The bytes as received; empty for an ATX that came with a checkpoint. */
  readonly blob: Uint8Array
}

/** Tick height of an ATX, u64; wraps as in the reference. */
export const tickHeight = (atx: Pick<AtxRecord, 'baseTickHeight' | 'tickCount'>): bigint =>
  wrap64(atx.baseTickHeight + atx.tickCount)

/** A malfeasance proof in its wire form, with the identity that it condemns. */
export interface StoredProof {
  readonly smesherId: Uint8Array
  readonly bytes: Uint8Array
  readonly receivedNs: bigint
}

/** What ATX checks ask of the database. "Newest" = by publish epoch, then by arrival. */
export interface AtxStore {
  has(id: Uint8Array): Promise<boolean>
  get(id: Uint8Array): Promise<AtxRecord | undefined>
  /** Newest ATX of an identity, among those published before `beforeEpoch` if given. */
  latestBySmesher(smesherId: Uint8Array, beforeEpoch?: number): Promise<AtxRecord | undefined>
  /** First ATX of an identity. */
  firstBySmesher(smesherId: Uint8Array): Promise<AtxRecord | undefined>
  /** Commitment of the newest ATX of the identity that carries one. */
  commitmentOf(smesherId: Uint8Array): Promise<Uint8Array | undefined>
  /** Any ATX of the identity published in the epoch. */
  bySmesherInEpoch(smesherId: Uint8Array, publishEpoch: number): Promise<AtxRecord | undefined>
  /** Any ATX of the identity that names this previous ATX. */
  byPrevious(smesherId: Uint8Array, prevAtxId: Uint8Array): Promise<AtxRecord | undefined>
  /** Units that an identity declared in an ATX (a V2 ATX holds several identities). */
  declaredUnits(id: Uint8Array, smesherId: Uint8Array): Promise<number | undefined>
  isMalicious(smesherId: Uint8Array): Promise<boolean>
  /** Everything published in the epoch. */
  inEpoch(publishEpoch: number): Promise<readonly AtxRecord[]>
  /** Highest publish epoch of any ATX; undefined without ATXs. */
  latestEpoch(): Promise<number | undefined>
  /**
   * In one transaction: the ATX with its blob and declared units, and the proof if one is given;
   * an identity keeps its first proof. Either may be missing.
   */
  storeAtx(atx: AtxRecord | undefined, proof?: StoredProof): Promise<void>
  setValidity(id: Uint8Array, validity: AtxValidity): Promise<void>
}
