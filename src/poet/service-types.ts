import type { PoetSchedule } from '../config/derived.ts'
import type { PoetProof } from '../protocol/poet.ts'
import type { Clock } from '../util/clock.ts'
import type { RegistrationTerms, VerifySignature } from './registration.ts'
import type { PoetStore } from './store.ts'
import type { Pacer, RoundWorker } from './worker.ts'

export interface PoetServiceOptions {
  schedule: PoetSchedule
  /** 20 bytes: registrations are signed over genesisId ‖ 04 ‖ challenge. */
  genesisId: Uint8Array
  /** 32 bytes; names the service, signs nothing. */
  servicePubkey: Uint8Array
  phaseShiftMs: number
  cycleGapMs: number
  /** Default 2^32. */
  maxMembers?: number
  /**
   * A round whose work could not start before its end: `prove` makes the shortest valid proof
   * (default; safe, and keeps the chain of ATXs of a local network alive), `skip` gives none, as the
   * reference.
   */
  lateRounds?: 'prove' | 'skip'
  /** Layers kept in memory, see `ProverOptions`. Default 0. */
  minLayer?: number
}

export interface PoetServiceModules {
  /** Time of the network. It may stand still while nobody hosts it. */
  clock: Clock
  store: PoetStore
  worker: RoundWorker
  pacer: Pick<Pacer, 'rest'>
  verify: VerifySignature
  /** Who may register now. Default: everyone whose signature holds. */
  terms?: () => RegistrationTerms
  /** Must not throw. */
  onEvent?: (event: PoetEvent) => void
}

/** What a host may want to show. Rounds as numbers, times in ms since the Unix epoch. */
export type PoetEvent =
  | { kind: 'opened'; round: number; startMs: number }
  | { kind: 'registered'; round: number; members: number }
  | { kind: 'closed'; round: number; members: number }
  | { kind: 'executing'; round: number; endMs: number; leafCount: number }
  | { kind: 'progress'; round: number; phase: 'working' | 'proving'; leafCount: number }
  | { kind: 'finished'; round: number; leafCount: number; root: Uint8Array }
  | { kind: 'skipped'; round: number }
  | { kind: 'trouble'; step: string; code: string; message: string }

export interface PoetInfo {
  servicePubkey: Uint8Array
  phaseShiftMs: number
  cycleGapMs: number
}

export interface PoetRegistration {
  round: number
  roundId: string
  /** Time left until the end of the round. */
  roundEndMs: number
}

/** The proof of a round with what it was made for. */
export interface PoetRoundProof {
  roundId: string
  servicePubkey: Uint8Array
  proof: PoetProof
  /** Challenges in the order of the membership tree. */
  members: Uint8Array[]
  statement: Uint8Array
}

export interface PoetStatus {
  openRound: number
  openMembers: number
  executing?: { round: number; endMs: number; leafCount: number; phase: 'working' | 'proving' }
}
