import { Mt19937, goShuffle } from '../../../src/crypto/mt19937.ts'
import { fixedFromFraction, fixedFromRatio } from '../../../src/crypto/fixed.ts'
import {
  beaconHash,
  countSeats,
  decodeVotes,
  encodeVotes,
  eligibleSlots,
  messageGrade,
  proposalThreshold,
  roundDelay,
  smallestProof,
  tossCoin,
  validSeats,
  votingThreshold,
  type IterRound,
  type Ratio,
} from '../../../src/consensus/index.ts'
import { absoluteRound } from '../../../src/protocol/hare.ts'
import { proposalSetHash } from '../../../src/protocol/proposal.ts'
import { compareBytes, fromHex, hex } from '../../../src/util/bytes.ts'
import { isSmeshError } from '../../../src/util/error.ts'
import { expectEqual, expectHex, expectJson, skipped, type Topic } from '../types.ts'
import { checkBinCdf, checkFixed } from './consensus-fixed.ts'

interface SlotsRecord {
  weight: string
  minWeight: string
  totalWeight: string
  layerAvgSize: number
  layersPerEpoch: number
  error: boolean
  slots?: number
}

function checkSlots(record: SlotsRecord): void {
  const { layerAvgSize: layerAverageSize, layersPerEpoch } = record
  const params = { layerAverageSize, layersPerEpoch, minimalWeight: BigInt(record.minWeight) }
  let slots: number | undefined
  try {
    slots = eligibleSlots(BigInt(record.weight), BigInt(record.totalWeight), params)
  } catch (error) {
    if (!isSmeshError(error, 'ZERO_TOTAL_WEIGHT')) throw error
  }
  expectEqual(slots, record.error ? undefined : record.slots, 'slots')
}

interface EligibilityRecord {
  n: number
  committee: number
  total: string
  proofHead: string
  count: number
}

function checkEligibility(record: EligibilityRecord): void {
  const p = fixedFromRatio(BigInt(record.committee), BigInt(record.total))
  const draw = { n: record.n, p, fraction: fixedFromFraction(fromHex(record.proofHead)) }
  expectEqual(countSeats(draw), record.count, 'count')
  expectEqual(validSeats(draw, record.count), true, 'the counted number is valid')
  expectEqual(validSeats(draw, record.count + 1), false, 'one more is not')
}

interface ShuffleRecord {
  seed: string
  n: number
  permutation: number[]
  firstOutput: string
}

function checkShuffle(record: ShuffleRecord): void {
  const seed = fromHex(record.seed)
  expectEqual(new Mt19937(seed).next64(), BigInt(record.firstOutput), 'first output')
  const items = Array.from({ length: record.n }, (_, i) => i)
  expectJson(goShuffle(items, new Mt19937(seed)), record.permutation, 'permutation')
}

function checkCoin(record: { proofs: string[]; smallest: string; coin: boolean }): void {
  const proofs = record.proofs.map(fromHex)
  expectEqual(hex(smallestProof(proofs) ?? new Uint8Array(0)), record.smallest, 'smallest')
  expectEqual(tossCoin(proofs), record.coin, 'coin')
}

interface SetHashRecord {
  proposals: string[]
  hashInGivenOrder: string
  hashSorted: string
}

function checkSetHash(record: SetHashRecord): void {
  const ids = record.proposals.map(fromHex)
  expectHex(proposalSetHash(ids), record.hashInGivenOrder, 'in the given order')
  expectHex(proposalSetHash(ids.toSorted(compareBytes)), record.hashSorted, 'sorted')
}

interface GradeRecord {
  received: IterRound
  target: IterRound
  absoluteReceived: number
  absoluteTarget: number
  delay: number
  grade: number
}

function checkGrade({ received, target, ...expected }: GradeRecord): void {
  const { absoluteReceived, absoluteTarget } = expected
  expectEqual(absoluteRound(received.iter, received.round), absoluteReceived, 'received')
  expectEqual(absoluteRound(target.iter, target.round), absoluteTarget, 'target')
  expectEqual(roundDelay(received, target), expected.delay, 'delay')
  expectEqual(messageGrade(received, target), expected.grade, 'grade')
}

const ratio = (text: string): Ratio => text.split('/').map(Number) as [number, number]

interface ProposalThresholdRecord {
  atxs: number
  kappa: number
  q: string
  threshold: string
  trailingZeroDigits: number
}

function checkProposalThreshold(record: ProposalThresholdRecord): void {
  const { atxs, kappa, threshold, trailingZeroDigits } = record
  const expected = BigInt(`0x0${threshold}${'0'.repeat(trailingZeroDigits)}`)
  expectEqual(proposalThreshold(atxs, { kappa, q: ratio(record.q) }), expected, 'threshold')
}

function checkVotingThreshold(record: { theta: string; epochWeight: string; threshold: string }) {
  const threshold = votingThreshold(ratio(record.theta), BigInt(record.epochWeight))
  expectEqual(threshold, BigInt(record.threshold), 'threshold')
}

interface BeaconVotesRecord {
  firstVoteList: string[]
  supported: string[]
  votesBitVector: string
  decodedFor: boolean[]
  beaconHash?: string
  beacon?: string
}

function checkBeaconVotes(record: BeaconVotesRecord): void {
  const list = record.firstVoteList.map(fromHex)
  const supported = record.supported.map(fromHex)
  const bits = encodeVotes(list, supported)
  expectHex(bits, record.votesBitVector, 'bits')
  expectJson(decodeVotes(list, bits), record.decodedFor, 'decoded')
  if (record.beaconHash === undefined) return
  const hash = beaconHash(supported)
  expectHex(hash, record.beaconHash, 'hash')
  expectHex(hash.slice(0, 4), record.beacon!, 'beacon')
}

/** Records of consensus/; formats in vectors/README.md. */
export const topic: Topic = {
  files: {
    'fixed.jsonl': checkFixed,
    'bincdf.jsonl': checkBinCdf,
    'eligibility.jsonl': checkEligibility,
    'slots.jsonl': checkSlots,
    'shuffle.jsonl': checkShuffle,
    'coin.jsonl': checkCoin,
    'hare-set-hash.jsonl': checkSetHash,
    'hare-grades.jsonl': checkGrade,
    'beacon-thresholds.jsonl': checkProposalThreshold,
    'vote-thresholds.jsonl': checkVotingThreshold,
    'beacon-votes.jsonl': checkBeaconVotes,
    'hare-scenarios.jsonl': skipped('the Hare session is not built yet'),
    'hare-traces.jsonl': skipped('the Hare session is not built yet'),
  },
}
