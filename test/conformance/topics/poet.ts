import { hash32 } from '../../../src/crypto/hash.ts'
import { keypairFromSeed } from '../../../src/crypto/ed25519.ts'
import { verifyCertificate } from '../../../src/poet/certificate.ts'
import { challengeIndices } from '../../../src/poet/fiat-shamir.ts'
import { StatementHasher } from '../../../src/poet/hasher.ts'
import {
  membershipStatement,
  proveMembership,
  verifyMembership,
} from '../../../src/poet/membership.ts'
import { leadingZeroBits, powHash, searchPow, verifyPow } from '../../../src/poet/pow.ts'
import { createProver } from '../../../src/poet/prover.ts'
import { ripemd256 } from '../../../src/poet/ripemd256.ts'
import { verifyPoetProof } from '../../../src/poet/verify.ts'
import { PoetProof, poetRef } from '../../../src/protocol/poet.ts'
import { fromHex, hex } from '../../../src/util/bytes.ts'
import { expectEqual, expectHex, expectJson, type Json, type Topic } from '../types.ts'

/** Instant of the certificate checks: between the expirations before 1997 and those after 2033. */
const NOW_SECONDS = 1_700_000_000n
/** Leaf counts up to this are also proved from pruned layers. */
const PRUNED_UP_TO = 1100

function checkProof(record: Json): void {
  const statement = fromHex(record.statement)
  const leafCount = Number(record.leafCount)
  for (const minLayer of leafCount <= PRUNED_UP_TO ? [0, 4] : [0]) {
    const prover = createProver({ statement, minLayer })
    prover.advance(leafCount)
    const proof = prover.finish()
    expectHex(PoetProof.encode(proof), record.encoding, `encoding with layers from ${minLayer}`)
    expectHex(poetRef(proof), record.ref, 'ref')
    expectHex(proof.root, record.root, 'root')
    expectEqual(proof.provenLeaves.length, record.provenLeaves, 'proven leaves')
    expectEqual(proof.proofNodes.length, record.proofNodes, 'proof nodes')
  }
  const decoded = PoetProof.decode(fromHex(record.encoding))
  expectEqual(verifyPoetProof(statement, decoded).valid, record.valid, 'verdict')
}

function checkCorruption(record: Json): void {
  const verdict = verifyPoetProof(fromHex(record.statement), {
    root: fromHex(record.root),
    provenLeaves: record.provenLeaves.map(fromHex),
    proofNodes: record.proofNodes.map(fromHex),
    leafCount: BigInt(record.leafCount),
  })
  expectEqual(verdict.valid, record.valid, 'verdict')
  if (!verdict.valid) expectEqual(verdict.reason, record.note, 'reason')
}

const MEMBER_RULE = 'member i (0-based) = BLAKE3(24 zero bytes || 8-byte big-endian i+1)'

function membersOf(record: Json): Uint8Array[] {
  if (record.members) return record.members.map(fromHex)
  expectEqual(record.memberRule, MEMBER_RULE, 'known rule')
  return Array.from({ length: record.count }, (_, i) => {
    const input = new Uint8Array(32)
    new DataView(input.buffer).setBigUint64(24, BigInt(i + 1))
    return hash32(input)
  })
}

function checkMembership(record: Json): void {
  const members = membersOf(record)
  const leaf = members[record.index]!
  expectEqual(members.length, record.count, 'count')
  expectHex(leaf, record.leaf, 'leaf')
  const statement = membershipStatement(members)
  expectHex(statement, record.statement, 'statement')
  const membership = proveMembership(members, leaf)
  expectEqual(membership.leafIndex, BigInt(record.index), 'index')
  expectJson(membership.nodes.map(hex), record.nodes, 'nodes')
  expectEqual(verifyMembership(statement, leaf, membership), true, 'own proof')
  const other = fromHex(record.leaf)
  other[0]! ^= 1
  expectEqual(verifyMembership(statement, other, membership), false, 'proof of another leaf')
}

function checkLabels(record: Json): void {
  const statement = fromHex(record.statement)
  for (let i = 0; i < record.labels.length; i++) {
    const prover = createProver({ statement })
    prover.advance(i + 1)
    const proof = prover.finish()
    expectHex(proof.provenLeaves[i]!, record.labels[i], `label ${i}`)
    expectHex(proof.root, record.roots[i], `root of ${i + 1}`)
  }
}

function checkHashes(record: Json): void {
  const hasher = new StatementHasher(fromHex(record.statement))
  expectHex(hasher.leaf(fromHex(record.labelInput)), record.labelHash, 'leaf')
  expectHex(hasher.node(fromHex(record.left), fromHex(record.right)), record.nodeHash, 'node')
}

function checkFiatShamir(record: Json): void {
  const indices = challengeIndices(fromHex(record.root), BigInt(record.leafCount), record.count)
  expectJson(indices, record.indices, 'indices')
}

function checkPow(record: Json): void {
  if (record.op === 'ripemd256') {
    expectHex(ripemd256(fromHex(record.message)), record.ripemd256, 'hash')
    return
  }
  expectEqual(record.op, 'pow', 'known op')
  const { difficulty } = record
  const subject = {
    powChallenge: fromHex(record.powChallenge),
    nodeId: fromHex(record.nodeId),
    poetChallenge: fromHex(record.poetChallenge),
  }
  const hash = powHash(subject, BigInt(record.nonce))
  expectHex(hash, record.hash, 'hash')
  expectEqual(leadingZeroBits(hash), record.leadingZeroBits, 'leading zero bits')
  const first = BigInt(record.firstNonce)
  expectEqual(searchPow(subject, difficulty, { attempts: Number(first) + 1 }), first, 'first nonce')
  expectHex(powHash(subject, first), record.firstHash, 'first hash')
  expectEqual(verifyPow(subject, first, difficulty), true, 'verdict')
}

function checkCertificate(record: Json): void {
  const key = fromHex(record.certifierPublicKey)
  const derived = keypairFromSeed(fromHex(record.certifierSeed)).publicKey
  expectHex(derived, record.certifierPublicKey, 'certifier key')
  const signed = { data: fromHex(record.data), signature: fromHex(record.signature) }
  const verdict = verifyCertificate(signed, key, fromHex(record.nodeId), NOW_SECONDS)
  expectEqual(verdict.valid, record.valid, 'verdict')
  if (verdict.valid) {
    const expiration = verdict.certificate.expiration?.toString()
    expectEqual(expiration, record.expirationUnix, 'expiration')
  } else {
    expectEqual(verdict.fault, String(record.note).split(':')[0], 'fault')
  }
}

/** Chapter 04: labels, proofs, verification, membership, PoW and certificates of PoET. */
export const topic: Topic = {
  files: {
    'proofs.jsonl': checkProof,
    'corruptions.jsonl': checkCorruption,
    'membership.jsonl': checkMembership,
    'labels.jsonl': checkLabels,
    'hashes.jsonl': checkHashes,
    'fiat-shamir.jsonl': checkFiatShamir,
    'pow.jsonl': checkPow,
    'certificates.jsonl': checkCertificate,
  },
}
