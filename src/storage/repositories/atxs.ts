import { hex } from '../../util/bytes.ts'
import type { Database, Range } from '../database.ts'
import { keyOf, u32Key, u64Key } from '../keys.ts'
import type { AtxRow, MalfeasanceRow } from '../schema.ts'

/** ATXs with the indexes that their checks need, and malfeasance proofs. Spec 08 §3.3, §7. */
export class AtxRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async has(id: Uint8Array): Promise<boolean> {
    return (await this.#db.count('atxs', { from: hex(id), before: `${hex(id)}/` })) > 0
  }

  get(id: Uint8Array): Promise<AtxRow | undefined> {
    return this.#db.get('atxs', hex(id))
  }

  latestBySmesher(smesherId: Uint8Array, beforeEpoch?: number): Promise<AtxRow | undefined> {
    const smesher = hex(smesherId)
    const before = beforeEpoch === undefined ? {} : { before: keyOf(smesher, u32Key(beforeEpoch)) }
    return this.#first('atxsBySmesher', { prefix: `${smesher}/`, ...before, reverse: true })
  }

  /** Newest first. */
  async allBySmesher(smesherId: Uint8Array, limit: number): Promise<AtxRow[]> {
    const prefix = `${hex(smesherId)}/`
    const ids = await this.#db.list('atxsBySmesher', { prefix, reverse: true, limit })
    const atxs = await Promise.all(ids.map(({ value }) => this.get(value)))
    return atxs.filter((atx) => atx !== undefined)
  }

  firstBySmesher(smesherId: Uint8Array): Promise<AtxRow | undefined> {
    return this.#first('atxsBySmesher', { prefix: `${hex(smesherId)}/` })
  }

  async commitmentOf(smesherId: Uint8Array): Promise<Uint8Array | undefined> {
    const ids = await this.#db.list('atxsBySmesher', {
      prefix: `${hex(smesherId)}/`,
      reverse: true,
    })
    for (const { value } of ids) {
      const atx = await this.get(value)
      if (atx?.commitmentAtxId) return atx.commitmentAtxId
    }
    return undefined
  }

  bySmesherInEpoch(smesherId: Uint8Array, publishEpoch: number): Promise<AtxRow | undefined> {
    const prefix = `${keyOf(hex(smesherId), u32Key(publishEpoch))}/`
    return this.#first('atxsBySmesher', { prefix })
  }

  byPrevious(smesherId: Uint8Array, prevAtxId: Uint8Array): Promise<AtxRow | undefined> {
    const prefix = `${keyOf(hex(smesherId), hex(prevAtxId))}/`
    return this.#first('atxsByPrevious', { prefix })
  }

  declaredUnits(id: Uint8Array, smesherId: Uint8Array): Promise<number | undefined> {
    return this.#db.get('atxUnits', keyOf(hex(id), hex(smesherId)))
  }

  async isMalicious(smesherId: Uint8Array): Promise<boolean> {
    return (await this.malfeasance(smesherId)) !== undefined
  }

  malfeasance(smesherId: Uint8Array): Promise<MalfeasanceRow | undefined> {
    return this.#db.get('malfeasance', hex(smesherId))
  }

  /** First proof of every condemned identity. */
  async malicious(): Promise<MalfeasanceRow[]> {
    return (await this.#db.list('malfeasance')).map(({ value }) => value)
  }

  async inEpoch(publishEpoch: number): Promise<AtxRow[]> {
    const ids = await this.#db.list('atxsByEpoch', { prefix: `${u32Key(publishEpoch)}/` })
    const atxs = await Promise.all(ids.map(({ value }) => this.get(value)))
    return atxs.filter((atx) => atx !== undefined)
  }

  async latestEpoch(): Promise<number | undefined> {
    const [last] = await this.#db.list('atxsByEpoch', { reverse: true, limit: 1 })
    return last && parseInt(last.key.slice(0, 8), 16)
  }

  /** One transaction: the ATX with its indexes, and the proof unless the identity has one. */
  storeAtx(atx: AtxRow | undefined, proof?: MalfeasanceRow): Promise<void> {
    const stores = [
      'atxs',
      'atxsBySmesher',
      'atxsByEpoch',
      'atxsByPrevious',
      'atxUnits',
      'malfeasance',
    ] as const
    return this.#db.update(
      stores,
      async (writer) => {
        if (atx) {
          const id = hex(atx.id)
          const smesher = hex(atx.smesherId)
          const epoch = u32Key(atx.publishEpoch)
          writer.put('atxs', id, atx)
          writer.put('atxsBySmesher', keyOf(smesher, epoch, u64Key(atx.receivedNs), id), atx.id)
          writer.put('atxsByEpoch', keyOf(epoch, id), atx.id)
          writer.put('atxsByPrevious', keyOf(smesher, hex(atx.prevAtxId), id), atx.id)
          writer.put('atxUnits', keyOf(id, smesher), atx.numUnits)
        }
        if (proof && !(await writer.get('malfeasance', hex(proof.smesherId)))) {
          writer.put('malfeasance', hex(proof.smesherId), proof)
        }
      },
      { durability: 'strict' },
    )
  }

  setValidity(id: Uint8Array, validity: AtxRow['validity']): Promise<void> {
    return this.#db.update(['atxs'], async (writer) => {
      const atx = await writer.get('atxs', hex(id))
      if (atx) writer.put('atxs', hex(id), { ...atx, validity })
    })
  }

  async #first(
    index: 'atxsBySmesher' | 'atxsByPrevious',
    range: Range,
  ): Promise<AtxRow | undefined> {
    const [row] = await this.#db.list(index, { ...range, limit: 1 })
    return row && this.get(row.value)
  }
}

/** PoET proof messages by reference; the first of each is kept. Spec 04 §7. */
export class PoetProofRepository {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async get(ref: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.#db.get('poetProofs', hex(ref)))?.message
  }

  put(ref: Uint8Array, message: Uint8Array): Promise<void> {
    return this.#db.update(['poetProofs'], async (writer) => {
      if (await writer.get('poetProofs', hex(ref))) return
      writer.put('poetProofs', hex(ref), { message })
    })
  }
}

/** Where the smesher of an identity stands between two ATXs: a record of its owner, kept whole. */
export class SmeshingRepository<State> {
  readonly #db: Database
  readonly #key: string

  constructor(db: Database, nodeId: Uint8Array) {
    this.#db = db
    this.#key = hex(nodeId)
  }

  async load(): Promise<State | undefined> {
    return (await this.#db.get('smeshing', this.#key)) as State | undefined
  }

  save(state: State): Promise<void> {
    return this.#db.update(['smeshing'], (w) => w.put('smeshing', this.#key, state), {
      durability: 'strict',
    })
  }

  clear(): Promise<void> {
    return this.#db.update(['smeshing'], (w) => w.delete('smeshing', this.#key), {
      durability: 'strict',
    })
  }
}
