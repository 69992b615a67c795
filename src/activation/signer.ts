import { Domain, keypairFromSeed, signDomain } from '../crypto/ed25519.ts'
import { hash32 } from '../crypto/hash.ts'
import { createVrfProver, type VrfProver } from '../crypto/vrf.ts'
import {
  ActivationTxV1,
  atxIdV1,
  atxSignedBytesV1,
  challengeHashV1,
  type InnerActivationTxV1,
} from '../protocol/activation-v1.ts'
import {
  ballotSignedBytes,
  EpochData,
  InnerBallot,
  type Ballot,
  type InnerBallot as InnerBallotValue,
} from '../protocol/ballot.ts'
import {
  beaconFirstVoteSignedBytes,
  beaconFollowingVoteSignedBytes,
  type BeaconFirstVoteBody,
  type BeaconFollowingVoteBody,
} from '../protocol/beacon.ts'
import { certifySignedBytes, type CertifyContent } from '../protocol/certificate.ts'
import { HareMetadata } from '../protocol/hare.ts'
import { proposalSignedBytes, type InnerProposal } from '../protocol/proposal.ts'
import { equalBytes, hex, isZero } from '../util/bytes.ts'
import type { Clock } from '../util/clock.ts'
import { SmeshError } from '../util/error.ts'
import type { JournalHead, LastAtx, LayerRequest } from './journal-head.ts'
import type { JournalStore } from './journal-store.ts'
import type { Schedule } from './schedule.ts'
import { SignJournal, Slot, type JournalExport, type JournalOrigin } from './sign-journal.ts'

export interface SignerOptions {
  readonly genesisId: Uint8Array
  /** 32-byte seed of the identity. The signer keeps the only copy that code can reach. */
  readonly seed: Uint8Array
  readonly origin: JournalOrigin
}

export interface SignerModules {
  readonly clock: Clock
  readonly schedule: Pick<
    Schedule,
    'layerAt' | 'epochAt' | 'epochOf' | 'epochStartMs' | 'layerDurationMs'
  >
  readonly journal: JournalStore
  /** The exclusive lock of the identity; without one the host vouches for being the only holder. */
  readonly lock?: { readonly held: boolean }
  /** Distance to the peers' clocks, ms; undefined while unknown or without peers. */
  readonly clockOffsetMs?: () => number | undefined
}

/**
 * One identity: the only object that holds its private key. It signs typed requests, no bytes of a
 * caller's choice, and each one only after its slot is durably in the journal. The same request
 * gets the same signature again; another content for a taken slot is refused with
 * `JOURNAL_CONFLICT` and halts the identity for good.
 *
 * Every request may throw `SIGNER_HALTED`, `SIGNER_RETIRED`, `SIGNER_QUARANTINED`,
 * `SIGNER_NO_LOCK`, `JOURNAL_FENCED`, `JOURNAL_ORDER` or `JOURNAL_CONFLICT`; requests of a layer
 * also `SIGNER_CLOCK_OFF`. Spec 08 §10.2–10.3.
 */
export class Signer {
  readonly nodeId: Uint8Array
  readonly #genesisId: Uint8Array
  readonly #seed: Uint8Array
  readonly #vrf: VrfProver
  readonly #journal: SignJournal
  readonly #modules: SignerModules
  #firstLayer = 0
  #lastSeenMs = 0

  private constructor(options: SignerOptions, modules: SignerModules, journal: SignJournal) {
    const { publicKey, seed } = keypairFromSeed(options.seed)
    this.nodeId = publicKey
    this.#seed = seed
    this.#genesisId = options.genesisId
    this.#vrf = createVrfProver(seed)
    this.#journal = journal
    this.#modules = modules
    this.wake()
  }

  /** Opens the journal, which fences off every earlier holder. @throws as {@link SignJournal.open} */
  static async open(options: SignerOptions, modules: SignerModules): Promise<Signer> {
    const { genesisId, seed, origin } = options
    const nodeId = keypairFromSeed(seed).publicKey
    const currentEpoch = modules.schedule.epochAt(modules.clock.now())
    const journal = await SignJournal.open(
      { genesisId, nodeId, origin, currentEpoch },
      modules.journal,
    )
    return new Signer(options, modules, journal)
  }

  /** State of the journal: what was signed last, whether and why signing is refused. */
  get journalHead(): JournalHead {
    return this.#journal.head
  }

  /**
   * Call after sleep, a frozen tab or a clock change: nothing is signed for the current layer any
   * more. Opening a signer does it too, and so does a clock that goes backwards.
   */
  wake(): void {
    const now = this.#modules.clock.now()
    this.#lastSeenMs = now
    this.#firstLayer = Math.max(this.#firstLayer, this.#modules.schedule.layerAt(now) + 1)
  }

  /** VRF proof (80 bytes). Deterministic: two proofs of one alpha are equal, so no slot is needed. */
  vrf(alpha: Uint8Array): Uint8Array {
    return this.#vrf.prove(alpha)
  }

  /**
   * Signs an ATX and returns all its bytes, which the journal now holds: they are what is
   * published, now and after any restart. Asked again for the same ATX it returns the same bytes.
   */
  signAtx(atx: InnerActivationTxV1): Promise<Uint8Array> {
    return this.#request(async () => {
      const id = atxIdV1(atx)
      const { publishEpoch } = atx
      const { lastAtx } = this.#journal.head
      if (lastAtx?.epoch !== publishEpoch) await this.#checkAtxOrder(atx, lastAtx)
      // The journal must hold the signed bytes, so the signature is made first; it leaves this
      // function only after the commit.
      const signature = this.#sign(Domain.atx, atxSignedBytesV1(atx, id))
      const bytes = ActivationTxV1.encode({ ...atx, smesherId: this.nodeId, signature })
      const records = [
        { slot: Slot.atx(publishEpoch), value: bytes },
        { slot: Slot.prevAtx(atx.prevAtxId), value: id },
      ]
      const epoch = publishEpoch
      const sequence = atx.sequence.toString()
      const next = { epoch, sequence, id: hex(id), published: false }
      await this.#journal.claim(records, lastAtx?.epoch === epoch ? {} : { lastAtx: next })
      return bytes
    })
  }

  async #checkAtxOrder(atx: InnerActivationTxV1, last: LastAtx | null): Promise<void> {
    const challenge = await this.#journal.read(Slot.poet(atx.publishEpoch))
    if (challenge && !equalBytes(challenge, challengeHashV1(atx))) {
      throw order('signAtx', `another challenge was registered for epoch ${atx.publishEpoch}`)
    }
    if (!last) {
      if (!isZero(atx.prevAtxId) || atx.sequence !== 0n) {
        throw order('signAtx', 'the first ATX has no previous ATX and sequence 0')
      }
      return
    }
    if (atx.publishEpoch < last.epoch) {
      throw order('signAtx', `epoch ${atx.publishEpoch} is before the last, ${last.epoch}`)
    }
    if (hex(atx.prevAtxId) !== last.id) {
      throw order('signAtx', `the previous ATX must be the last signed, ${last.id}`)
    }
    if (atx.sequence !== BigInt(last.sequence) + 1n) {
      throw order('signAtx', `the sequence must follow ${last.sequence}`)
    }
    if (!last.published) throw order('signAtx', `ATX ${last.id} must be published first`)
  }

  /** Signed bytes of the ATX of an epoch, if it was signed here. */
  signedAtx(publishEpoch: number): Promise<Uint8Array | undefined> {
    return this.#journal.read(Slot.atx(publishEpoch))
  }

  /** Records that the network has the ATX of `publishEpoch`: a successor may be signed. */
  markAtxPublished(publishEpoch: number): Promise<void> {
    return this.#journal.markPublished(publishEpoch)
  }

  /** Signature of a PoET registration: one challenge for each publish epoch. */
  signPoet(publishEpoch: number, challengeHash: Uint8Array): Promise<Uint8Array> {
    return this.#request(async () => {
      const { lastAtx } = this.#journal.head
      const value = challengeHash.slice()
      if (lastAtx && publishEpoch <= lastAtx.epoch) {
        throw order('signPoet', `an ATX was signed for epoch ${lastAtx.epoch}`)
      }
      await this.#journal.claim([{ slot: Slot.poet(publishEpoch), value }])
      return this.#sign(Domain.poet, challengeHash)
    })
  }

  /** Challenge that was signed for PoETs in a publish epoch. */
  signedChallenge(publishEpoch: number): Promise<Uint8Array | undefined> {
    return this.#journal.read(Slot.poet(publishEpoch))
  }

  /** Signature of a ballot; its votes and proofs are not covered. A first ballot fixes the epoch. */
  signBallot(ballot: InnerBallotValue): Promise<Uint8Array> {
    return this.#layerRequest('ballot', ballot.layer, () => {
      const records = [{ slot: Slot.ballot(ballot.layer), value: ballotHash(ballot) }]
      if (ballot.epochData) {
        const epoch = this.#modules.schedule.epochOf(ballot.layer)
        const value = EpochData.encode(ballot.epochData)
        records.push({ slot: Slot.firstBallot(epoch), value })
      }
      return { records, domain: Domain.ballot, message: ballotSignedBytes(ballot) }
    })
  }

  /**
   * What the first ballot of an epoch was signed with. A first ballot that was signed and then
   * lost (crash before it was stored) must be made again with these data.
   */
  async firstBallotData(targetEpoch: number): Promise<EpochData | undefined> {
    const value = await this.#journal.read(Slot.firstBallot(targetEpoch))
    return value && EpochData.decode(value)
  }

  /** Signature of a proposal. Its ballot must be the one that was signed for the layer. */
  signProposal(proposal: InnerProposal): Promise<Uint8Array> {
    const { ballot } = proposal
    return this.#layerRequest('proposal', ballot.layer, async () => {
      const signed = await this.#journal.read(Slot.ballot(ballot.layer))
      if (!signed || !equalBytes(signed, ballotHash(ballot))) {
        throw order('signProposal', `its ballot is not the one signed for layer ${ballot.layer}`)
      }
      const message = proposalSignedBytes(proposal)
      const value = hash32(message)
      const records = [{ slot: Slot.proposal(ballot.layer), value }]
      return { records, domain: Domain.proposal, message }
    })
  }

  /** Signature of a hare message: one for each layer and absolute round. */
  signHare(metadata: HareMetadata): Promise<Uint8Array> {
    const { layer, round, messageHash } = metadata
    return this.#layerRequest('hare', layer, () => ({
      records: [{ slot: Slot.hare(layer, round), value: messageHash.slice() }],
      domain: Domain.hare,
      message: HareMetadata.encode(metadata),
    }))
  }

  /** Signature of a certify message: one block for each layer. */
  signCertify(content: CertifyContent): Promise<Uint8Array> {
    return this.#layerRequest('certify', content.layer, () => ({
      records: [{ slot: Slot.certify(content.layer), value: content.blockId.slice() }],
      domain: Domain.hare,
      message: certifySignedBytes(content),
    }))
  }

  /** Signature of a beacon first vote: one for each epoch. */
  signBeaconFirstVote(body: BeaconFirstVoteBody): Promise<Uint8Array> {
    const slot = Slot.beacon(body.epoch, 'first', 0)
    const message = beaconFirstVoteSignedBytes(body)
    return this.#beaconRequest(body.epoch, slot, Domain.beaconFirstMsg, message)
  }

  /** Signature of a beacon following vote: one for each epoch and round. */
  signBeaconFollowingVote(body: BeaconFollowingVoteBody): Promise<Uint8Array> {
    const slot = Slot.beacon(body.epoch, 'following', body.round)
    const message = beaconFollowingVoteSignedBytes(body)
    return this.#beaconRequest(body.epoch, slot, Domain.beaconFollowupMsg, message)
  }

  /** Certificate of marriage to the publisher `partner`, once for ever. */
  signMarriage(partner: Uint8Array): Promise<Uint8Array> {
    return this.#request(async () => {
      await this.#journal.claim([{ slot: Slot.marriage(), value: partner.slice() }])
      return this.#sign(Domain.marriage, partner)
    })
  }

  /** Refuses every further request, for good: for a malfeasance proof against this identity. */
  halt(reason: string): Promise<void> {
    return this.#journal.halt(reason)
  }

  /** Tripwire for own messages from the network. @see SignJournal.observe */
  observeAtx(publishEpoch: number, signedBytes: Uint8Array): Promise<boolean> {
    return this.#journal.observe(Slot.atx(publishEpoch), signedBytes)
  }

  /** As {@link observeAtx}, for a ballot with a valid signature of this identity. */
  observeBallot(ballot: InnerBallotValue): Promise<boolean> {
    return this.#journal.observe(Slot.ballot(ballot.layer), ballotHash(ballot))
  }

  /** @see SignJournal.endQuarantine */
  endQuarantine(newestAtx: Omit<LastAtx, 'published'> | undefined): Promise<void> {
    const { clock, schedule } = this.#modules
    return this.#journal.endQuarantine(schedule.epochAt(clock.now()), newestAtx)
  }

  /** Ends signing here and gives the journal to go with an exported key. */
  retire(): Promise<JournalExport> {
    return this.#journal.retire()
  }

  #beaconRequest(epoch: number, slot: string, domain: Domain, message: Uint8Array) {
    return this.#request(async () => {
      const { clock, schedule } = this.#modules
      if (epoch < schedule.epochAt(clock.now())) {
        throw order('beacon vote', `epoch ${epoch} is over`)
      }
      await this.#journal.claim([{ slot, value: hash32(message) }])
      return this.#sign(domain, message)
    })
  }

  #sign(domain: Domain, message: Uint8Array): Uint8Array {
    return signDomain(this.#seed, this.#genesisId, domain, message)
  }

  #request<T>(sign: () => Promise<T>): Promise<T> {
    return this.#journal.exclusive(async () => {
      this.#journal.assertUsable()
      if (this.#modules.lock?.held === false) {
        throw new SmeshError('SIGNER_NO_LOCK', { nodeId: hex(this.nodeId) })
      }
      return sign()
    })
  }

  /** A request that belongs to one layer: never the layer of the start, never a past one. */
  #layerRequest(
    kind: LayerRequest,
    layer: number,
    prepare: () => LayerSignature | Promise<LayerSignature>,
  ): Promise<Uint8Array> {
    return this.#request(async () => {
      this.#checkLayer(kind, layer)
      const { records, domain, message } = await prepare()
      const { highest } = this.#journal.head
      await this.#journal.claim(records, { highest: { ...highest, [kind]: layer } })
      return this.#sign(domain, message)
    })
  }

  #checkLayer(kind: LayerRequest, layer: number): void {
    const { clock, schedule, clockOffsetMs } = this.#modules
    const now = clock.now()
    if (now < this.#lastSeenMs) this.wake()
    this.#lastSeenMs = now
    const offsetMs = clockOffsetMs?.()
    const limitMs = schedule.layerDurationMs / 10
    if (offsetMs !== undefined && Math.abs(offsetMs) > limitMs) {
      throw new SmeshError('SIGNER_CLOCK_OFF', { offsetMs, limitMs })
    }
    if (layer < this.#firstLayer) {
      throw order(kind, `layer ${layer} is before ${this.#firstLayer}, the first after the start`)
    }
    const highest = this.#journal.head.highest[kind]
    if (layer < highest) throw order(kind, `layer ${layer} is below ${highest}, the highest signed`)
    const current = schedule.layerAt(now)
    if (layer > current + 1) throw order(kind, `layer ${layer} is far ahead of ${current}`)
  }
}

interface LayerSignature {
  readonly records: { slot: string; value: Uint8Array }[]
  readonly domain: Domain
  readonly message: Uint8Array
}

const ballotHash = (ballot: InnerBallotValue | Ballot): Uint8Array =>
  hash32(InnerBallot.encode(ballot))

const order = (request: string, problem: string): SmeshError =>
  new SmeshError('JOURNAL_ORDER', { request, problem })
