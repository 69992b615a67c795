import { addressToText } from '../../../src/crypto/address.ts'
import { Domain, keypairFromSeed, signDomain } from '../../../src/crypto/ed25519.ts'
import { vrfProve } from '../../../src/crypto/vrf.ts'
import * as v1 from '../../../src/protocol/activation-v1.ts'
import * as v2Id from '../../../src/protocol/activation-v2-id.ts'
import { challengeHashV2 } from '../../../src/protocol/activation-v2.ts'
import { activeSetHash } from '../../../src/protocol/active-set.ts'
import * as ballots from '../../../src/protocol/ballot.ts'
import {
  beaconFirstVoteSignedBytes,
  beaconFollowingVoteSignedBytes,
} from '../../../src/protocol/beacon.ts'
import { blockId } from '../../../src/protocol/block.ts'
import { certifySignedBytes } from '../../../src/protocol/certificate.ts'
import { beaconProposalVrfBytes, weakCoinVrfBytes } from '../../../src/protocol/eligibility.ts'
import * as hare from '../../../src/protocol/hare.ts'
import { poetRef } from '../../../src/protocol/poet.ts'
import { padId } from '../../../src/protocol/primitives.ts'
import { proposalId, proposalSetHash, proposalSignedBytes } from '../../../src/protocol/proposal.ts'
import * as spawn from '../../../src/protocol/spawn-args.ts'
import { compareBytes, fromHex } from '../../../src/util/bytes.ts'
import { accepts, expectEqual, expectHex, expectJson, type Json } from '../types.ts'
import { wireTypes, type WireType } from './wire-types.ts'

/** Computes every derived value of a record by its name in the vectors. */
type Derive = (value: Json, given: Json) => Record<string, unknown>

const signature = (given: Json, domain: Domain, message: Uint8Array): Uint8Array =>
  signDomain(keypairFromSeed(fromHex(given.seed)).secretKey, fromHex(given.prefix), domain, message)

const signedBy = (given: Json, domain: Domain, signedBytes: Uint8Array) => ({
  signedBytes,
  signature: signature(given, domain, signedBytes),
})

const provenBy = (given: Json, alpha: Uint8Array) => ({
  alpha,
  proof: vrfProve(keypairFromSeed(fromHex(given.seed)).secretKey, alpha),
})

const principal = (address: Uint8Array) => ({
  principal: address,
  text: addressToText(address, 'sm'),
})

const derivations: Record<string, Derive> = {
  EpochActiveSet: (value) => ({ setHash: activeSetHash(value.set) }),
  Ballot: (value, given) => ({
    ballotId: ballots.ballotId(value),
    ballotIdPadded: padId(ballots.ballotId(value)),
    innerBallot: ballots.InnerBallot.encode(value),
    ...signedBy(given, Domain.ballot, ballots.ballotSignedBytes(value)),
  }),
  Block: (value) => ({ blockId: blockId(value), blockIdPadded: padId(blockId(value)) }),
  CertifyMessage: (value, given) => signedBy(given, Domain.hare, certifySignedBytes(value)),
  PoetProofMessage: (value) => ({ poetProofRef: poetRef(value) }),
  Proposal: (value, given) => {
    const ballotSignedBytes = ballots.ballotSignedBytes(value.ballot)
    return {
      ballotId: ballots.ballotId(value.ballot),
      ballotSignedBytes,
      ballotSignature: signature(given, Domain.ballot, ballotSignedBytes),
      proposalId: proposalId(value),
      ...signedBy(given, Domain.proposal, proposalSignedBytes(value)),
    }
  },
  PostV1: (value) => ({ postRoot: v1.postRoot(value) }),
  NIPostChallengeV1: (value, given) => ({
    challengeHash: v1.challengeHashV1(value),
    poetSignature: given.poetSignature && signature(given, Domain.poet, v1.challengeHashV1(value)),
  }),
  ActivationTxV1: (value, given) => ({
    atxId: v1.atxIdV1(value),
    challengeHash: v1.challengeHashV1(value),
    initialPostRoot: value.initialPost && v1.postRoot(value.initialPost),
    ...signedBy(given, Domain.atx, v1.atxSignedBytesV1(value)),
  }),
  NIPostChallengeV2: (value) => ({ challengeHash: challengeHashV2(value) }),
  ActivationTxV2: (value, given) => ({
    atxId: v2Id.atxIdV2(value),
    initialPostRoot: value.initial && v1.postRoot(value.initial.post),
    initialRoot: value.initial && v2Id.initialRoot(value.initial),
    marriagesRoot: v2Id.marriagesRoot(value.marriages),
    niPostRoots: value.niposts.map((nipost: Json) => v2Id.nipostRoot(nipost, value.previousAtxIds)),
    subPostRoots: value.niposts.flatMap((nipost: Json) =>
      nipost.posts.map((post: Json) => v2Id.subPostRoot(post, value.previousAtxIds)),
    ),
    postRoot: value.niposts[0]?.posts[0] && v1.postRoot(value.niposts[0].posts[0].post),
    signature: signature(given, Domain.atx, v2Id.atxSignedBytesV2(value)),
  }),
  Hare3Message: (value, given) => ({
    absoluteRound: hare.absoluteRound(value.iter, value.round),
    msgHash: hare.hare3MessageHash(value),
    proposalSetHashSorted: proposalSetHash(value.value.proposals.toSorted(compareBytes)),
    ...signedBy(given, Domain.hare, hare.hare3SignedBytes(value)),
  }),
  Hare4Message: (value, given) => ({
    msgHash: hare.hare4MessageHash(value),
    ...signedBy(given, Domain.hare, hare.hare4SignedBytes(value)),
  }),
  BeaconProposal: (value, given) =>
    provenBy(given, beaconProposalVrfBytes(BigInt(given.vrfNonce), value.epoch)),
  BeaconFirstVote: (value, given) =>
    signedBy(given, Domain.beaconFirstMsg, beaconFirstVoteSignedBytes(value)),
  BeaconFollowingVote: (value, given) =>
    signedBy(given, Domain.beaconFollowupMsg, beaconFollowingVoteSignedBytes(value)),
  WeakCoinMessage: (value, given) =>
    provenBy(given, weakCoinVrfBytes(BigInt(given.vrfNonce), value.epoch, value.round, value.unit)),
  WalletSpawnArgs: (value) => principal(spawn.walletAddress(value)),
  MultisigSpawnArgs: (value) => ({
    ...principal(spawn.multisigAddress(value)),
    vestingPrincipal: spawn.vestingAddress(value),
    vestingText: addressToText(spawn.vestingAddress(value), 'sm'),
  }),
  VaultSpawnArgs: (value) => principal(spawn.vaultAddress(value)),
}

/** Inputs of the derivations, given among their results. */
const GIVEN = new Set(['seed', 'prefix', 'vrfNonce'])

export function expectDerived(name: string, value: Json, derived: Json): void {
  const derive = derivations[name]
  if (!derive) throw new Error(`nothing is derived from ${name}`)
  const results = derive(value, derived)
  for (const key of Object.keys(derived)) {
    if (GIVEN.has(key)) continue
    if (!(key in results)) throw new Error(`${name}: no rule for ${key}`)
    expectJson(results[key], derived[key], `${name}.${key}`)
  }
}

export const typeOf = (name: string): WireType => {
  const type = wireTypes[name]
  if (!type) throw new Error(`unknown type ${name}`)
  return type
}

/** Both ways between fields and encoding, then the derived values. */
export function checkWire(record: Json): void {
  const { codec, shape } = typeOf(record.type)
  const value = shape.toValue(record.fields)
  expectHex(codec.encode(value), record.encoding, 'encoding')
  const decoded = codec.decode(fromHex(record.encoding))
  expectJson(shape.toJson(decoded), record.fields, 'fields')
  if (!record.derived) return
  expectDerived(record.type, value, record.derived)
  const { seed } = record.derived
  const own = record.fields.SmesherID ?? record.fields.Sender ?? record.fields.NodeID
  if (seed && own) expectHex(keypairFromSeed(fromHex(seed)).publicKey, own, 'key of the seed')
}

/** The reference's verdict on damaged bytes, and its re-encoding of what it accepted. */
export function checkDecode(record: Json): void {
  const { codec } = typeOf(record.type)
  const input = fromHex(record.input)
  const accepted = accepts(() => codec.decode(input))
  expectEqual(accepted, record.accepted, 'accepted')
  if (accepted) expectHex(codec.encode(codec.decode(input)), record.reencoded, 'reencoded')
}
