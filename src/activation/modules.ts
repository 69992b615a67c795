import type {
  InnerActivationTxV1,
  MerkleProof,
  NipostV1,
  PostV1,
} from '../protocol/activation-v1.ts'
import type { PoetProof, PoetProofMessage } from '../protocol/poet.ts'
import type { TaskOptions } from '../util/task.ts'
import type { AtxRecord } from './atx-store.ts'
import type { AtxVerdict } from './atx-verdict.ts'
import type { PoetProofOutcome } from './poet-db.ts'

/** The identity's space as it is now; it can change between two calls. */
export interface PostServiceStatus {
  readonly nodeId: Uint8Array
  readonly commitmentAtxId: Uint8Array
  readonly numUnits: number
  readonly labelsPerUnit: bigint
  /** Missing until set-up has found one. */
  readonly vrfNonce?: bigint
}

/** Prover of one identity's space. Lives in another worker; holds no key. */
export interface PostService {
  status(): Promise<PostServiceStatus>
  /** A proof over 32 bytes, checked by the service itself. Repeating a call is harmless. */
  prove(challenge: Uint8Array, options: TaskOptions): Promise<PostV1>
}

export interface PoetInfo {
  /** From the start of an epoch to the start of its round; must be the network's. */
  readonly phaseShiftMs: number
}

export interface PoetRegistrationRequest {
  readonly nodeId: Uint8Array
  readonly challenge: Uint8Array
  /** Genesis id ‖ 04: what the signature is made over besides the challenge. */
  readonly prefix: Uint8Array
  readonly signature: Uint8Array
  /** Latest useful end of the round, ms since the Unix epoch. */
  readonly deadlineMs: number
}

/**
 * One PoET service. The client deals with addresses, formats, caching and authorization; it throws
 * `POET_UNAVAILABLE` for what another try may mend and `POET_REFUSED` for what it will not.
 */
export interface PoetClient {
  /** Stays the same over restarts: registrations are stored under it. An address, usually. */
  readonly id: string
  info(options: { signal: AbortSignal }): Promise<PoetInfo>
  submit(
    request: PoetRegistrationRequest,
    options: { signal: AbortSignal },
  ): Promise<{ readonly roundId: string; readonly untilRoundEndMs: number }>
  /** `POET_UNAVAILABLE` while the round has no proof. Members in the order of the tree. */
  proof(
    roundId: string,
    options: { signal: AbortSignal },
  ): Promise<{
    readonly proof: PoetProof
    readonly poetServiceId: Uint8Array
    readonly members: readonly Uint8Array[]
  }>
}

/** Part of {@link PoetDb} that a builder needs. */
export interface PoetProofSink {
  add(message: PoetProofMessage): Promise<PoetProofOutcome>
}

/** The first proof of an identity, over zeros. */
export interface InitialPostRecord {
  readonly post: PostV1
  readonly numUnits: number
  readonly labelsPerUnit: bigint
  readonly commitmentAtxId: Uint8Array
  readonly vrfNonce: bigint
}

/** What an ATX will say about its place in the chain; fixed before it is registered. */
export interface ChallengeRecord {
  readonly publishEpoch: number
  readonly sequence: bigint
  readonly prevAtxId: Uint8Array
  readonly positioningAtxId: Uint8Array
  readonly commitmentAtxId?: Uint8Array
  readonly initialPost?: PostV1
}

export interface RegistrationRecord {
  readonly poetId: string
  readonly challengeHash: Uint8Array
  readonly roundId: string
  readonly roundEndMs: number
}

/** The chosen PoET proof and the way from the challenge to its statement. */
export interface PoetChoiceRecord {
  readonly ref: Uint8Array
  readonly poetId: string
  readonly leafCount: bigint
  readonly membership: MerkleProof
}

export interface NipostRecord {
  readonly nipost: NipostV1
  readonly numUnits: number
  readonly vrfNonce: bigint
}

/** Where one identity stands between two ATXs. Finished phases survive a restart. Spec 08 §5.4. */
export interface SmeshingState {
  readonly initialPost?: InitialPostRecord
  readonly challenge?: ChallengeRecord
  readonly registrations: readonly RegistrationRecord[]
  readonly poetChoice?: PoetChoiceRecord
  readonly nipost?: NipostRecord
}

/** Home of the state of one identity: plain values, replaced whole and atomically. */
export interface SmeshingStore {
  load(): Promise<SmeshingState | undefined>
  save(state: SmeshingState): Promise<void>
}

/** Own ATXs on their way to the network. */
export interface AtxPublisher {
  /** What validation would say about an ATX before it is signed. */
  check(
    atx: InnerActivationTxV1,
    smesherId: Uint8Array,
    options: { signal: AbortSignal },
  ): Promise<AtxVerdict>
  /** Validates, stores and sends it out; `accept`, or `ignore` as `known`, when it is out. */
  publish(bytes: Uint8Array, options: { signal: AbortSignal }): Promise<AtxVerdict>
  /** Sends an ATX that is already stored out again. */
  regossip(bytes: Uint8Array, options: { signal: AbortSignal }): Promise<void>
}

/** The ATX that a new one stands on. */
export interface PositioningChoice {
  readonly atxId: Uint8Array
  /** 0 for the golden ATX. */
  readonly height: bigint
}

export interface PositioningSearch {
  /** Highest ATX with a valid chain published before `publishEpoch`; golden when none is found. */
  find(publishEpoch: number, options: { signal: AbortSignal }): Promise<PositioningChoice>
}

/** Own ATXs as the store has them. */
export interface OwnAtxs {
  get(id: Uint8Array): Promise<AtxRecord | undefined>
  latestBySmesher(smesherId: Uint8Array): Promise<AtxRecord | undefined>
  bySmesherInEpoch(smesherId: Uint8Array, publishEpoch: number): Promise<AtxRecord | undefined>
}
