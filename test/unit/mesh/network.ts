import {
  keypairFromSeed,
  signDomain,
  verifyDomain,
  Domain,
  type Keypair,
} from '../../../src/crypto/ed25519.ts'
import { hash32 } from '../../../src/crypto/hash.ts'
import { createVrfProver, vrfVerify } from '../../../src/crypto/vrf.ts'
import {
  bootstrapBeacon,
  firstEffectiveGenesis,
  genesisId,
  goldenAtxId,
  localNetwork,
  minimalWeight,
  proposalStoreCapacity,
  type NetworkConfig,
} from '../../../src/config/index.ts'
import type { OpinionTracker, Verdict } from '../../../src/consensus/index.ts'
import {
  ActiveSetGenerator,
  ActiveSets,
  BallotHandler,
  ConservativeState,
  ConsensusForOne,
  Mesh,
  ProposalBuilder,
  ProposalHandler,
  ProposalStore,
  recoverOpinions,
  type Fetcher,
  type IndexedAtx,
  type LayerChange,
  type LayerRecord,
  type NewMalfeasanceProof,
  type PreparedActiveSet,
  type ProposalSigner,
  type StoredBallot,
  type StoredTx,
} from '../../../src/mesh/index.ts'
import { EpochActiveSet } from '../../../src/protocol/active-set.ts'
import {
  Ballot,
  ballotSignedBytes,
  type EpochData,
  type InnerBallot,
} from '../../../src/protocol/ballot.ts'
import type { Block } from '../../../src/protocol/block.ts'
import { epochOf } from '../../../src/protocol/layers.ts'
import type { Proposal } from '../../../src/protocol/proposal.ts'
import { proposalSignedBytes, type InnerProposal } from '../../../src/protocol/proposal.ts'
import { walletAddress } from '../../../src/protocol/spawn-args.ts'
import type { Account } from '../../../src/protocol/transaction.ts'
import { concat, hex, u32le } from '../../../src/util/bytes.ts'
import { seededRandom } from '../../../src/util/random.ts'
import { MemoryAtxIndex } from './memory-atx-index.ts'

/** Nodes with real keys, proofs and signatures, stores in memory, and no network between them. */

export const LPE = 4
const base = localNetwork(0)
export const config: NetworkConfig = {
  ...base,
  layers: { ...base.layers, layersPerEpoch: LPE, averageSize: 3 },
}
export const EG = firstEffectiveGenesis(config)
export const GENESIS = genesisId(config)
export const signal = new AbortController().signal

export const smesher = (n: number): Keypair => keypairFromSeed(new Uint8Array(32).fill(n))
export const coinbaseOf = ({ publicKey }: Keypair): Uint8Array => walletAddress({ publicKey })

/** The ATX of a smesher that targets an epoch. */
export const atxOf = (key: Keypair, epoch: number): IndexedAtx => ({
  id: hash32(concat(key.publicKey, u32le(epoch))),
  smesherId: key.publicKey,
  coinbase: coinbaseOf(key),
  weight: 400n,
  baseHeight: 5n,
  height: 105n,
  vrfNonce: 77n,
})

export class TestSigner implements ProposalSigner {
  readonly key: Keypair
  readonly #first = new Map<number, EpochData>()
  readonly #prover

  constructor(key: Keypair) {
    this.key = key
    this.#prover = createVrfProver(key.seed)
  }
  get nodeId(): Uint8Array {
    return this.key.publicKey
  }
  vrf(alpha: Uint8Array): Uint8Array {
    return this.#prover.prove(alpha)
  }
  signBallot(ballot: InnerBallot): Promise<Uint8Array> {
    if (ballot.epochData) this.#first.set(epochOf(ballot.layer, LPE), ballot.epochData)
    const message = ballotSignedBytes(ballot)
    return Promise.resolve(signDomain(this.key.seed, GENESIS, Domain.ballot, message))
  }
  signProposal(proposal: InnerProposal): Promise<Uint8Array> {
    const message = proposalSignedBytes(proposal)
    return Promise.resolve(signDomain(this.key.seed, GENESIS, Domain.proposal, message))
  }
  firstBallotData(epoch: number): Promise<EpochData | undefined> {
    return Promise.resolve(this.#first.get(epoch))
  }
}

/** What survives a restart. */
export class Disk {
  readonly ballots = new Map<string, StoredBallot>()
  readonly proofs: NewMalfeasanceProof[] = []
  readonly sets = new Map<string, EpochActiveSet>()
  readonly prepared = new Map<number, PreparedActiveSet>()
  readonly layers = new Map<number, LayerRecord>()
  readonly blocks = new Map<string, Block>()
  readonly accounts = new Map<string, Account>()
  readonly txs = new Map<string, StoredTx>()
  readonly changes: LayerChange[] = []

  commit(change: LayerChange): Promise<void> {
    const { record, block, execution, results } = change
    this.changes.push(change)
    this.layers.set(record.layer, record)
    if (block) this.blocks.set(hex(record.appliedBlock), block)
    for (const account of execution?.touchedAccounts ?? []) {
      this.accounts.set(hex(account.address), account)
    }
    for (const { txId, result } of results) this.txs.get(hex(txId))!.result = result
    return Promise.resolve()
  }

  ofLayer = (layer: number) => [...this.ballots.values()].filter((b) => b.ballot.layer === layer)
  ofAtx = (atxId: Uint8Array, epoch: number) =>
    [...this.ballots.values()]
      .filter((b) => hex(b.ballot.atxId) === hex(atxId) && epochOf(b.ballot.layer, LPE) === epoch)
      .sort((a, b) => a.ballot.layer - b.ballot.layer)
}

export class TestNode {
  readonly disk: Disk
  readonly atxs = new MemoryAtxIndex()
  readonly opinions: OpinionTracker
  readonly activeSets: ActiveSets
  readonly ballotHandler: BallotHandler
  readonly handler: ProposalHandler
  readonly proposals: ProposalStore
  readonly builder: ProposalBuilder
  readonly generator: ActiveSetGenerator
  readonly consensus: ConsensusForOne
  readonly pool: ConservativeState
  readonly mesh: Mesh
  readonly published: Uint8Array[] = []
  readonly registered: Uint8Array[] = []
  layer = EG + 1
  listening = true
  processedOverride: number | undefined
  /** Where missing things come from. */
  peer: TestNode | undefined

  static async open(all: Keypair[], own: Keypair[] = [], disk = new Disk()): Promise<TestNode> {
    const atxs = new MemoryAtxIndex()
    for (const key of all) for (let e = 2; e < 12; e++) atxs.add(e, atxOf(key, e))
    const store = storeOf(disk)
    const opinions = await recoverOpinions(
      {
        ...{ effectiveGenesis: EG, layersPerEpoch: LPE, windowLayers: 12 },
        maxExceptions: config.tortoise.maxExceptions,
      },
      {
        store,
        atxs,
        ballots: {
          inLayer: (layer) => Promise.resolve(disk.ofLayer(layer)),
          lastLayer: () => {
            const layers = [...disk.ballots.values()].map((b) => b.ballot.layer)
            return Promise.resolve(layers.length ? Math.max(...layers) : undefined)
          },
        },
      },
    )
    const pool = new ConservativeState(
      { genesisId: GENESIS, blockGasLimit: config.vm.blockGasLimit, txsPerProposal: 10 },
      { state: accountsOf(disk), store: txStoreOf(disk), random: seededRandom(1) },
    )
    const vm = {
      ...{ genesisId: GENESIS, hrp: config.hrp, blockGasLimit: config.vm.blockGasLimit },
      firstEffectiveGenesis: EG,
    }
    const mesh = await Mesh.open(
      {
        ...{ effectiveGenesis: EG, layersPerEpoch: LPE, vm, windowLayers: 12 },
        optimisticFilterPercent: config.vm.optimisticFilterPercent,
        blockGasLimit: config.vm.blockGasLimit,
      },
      {
        ...{ store, opinions, atxs, pool, accounts: accountsOf(disk) },
        ballots: ballotStoreOf(disk),
        txs: txStoreOf(disk),
      },
    )
    await pool.reload(mesh.processedLayer)
    return new TestNode(disk, atxs, opinions, pool, mesh, own)
  }

  private constructor(
    disk: Disk,
    atxs: MemoryAtxIndex,
    opinions: OpinionTracker,
    pool: ConservativeState,
    mesh: Mesh,
    own: Keypair[],
  ) {
    this.disk = disk
    this.atxs = atxs
    this.opinions = opinions
    this.pool = pool
    this.mesh = mesh
    this.layer = mesh.processedLayer + 1
    const ballots = ballotStoreOf(disk)
    const sets = setStoreOf(disk)
    const fetch = this.#fetcher()
    const beacons = {
      beacon: (e: number) => Promise.resolve(bootstrapBeacon(config, e) ?? undefined),
    }
    const time = { now: () => 1_000, currentLayer: () => this.layer }
    const signatures = {
      verify: (domain: Domain, message: Uint8Array, signature: Uint8Array, key: Uint8Array) =>
        verifyDomain(signature, GENESIS, domain, message, key),
    }
    const rules = {
      ...{ effectiveGenesis: EG, layersPerEpoch: LPE, hdist: config.tortoise.hdist },
      layerAverageSize: config.layers.averageSize,
      minimalWeight: (epoch: number) => minimalWeight(config, epoch),
    }
    this.proposals = new ProposalStore({
      capacity: proposalStoreCapacity(config),
      currentLayer: mesh.processedLayer,
    })
    this.activeSets = new ActiveSets({ atxs, sets, fetch })
    this.ballotHandler = new BallotHandler(
      { ...rules, goldenAtxId: goldenAtxId(config), maxExceptions: 5 },
      {
        ...{ time, atxs, opinions, ballots, fetch, signatures, activeSets: this.activeSets },
        vrf: { verifyVrf: vrfVerify },
      },
    )
    const processed = () => this.processedOverride ?? mesh.processedLayer
    this.handler = new ProposalHandler(rules, {
      ...{ time, ballots, signatures, fetch, proposals: this.proposals },
      ballotHandler: this.ballotHandler,
      mesh: {
        get processedLayer() {
          return processed()
        },
      },
      listening: () => this.listening,
      onProposal: ({ id, proposal }) =>
        pool.include({ kind: 'proposal', layer: proposal.ballot.layer, id }, proposal.txIds),
      publishProof: (proof) => {
        this.published.push(proof)
        return Promise.resolve()
      },
    })
    this.generator = new ActiveSetGenerator(
      { layersPerEpoch: LPE, goodAtxsPercent: config.activation.goodAtxsPercent },
      {
        ...{ atxs, sets, ballots, fallback: () => null },
        prepared: {
          get: (epoch) => Promise.resolve(disk.prepared.get(epoch)),
          set: (epoch, prepared) => Promise.resolve(void disk.prepared.set(epoch, prepared)),
        },
        graded: (epoch) => {
          const good = [...atxs.inEpoch(epoch)].map(({ id }) => id)
          return Promise.resolve({ total: good.length, good })
        },
        firstBlock: (epoch) => mesh.firstBlock(epoch),
      },
    )
    this.builder = new ProposalBuilder(rules, {
      ...{ atxs, ballots, opinions, beacons, sets, generator: this.generator },
      layers: mesh,
      txs: pool,
    })
    for (const key of own) this.builder.addSigner(new TestSigner(key))
    this.consensus = new ConsensusForOne(
      { layersPerEpoch: LPE },
      {
        ...{ mesh, proposals: this.proposals, atxs, beacons },
        smesherIds: () => own.map(({ publicKey }) => publicKey),
      },
    )
  }

  /** As a peer's gossip. */
  receive(bytes: Uint8Array, expected?: Uint8Array): Promise<Verdict> {
    return this.handler.handle(bytes, { peer: 'p', signal, ...(expected ? { expected } : {}) })
  }

  /** Builds the layer's proposals and passes them through the own handler, as at a layer's start. */
  async propose(layer: number): Promise<Uint8Array[]> {
    this.layer = layer
    const { built, skipped } = await this.builder.build(layer, { signal })
    for (const { reason, error } of skipped) if (reason === 'failed') throw error
    for (const { bytes } of built) {
      const verdict = await this.handler.handle(bytes, { peer: 'self', signal })
      if (verdict.outcome !== 'accept') throw new Error(`own proposal: ${verdict.reason}`)
    }
    return built.map(({ bytes }) => bytes)
  }

  #fetcher(): Fetcher {
    const peerOf = () => {
      if (!this.peer) throw new Error('no peer')
      return this.peer
    }
    return {
      ballots: async (ids) => {
        for (const id of ids) {
          const found = peerOf().disk.ballots.get(hex(id))
          if (!found) throw new Error('peer has no such ballot')
          const verdict = await this.ballotHandler.receive(Ballot.encode(found.ballot), id, {
            signal,
          })
          if (verdict.outcome !== 'accept') throw new Error(verdict.reason)
        }
      },
      atxs: () => Promise.reject(new Error('no such ATX')),
      activeSet: async (hash) => {
        const found = peerOf().disk.sets.get(hex(hash))
        if (!found) throw new Error('peer has no such set')
        const verdict = await this.activeSets.receive(EpochActiveSet.encode(found), hash, {
          signal,
        })
        if (verdict.outcome !== 'accept') throw new Error(verdict.reason)
      },
      txs: async (ids) => {
        for (const id of ids) {
          if (this.disk.txs.has(hex(id))) continue
          const found = peerOf().disk.txs.get(hex(id))
          if (!found) throw new Error('peer has no such transaction')
          const options = { expectedId: id, receivedNs: 0n }
          const { verdict } = await this.pool.addForProposal(found.raw, options)
          if (verdict !== 'accept') throw new Error('transaction refused')
        }
      },
      register: (_peer, hashes) => void this.registered.push(...hashes),
    }
  }
}

const storeOf = (disk: Disk) => ({
  lastApplied: () => {
    const last = [...disk.layers.keys()].reduce((high, layer) => Math.max(high, layer), -1)
    return Promise.resolve(disk.layers.get(last))
  },
  layer: (layer: number) => Promise.resolve(disk.layers.get(layer)),
  block: (id: Uint8Array) => Promise.resolve(disk.blocks.get(hex(id))),
  commit: (change: LayerChange) => disk.commit(change),
})

const accountsOf = (disk: Disk) => ({
  getMany: (addresses: readonly Uint8Array[]) =>
    addresses.map((address) => disk.accounts.get(hex(address))),
})

const setStoreOf = (disk: Disk) => ({
  get: (hash: Uint8Array) => Promise.resolve(disk.sets.get(hex(hash))),
  add: (hash: Uint8Array, set: EpochActiveSet) => {
    if (!disk.sets.has(hex(hash))) disk.sets.set(hex(hash), set)
    return Promise.resolve()
  },
})

const ballotStoreOf = (disk: Disk) => ({
  get: (id: Uint8Array) => Promise.resolve(disk.ballots.get(hex(id))),
  inLayerBySmesher: (layer: number, smesherId: Uint8Array) =>
    Promise.resolve(
      disk.ofLayer(layer).filter(({ ballot }) => hex(ballot.smesherId) === hex(smesherId)),
    ),
  firstInEpoch: (atxId: Uint8Array, epoch: number) =>
    Promise.resolve(disk.ofAtx(atxId, epoch).at(0)),
  lastInEpoch: (atxId: Uint8Array, epoch: number) =>
    Promise.resolve(disk.ofAtx(atxId, epoch).at(-1)),
  add: (ballot: StoredBallot, proof?: NewMalfeasanceProof) => {
    disk.ballots.set(hex(ballot.id), ballot)
    if (proof) disk.proofs.push(proof)
    return Promise.resolve()
  },
})

const txStoreOf = (disk: Disk) => ({
  get: (id: Uint8Array) => Promise.resolve(disk.txs.get(hex(id))),
  put: (tx: StoredTx) => {
    const key = hex(tx.id)
    const known = disk.txs.get(key)
    disk.txs.set(key, known ? { ...known, header: tx.header ?? known.header } : tx)
    return Promise.resolve()
  },
  pendingOf: (principal: Uint8Array, fromNonce: bigint) =>
    Promise.resolve(
      [...disk.txs.values()].filter(
        ({ header, result }) =>
          header &&
          !result &&
          hex(header.principal) === hex(principal) &&
          header.nonce >= fromNonce,
      ),
    ),
  pendingPrincipals: () =>
    Promise.resolve(
      [...disk.txs.values()].flatMap(({ header, result }) =>
        header && !result ? [header.principal] : [],
      ),
    ),
  include: () => Promise.resolve(),
  nextInclusion: () => Promise.resolve(undefined),
})

/** A proposal with one thing changed, signed again by `key`. */
export function resign(proposal: Proposal, key: Keypair, change: Partial<Ballot> = {}): Proposal {
  const ballot = { ...proposal.ballot, ...change }
  const signature = signDomain(key.seed, GENESIS, Domain.ballot, ballotSignedBytes(ballot))
  return resignOuter({ ...proposal, ballot: { ...ballot, signature } }, key)
}

export function resignOuter(proposal: Proposal, key: Keypair): Proposal {
  const message = proposalSignedBytes(proposal)
  return { ...proposal, signature: signDomain(key.seed, GENESIS, Domain.proposal, message) }
}
