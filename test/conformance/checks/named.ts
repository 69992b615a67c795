import { addressToText } from '../../../src/crypto/address.ts'
import { Domain, keypairFromSeed, sign, signDomain } from '../../../src/crypto/ed25519.ts'
import { hash32 } from '../../../src/crypto/hash.ts'
import { vrfLayer, vrfLowestBit } from '../../../src/crypto/vrf-readings.ts'
import { vrfProve } from '../../../src/crypto/vrf.ts'
import * as v1 from '../../../src/protocol/activation-v1.ts'
import * as v2Id from '../../../src/protocol/activation-v2-id.ts'
import * as v2 from '../../../src/protocol/activation-v2.ts'
import { activeSetHash } from '../../../src/protocol/active-set.ts'
import { Ballot, ballotId, ballotSignedBytes, InnerBallot } from '../../../src/protocol/ballot.ts'
import * as beacons from '../../../src/protocol/beacon.ts'
import { Block, blockId } from '../../../src/protocol/block.ts'
import { CertifyMessage, certifySignedBytes } from '../../../src/protocol/certificate.ts'
import * as eligibility from '../../../src/protocol/eligibility.ts'
import * as hare from '../../../src/protocol/hare.ts'
import { MalfeasanceGossip } from '../../../src/protocol/malfeasance.ts'
import { opinionHash } from '../../../src/protocol/opinion-hash.ts'
import { poetRef, PoetProofMessage } from '../../../src/protocol/poet.ts'
import {
  Proposal,
  proposalId,
  proposalSetHash,
  proposalSignedBytes,
} from '../../../src/protocol/proposal.ts'
import * as spawn from '../../../src/protocol/spawn-args.ts'
import { transactionId, TxEnvelope, TxMethod } from '../../../src/protocol/transaction.ts'
import { merkleRoot } from '../../../src/crypto/merkle.ts'
import { concat, fromHex, hex, utf8 } from '../../../src/util/bytes.ts'
import { expectEqual, expectHex, type Json } from '../types.ts'

/** The objects of spec 01 §16, built from their description there. */
const repeat = (byte: number, count: number): Uint8Array => new Uint8Array(count).fill(byte)
const counting = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i)

const key = keypairFromSeed(counting(32))
const nodeId = key.publicKey
const genesisId = fromHex('9eebff023abb17ccb775c602daade8ed708f0a50')
const golden = concat(genesisId, fromHex('d3149a42801184f5b74f2865'))
const beacon = fromHex('aabbccdd')
const vrfNonce = 2n ** 40n
const proof = repeat(7, 80)
const post: v1.PostV1 = { nonce: 5, indices: counting(10), pow: 77n }
const noSignature = new Uint8Array(64)
const signed = (domain: Domain, message: Uint8Array) =>
  signDomain(key.secretKey, genesisId, domain, message)

/** Values and encodings by name; a name may have several, in the order of the file. */
const built = new Map<string, string[]>()
const put = (name: string, value: Uint8Array | string): void => {
  const texts = built.get(name) ?? []
  texts.push(typeof value === 'string' ? value : hex(value))
  built.set(name, texts)
}

function putAccounts(): { wallet: Uint8Array; multisig: Uint8Array } {
  const wallet = spawn.walletAddress({ publicKey: nodeId })
  const keys = { required: 1, publicKeys: [nodeId, repeat(0x11, 32)] }
  const [multisig, vesting] = [spawn.multisigAddress(keys), spawn.vestingAddress(keys)]
  const vault = spawn.vaultAddress({
    owner: vesting,
    totalAmount: 1000n,
    initialUnlockAmount: 250n,
    vestingStart: 105120,
    vestingEnd: 420480,
  })
  put('pub', nodeId)
  put("sign(HARE,'smesh')", signed(Domain.hare, utf8('smesh')))
  put('wallet', addressToText(wallet, 'sm'))
  put('wallet', wallet)
  put('multisig 1/2', addressToText(multisig, 'sm'))
  put('vesting 1/2', addressToText(vesting, 'sm'))
  put('vault', addressToText(vault, 'sm'))
  return { wallet, multisig }
}

function putTransactions(wallet: Uint8Array, destination: Uint8Array): void {
  const putTx = (name: string, body: Omit<TxEnvelope, 'version' | 'principal' | 'gasPrice'>) => {
    const whole = TxEnvelope.encode({ version: 0, principal: wallet, gasPrice: 1n, ...body })
    const raw = concat(whole, sign(key.secretKey, genesisId, whole))
    put(name, raw)
    put('id', transactionId(raw))
  }
  putTx('selfspawn', {
    method: TxMethod.spawn,
    template: spawn.WALLET_TEMPLATE,
    nonce: 0n,
    rest: spawn.WalletSpawnArgs.encode({ publicKey: nodeId }),
  })
  const amount = fromHex('02286bee') // compact 10^9
  putTx('spend', { method: TxMethod.spend, nonce: 1n, rest: concat(destination, amount) })
}

function putAtxs(coinbase: Uint8Array): void {
  const nodes = [repeat(0x11, 32), repeat(0x22, 32)]
  const inner: v1.InnerActivationTxV1 = {
    publishEpoch: 2,
    sequence: 0n,
    prevAtxId: new Uint8Array(32),
    positioningAtxId: golden,
    commitmentAtxId: golden,
    initialPost: post,
    coinbase,
    numUnits: 4,
    nipost: {
      membership: { nodes, leafIndex: 3n },
      post,
      postMetadata: { challenge: repeat(0x33, 32), labelsPerUnit: 2n ** 32n },
    },
    nodeId,
    vrfNonce,
  }
  const atx1 = {
    ...inner,
    smesherId: nodeId,
    signature: signed(Domain.atx, v1.atxSignedBytesV1(inner)),
  }
  put('PostV1.Root', v1.postRoot(post))
  put('ATX1 challenge', v1.challengeHashV1(inner))
  put('poet reg sig', signed(Domain.poet, v1.challengeHashV1(inner)))
  put('ATX1 id', v1.atxIdV1(inner))
  put('ATX1 signed', v1.atxSignedBytesV1(inner))
  put('ATX1 sig', atx1.signature)
  put('ATX1', v1.ActivationTxV1.encode(atx1))

  const nipost = { membership: nodes, challenge: repeat(0x33, 32) }
  const first = {
    ...{ marriageIndex: 0, prevAtxIndex: 0, membershipLeafIndex: 3n },
    ...{ post, numUnits: 4 },
  }
  const initial = signAtx({
    publishEpoch: 2,
    positioningAtxId: golden,
    coinbase,
    initial: { commitmentAtxId: golden, post },
    previousAtxIds: [],
    niposts: [{ ...nipost, posts: [first] }],
    vrfNonce,
    marriages: [],
    smesherId: nodeId,
    signature: noSignature,
  })
  const challenge = { publishEpoch: 2, prevAtxId: new Uint8Array(32), positioningAtxId: golden }
  put('ATX2 challenge', v2.challengeHashV2({ ...challenge, initialPost: post }))
  putAtxV2('ATX2i', initial)
  put('ATX2i nipost0 root', v2Id.nipostRoot(initial.niposts[0]!, []))
  put('ATX2i initial root', v2Id.initialRoot(initial.initial!))
  put('empty marriages root', v2Id.marriagesRoot([]))

  const selfMarriage = signed(Domain.marriage, nodeId)
  const certificate = { referenceAtxId: new Uint8Array(32), signature: selfMarriage }
  const other = { referenceAtxId: repeat(0x77, 32), signature: repeat(0x88, 64) }
  const second = {
    ...{ marriageIndex: 1, prevAtxIndex: 1, membershipLeafIndex: 2n ** 33n },
    ...{ post, numUnits: 300 },
  }
  put('selfmarriage sig', selfMarriage)
  put('mc root', v2Id.marriageCertificateRoot(certificate))
  const married = signAtx({
    publishEpoch: 3,
    positioningAtxId: repeat(0x44, 32),
    coinbase,
    previousAtxIds: [repeat(0x55, 32), repeat(0x66, 32)],
    niposts: [{ ...nipost, membership: [], posts: [first, second] }],
    vrfNonce,
    marriages: [certificate, other],
    smesherId: nodeId,
    signature: noSignature,
  })
  put('ATX2m marriages root', v2Id.marriagesRoot(married.marriages))
  putAtxV2('ATX2m', married)
  for (const count of [4, 256, 2]) {
    put(`zero root ${count}`, merkleRoot(Array.from({ length: count }, () => new Uint8Array(32))))
  }
}

const signAtx = (atx: v2.ActivationTxV2): v2.ActivationTxV2 => ({
  ...atx,
  signature: signed(Domain.atx, v2Id.atxSignedBytesV2(atx)),
})

function putAtxV2(name: string, atx: v2.ActivationTxV2): void {
  put(`${name} id`, v2Id.atxIdV2(atx))
  put(`${name} sig`, atx.signature)
  put(name, v2.ActivationTxV2.encode(atx))
}

function putProposalAndBlock(): void {
  const innerBallot: InnerBallot = {
    layer: 8064,
    atxId: repeat(1, 32),
    opinionHash: repeat(2, 32),
    refBallot: new Uint8Array(20),
    epochData: { activeSetHash: repeat(3, 32), beacon, eligibilityCount: 70 },
  }
  const ballot: Ballot = {
    ...innerBallot,
    signature: signed(Domain.ballot, ballotSignedBytes(innerBallot)),
    smesherId: nodeId,
    votes: {
      base: repeat(5, 20),
      support: [{ blockId: repeat(6, 20), layer: 8063, height: 2n ** 35n }],
      against: [],
      abstain: [8062],
    },
    eligibilityProofs: [{ j: 1, signature: proof }],
    activeSet: [],
  }
  const inner = { ballot, txIds: [repeat(8, 32)], meshHash: repeat(9, 32) }
  const signature = signed(Domain.proposal, proposalSignedBytes(inner))
  put('ballot signed', ballotSignedBytes(ballot))
  put('ballot id', ballotId(ballot))
  put('ballot sig', ballot.signature)
  put('inner ballot', InnerBallot.encode(ballot))
  put('ballot', Ballot.encode(ballot))
  put('proposal signed', proposalSignedBytes(inner))
  put('proposal id', proposalId(inner))
  put('proposal sig', signature)
  put('proposal', Proposal.encode({ ...inner, signature }))
  put('activeset', activeSetHash([repeat(1, 32), repeat(2, 32)]))

  const block: Block = {
    layer: 8064,
    tickHeight: 123456n,
    rewards: [{ atxId: repeat(1, 32), weightNum: 1n, weightDenom: 3n }],
    txIds: [repeat(8, 32)],
  }
  put('block id', blockId(block))
  put('block', Block.encode(block))
  const content = { layer: 8064, blockId: blockId(block), eligibilityCount: 2, proof }
  const certified = signed(Domain.hare, certifySignedBytes(content))
  put('certify sig', certified)
  put('certify', CertifyMessage.encode({ ...content, smesherId: nodeId, signature: certified }))
}

function putHareAndMalfeasance(): void {
  const proposals = [repeat(0x0a, 20), repeat(0x0b, 20)]
  const reference = proposalSetHash(proposals)
  const part = { layer: 8064, eligibility: { proof, count: 3 } }
  const pre: hare.Hare3Body = {
    ...part,
    iter: 0,
    round: hare.HareRound.preround,
    value: { proposals },
  }
  const commit: hare.Hare3Body = {
    ...{ ...part, iter: 1, round: hare.HareRound.commit },
    value: { proposals: [], reference },
  }
  const [preSig, commitSig] = [pre, commit].map((body) =>
    signed(Domain.hare, hare.hare3SignedBytes(body)),
  ) as [Uint8Array, Uint8Array]
  put('hare3 pre hash', hare.hare3MessageHash(pre))
  put('hare3 pre sig', preSig)
  put('hare3 pre', hare.Hare3Message.encode({ ...pre, sender: nodeId, signature: preSig }))
  put('hare ref', reference)
  put('hare3 commit abs', String(hare.absoluteRound(commit.iter, commit.round)))
  put('hare3 commit signed', hare.hare3SignedBytes(commit))
  put('hare3 commit hash', hare.hare3MessageHash(commit))
  put('hare3 commit sig', commitSig)
  put('hare3 commit', hare.Hare3Message.encode({ ...commit, sender: nodeId, signature: commitSig }))
  const pre4 = { ...pre, value: { proposals, compactProposals: [] } }
  put('hare4 pre hash', hare.hare4MessageHash(pre4))
  put('hare4 sig', signed(Domain.hare, hare.hare4SignedBytes(pre4)))

  const messages = [
    { innerMessage: hare.hare3Metadata(pre), smesherId: nodeId, signature: preSig },
    { innerMessage: hare.hare3Metadata(commit), smesherId: nodeId, signature: commitSig },
  ]
  put('malf', MalfeasanceGossip.encode({ layer: 8064, proof: { type: 3, messages } }))
}

function putBeaconPoetOpinion(): void {
  const firstVote = {
    epoch: 3,
    validProposals: [counting(5).slice(1)],
    potentiallyValidProposals: [counting(9).slice(5)],
  }
  const following = { epoch: 3, round: 1, votesBitVector: Uint8Array.of(5) }
  const firstSig = signed(Domain.beaconFirstMsg, beacons.beaconFirstVoteSignedBytes(firstVote))
  const followingSig = signed(
    Domain.beaconFollowupMsg,
    beacons.beaconFollowingVoteSignedBytes(following),
  )
  const by = (signature: Uint8Array) => ({ smesherId: nodeId, signature })
  put('beacon first sig', firstSig)
  put('beacon first', beacons.BeaconFirstVote.encode({ ...firstVote, ...by(firstSig) }))
  put('beacon following sig', followingSig)
  put('beacon following', beacons.BeaconFollowingVote.encode({ ...following, ...by(followingSig) }))

  const poet: PoetProofMessage = {
    root: repeat(0x0e, 32),
    provenLeaves: [repeat(0x0f, 32)],
    proofNodes: [repeat(0x10, 32), new Uint8Array(0)],
    leafCount: 100000n,
    poetServiceId: repeat(0x0c, 32),
    roundId: utf8('17'),
    statement: repeat(0x0d, 32),
    signature: noSignature,
  }
  put('poet ref', poetRef(poet))
  put('poet msg', PoetProofMessage.encode(poet))
  const id = new Uint8Array(20)
  id[0] = 1
  put('opinion', opinionHash(undefined, { support: [{ id, height: 10n }] }))
}

function putVrf(): void {
  const prove = (alpha: Uint8Array) => vrfProve(key.secretKey, alpha)
  const voting = eligibility.ballotVrfBytes(beacon, 2, vrfNonce, 0)
  const certifying = eligibility.certifyVrfBytes(beacon, 8064)
  const proposing = eligibility.beaconProposalVrfBytes(vrfNonce, 3)
  put('voting alpha', voting)
  put('voting pi', prove(voting))
  put('eligible layer', String(vrfLayer(prove(voting), 2, 4032)))
  put('certify alpha', certifying)
  put('certify pi', prove(certifying))
  put('lsb', String(vrfLowestBit(prove(certifying))))
  put('beacon alpha', proposing)
  put('beacon pi', prove(proposing))
  put('wc alpha', eligibility.weakCoinVrfBytes(vrfNonce, 3, 1, 0))
}

function build(): void {
  const { wallet, multisig } = putAccounts()
  putTransactions(wallet, multisig)
  putAtxs(wallet)
  putProposalAndBlock()
  putHareAndMalfeasance()
  putBeaconPoetOpinion()
  putVrf()
}

/** types/named.jsonl */
export function checkNamed(record: Json): void {
  if (built.size === 0) build()
  const texts = built.get(record.name)
  if (!texts) throw new Error('this name is not built')
  const expected = record.kind === 'value' ? record.value : record.encoding
  if (!texts.includes(expected)) expectEqual(texts.join(' or '), expected, record.kind)
  if (record.kind === 'value') return
  expectEqual(expected.length / 2, record.length, 'length')
  expectHex(hash32(fromHex(expected)), record.blake3, 'blake3')
}
