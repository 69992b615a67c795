import {
  AtxHandler,
  AtxIndex,
  AtxValidatorV1,
  ChainSearch,
  createSchedule,
  NipostBuilder,
  PoetDb,
  Signer,
  SmeshingBuilder,
  type AtxPublisher,
  type PoetClient,
  type PostService,
  type PostVerifier,
  type SmeshingStatus,
} from '../../../../src/activation/index.ts'
import {
  genesisId as genesisIdOf,
  goldenAtxId as goldenAtxIdOf,
  localNetwork,
  type NetworkConfig,
} from '../../../../src/config/index.ts'
import { keypairFromSeed } from '../../../../src/crypto/ed25519.ts'
import { atxPublishEpoch } from '../../../../src/protocol/activation-v1.ts'
import { verifyPoetProof } from '../../../../src/poet/verify.ts'
import { equalBytes, hex } from '../../../../src/util/bytes.ts'
import { seededRandom } from '../../../../src/util/random.ts'
import { atxsOn, Disk, journalOn, Life, stateOn, type Death } from './disk.ts'
import { fakePostService, fakePostVerifier, VRF_NONCE, type FakeSpace } from './fake-post.ts'
import { TestPoet } from './fake-poet.ts'
import { SimClock } from './sim-clock.ts'

export const GENESIS_MS = 1_700_000_000_000

export interface RigOptions {
  readonly startMs?: number
  readonly poets?: number
  readonly registration?: 'early' | 'grace'
  readonly regossipIntervalMs?: number
  readonly config?: (config: NetworkConfig) => NetworkConfig
  /** The real thing instead of the fake space. */
  readonly post?: (rig: Rig) => { service: PostService; verifier: PostVerifier }
  /** A real PoET instead of the test ones. */
  readonly poet?: (rig: Rig) => PoetClient
  readonly seed?: number
}

export interface Session {
  readonly life: Life
  readonly signer: Signer
  readonly builder: SmeshingBuilder
  readonly handler: AtxHandler
  readonly index: AtxIndex
  readonly statuses: SmeshingStatus[]
  /** As a closed tab: nothing of this session happens any more. */
  kill(): void
}

/** One identity with PoETs and a network, over a disk and a time that outlive its sessions. */
export class Rig {
  readonly config: NetworkConfig
  readonly schedule
  readonly genesisId: Uint8Array
  readonly goldenAtxId: Uint8Array
  readonly clock: SimClock
  readonly disk = new Disk()
  readonly key
  readonly poets: TestPoet[]
  readonly space: FakeSpace
  /** Everything that left the node, publish epoch → distinct bytes, in hex. */
  readonly seen = new Map<number, Set<string>>()
  readonly gossip: { epoch: number; atMs: number }[] = []
  coinbase = new Uint8Array(24).fill(5)
  readonly #options: RigOptions
  #created = false

  constructor(options: RigOptions = {}) {
    this.#options = options
    const local = localNetwork(GENESIS_MS)
    const post = { ...local.post, labelsPerUnit: 256n, minNumUnits: 1, maxNumUnits: 64 }
    const base = { ...local, post }
    this.config = options.config?.(base) ?? base
    this.schedule = createSchedule(this.config)
    this.genesisId = genesisIdOf(this.config)
    this.goldenAtxId = goldenAtxIdOf(this.config)
    this.clock = new SimClock(options.startMs ?? GENESIS_MS)
    this.key = keypairFromSeed(new Uint8Array(32).fill(options.seed ?? 1))
    this.space = {
      numUnits: 2,
      labelsPerUnit: this.config.post.labelsPerUnit,
      commitmentAtxId: this.goldenAtxId,
      vrfNonce: VRF_NONCE,
    }
    const { genesisId, schedule, clock } = this
    const { phaseShiftMs } = this.config.poet
    this.poets = Array.from(
      { length: options.poets ?? 1 },
      (_, i) =>
        new TestPoet(
          { id: `poet-${i}`, leaves: 300 + 100 * i, genesisId, phaseShiftMs },
          { clock, schedule },
        ),
    )
  }

  /** A life of the node. The first one makes the identity, later ones find it. */
  async open(death?: Death): Promise<Session> {
    const { config, schedule, clock, genesisId, goldenAtxId, disk, key } = this
    const life = new Life(death)
    const origin = this.#created ? 'existing' : 'created'
    const atxs = life.mortal(atxsOn(disk))
    const poetDb = new PoetDb({
      messages: life.mortal({
        get: async (ref: Uint8Array) => disk.poets.get(hex(ref)),
        put: async (ref: Uint8Array, message: Uint8Array) => void disk.poets.set(hex(ref), message),
      }),
      verify: verifyPoetProof,
    })
    const real = this.#options.post?.(this)
    const verifier = real?.verifier ?? fakePostVerifier()
    const post = life.mortal(real?.service ?? fakePostService(key.publicKey, this.space))
    const { minNumUnits, maxNumUnits, labelsPerUnit, k2, k3 } = config.post
    const validator = new AtxValidatorV1(
      {
        genesisId,
        goldenAtxId,
        labelsPerUnit,
        minNumUnits,
        maxNumUnits,
        k2,
        k3,
        tickSize: config.poet.tickSize,
      },
      {
        atxs,
        poets: poetDb,
        post: verifier,
        references: {
          fetchPoetProof: async (ref) => (await poetDb.get(ref)) !== undefined,
          fetchAtxs: async (ids) => {
            for (const id of ids) if (!(await atxs.has(id))) return false
            return true
          },
        },
      },
    )
    const index = new AtxIndex()
    await index.load(atxsOn(disk))
    const isOwn = (id: Uint8Array) => equalBytes(id, key.publicKey)
    const handler = new AtxHandler(
      { versionAt: () => 1 },
      { clock, schedule, validator, atxs, index, isOwn },
    )
    const publisher = life.mortal<AtxPublisher>({
      check: (atx, smesherId, task) => handler.check(atx, smesherId, task),
      publish: (bytes, task) => {
        this.#sent(bytes)
        return handler.handle(bytes, task)
      },
      regossip: async (bytes) => this.#sent(bytes),
    })
    const journal = life.mortal(journalOn(disk))
    const signer = await Signer.open(
      { genesisId, seed: key.seed, origin },
      { clock, schedule, journal },
    )
    this.#created = true
    const clients = this.#options.poet
      ? [this.#options.poet(this)]
      : this.poets.map((poet) => poet.client())
    const poets: PoetClient[] = clients.map((client) => life.mortal(client))
    const random = seededRandom(this.#options.seed ?? 1)
    const { phaseShiftMs, cycleGapMs, requestTimeoutMs, requestRetryDelayMs } = config.poet
    const nipost = new NipostBuilder(
      { genesisId, phaseShiftMs, cycleGapMs, requestTimeoutMs, requestRetryDelayMs },
      { clock, random, schedule, signer, poets, poetDb, post, verifier },
    )
    const statuses: SmeshingStatus[] = []
    const builder = new SmeshingBuilder(
      {
        goldenAtxId,
        positioningTimeoutMs: config.poet.positioningTimeoutMs,
        poetRetryMs: config.hare3.preroundDelayMs,
        regossipIntervalMs: this.#options.regossipIntervalMs ?? 0,
        registration: this.#options.registration ?? 'early',
        coinbase: () => this.coinbase,
      },
      {
        clock,
        schedule,
        signer,
        nipost,
        post,
        store: life.mortal(stateOn(disk)),
        atxs,
        publisher,
        positioning: new ChainSearch(
          { goldenAtxId, postValidDelayMs: null },
          { clock, atxs, verifier, isOwn },
        ),
        synced: async () => undefined,
        onStatus: (status) => void (life.dead || statuses.push(status)),
      },
    )
    const kill = () => {
      life.dead = true
      void builder.stop() // frees its timers; nothing else can happen in a dead life
    }
    return { life, signer, builder, handler, index, statuses, kill }
  }

  #sent(bytes: Uint8Array): void {
    const epoch = atxPublishEpoch(bytes)
    this.seen.set(epoch, (this.seen.get(epoch) ?? new Set()).add(hex(bytes)))
    this.gossip.push({ epoch, atMs: this.clock.now() })
  }

  /** Own ATXs on disk, oldest first. */
  get stored() {
    return [...this.disk.atxs.values()].sort((a, b) => a.publishEpoch - b.publishEpoch)
  }
}
