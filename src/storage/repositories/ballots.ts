import { hex } from '../../util/bytes.ts'
import type { Database, Range } from '../database.ts'
import { keyOf, u32Key } from '../keys.ts'
import type { ActiveSetRow, BallotRow, MalfeasanceRow, PreparedSetRow } from '../schema.ts'

/** Ballots with their indexes, and proofs that they bring to light. Spec 07 §8. */
export class BallotRepository {
  readonly #db: Database
  readonly #layersPerEpoch: number

  constructor(db: Database, { layersPerEpoch }: { layersPerEpoch: number }) {
    this.#db = db
    this.#layersPerEpoch = layersPerEpoch
  }

  get(id: Uint8Array): Promise<BallotRow | undefined> {
    return this.#db.get('ballots', hex(id))
  }

  /** First stored first. */
  async inLayer(layer: number): Promise<BallotRow[]> {
    const rows = await this.#db.list('ballotsByLayer', { prefix: `${u32Key(layer)}/` })
    const ballots = await Promise.all(rows.map(({ value }) => this.get(value)))
    return ballots.filter((ballot) => ballot !== undefined)
  }

  async inLayerBySmesher(layer: number, smesherId: Uint8Array): Promise<BallotRow[]> {
    const wanted = hex(smesherId)
    const ballots = await this.inLayer(layer)
    return ballots.filter(({ ballot }) => hex(ballot.smesherId) === wanted)
  }

  /** Highest layer with a ballot. */
  async lastLayer(): Promise<number | undefined> {
    const [row] = await this.#db.list('ballotsByLayer', { reverse: true, limit: 1 })
    return row && parseInt(row.key.slice(0, 8), 16)
  }

  firstInEpoch(atxId: Uint8Array, epoch: number): Promise<BallotRow | undefined> {
    return this.#inEpoch(atxId, epoch, { limit: 1 })
  }

  lastInEpoch(atxId: Uint8Array, epoch: number): Promise<BallotRow | undefined> {
    return this.#inEpoch(atxId, epoch, { limit: 1, reverse: true })
  }

  /** One transaction; a known ballot or a second proof of an identity changes nothing. */
  add(row: BallotRow, proof?: MalfeasanceRow): Promise<void> {
    const stores = ['ballots', 'ballotsByLayer', 'ballotsByAtx', 'malfeasance'] as const
    return this.#db.update(stores, async (writer) => {
      const id = hex(row.id)
      if (!(await writer.get('ballots', id))) {
        const layer = u32Key(row.ballot.layer)
        const arrival = await writer.count('ballotsByLayer', { prefix: `${layer}/` })
        writer.put('ballots', id, row)
        writer.put('ballotsByLayer', keyOf(layer, u32Key(arrival), id), row.id)
        writer.put('ballotsByAtx', keyOf(hex(row.ballot.atxId), layer, id), row.id)
      }
      if (proof && !(await writer.get('malfeasance', hex(proof.smesherId)))) {
        writer.put('malfeasance', hex(proof.smesherId), proof)
      }
    })
  }

  async #inEpoch(atxId: Uint8Array, epoch: number, range: Range): Promise<BallotRow | undefined> {
    const atx = hex(atxId)
    const first = epoch * this.#layersPerEpoch
    const [row] = await this.#db.list('ballotsByAtx', {
      from: keyOf(atx, u32Key(first)),
      before: keyOf(atx, u32Key(first + this.#layersPerEpoch)),
      ...range,
    })
    return row && this.get(row.value)
  }
}

/** Active sets by hash. */
export class ActiveSetRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  get(hash: Uint8Array): Promise<ActiveSetRow | undefined> {
    return this.#db.get('activeSets', hex(hash))
  }

  /** Keeps what is there. */
  add(hash: Uint8Array, set: ActiveSetRow): Promise<void> {
    return this.#db.update(['activeSets'], async (writer) => {
      if (!(await writer.get('activeSets', hex(hash)))) writer.put('activeSets', hex(hash), set)
    })
  }
}

/** The own active set of an epoch: chosen once, also over restarts. */
export class PreparedSetRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  get(epoch: number): Promise<PreparedSetRow | undefined> {
    return this.#db.get('preparedSets', u32Key(epoch))
  }

  set(epoch: number, prepared: PreparedSetRow): Promise<void> {
    return this.#db.update(['preparedSets'], (w) => w.put('preparedSets', u32Key(epoch), prepared))
  }
}
