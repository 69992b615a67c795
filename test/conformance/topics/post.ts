import { blake3 } from '@noble/hashes/blake3.js'

import { encryptBlock, expandKey } from '../../../src/post/aes.ts'
import { groupKey, lazyKey } from '../../../src/post/ciphers.ts'
import {
  bitLength,
  indicesLength,
  provingDifficulty,
  scaledPowDifficulty,
  vrfDifficulty,
} from '../../../src/post/difficulty.ts'
import { fileBytes, layoutOf, type DataSize, type Layout } from '../../../src/post/files.ts'
import { LabelTest } from '../../../src/post/label-test.ts'
import { commitment, createCpuLabeler, createLabelFunction } from '../../../src/post/labels.ts'
import { KeccakHmac } from '../../../src/post/labels/hmac.ts'
import { blockMix, roMix } from '../../../src/post/labels/mix.ts'
import { readMetadata, writeMetadata, type DataMetadata } from '../../../src/post/metadata.ts'
import { packIndices, unpackIndices } from '../../../src/post/packing.ts'
import { createFreePow, powInput, type K2Pow } from '../../../src/post/pow.ts'
import { prove } from '../../../src/post/prove.ts'
import { selectOrdinals } from '../../../src/post/selection.ts'
import { verify, type PostVerdict, type VerifyMode } from '../../../src/post/verify.ts'
import { isVrfNonceValid, searchVrfNonce, smallestBelow } from '../../../src/post/vrf-nonce.ts'
import { compareBytes, fromHex, hex } from '../../../src/util/bytes.ts'
import { isSmeshError, SmeshError } from '../../../src/util/error.ts'
import {
  accepts,
  eachOf,
  expectEqual,
  expectHex,
  expectJson,
  skip,
  skipped,
  type Json,
  type Topic,
} from '../types.ts'

const { signal } = new AbortController()
const RANDOMX = 'the RandomX hash itself; the rest of the record was checked'

const bytesOf = (words: Int32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
const wordsOf = (bytes: Uint8Array): Int32Array => new Int32Array(bytes.slice().buffer)

/** Records of several lists of one document, each with the name of its list. */
const lists =
  (...names: string[]) =>
  (document: Json): Json[] =>
    names.flatMap((list) => document[list].map((record: Json) => ({ list, ...record })))

/** Sends each record to the check of its list. */
const byList =
  (checks: Record<string, (record: Json) => void | Promise<void>>) =>
  (record: Json): void | Promise<void> =>
    checks[record.list]!(record)

/** A topic file made of several lists. */
const file = (checks: Record<string, (record: Json) => void | Promise<void>>) =>
  eachOf(lists(...Object.keys(checks)), byList(checks))

// Labels

function checkLabelRecord({ commitment, scryptN, index, output, label }: Json): void {
  const got = createLabelFunction({ commitment: fromHex(commitment), scryptN })(BigInt(index))
  expectHex(got, output, 'output')
  expectHex(got.subarray(0, 16), label, 'label')
}

async function checkLabelRange(record: Json): Promise<void> {
  const { scryptN, firstIndex, count, labelsBlake3 } = record
  const labeler = createCpuLabeler({ commitment: fromHex(record.commitment), scryptN })
  const outputs = await labeler.compute(BigInt(firstIndex), count, { signal })
  expectHex(blake3(firstHalves(outputs)), labelsBlake3, 'labelsBlake3')
}

function firstHalves(outputs: Uint8Array): Uint8Array {
  const labels = new Uint8Array(outputs.length / 2)
  for (let at = 0; at < labels.length; at += 16) {
    labels.set(outputs.subarray(2 * at, 2 * at + 16), at)
  }
  return labels
}

function checkLabelStages(record: Json): void {
  const { scryptN } = record
  const hmac = new KeccakHmac()
  hmac.setKey(new Int32Array(fromHex(record.password).buffer))
  const block = new Int32Array(32)
  hmac.expand(block)
  expectHex(bytesOf(block), record.startBlock, 'startBlock')
  const x = block
  const rows = new Int32Array(32 * scryptN)
  const state = x.slice()
  for (let row = 0; row < scryptN; row++) {
    rows.set(state, 32 * row)
    blockMix(state, 0, state, 0)
    if (row === 0) expectHex(bytesOf(state), record.afterFirstMix, 'afterFirstMix')
  }
  expectHex(bytesOf(state), record.afterFill, 'afterFill')
  const read = state[16]! & (scryptN - 1)
  expectEqual(read, record.firstReadRow, 'firstReadRow')
  for (let i = 0; i < 32; i++) state[i]! ^= rows[32 * read + i]!
  blockMix(state, 0, state, 0)
  expectHex(bytesOf(state), record.afterFirstRead, 'afterFirstRead')
  roMix(x, rows, scryptN)
  expectHex(bytesOf(block), record.endBlock, 'endBlock')
  const out = new Int32Array(8)
  hmac.compress(block, out, 0)
  expectHex(bytesOf(out), record.output, 'output')
}

// VRF nonce

function checkVrfDifficulty({ numLabels, vrfDifficulty: expected, overflow }: Json): void {
  const compute = () => vrfDifficulty(BigInt(numLabels))
  if (overflow) expectEqual(accepts(compute), false, 'overflow')
  else expectHex(compute(), expected, 'vrfDifficulty')
}

async function checkVrfSearch(record: Json): Promise<void> {
  const { scryptN, from, to, difficulty, found } = record
  const labeler = createCpuLabeler({ commitment: fromHex(record.commitment), scryptN })
  const range = { from: BigInt(from), to: BigInt(to), batch: 4096, difficulty: fromHex(difficulty) }
  const best = await searchVrfNonce(range, { labeler }, { signal })
  expectEqual(best?.index.toString(), found?.nonce, 'nonce')
  if (best) expectHex(best.output, found.output, 'output')
}

function checkVrfNonce(record: Json): void {
  const ids = { nodeId: fromHex(record.nodeId), commitmentAtxId: fromHex(record.commitmentAtxId) }
  const labelsPerUnit = BigInt(record.labelsPerUnit)
  const { numUnits, scryptN } = record
  const claim = { ...ids, numUnits, labelsPerUnit, nonce: BigInt(record.nonce) }
  expectHex(commitment(ids.nodeId, ids.commitmentAtxId), record.commitment, 'commitment')
  expectHex(vrfDifficulty(BigInt(numUnits) * labelsPerUnit), record.vrfDifficulty, 'vrfDifficulty')
  expectEqual(isVrfNonceValid(claim, { scryptN }), record.valid, 'valid')
}

async function checkPastTheEnd(record: Json): Promise<void> {
  const { scryptN, computeBatchSize, batchesSearched, lastPosition, nonce, output } = record
  const labeler = createCpuLabeler({ commitment: fromHex(record.commitment), scryptN })
  const difficulty = fromHex(record.vrfDifficulty)
  const numLabels = BigInt(record.numUnits) * BigInt(record.labelsPerUnit)
  const size = BigInt(computeBatchSize)
  const inside = { from: 0n, to: numLabels, batch: 4096, difficulty }
  expectEqual(await searchVrfNonce(inside, { labeler }, { signal }), undefined, 'nonce in the data')
  for (let batch = 0, from = numLabels; ; batch++, from += size) {
    const range = { from, to: from + size, batch: 8192, difficulty }
    const best = await searchVrfNonce(range, { labeler }, { signal })
    expectEqual(best !== undefined, batch + 1 === batchesSearched, `hit in batch ${batch}`)
    if (!best) continue
    expectEqual(from.toString(), lastPosition, 'lastPosition')
    expectEqual(best.index.toString(), nonce, 'nonce')
    return expectHex(best.output, output, 'output')
  }
}

// Metadata

function fieldsOf(record: Json): DataMetadata {
  const metadata: DataMetadata = {
    nodeId: fromHex(record.nodeId),
    commitmentAtxId: fromHex(record.commitmentAtxId),
    labelsPerUnit: BigInt(record.labelsPerUnit),
    numUnits: record.numUnits,
    maxFileSize: BigInt(record.maxFileSize),
  }
  if (record.nonce !== undefined) metadata.nonce = BigInt(record.nonce)
  if (record.nonceValue !== undefined) metadata.nonceValue = fromHex(record.nonceValue)
  if (record.lastPosition !== undefined) metadata.lastPosition = BigInt(record.lastPosition)
  return metadata
}

function checkWrittenByGo({ fields, text }: Json): void {
  expectEqual(writeMetadata(fieldsOf(fields)), text, 'text')
  const { nonceValue, ...rest } = fieldsOf(fields)
  expectJson(readMetadata(text), nonceValue?.length ? { ...rest, nonceValue } : rest, 'read back')
}

function checkReadByGo({ text, parsed, error }: Json): void {
  if (error !== undefined)
    expectEqual(
      accepts(() => readMetadata(text)),
      false,
      'accepted',
    )
  else expectJson(readMetadata(text), parsed, 'parsed')
}

// Proofs

interface Made {
  size: DataSize
  layout: Layout
  labels: Uint8Array
  outputs: Uint8Array
}

/** All labels of a record's data: none are stored in the vectors. */
async function makeData({ params, identity }: Json): Promise<Made> {
  const size = {
    numUnits: params.numUnits,
    labelsPerUnit: BigInt(params.labelsPerUnit),
    maxFileSize: BigInt(params.maxFileSize),
  }
  const layout = layoutOf(size)
  const id = commitment(fromHex(identity.nodeId), fromHex(identity.commitmentAtxId))
  const labeler = createCpuLabeler({ commitment: id, scryptN: params.scryptN })
  const outputs = await labeler.compute(0n, Number(layout.numLabels), { signal })
  return { size, layout, labels: firstHalves(outputs), outputs }
}

function storeOf({ layout, labels }: Made) {
  const start = (file: number) => file * Number(layout.labelsPerFile) * 16
  return {
    size: async (file: number) => fileBytes(layout, file),
    read: async (file: number, offset: number, length: number) =>
      labels.slice(start(file) + offset, start(file) + offset + length),
  }
}

/** Answers with the recorded proofs of work: what RandomX would find. */
const recordedPow = (groups: Json[]): K2Pow => ({
  async find({ group }) {
    const found = groups.find((row) => row.group === group)
    if (!found) throw new SmeshError('INTERNAL', { what: `group ${group} is not recorded` })
    return BigInt(found.pow)
  },
  async check({ group, difficulty }, pow) {
    const found = groups.find((row) => row.group === group)
    return BigInt(found?.pow) === pow && compareBytes(fromHex(found.powHash), difficulty) < 0
  },
})

async function checkProof(record: Json): Promise<void> {
  const { params, identity, derived, data } = record
  const made = await makeData(record)
  const { numLabels, files } = made.layout
  const nodeId = fromHex(identity.nodeId)
  const commitmentAtxId = fromHex(identity.commitmentAtxId)
  const challenge = fromHex(identity.challenge)
  const powDifficulty = fromHex(params.powDifficulty)
  const { k1, k2, numUnits, scryptN } = params

  const { difficulty, msb, lsb } = provingDifficulty(k1, numLabels)
  expectJson(
    {
      numLabels,
      bitsPerIndex: bitLength(numLabels),
      indicesBytes: indicesLength(numLabels, k2),
      provingDifficulty: difficulty,
      difficultyMsb: msb,
      difficultyLsb: lsb,
      scaledPowDifficulty: scaledPowDifficulty(powDifficulty, numUnits),
      vrfDifficulty: vrfDifficulty(numLabels),
    },
    derived,
    'derived',
  )
  const sizes = Array.from({ length: files }, (_, file) => fileBytes(made.layout, file))
  expectJson(sizes, data.fileSizes, 'fileSizes')
  expectHex(blake3(made.labels), data.labelsBlake3, 'labelsBlake3')
  const smallest = smallestBelow(made.outputs, 0n, new Uint8Array(32).fill(0xff))!
  expectEqual(smallest.index.toString(), data.smallestLabelIndex, 'smallestLabelIndex')
  expectHex(smallest.output, data.smallestLabelOutput, 'smallestLabelOutput')
  const nonce = smallestBelow(made.outputs, 0n, vrfDifficulty(numLabels))
  expectEqual(nonce?.index.toString() ?? null, data.vrfNonce, 'vrfNonce')
  for (const { group, pow, key } of record.groups) {
    expectHex(groupKey({ challenge, group, pow: BigInt(pow) }), key, `key of group ${group}`)
  }

  const isFree = derived.scaledPowDifficulty === 'f'.repeat(64)
  const pow = isFree ? createFreePow() : recordedPow(record.groups)
  const store = storeOf(made)
  const size = made.size
  const { noncesPerPass } = params
  const options = { ...size, nodeId, challenge, k1, k2, powDifficulty, noncesPerPass }
  const proof = await prove(options, { store, pow }, { signal })
  const expected = record.scanWithTails?.proof ?? record.scanWithTails ?? record.proof
  expectEqual(proof.nonce, expected.nonce, 'nonce')
  expectEqual(proof.pow.toString(), expected.pow, 'pow')
  expectHex(proof.indices, expected.indices, 'indices')
  const decoded = unpackIndices(proof.indices, bitLength(numLabels)).slice(0, k2)
  expectJson(decoded, expected.decodedIndices, 'decodedIndices')

  const limits = { minNumUnits: 1, maxNumUnits: numUnits, labelsPerUnit: size.labelsPerUnit }
  const config = { ...limits, k1, k2, powDifficulty, scryptN }
  const metadata = { nodeId, commitmentAtxId, challenge, numUnits }
  for (const { nonce, pow: found, indices } of [proof, record.proof]) {
    const checked = {
      nonce,
      pow: BigInt(found),
      indices: typeof indices === 'string' ? fromHex(indices) : indices,
    }
    const verdict = await verify(checked, metadata, config, { type: 'all' }, { pow })
    expectJson(verdict, { ok: true }, 'verifyAll')
  }
  if (!isFree) skip(RANDOMX)
}

async function checkNoProof(record: Json): Promise<void> {
  const { params, identity } = record
  const made = await makeData(record)
  const work = prove(
    {
      ...made.size,
      nodeId: fromHex(identity.nodeId),
      challenge: fromHex(identity.challenge),
      k1: params.k1,
      k2: params.k2,
      powDifficulty: fromHex(params.powDifficulty),
      noncesPerPass: params.noncesPerPass,
    },
    { store: storeOf(made), pow: createFreePow() },
    { signal },
  )
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expectEqual(isSmeshError(error, 'POST_NO_PROOF'), true, 'groups exhausted')
}

function checkStage(record: Json): void {
  const { groups, winner } = record
  const challengeOf = (keyInput: string) => fromHex(keyInput.slice(0, 64))
  const nodeIdOf = (input: string) => fromHex(input.slice(32))
  for (const row of groups) {
    const challenge = challengeOf(row.keyInput)
    const difficulty = fromHex(record.scaledPowDifficulty)
    const task = { group: row.group, challenge, nodeId: nodeIdOf(row.powInput), difficulty }
    expectHex(powInput(task, BigInt(row.pow)), row.powInput, 'powInput')
    expectEqual(compareBytes(fromHex(row.powHash), difficulty) < 0, true, 'pow hash below')
    const key = groupKey({ challenge, group: row.group, pow: BigInt(row.pow) })
    expectHex(key, row.key, 'key')
    const blocks = record.firstLabels.map((label: string) => encrypt(key, label))
    expectJson(blocks, row.firstBlocks, 'firstBlocks')
  }
  const { nonce, group, pow, byteInBlock } = winner
  const seed = { challenge: challengeOf(winner.secondKeyInput), group, pow: BigInt(pow) }
  expectHex(lazyKey(seed, nonce), winner.secondKey, 'secondKey')
  const [msb, lsb] = [record.difficultyMsb, BigInt(record.difficultyLsb)]
  const difficulty = { difficulty: BigInt(record.provingDifficulty), msb, lsb }
  const test = new LabelTest(seed, difficulty)
  for (const hit of [...winner.hits, ...winner.byteEqualButValueTooLarge]) {
    const label = fromHex(hit.label)
    expectEqual(encrypt(fromHex(winner.key), hit.label), hit.block, 'block')
    expectEqual(fromHex(hit.block)[byteInBlock], hit.byte, 'byte')
    const verdict = test.verdict(label, nonce)
    expectEqual(verdict.good, hit.good, `label ${hit.index}`)
    expectEqual(
      test.scan(wordsOf(label), 0, 1, (_, slot) => slot === byteInBlock),
      hit.good,
      `scan of label ${hit.index}`,
    )
    if (hit.secondBlock === undefined) continue
    expectEqual(encrypt(fromHex(winner.secondKey), hit.label), hit.secondBlock, 'secondBlock')
    if (verdict.good || verdict.error !== 'InvalidLsb') continue
    expectEqual(verdict.lsb.toString(), hit.value56, 'value56')
  }
}

function encrypt(key: Uint8Array, block: string): string {
  const output = new Int32Array(4)
  encryptBlock(expandKey(key), wordsOf(fromHex(block)), 0, output)
  return hex(bytesOf(output))
}

// Verification

const modeOf = (mode: Json): VerifyMode =>
  mode.type === 'subset' ? { type: 'subset', k3: mode.k3, seed: fromHex(mode.seed) } : mode

async function checkVerdict(record: Json): Promise<void> {
  const { proof, metadata, config, init, mode, expect } = record
  const powDifficulty = fromHex(config.powDifficulty)
  const free = createFreePow()
  let needsRandomx = false
  const pow = {
    // Where RandomX would have to be asked, the record's own verdict answers for it.
    async check(...call: Parameters<K2Pow['check']>): Promise<boolean> {
      try {
        return await free.check(...call)
      } catch (error) {
        if (!isSmeshError(error, 'RANDOMX_MISSING')) throw error
        needsRandomx = true
        return expect.error !== 'InvalidPoW'
      }
    },
  }
  const verdict = await verify(
    { nonce: proof.nonce, pow: BigInt(proof.pow), indices: fromHex(proof.indices) },
    {
      nodeId: fromHex(metadata.nodeId),
      commitmentAtxId: fromHex(metadata.commitmentAtxId),
      challenge: fromHex(metadata.challenge),
      numUnits: metadata.numUnits,
    },
    {
      ...init,
      labelsPerUnit: BigInt(init.labelsPerUnit),
      k1: config.k1,
      k2: config.k2,
      powDifficulty,
    },
    modeOf(mode),
    { pow },
  )
  expectVerdict(verdict, expect)
  if (needsRandomx) skip(RANDOMX)
}

function expectVerdict(verdict: PostVerdict, { message: _, ...expected }: Json): void {
  expectJson(verdict, { ok: false, ...expected }, 'verdict')
}

function checkSelection({ k2, k3, seed, nodeId, challenge, ordinals }: Json): void {
  const ids = { nodeId: fromHex(nodeId), challenge: fromHex(challenge) }
  expectJson(selectOrdinals({ k2, k3, seed: fromHex(seed) }, ids), ordinals, 'ordinals')
}

function checkPacking({ bits, indices, bytes, unpacked }: Json): void {
  expectHex(packIndices(indices.map(BigInt), bits), bytes, 'bytes')
  expectJson(unpackIndices(fromHex(bytes), bits), unpacked, 'unpacked')
}

function checkProvingDifficulty({ k1, numLabels, difficulty, msb, lsb, error }: Json): void {
  if (error === undefined) {
    return expectJson(provingDifficulty(k1, BigInt(numLabels)), { difficulty, msb, lsb }, 'value')
  }
  try {
    provingDifficulty(k1, BigInt(numLabels))
  } catch (thrown) {
    if (!isSmeshError(thrown, 'POST_NO_DIFFICULTY')) throw thrown
    return expectEqual(thrown.context.reason, error, 'error')
  }
  expectEqual('no error', error, 'error')
}

export const topic: Topic = {
  files: {
    'labels.json': file({
      commitments: ({ nodeId, commitmentAtxId, commitment: expected }) =>
        expectHex(commitment(fromHex(nodeId), fromHex(commitmentAtxId)), expected, 'commitment'),
      labels: checkLabelRecord,
      ranges: checkLabelRange,
      stages: checkLabelStages,
    }),
    'vrf-nonce.json': file({
      difficulties: checkVrfDifficulty,
      searches: checkVrfSearch,
      verify: checkVrfNonce,
      pastTheEnd: checkPastTheEnd,
    }),
    'metadata.json': file({
      writtenByGo: checkWrittenByGo,
      writtenByRust: ({ fields, text }) => expectJson(readMetadata(text), fieldsOf(fields), 'read'),
      readByGo: checkReadByGo,
    }),
    'proofs.json': file({ proofs: checkProof, noProof: checkNoProof }),
    'stages.json': eachOf(({ stages }) => stages, checkStage),
    'verify-cases.json': file({
      cases: checkVerdict,
      selections: checkSelection,
      packing: checkPacking,
      bitLengths: ({ value, bits }) => expectEqual(bitLength(BigInt(value)), bits, 'bits'),
      provingDifficulty: checkProvingDifficulty,
      scaledPowDifficulty: ({ powDifficulty, numUnits, scaled }) =>
        expectHex(scaledPowDifficulty(fromHex(powDifficulty), numUnits), scaled, 'scaled'),
    }),
    'randomx.json': skipped('RandomX is not built in yet'),
  },
}
