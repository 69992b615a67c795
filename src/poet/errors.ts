import type { PoetRefusal } from './refusals.ts'

declare module '../util/error.ts' {
  interface ErrorContext {
    /** A checkpoint that is not one, or not whole: the round's work must start over. */
    POET_SNAPSHOT_DAMAGED: { what: string }
    /** A proof was asked for before there was a leaf to prove. */
    POET_NO_LEAVES: { leafCount: number }
    /** A registration that the rules refuse; `reason` is for code, `message` the reference's text. */
    POET_REGISTRATION_REFUSED: { reason: PoetRefusal; message: string }
    /** Started twice without a stop. */
    POET_RUNNING: Record<string, never>
    /** The service was stopped, or not started yet. */
    POET_NOT_RUNNING: { call: string }
    /** The challenge is not among the members of the round. */
    POET_NOT_A_MEMBER: { members: number }
  }
}

export {}
