/**
 * Where a smesher stands, for its owner. Names as in spec 08 §9; INIT comes from the set-up of
 * space, ELIGIBLE and PROPOSAL_* from the mesh, the others from the builder.
 */
export type SmeshingPhase =
  | 'STOPPED'
  | 'INIT'
  | 'INITIAL_PROOF'
  | 'WAIT_FOR_ATX_SYNCED'
  | 'QUARANTINED'
  | 'WAITING_FOR_POET_REGISTRATION_WINDOW'
  | 'POET_CHALLENGE_READY'
  | 'POET_REGISTERED'
  | 'WAIT_FOR_POET_ROUND_END'
  | 'POET_PROOF_RECEIVED'
  | 'GENERATING_POST_PROOF'
  | 'POST_PROOF_READY'
  | 'ATX_READY'
  | 'ATX_BROADCASTED'
  | 'ELIGIBLE'
  | 'PROPOSAL_PUBLISHED'
  | 'PROPOSAL_FAILED'
  | 'RETRYING'
  | 'HALTED'

/** One PoET in the current round, as far as the builder has come with it. */
export interface PoetStatus {
  readonly poetId: string
  readonly roundId?: string
  /** Leaves of its proof, once fetched. */
  readonly leafCount?: bigint
  /** Code of the failure, if it failed. */
  readonly error?: string
}

/** Times are wall clock, ms since the Unix epoch. */
export interface SmeshingStatus {
  readonly phase: SmeshingPhase
  readonly atMs: number
  /** When the phase is expected to end; absent where nobody can tell. */
  readonly untilMs?: number
  /** Epoch in which the ATX in the making is published; it pays in the next one. */
  readonly publishEpoch?: number
  readonly poets?: readonly PoetStatus[]
  readonly progress?: { readonly done: bigint; readonly total: bigint }
  /** Hex. */
  readonly atxId?: string
  readonly numUnits?: number
  /** Why it is retrying or halted: an error code and its text. */
  readonly error?: { readonly code: string; readonly message: string }
}

export type OnStatus = (status: SmeshingStatus) => void
