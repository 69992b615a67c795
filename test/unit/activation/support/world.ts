import {
  AtxHandler,
  AtxIndex,
  AtxValidatorV1,
  createSchedule,
  type AtxVerdict,
} from '../../../../src/activation/index.ts'
import { genesisId, goldenAtxId, localNetwork } from '../../../../src/config/index.ts'
import { Domain, keypairFromSeed, signDomain } from '../../../../src/crypto/ed25519.ts'
import { hash32 } from '../../../../src/crypto/hash.ts'
import { merkleProve, merkleRoot } from '../../../../src/crypto/merkle.ts'
import {
  ActivationTxV1,
  atxSignedBytesV1,
  challengeHashV1,
  type ActivationTxV1 as AtxV1,
  type InnerActivationTxV1,
  type NipostV1,
} from '../../../../src/protocol/activation-v1.ts'
import { hex } from '../../../../src/util/bytes.ts'
import { atxsOn, Disk } from './disk.ts'
import { fakePost, fakePostVerifier, VRF_NONCE, type VerifiedPost } from './fake-post.ts'
import { SimClock } from './sim-clock.ts'

const GENESIS_MS = 1_700_000_000_000
export const config = localNetwork(GENESIS_MS)
export const schedule = createSchedule(config)
export const golden = goldenAtxId(config)
export const ZERO = new Uint8Array(32)
export const LABELS_PER_UNIT = 256n

export const keyOf = (n: number) => keypairFromSeed(new Uint8Array(32).fill(n))

/** An ATX before signing; `make` completes what depends on the rest. */
export type Draft = InnerActivationTxV1

/** A node that judges other people's ATXs. `make…` are the other people. */
export class World {
  readonly disk = new Disk()
  readonly atxs = atxsOn(this.disk)
  readonly clock: SimClock
  readonly asked: VerifiedPost[] = []
  readonly nonces: { numLabels: bigint; nonce: bigint }[] = []
  readonly index = new AtxIndex()
  readonly poets = new Map<string, { leafCount: bigint; statement: Uint8Array }>()
  /** Ids that a fetch does not get. */
  readonly unreachable = new Set<string>()
  readonly fetched: string[] = []
  own: Uint8Array | undefined
  readonly handler: AtxHandler

  constructor({ epoch = 10, k3 = 1, maxNumUnits = 8 } = {}) {
    this.clock = new SimClock(schedule.epochStartMs(epoch))
    const reach = (id: Uint8Array) => {
      this.fetched.push(hex(id))
      return !this.unreachable.has(hex(id))
    }
    const validator = new AtxValidatorV1(
      {
        genesisId: genesisId(config),
        goldenAtxId: golden,
        labelsPerUnit: LABELS_PER_UNIT,
        minNumUnits: 2,
        maxNumUnits,
        k2: 4,
        k3,
        tickSize: 100n,
      },
      {
        atxs: this.atxs,
        poets: { get: async (ref) => this.poets.get(hex(ref)) },
        post: fakePostVerifier(this.asked, this.nonces),
        references: {
          fetchPoetProof: async (ref) => reach(ref),
          fetchAtxs: async (ids) => ids.map(reach).every((reached) => reached),
        },
      },
    )
    const isOwn = (id: Uint8Array) => this.own !== undefined && hex(id) === hex(this.own)
    this.handler = new AtxHandler(
      { versionAt: (publishEpoch) => (publishEpoch >= 100 ? 2 : 1) },
      { clock: this.clock, schedule, validator, atxs: this.atxs, index: this.index, isOwn },
    )
  }

  /**
   * The whole ATX of key `n` around a challenge: proofs made by the rules, with a PoET round of
   * `leafCount` leaves. `change` spoils it before it is signed, `commitment` is what was proven.
   */
  make(
    n: number,
    draft: Omit<Draft, 'coinbase' | 'numUnits' | 'nipost'> & { numUnits?: number },
    options: {
      leafCount?: bigint
      commitment?: Uint8Array
      nipost?: (nipost: NipostV1) => NipostV1 | undefined
      change?: (atx: Draft) => Draft
    } = {},
  ): AtxV1 {
    const { publicKey: smesherId, seed } = keyOf(n)
    const { leafCount = 350n, commitment = golden } = options
    const numUnits = draft.numUnits ?? 4
    const leaf = challengeHashV1(draft)
    const leaves = [hash32(leaf), leaf, hash32(smesherId)]
    const statement = merkleRoot(leaves)
    const ref = hash32(statement, Uint8Array.of(Number(leafCount % 251n)))
    this.poets.set(hex(ref), { leafCount, statement })
    const claim = { nodeId: smesherId, commitmentAtxId: commitment, challenge: ref, numUnits }
    const nipost: NipostV1 = {
      membership: { nodes: merkleProve(leaves, [1]), leafIndex: 1n },
      post: fakePost(claim),
      postMetadata: { challenge: ref, labelsPerUnit: LABELS_PER_UNIT },
    }
    const whole: Draft = {
      ...draft,
      coinbase: new Uint8Array(24).fill(n),
      numUnits,
      nipost: options.nipost ? options.nipost(nipost) : nipost,
    }
    const atx = options.change?.(whole) ?? whole
    const message = atxSignedBytesV1(atx)
    const signature = signDomain(seed, genesisId(config), Domain.atx, message)
    return { ...atx, smesherId, signature }
  }

  /** The parts of an initial ATX; its first proof covers `commitment` and `numUnits`. */
  initial(n: number, publishEpoch: number, commitment = golden, numUnits = 4) {
    const nodeId = keyOf(n).publicKey
    const claim = { nodeId, commitmentAtxId: commitment, challenge: ZERO, numUnits }
    return {
      publishEpoch,
      sequence: 0n,
      prevAtxId: ZERO,
      positioningAtxId: golden,
      commitmentAtxId: commitment,
      initialPost: fakePost(claim),
      nodeId,
      vrfNonce: VRF_NONCE,
      numUnits,
    }
  }

  handle(atx: AtxV1 | Uint8Array, expectedId?: Uint8Array): Promise<AtxVerdict> {
    const bytes = atx instanceof Uint8Array ? atx : ActivationTxV1.encode(atx)
    const { signal } = new AbortController()
    return this.handler.handle(bytes, { signal, ...(expectedId ? { expectedId } : {}) })
  }

  /** Handles an ATX that must be accepted. */
  async accept(atx: AtxV1) {
    const verdict = await this.handle(atx)
    if (verdict.verdict !== 'accept') throw new Error(JSON.stringify(verdict))
    return verdict.atx
  }
}
