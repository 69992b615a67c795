import './errors.ts'

import type { PoetSchedule } from '../config/derived.ts'
import { equalBytes } from '../util/bytes.ts'
import {
  CERTIFICATE_HINT_BYTES,
  keysForHint,
  verifyCertificate,
  type SignedCertificate,
  type TrustedKeys,
} from './certificate.ts'
import type { Member } from './membership.ts'
import { NODE_BYTES } from './params.ts'
import { verifyPow } from './pow.ts'
import type { PoetRefusal } from './refusals.ts'

/** What a registration PoW must have been found for. */
export interface PowParams {
  /** Leading zero bits. */
  difficulty: number
  challenge: Uint8Array
}

/** A registration as it comes from a node. Spec 04 §3. */
export interface PoetSubmission extends Member {
  /** Ed25519 by the node over `prefix ‖ challenge`. */
  signature: Uint8Array
  /** Genesis id ‖ 04; of the service's own network when left out. */
  prefix?: Uint8Array
  /** Latest acceptable end of the round, ms since the Unix epoch. */
  deadlineMs?: number
  pow?: { nonce: bigint; params: PowParams }
  certificate?: SignedCertificate
  /** First four bytes of the key that signed the certificate. */
  certificatePubkeyHint?: Uint8Array
}

export interface Refusal {
  readonly reason: PoetRefusal
  /** The reference's text. */
  readonly message: string
}

/** Who may register besides knowing how to sign. An embedded PoET asks for nothing. */
export interface RegistrationTerms {
  /** Present: a certificate in the request is checked and decides. */
  trustedKeys?: TrustedKeys
  /** Present: without a certificate a PoW for one of these parameters is needed. */
  pow?: { current: PowParams; previous?: PowParams }
}

/** True if `signature` by `publicKey` over `message` holds: `verify` of `crypto/ed25519.ts`. */
export type VerifySignature = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
) => boolean

/**
 * The rules that look at the request alone. The length of the challenge is checked here although
 * the reference does not: one member of another length spoils the proof of the whole round.
 *
 * @returns the first broken rule
 */
export function checkSubmission(
  request: PoetSubmission & { prefix: Uint8Array },
  verify: VerifySignature,
): Refusal | undefined {
  const { nodeId, challenge, prefix, signature, certificatePubkeyHint: hint } = request
  if (nodeId.length !== 32) return { reason: 'invalid-public-key', message: 'invalid public key' }
  if (challenge.length !== NODE_BYTES) {
    return { reason: 'invalid-challenge', message: 'invalid challenge' }
  }
  const message = new Uint8Array([...prefix, ...challenge])
  if (!verify(signature, message, nodeId)) {
    return { reason: 'invalid-signature', message: 'invalid signature' }
  }
  if (hint && hint.length !== CERTIFICATE_HINT_BYTES) {
    return { reason: 'invalid-hint', message: 'invalid certificate public key hint' }
  }
  return undefined
}

/** The rules of authorization: a certificate if there is one, else PoW, if the terms ask for it. */
export function checkAuthorization(
  request: PoetSubmission,
  { trustedKeys, pow }: RegistrationTerms,
  nowSeconds: bigint,
): Refusal | undefined {
  if (trustedKeys && request.certificate) {
    return checkCertificate(request, request.certificate, trustedKeys, nowSeconds)
  }
  return pow ? checkPow(request, pow) : undefined
}

function checkCertificate(
  { nodeId, certificatePubkeyHint }: PoetSubmission,
  certificate: SignedCertificate,
  trustedKeys: TrustedKeys,
  nowSeconds: bigint,
): Refusal | undefined {
  let fault = 'no matching cert public keys'
  for (const key of keysForHint(trustedKeys, certificatePubkeyHint)) {
    const verdict = verifyCertificate(certificate, key, nodeId, nowSeconds)
    if (verdict.valid) return undefined
    fault = verdict.fault
  }
  return { reason: 'invalid-certificate', message: `invalid certificate\n${fault}` }
}

function checkPow(
  { nodeId, challenge, pow }: PoetSubmission,
  { current, previous }: NonNullable<RegistrationTerms['pow']>,
): Refusal | undefined {
  const sameParams = (params: PowParams | undefined) =>
    params !== undefined &&
    pow !== undefined &&
    params.difficulty === pow.params.difficulty &&
    equalBytes(params.challenge, pow.params.challenge)
  if (!pow || (!sameParams(current) && !sameParams(previous))) {
    return { reason: 'invalid-pow-params', message: 'invalid proof of work parameters' }
  }
  const subject = { powChallenge: pow.params.challenge, nodeId, poetChallenge: challenge }
  if (verifyPow(subject, pow.nonce, pow.params.difficulty)) return undefined
  const message = 'invalid proof of work: invalid leading zero bits'
  return { reason: 'invalid-pow', message }
}

/** The rules that look at the open round. A repeat is refused too when the round is full. */
export function checkRound(
  request: PoetSubmission,
  round: { number: number; members: number; known: Uint8Array | undefined },
  { schedule, maxMembers }: { schedule: PoetSchedule; maxMembers: number },
): Refusal | undefined {
  const { deadlineMs, challenge } = request
  if (deadlineMs !== undefined && schedule.roundEndMs(round.number) > deadlineMs) {
    return { reason: 'too-late', message: 'too late to register for the desired round' }
  }
  if (round.members >= maxMembers) {
    return { reason: 'round-full', message: 'maximum number of round members reached' }
  }
  if (round.known && !equalBytes(round.known, challenge)) {
    return { reason: 'already-exists', message: 'conflicting registration' }
  }
  return undefined
}
