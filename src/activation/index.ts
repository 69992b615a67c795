import type {} from './errors.ts'

export {
  AtxHandler,
  type AtxHandlerModules,
  type AtxHandlerOptions,
  type HandleOptions,
} from './atx-handler.ts'
export { AtxIndex, type IndexedAtx } from './atx-index.ts'
export {
  tickHeight,
  type AtxRecord,
  type AtxStore,
  type AtxValidity,
  type StoredProof,
} from './atx-store.ts'
export {
  AtxValidatorV1,
  type AtxValidatorModules,
  type AtxValidatorOptions,
  type PoetSummary,
  type ValidationContext,
  type ValidationResult,
} from './atx-validator.ts'
export type { AtxIgnoreReason, AtxRejectReason, AtxVerdict } from './atx-verdict.ts'
export { SmeshingBuilder, type BuilderModules, type BuilderOptions } from './builder.ts'
export { gradeAtx, ownActiveSetUsable, type AtxGrade, type GradingTimes } from './grading.ts'
export { decodeHead, type JournalHead, type LastAtx } from './journal-head.ts'
export type { ClaimOutcome, JournalRecord, JournalStore } from './journal-store.ts'
export { invalidPostIndexProof, invalidPrevAtxProof, multipleAtxsProof } from './malfeasance.ts'
export type * from './modules.ts'
export { NipostBuilder, type NipostModules, type NipostOptions } from './nipost-builder.ts'
export { PoetDb, type PoetDbModules, type PoetProofOutcome } from './poet-db.ts'
export { ChainSearch, type ChainSearchModules, type ChainSearchOptions } from './positioning.ts'
export {
  createPostVerifier,
  type LocalPostVerifierOptions,
  type PostClaim,
  type PostVerdict,
  type PostVerifier,
} from './post-verifier.ts'
export { embeddedPoetClient, type ReachablePoet } from './poet-client.ts'
export { createSchedule, type Schedule } from './schedule.ts'
export {
  SignJournal,
  Slot,
  type JournalExport,
  type JournalOptions,
  type JournalOrigin,
} from './sign-journal.ts'
export { Signer, type SignerModules, type SignerOptions } from './signer.ts'
export type { OnStatus, PoetStatus, SmeshingPhase, SmeshingStatus } from './status.ts'
export { atxWeightV1, atxWeightV2, effectiveUnits, ticksOf } from './weight.ts'
