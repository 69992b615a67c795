import * as activationV1 from '../../../src/protocol/activation-v1.ts'
import * as activationV2 from '../../../src/protocol/activation-v2.ts'
import { EpochActiveSet } from '../../../src/protocol/active-set.ts'
import { Ballot, Opinion } from '../../../src/protocol/ballot.ts'
import * as beacon from '../../../src/protocol/beacon.ts'
import { Block } from '../../../src/protocol/block.ts'
import { Certificate, CertifyMessage } from '../../../src/protocol/certificate.ts'
import type { Codec } from '../../../src/protocol/codec.ts'
import * as eligibility from '../../../src/protocol/eligibility.ts'
import * as hare from '../../../src/protocol/hare.ts'
import { AtxProof, ProofDoubleMarry } from '../../../src/protocol/malfeasance-v2.ts'
import { HareEligibilityGossip, MalfeasanceGossip } from '../../../src/protocol/malfeasance.ts'
import { PoetProofMessage } from '../../../src/protocol/poet.ts'
import { Proposal } from '../../../src/protocol/proposal.ts'
import * as spawn from '../../../src/protocol/spawn-args.ts'
import * as tx from '../../../src/protocol/transaction.ts'
import { bin, int, list, obj, opt, tagged, u64, type Shape } from './shapes.ts'

export interface WireType {
  readonly codec: Codec<unknown>
  readonly shape: Shape
}

const signed = { smesherId: ['SmesherID', bin], signature: ['Signature', bin] } as const

const post = obj({ nonce: ['Nonce', int], indices: ['Indices', bin], pow: ['Pow', u64] })
const membership = obj({ nodes: ['Nodes', list(bin)], leafIndex: ['LeafIndex', u64] })

const challengeV1 = {
  publishEpoch: ['PublishEpoch', int],
  sequence: ['Sequence', u64],
  prevAtxId: ['PrevATXID', bin],
  positioningAtxId: ['PositioningATXID', bin],
  commitmentAtxId: ['CommitmentATXID', opt(bin)],
  initialPost: ['InitialPost', opt(post)],
} as const

const atxV1 = obj({
  ...challengeV1,
  coinbase: ['Coinbase', bin],
  numUnits: ['NumUnits', int],
  nipost: [
    'NIPost',
    opt(
      obj({
        membership: ['Membership', membership],
        post: ['Post', opt(post)],
        postMetadata: [
          'PostMetadata',
          opt(obj({ challenge: ['Challenge', bin], labelsPerUnit: ['LabelsPerUnit', u64] })),
        ],
      }),
    ),
  ],
  nodeId: ['NodeID', opt(bin)],
  vrfNonce: ['VRFNonce', opt(u64)],
  ...signed,
})

const subPost = obj({
  marriageIndex: ['MarriageIndex', int],
  prevAtxIndex: ['PrevATXIndex', int],
  membershipLeafIndex: ['MembershipLeafIndex', u64],
  post: ['Post', post],
  numUnits: ['NumUnits', int],
})

const atxV2 = obj({
  publishEpoch: ['PublishEpoch', int],
  positioningAtxId: ['PositioningATX', bin],
  coinbase: ['Coinbase', bin],
  initial: ['Initial', opt(obj({ commitmentAtxId: ['CommitmentATX', bin], post: ['Post', post] }))],
  previousAtxIds: ['PreviousATXs', list(bin)],
  niposts: [
    'NiPosts',
    list(
      obj({
        membership: ['Membership.Nodes', list(bin)],
        challenge: ['Challenge', bin],
        posts: ['Posts', list(subPost)],
      }),
    ),
  ],
  vrfNonce: ['VRFNonce', u64],
  marriages: [
    'Marriages',
    list(obj({ referenceAtxId: ['ReferenceAtx', bin], signature: ['Signature', bin] })),
  ],
  marriageAtxId: ['MarriageATX', opt(bin)],
  ...signed,
})

const vote = obj({ blockId: ['ID', bin], layer: ['LayerID', int], height: ['Height', u64] })
const votes = {
  base: ['Base', bin],
  support: ['Support', list(vote)],
  against: ['Against', list(vote)],
  abstain: ['Abstain', list(int)],
} as const

const ballot = obj({
  layer: ['Layer', int],
  atxId: ['AtxID', bin],
  opinionHash: ['OpinionHash', bin],
  refBallot: ['RefBallot', bin],
  epochData: [
    'EpochData',
    opt(
      obj({
        activeSetHash: ['ActiveSetHash', bin],
        beacon: ['Beacon', bin],
        eligibilityCount: ['EligibilityCount', int],
      }),
    ),
  ],
  ...signed,
  votes: ['Votes', obj(votes)],
  eligibilityProofs: ['EligibilityProofs', list(obj({ j: ['J', int], signature: ['Sig', bin] }))],
  activeSet: ['ActiveSet', list(bin)],
})

const certify = obj({
  layer: ['LayerID', int],
  blockId: ['BlockID', bin],
  eligibilityCount: ['EligibilityCnt', int],
  proof: ['Proof', bin],
  ...signed,
})

const hareEligibility = obj({ proof: ['Proof', bin], count: ['Count', int] })
const hareValue = {
  proposals: ['Proposals', list(bin)],
  reference: ['Reference', opt(bin)],
} as const
const hareMessage = (value: Shape): Shape =>
  obj({
    layer: ['Layer', int],
    iter: ['Iter', int],
    round: ['Round', int],
    value: ['Value', value],
    eligibility: ['Eligibility', hareEligibility],
    sender: ['Sender', bin],
    signature: ['Signature', bin],
  })

const hareEligibilityGossip = obj({
  layer: ['Layer', int],
  round: ['Round', int],
  nodeId: ['NodeID', bin],
  eligibility: ['Eligibility', hareEligibility],
})

const proofMessages = (inner: Parameters<typeof obj>[0]): Shape =>
  obj({
    messages: [
      'Messages',
      list(
        obj({
          innerMessage: ['InnerMsg', obj({ ...inner, messageHash: ['MsgHash', bin] })],
          ...signed,
        }),
      ),
    ],
  })

const malfeasanceProof = tagged({
  1: proofMessages({ publishEpoch: ['PublishEpoch', int] }),
  2: proofMessages({ layer: ['Layer', int] }),
  3: proofMessages({ layer: ['Layer', int], round: ['Round', int] }),
  4: obj({ atx: ['Atx', atxV1], invalidIndex: ['InvalidIdx', int] }),
  5: obj({ atx1: ['Atx1', atxV1], atx2: ['Atx2', atxV1] }),
})

const marryProof = obj({
  atxId: ['ATXID', bin],
  marriageRoot: ['MarriageRoot', bin],
  marriageProof: ['MarriageProof', list(bin)],
  certificateReference: ['CertificateReference', bin],
  certificateSignature: ['CertificateSignature', bin],
  certificateIndex: ['CertificateIndex', u64],
  certificateProof: ['CertificateProof', list(bin)],
  ...signed,
})

const rawTx = { id: ['ID', bin], raw: ['Raw', bin] } as const
const txHeader = obj({
  principal: ['Principal', bin],
  templateAddress: ['TemplateAddress', bin],
  method: ['Method', int],
  nonce: ['Nonce', u64],
  layerLimits: ['LayerLimits', obj({ min: ['Min', int], max: ['Max', int] })],
  maxGas: ['MaxGas', u64],
  gasPrice: ['GasPrice', u64],
  maxSpend: ['MaxSpend', u64],
})

const type = <T>(codec: Codec<T>, shape: Shape): WireType => ({
  codec: codec as Codec<unknown>,
  shape,
})

/** The types of wire.jsonl.gz and decode.jsonl. */
export const wireTypes: Record<string, WireType> = {
  Account: type(
    tx.Account,
    obj({
      layer: ['Layer', int],
      address: ['Address', bin],
      nextNonce: ['NextNonce', u64],
      balance: ['Balance', u64],
      templateAddress: ['TemplateAddress', opt(bin)],
      state: ['State', bin],
    }),
  ),
  Reward: type(
    tx.Reward,
    obj({
      layer: ['Layer', int],
      totalReward: ['TotalReward', u64],
      layerReward: ['LayerReward', u64],
      coinbase: ['Coinbase', bin],
      smesherId: ['SmesherID', bin],
    }),
  ),
  TxHeader: type(tx.TxHeader, txHeader),
  TransactionResult: type(
    tx.TransactionResult,
    obj({
      status: ['Status', int],
      message: ['Message', bin],
      gas: ['Gas', u64],
      fee: ['Fee', u64],
      block: ['Block', bin],
      layer: ['Layer', int],
      addresses: ['Addresses', list(bin)],
    }),
  ),
  RawTx: type(tx.RawTx, obj(rawTx)),
  Transaction: type(tx.Transaction, obj({ ...rawTx, txHeader: ['TxHeader', opt(txHeader)] })),
  MerkleProof: type(activationV1.MerkleProof, membership),
  EpochActiveSet: type(EpochActiveSet, obj({ epoch: ['Epoch', int], set: ['Set', list(bin)] })),
  Ballot: type(Ballot, ballot),
  Opinion: type(Opinion, obj({ hash: ['Hash', bin], ...votes })),
  Block: type(
    Block,
    obj({
      layer: ['LayerIndex', int],
      tickHeight: ['TickHeight', u64],
      rewards: [
        'Rewards',
        list(
          obj({
            atxId: ['AtxID', bin],
            weightNum: ['Weight.Num', u64],
            weightDenom: ['Weight.Denom', u64],
          }),
        ),
      ],
      txIds: ['TxIDs', list(bin)],
    }),
  ),
  Certificate: type(
    Certificate,
    obj({ blockId: ['BlockID', bin], signatures: ['Signatures', list(certify)] }),
  ),
  CertifyMessage: type(CertifyMessage, certify),
  HareEligibilityGossip: type(HareEligibilityGossip, hareEligibilityGossip),
  PoetProofMessage: type(
    PoetProofMessage,
    obj({
      root: ['Root', bin],
      provenLeaves: ['ProvenLeaves', list(bin)],
      proofNodes: ['ProofNodes', list(bin)],
      leafCount: ['LeafCount', u64],
      poetServiceId: ['PoetServiceID', bin],
      roundId: ['RoundID', bin],
      statement: ['Statement', bin],
      signature: ['Signature', bin],
    }),
  ),
  Proposal: type(
    Proposal,
    obj({
      ballot: ['Ballot', ballot],
      txIds: ['TxIDs', list(bin)],
      meshHash: ['MeshHash', bin],
      signature: ['Signature', bin],
    }),
  ),
  PostV1: type(activationV1.PostV1, post),
  NIPostChallengeV1: type(activationV1.NipostChallengeV1, obj(challengeV1)),
  ActivationTxV1: type(activationV1.ActivationTxV1, atxV1),
  NIPostChallengeV2: type(
    activationV2.NipostChallengeV2,
    obj({
      publishEpoch: ['PublishEpoch', int],
      prevAtxId: ['PrevATXID', bin],
      positioningAtxId: ['PositioningATXID', bin],
      initialPost: ['InitialPost', opt(post)],
    }),
  ),
  ActivationTxV2: type(activationV2.ActivationTxV2, atxV2),
  ATXProof: type(
    AtxProof,
    obj({ version: ['Version', int], proofType: ['ProofType', int], proof: ['Proof', bin] }),
  ),
  ProofDoubleMarry: type(
    ProofDoubleMarry,
    obj({ nodeId: ['NodeID', bin], proofs: ['Proofs', list(marryProof)] }),
  ),
  MalfeasanceGossip: type(
    MalfeasanceGossip,
    obj({
      layer: ['Layer', int],
      proof: ['Proof', malfeasanceProof],
      eligibility: ['Eligibility', opt(hareEligibilityGossip)],
    }),
  ),
  Hare3Message: type(hare.Hare3Message, hareMessage(obj(hareValue))),
  Hare4Message: type(
    hare.Hare4Message,
    hareMessage(obj({ ...hareValue, compactProposals: ['CompactProposals', list(bin)] })),
  ),
  CompactIdRequest: type(hare.CompactIdRequest, obj({ messageId: ['MsgId', bin] })),
  CompactIdResponse: type(hare.CompactIdResponse, obj({ ids: ['Ids', list(bin)] })),
  BeaconProposalVrf: type(
    eligibility.BeaconProposalVrf,
    obj({ type: ['Type', int], vrfNonce: ['Nonce', u64], epoch: ['Epoch', int] }),
  ),
  BeaconProposal: type(
    beacon.BeaconProposal,
    obj({ epoch: ['EpochID', int], nodeId: ['NodeID', bin], vrfSignature: ['VRFSignature', bin] }),
  ),
  BeaconFirstVote: type(
    beacon.BeaconFirstVote,
    obj({
      epoch: ['EpochID', int],
      validProposals: ['ValidProposals', list(bin)],
      potentiallyValidProposals: ['PotentiallyValidProposals', list(bin)],
      ...signed,
    }),
  ),
  BeaconFollowingVote: type(
    beacon.BeaconFollowingVote,
    obj({
      epoch: ['EpochID', int],
      round: ['RoundID', int],
      votesBitVector: ['VotesBitVector', bin],
      ...signed,
    }),
  ),
  WeakCoinMessage: type(
    beacon.WeakCoinMessage,
    obj({
      epoch: ['Epoch', int],
      round: ['Round', int],
      unit: ['Unit', int],
      nodeId: ['NodeID', bin],
      vrfSignature: ['VRFSignature', bin],
    }),
  ),
  WeakCoinVrf: type(
    eligibility.WeakCoinVrf,
    obj({
      type: ['Type', int],
      vrfNonce: ['Nonce', u64],
      epoch: ['Epoch', int],
      round: ['Round', int],
      unit: ['Unit', int],
    }),
  ),
  HareVrf: type(
    eligibility.HareVrf,
    obj({
      type: ['Type', int],
      beacon: ['Beacon', bin],
      round: ['Round', int],
      layer: ['Layer', int],
    }),
  ),
  BallotVrf: type(
    eligibility.BallotVrf,
    obj({
      type: ['Type', int],
      beacon: ['Beacon', bin],
      epoch: ['Epoch', int],
      vrfNonce: ['Nonce', u64],
      counter: ['Counter', int],
    }),
  ),
  WalletSpawnArgs: type(spawn.WalletSpawnArgs, obj({ publicKey: ['PublicKey', bin] })),
  MultisigSpawnArgs: type(
    spawn.MultisigSpawnArgs,
    obj({ required: ['Required', int], publicKeys: ['PublicKeys', list(bin)] }),
  ),
  VaultSpawnArgs: type(
    spawn.VaultSpawnArgs,
    obj({
      owner: ['Owner', bin],
      totalAmount: ['TotalAmount', u64],
      initialUnlockAmount: ['InitialUnlockAmount', u64],
      vestingStart: ['VestingStart', int],
      vestingEnd: ['VestingEnd', int],
    }),
  ),
  Payload: type(tx.TxPayload, obj({ nonce: ['Nonce', u64], gasPrice: ['GasPrice', u64] })),
}
