import type { Member } from './membership.ts'
import type { ProverSnapshot } from './prover.ts'

/** A round that takes no more members: what the sequential work starts from. */
export interface ClosedRound {
  round: number
  /** Root over `challenges`, 32 bytes. */
  statement: Uint8Array
  /** In the order of the membership tree; at least one. */
  challenges: Uint8Array[]
}

/** How a closed round ended. */
export type RoundOutcome =
  | (ClosedRound & {
      kind: 'proof'
      /** Encoded PoetProof. */
      proof: Uint8Array
      leafCount: bigint
    })
  | (ClosedRound & { kind: 'skipped' })

/**
 * What a PoET keeps. All values are plain data. Every write is whole or not there at all, also
 * after a kill, and on the disk before its promise resolves. A round goes through
 * `addMember`… → `closeRound` → `saveCheckpoint`… → `saveOutcome`, and an outcome stays for ever.
 */
export interface PoetStore {
  /** Adds a member, or replaces the challenge of one with the same node id. */
  addMember(round: number, member: Member): Promise<void>
  /** In any order. */
  members(round: number): Promise<Member[]>
  /** Rounds that have members and were not closed, ascending. */
  openRounds(): Promise<number[]>

  closeRound(closed: ClosedRound): Promise<void>
  /** Closed rounds without an outcome, ascending. */
  closedRounds(): Promise<ClosedRound[]>
  /** Highest round that was ever closed. */
  latestClosed(): Promise<number | undefined>

  /** Replaces the round's checkpoint; the old one stays until the new one is whole. */
  saveCheckpoint(round: number, snapshot: ProverSnapshot): Promise<void>
  checkpoint(round: number): Promise<ProverSnapshot | undefined>

  /** In one step: stores the outcome and drops the round's checkpoint. */
  saveOutcome(outcome: RoundOutcome): Promise<void>
  outcome(round: number): Promise<RoundOutcome | undefined>
}
