import {
  AtxHandler,
  AtxIndex,
  AtxValidatorV1,
  ChainSearch,
  createPostVerifier,
  createSchedule,
  embeddedPoetClient,
  NipostBuilder,
  PoetDb,
  SmeshingBuilder,
  type AtxRecord,
  type OnStatus,
  type PostService,
  type Schedule,
  type Signer,
  type SmeshingState,
} from '../activation/index.ts'
import { atxVersion, genesisId, goldenAtxId, type NetworkConfig } from '../config/index.ts'
import type { Platform } from '../platform/types.ts'
import { verifyPoetProof } from '../poet/index.ts'
import { createFreePow } from '../post/index.ts'
import type { Database } from '../storage/database.ts'
import {
  AtxRepository,
  PoetProofRepository,
  SmeshingRepository,
} from '../storage/repositories/atxs.ts'
import type { Clock } from '../util/clock.ts'

import type { PoetWorker } from './modules.ts'

export interface ActivationModules {
  config: NetworkConfig
  clock: Clock
  database: Database
  /** True for identities whose keys are here. */
  isOwn: (smesherId: Uint8Array) => boolean
  onAtx: (atx: AtxRecord) => void
}

/** ATXs of the network: store, index, validation. */
export interface Activation {
  readonly schedule: Schedule
  readonly atxs: AtxRepository
  readonly index: AtxIndex
  readonly handler: AtxHandler
  readonly chainSearch: ChainSearch
  /** The smesher of one identity, not started. */
  builder(modules: BuilderParts): SmeshingBuilder
}

export interface BuilderParts {
  signer: Signer
  post: PostService
  poet: PoetWorker
  random: Platform['random']
  coinbase: () => Uint8Array
  onStatus: OnStatus
}

/**
 * Wires the activation room for a network without peers: what an ATX refers to is here or nowhere.
 * The seed that picks the K3 indices is the genesis id: there is no peer id.
 */
export async function createActivation(modules: ActivationModules): Promise<Activation> {
  const { config, clock, database, isOwn, onAtx } = modules
  const schedule = createSchedule(config)
  const genesis = genesisId(config)
  const golden = goldenAtxId(config)
  const atxs = new AtxRepository(database)
  const index = new AtxIndex()
  await index.load(atxs)
  const poetDb = new PoetDb({
    messages: new PoetProofRepository(database),
    verify: verifyPoetProof,
  })
  const verifier = createPostVerifier({ ...config.post, seed: genesis }, { pow: createFreePow() })
  const validator = new AtxValidatorV1(
    { ...config.post, genesisId: genesis, goldenAtxId: golden, tickSize: config.poet.tickSize },
    {
      atxs,
      poets: poetDb,
      post: verifier,
      references: {
        fetchPoetProof: async (ref) => (await poetDb.get(ref)) !== undefined,
        fetchAtxs: async (ids) => (await Promise.all(ids.map((id) => atxs.has(id)))).every(Boolean),
      },
    },
  )
  const handler = new AtxHandler(
    { versionAt: (publishEpoch) => atxVersion(config, publishEpoch) },
    { clock, schedule, validator, atxs, index, isOwn, onStored: onAtx },
  )
  const chainSearch = new ChainSearch(
    { goldenAtxId: golden, postValidDelayMs: config.activation.postValidDelayMs },
    { clock, atxs, verifier, isOwn },
  )

  const builder = ({ signer, post, poet, random, coinbase, onStatus }: BuilderParts) => {
    const nipost = new NipostBuilder(
      {
        genesisId: genesis,
        phaseShiftMs: config.poet.phaseShiftMs,
        cycleGapMs: config.poet.cycleGapMs,
        requestTimeoutMs: config.poet.requestTimeoutMs,
        requestRetryDelayMs: config.poet.requestRetryDelayMs,
      },
      {
        clock,
        random,
        schedule,
        signer,
        poets: [embeddedPoetClient('embedded', poet)],
        poetDb,
        post,
        verifier,
      },
    )
    return new SmeshingBuilder(
      {
        goldenAtxId: golden,
        positioningTimeoutMs: config.poet.positioningTimeoutMs,
        poetRetryMs: config.hare3.preroundDelayMs,
        regossipIntervalMs: config.activation.regossipIntervalMs,
        registration: 'early',
        coinbase,
      },
      {
        clock,
        schedule,
        signer,
        nipost,
        post,
        store: new SmeshingRepository<SmeshingState>(database, signer.nodeId),
        atxs,
        publisher: {
          check: (atx, smesherId, options) => handler.check(atx, smesherId, options),
          publish: (bytes, options) => handler.handle(bytes, options),
          regossip: () => Promise.resolve(), // no peers to send it to
        },
        positioning: chainSearch,
        synced: () => Promise.resolve(),
        onStatus,
      },
    )
  }
  return { schedule, atxs, index, handler, chainSearch, builder }
}
