import { createHasher, hash32 } from '../../../src/crypto/hash.ts'
import { shuffleInNonceOrder } from '../../../src/mesh/txs/order.ts'
import { Account, type Reward } from '../../../src/protocol/transaction.ts'
import { concat, fromHex, hex, u64le } from '../../../src/util/bytes.ts'
import { applyLayerSync, isRefusal, parse, verifyTx } from '../../../src/vm/index.ts'
import { accumulatedSubsidy, subsidyAt, vested } from '../../../src/vm/index.ts'
import type { LayerResult, ParsedTx } from '../../../src/vm/index.ts'
import { expectEqual, expectHex, expectJson, type Json, type Topic } from '../types.ts'

const FIRST_EFFECTIVE_GENESIS = 8063

/** The vectors do not say whose the shares are. */
const NOBODY = new Uint8Array(32)

type Accounts = Map<string, Account>

const account = (json: Json, layer = 0): Account => ({
  layer,
  address: fromHex(json.address),
  nextNonce: BigInt(json.nextNonce),
  balance: BigInt(json.balance),
  templateAddress: json.template === null ? undefined : fromHex(json.template),
  state: fromHex(json.state),
})

const accountJson = ({ address, nextNonce, balance, templateAddress, state }: Account) => ({
  address,
  nextNonce,
  balance,
  template: templateAddress ?? null,
  state,
})

const stateOf = (accounts: Json): Accounts =>
  new Map(accounts.map((json: Json) => [json.address, account(json)]))

const paidJson = ({ coinbase, totalReward, layerReward }: Reward) => ({
  coinbase,
  totalReward,
  layerReward,
})

const headerJson = ({ header, fee, spending }: Pick<ParsedTx, 'header' | 'fee' | 'spending'>) => ({
  principal: header.principal,
  template: header.templateAddress,
  method: header.method,
  nonce: header.nonce,
  gasPrice: header.gasPrice,
  maxGas: header.maxGas,
  maxSpend: header.maxSpend,
  fee,
  spending,
})

function runLayer(state: Accounts, run: Json, layer: Json, raws: string[]): LayerResult {
  const rewards = layer.rewards.map((share: Json) => ({
    coinbase: fromHex(share.coinbase),
    smesherId: NOBODY,
    weightNum: BigInt(share.num),
    weightDenom: BigInt(share.denom),
  }))
  const result = applyLayerSync(
    {
      layer: layer.layer,
      txs: raws.map((raw) => ({ raw: fromHex(raw) })),
      rewards,
      genesisId: fromHex(run.genesisId ?? '00'.repeat(20)),
      hrp: 'sm',
      blockGasLimit: BigInt(run.blockGasLimit ?? 0),
      firstEffectiveGenesis: run.firstEffectiveGenesis ?? FIRST_EFFECTIVE_GENESIS,
    },
    (address) => state.get(hex(address)),
  )
  for (const touched of result.touchedAccounts) state.set(hex(touched.address), touched)
  return result
}

function checkLayer(result: LayerResult, expected: Json, what: string): void {
  const u64 = (value: bigint) => BigInt.asUintN(64, value)
  expectEqual(String(result.subsidy), expected.subsidy, `${what} subsidy`)
  expectEqual(String(result.fees), expected.fees, `${what} fees`)
  const ineffective = result.ineffective.map(({ id }) => hex(id))
  expectJson(
    ineffective,
    expected.ineffective.map(({ id }: Json) => id),
    `${what} ineffective`,
  )
  const results = result.results.map(({ id, header, succeeded, message, gas, fee, addresses }) => {
    const full = u64(header.maxGas * header.gasPrice)
    const spending = u64(full + header.maxSpend)
    const json = headerJson({ header, fee: full, spending })
    return { id, status: succeeded ? 0 : 1, message, gas, fee, addresses, header: json }
  })
  expectJson(results, expected.results, `${what} results`)
  const rewards = result.rewards.map(paidJson)
  expectJson(rewards, expected.rewards, `${what} rewards`)
  expectJson(result.touchedAccounts.map(accountJson), expected.touchedAccounts, `${what} accounts`)
  if (expected.stateHashPreimage !== undefined) {
    const preimage = concat(...result.touchedAccounts.map((touched) => Account.encode(touched)))
    expectHex(preimage, expected.stateHashPreimage, `${what} state hash preimage`)
  }
  expectHex(result.stateHash, expected.stateHash, `${what} state hash`)
}

/** Transactions parsed one by one against the state before their layer. */
function checkParsed(json: Json, state: Accounts, genesisId: string): void {
  const raw = fromHex(json.raw)
  expectHex(hash32(raw), json.id, 'transaction id')
  const tx = parse(raw, state.get(hex(raw.subarray(1, 25))))
  expectEqual(!isRefusal(tx), json.parses, `${json.id} parses`)
  if (isRefusal(tx)) return
  expectJson(headerJson(tx), json.header, `${json.id} header`)
  expectEqual(verifyTx(tx, fromHex(genesisId)), json.signatureValid, `${json.id} signature`)
}

function checkRun(run: Json): void {
  const state = stateOf(run.accounts)
  for (const layer of run.layers) {
    for (const tx of layer.txs) if (tx.parses !== undefined) checkParsed(tx, state, run.genesisId)
    const raws = layer.txs.map(({ raw }: Json) => raw)
    checkLayer(runLayer(state, run, layer, raws), layer.expected, `layer ${layer.layer}`)
  }
  const byAddress = (a: Json, b: Json) => (a.address < b.address ? -1 : 1)
  const final = [...state.values()].map(accountJson)
  expectJson(
    final.map((json) => ({ ...json, address: hex(json.address) })).sort(byAddress),
    run.finalAccounts.toSorted(byAddress),
    'final accounts',
  )
}

function checkEdge(record: Json): void {
  checkLayer(
    runLayer(stateOf(record.accounts), record, record, record.txs),
    record.expected,
    record.name,
  )
}

function checkRewards(record: Json): void {
  const result = runLayer(new Map(), {}, { ...record, txs: [] }, [])
  expectEqual(String(result.subsidy), record.subsidy, 'subsidy')
  expectJson(result.rewards.map(paidJson), record.expected, 'rewards')
  expectHex(result.stateHash, record.stateHash, 'state hash')
}

function checkVested(record: Json): void {
  const schedule = { ...record, totalAmount: BigInt(record.totalAmount) }
  expectEqual(String(vested(schedule, record.layer)), record.vested, 'vested')
}

function checkSubsidy(record: Json): void {
  expectEqual(String(accumulatedSubsidy(record.index)), record.accumulated, 'accumulated')
  expectEqual(String(subsidyAt(record.index)), record.subsidy, 'subsidy')
}

function checkSubsidyDigest(record: Json): void {
  const hasher = createHasher()
  let accumulated = 0n
  for (let index = 0; index <= record.lastIndex; index++) {
    accumulated = accumulatedSubsidy(index)
    hasher.update(u64le(accumulated))
  }
  expectEqual(String(accumulated), record.lastAccumulated, 'last accumulated')
  expectHex(hasher.digest(), record.blake3OfLittleEndianU64, 'digest')
}

function checkBlockOrder(record: Json): void {
  const txs = record.txs.map(({ id, principal, nonce }: Json) => ({
    id: fromHex(id),
    principal: fromHex(principal),
    nonce: BigInt(nonce),
  }))
  const ids = shuffleInNonceOrder(fromHex(record.seed), txs).map(({ id }) => id as Uint8Array)
  if (record.orderedIds) return expectJson(ids, record.orderedIds, 'order')
  expectJson(ids.slice(0, 10), record.firstTen, 'first ten')
  expectHex(hash32(...ids), record.orderDigest, 'order digest')
}

export const topic: Topic = {
  files: {
    'layer-run.json': checkRun,
    'runs.jsonl.gz': checkRun,
    'edges.jsonl': checkEdge,
    'rewards.jsonl': checkRewards,
    'vested.jsonl': checkVested,
    'subsidy.jsonl': checkSubsidy,
    'subsidy-digests.jsonl': checkSubsidyDigest,
    'block-order.jsonl': checkBlockOrder,
  },
}
