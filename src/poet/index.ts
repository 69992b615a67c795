/**
 * PoET: sequential work and its proofs, membership, registration, rounds.
 * Pure: time, storage and thread come in by modules. Spec 04.
 */
import './errors.ts'

export {
  keysForHint,
  PoetCertificate,
  verifyCertificate,
  type CertificateVerdict,
  type SignedCertificate,
  type TrustedKeys,
} from './certificate.ts'
export { challengeIndices } from './fiat-shamir.ts'
export { StatementHasher } from './hasher.ts'
export {
  membershipStatement,
  orderedChallenges,
  proveMembership,
  verifyMembership,
  type Member,
  type Membership,
} from './membership.ts'
export { LEAF_HASHES, PROVEN_LEAVES } from './params.ts'
export { PowTerms } from './pow-terms.ts'
export { leadingZeroBits, powHash, searchPow, verifyPow, type PowSubject } from './pow.ts'
export {
  createProver,
  restoreProver,
  SequentialProver,
  type ProverOptions,
  type ProverSnapshot,
} from './prover.ts'
export { POET_REFUSALS, type PoetRefusal } from './refusals.ts'
export {
  checkAuthorization,
  checkRound,
  checkSubmission,
  type PoetSubmission,
  type PowParams,
  type RegistrationTerms,
  type VerifySignature,
} from './registration.ts'
export { ripemd256 } from './ripemd256.ts'
export { PoetService } from './service.ts'
export type {
  PoetEvent,
  PoetInfo,
  PoetRegistration,
  PoetRoundProof,
  PoetServiceModules,
  PoetServiceOptions,
  PoetStatus,
} from './service-types.ts'
export type { ClosedRound, PoetStore, RoundOutcome } from './store.ts'
export { verifyPoetProof, type PoetProofFault, type PoetProofVerdict } from './verify.ts'
export {
  SlicedWorker,
  type Pacer,
  type RoundWorker,
  type SlicedWorkerOptions,
  type WorkOptions,
  type WorkProgress,
} from './worker.ts'
