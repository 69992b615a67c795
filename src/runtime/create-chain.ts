import { gradeAtx, type AtxIndex, type Schedule } from '../activation/index.ts'
import {
  bootstrapBeacon,
  firstEffectiveGenesis,
  genesisId,
  goldenAtxId,
  minimalWeight,
  proposalStoreCapacity,
  windowLayers,
  type NetworkConfig,
} from '../config/index.ts'
import { verifyDomain } from '../crypto/ed25519.ts'
import { vrfVerify } from '../crypto/vrf.ts'
import {
  ActiveSetGenerator,
  ActiveSets,
  BallotHandler,
  ConsensusForOne,
  ConservativeState,
  Mesh,
  ProposalBuilder,
  ProposalHandler,
  ProposalStore,
  recoverOpinions,
} from '../mesh/index.ts'
import type { Fetcher, LayerConsensus } from '../mesh/index.ts'
import type { Platform } from '../platform/types.ts'
import type { Database } from '../storage/database.ts'
import {
  ActiveSetRepository,
  BallotRepository,
  PreparedSetRepository,
} from '../storage/repositories/ballots.ts'
import { HistoryRepository } from '../storage/repositories/history.ts'
import { LedgerRepository } from '../storage/repositories/ledger.ts'
import { AccountRepository, TxRepository } from '../storage/repositories/transactions.ts'
import type { Clock } from '../util/clock.ts'
import { SmeshError } from '../util/error.ts'
import { explainTx, genesisAccounts, isRefusal } from '../vm/index.ts'

declare module '../util/error.ts' {
  interface ErrorContext {
    /** Something that is not here and that nobody can be asked for. */
    NO_PEERS: { wanted: string }
  }
}

export interface ChainModules {
  config: NetworkConfig
  clock: Clock
  database: Database
  schedule: Schedule
  index: AtxIndex
  random: Platform['random']
  /** Own identities at the moment. */
  smesherIds: () => readonly Uint8Array[]
}

/** Ledger and consensus of the network: mempool, proposals, blocks, applied layers. */
export interface Chain {
  readonly mesh: Mesh
  readonly consensus: LayerConsensus
  readonly proposals: { builder: ProposalBuilder; handler: ProposalHandler }
  readonly mempool: ConservativeState
  readonly ledger: LedgerRepository
  readonly txs: TxRepository
  readonly accounts: AccountRepository
  readonly history: HistoryRepository
}

const MS_TO_NS = 1_000_000n

/** Wires mesh, VM and consensus for a network without peers: what is missing here is nowhere. */
export async function createChain(modules: ChainModules): Promise<Chain> {
  const { config, clock, database, schedule, index, random, smesherIds } = modules
  const genesis = genesisId(config)
  const { layersPerEpoch } = schedule
  const layerOptions = {
    effectiveGenesis: schedule.effectiveGenesis,
    layersPerEpoch,
    layerAverageSize: config.layers.averageSize,
    hdist: config.tortoise.hdist,
    maxExceptions: config.tortoise.maxExceptions,
    minimalWeight: (epoch: number) => minimalWeight(config, epoch),
    goldenAtxId: goldenAtxId(config),
    blockGasLimit: config.vm.blockGasLimit,
    optimisticFilterPercent: config.vm.optimisticFilterPercent,
    windowLayers: windowLayers(config, schedule.layerAt(clock.now())),
  }

  const ledger = new LedgerRepository(database, { movementsOf })
  await ledger.putGenesis(genesisAccounts(config.genesis.accounts))
  const ballots = new BallotRepository(database, { layersPerEpoch })
  const sets = new ActiveSetRepository(database)
  const txs = new TxRepository(database)
  const accounts = new AccountRepository(database)
  const atxs = {
    get: index.get.bind(index),
    bySmesher: index.bySmesher.bind(index),
    isMalicious: index.isMalicious.bind(index),
    setMalicious: (smesherId: Uint8Array) =>
      index.markMalicious(smesherId, BigInt(Math.floor(clock.now())) * MS_TO_NS),
  }
  const beacons = {
    beacon: (epoch: number) => Promise.resolve(bootstrapBeacon(config, epoch) ?? undefined),
  }
  const fetch = nobody(async (id) => (await txs.get(id)) !== undefined)

  const mempool = new ConservativeState(
    {
      genesisId: genesis,
      blockGasLimit: config.vm.blockGasLimit,
      txsPerProposal: config.vm.txsPerProposal,
    },
    { state: accounts, store: txs, random },
  )
  const opinions = await recoverOpinions(layerOptions, { store: ledger, ballots, atxs })
  const mesh = await Mesh.open(
    {
      ...layerOptions,
      vm: {
        genesisId: genesis,
        hrp: config.hrp,
        blockGasLimit: config.vm.blockGasLimit,
        firstEffectiveGenesis: firstEffectiveGenesis(config),
      },
    },
    { store: ledger, opinions, atxs, ballots, txs, accounts, pool: mempool },
  )
  await mempool.reload(mesh.processedLayer)

  const proposalStore = new ProposalStore({
    capacity: proposalStoreCapacity(config),
    currentLayer: schedule.layerAt(clock.now()),
  })
  const time = { now: () => clock.now(), currentLayer: () => schedule.layerAt(clock.now()) }
  const signatures = {
    verify: (...[domain, message, signature, publicKey]: VerifyArguments) =>
      verifyDomain(signature, genesis, domain, message, publicKey),
  }
  const ballotHandler = new BallotHandler(layerOptions, {
    time,
    atxs,
    opinions,
    ballots,
    activeSets: new ActiveSets({ atxs, sets, fetch }),
    fetch,
    signatures,
    vrf: { verifyVrf: vrfVerify },
  })
  const handler = new ProposalHandler(layerOptions, {
    time,
    ballotHandler,
    proposals: proposalStore,
    ballots,
    signatures,
    fetch,
    mesh,
    listening: () => true,
    onProposal: async ({ id, proposal }) =>
      mempool.include({ kind: 'proposal', layer: proposal.ballot.layer, id }, proposal.txIds),
    publishProof: () => Promise.resolve(), // stored already; there is nobody to tell
  })
  const generator = new ActiveSetGenerator(
    { layersPerEpoch, goodAtxsPercent: config.activation.goodAtxsPercent },
    {
      atxs,
      ballots,
      sets,
      prepared: new PreparedSetRepository(database),
      fallback: (epoch) =>
        config.bootstrap.epochs.find((entry) => entry.epoch === epoch)?.activeSet ?? null,
      graded: (targetEpoch) => Promise.resolve(graded(targetEpoch, modules)),
      firstBlock: (epoch) => mesh.firstBlock(epoch),
    },
  )
  const builder = new ProposalBuilder(layerOptions, {
    atxs,
    ballots,
    opinions,
    beacons,
    layers: mesh,
    sets,
    generator,
    txs: mempool,
  })
  const consensus = new ConsensusForOne(
    { layersPerEpoch },
    { mesh, proposals: proposalStore, atxs, beacons, smesherIds },
  )
  const history = new HistoryRepository(database)
  return {
    mesh,
    consensus,
    proposals: { builder, handler },
    mempool,
    ledger,
    txs,
    accounts,
    history,
  }
}

type VerifyArguments = Parameters<
  ConstructorParameters<typeof BallotHandler>[1]['signatures']['verify']
>

/** All ATXs that target the epoch, and those seen in good time. Spec 08 §8. */
function graded(targetEpoch: number, { index, schedule, config }: ChainModules) {
  const all = index.all(targetEpoch)
  const epochStartNs = BigInt(schedule.epochStartMs(targetEpoch)) * MS_TO_NS
  const delayNs = BigInt(config.activation.gradeDelayMs) * MS_TO_NS
  const good = all.filter(({ receivedNs: atxReceivedNs, smesherId }) => {
    const proofReceivedNs = index.proofReceivedNs(smesherId)
    return gradeAtx({ epochStartNs, delayNs, atxReceivedNs, proofReceivedNs }) === 'good'
  })
  return { total: all.length, good: good.map(({ id }) => id) }
}

/** The fetcher of a network without peers: transactions may be here, anything else is not. */
function nobody(hasTx: (id: Uint8Array) => Promise<boolean>): Fetcher {
  const missing = (wanted: string) => Promise.reject(new SmeshError('NO_PEERS', { wanted }))
  return {
    ballots: () => missing('ballots'),
    atxs: () => missing('ATXs'),
    activeSet: () => missing('an active set'),
    async txs(ids) {
      const here = await Promise.all(ids.map(hasTx))
      if (!here.every(Boolean)) await missing('transactions')
    },
    register: () => undefined,
  }
}

/** What a transaction does to histories: a line for its sender, and one for its receiver. */
function movementsOf(raw: Uint8Array): { address: Uint8Array; amount: bigint }[] {
  const tx = explainTx(raw)
  if (isRefusal(tx)) return []
  const { principal, destination, amount } = tx
  const sender = { address: principal, amount: -amount }
  const isSelf = destination.every((byte, i) => byte === principal[i])
  return isSelf ? [sender] : [sender, { address: destination, amount }]
}
