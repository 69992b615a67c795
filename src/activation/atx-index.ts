import { compareBytes, hex } from '../util/bytes.ts'
import { tickHeight, type AtxRecord } from './atx-store.ts'

/** One ATX as eligibility, beacon and tortoise see it. */
export interface IndexedAtx {
  readonly id: Uint8Array
  readonly smesherId: Uint8Array
  readonly coinbase: Uint8Array
  /** Units · ticks, u64. */
  readonly weight: bigint
  readonly baseHeight: bigint
  readonly height: bigint
  readonly vrfNonce: bigint
  readonly receivedNs: bigint
}

/**
 * ATXs by the epoch in which they count (publish epoch + 1), in memory, for lookups that cannot
 * wait for a database. Filled from the store at start, then by the handler.
 * go-spacemesh atxsdata/data.go.
 */
export class AtxIndex {
  readonly #byEpoch = new Map<number, Map<string, IndexedAtx>>()
  /** smesher → arrival of the first proof against it, ns. */
  readonly #malicious = new Map<string, bigint>()
  #evictedBelow = 0

  add(atx: AtxRecord): void {
    const targetEpoch = atx.publishEpoch + 1
    if (targetEpoch < this.#evictedBelow) return
    let epoch = this.#byEpoch.get(targetEpoch)
    if (!epoch) this.#byEpoch.set(targetEpoch, (epoch = new Map()))
    epoch.set(hex(atx.id), {
      id: atx.id,
      smesherId: atx.smesherId,
      coinbase: atx.coinbase,
      weight: atx.weight,
      baseHeight: atx.baseTickHeight,
      height: tickHeight(atx),
      vrfNonce: atx.vrfNonce,
      receivedNs: atx.receivedNs,
    })
  }

  get(targetEpoch: number, id: Uint8Array): IndexedAtx | undefined {
    return this.#byEpoch.get(targetEpoch)?.get(hex(id))
  }

  /** The ATX of an identity; of several the one with the smallest id. */
  bySmesher(targetEpoch: number, smesherId: Uint8Array): IndexedAtx | undefined {
    const wanted = hex(smesherId)
    return this.all(targetEpoch).find((atx) => hex(atx.smesherId) === wanted)
  }

  /** All ATXs of a target epoch, ids ascending. */
  all(targetEpoch: number): IndexedAtx[] {
    const epoch = this.#byEpoch.get(targetEpoch)
    return epoch ? [...epoch.values()].sort((a, b) => compareBytes(a.id, b.id)) : []
  }

  /** How many ATXs a target epoch has. */
  count(targetEpoch: number): number {
    return this.#byEpoch.get(targetEpoch)?.size ?? 0
  }

  /** Weight of all ATXs of a target epoch whose smeshers are not malicious. */
  epochWeight(targetEpoch: number): bigint {
    let sum = 0n
    for (const atx of this.#byEpoch.get(targetEpoch)?.values() ?? []) {
      if (!this.isMalicious(atx.smesherId)) sum += atx.weight
    }
    return sum
  }

  /** Weight of the listed ATXs, malicious or not, and how many of them are known. */
  weightOf(targetEpoch: number, ids: Iterable<Uint8Array>): { weight: bigint; known: number } {
    let weight = 0n
    let known = 0
    for (const id of ids) {
      const atx = this.get(targetEpoch, id)
      if (!atx) continue
      weight += atx.weight
      known++
    }
    return { weight, known }
  }

  /** Remembers the first proof against an identity. */
  markMalicious(smesherId: Uint8Array, proofReceivedNs: bigint): void {
    const key = hex(smesherId)
    if (!this.#malicious.has(key)) this.#malicious.set(key, proofReceivedNs)
  }

  isMalicious(smesherId: Uint8Array): boolean {
    return this.#malicious.has(hex(smesherId))
  }

  /** Arrival of the first proof against an identity, ns; undefined for an honest one. */
  proofReceivedNs(smesherId: Uint8Array): bigint | undefined {
    return this.#malicious.get(hex(smesherId))
  }

  /** Forgets target epochs before `epoch`; they are not taken up again. */
  evictBefore(epoch: number): void {
    this.#evictedBelow = Math.max(this.#evictedBelow, epoch)
    for (const key of this.#byEpoch.keys()) if (key < this.#evictedBelow) this.#byEpoch.delete(key)
  }

  /** Fills the index from stored ATXs, target epochs `fromEpoch` and later. */
  async load(
    store: {
      inEpoch(publishEpoch: number): Promise<readonly AtxRecord[]>
      latestEpoch(): Promise<number | undefined>
      malicious(): Promise<readonly { smesherId: Uint8Array; receivedNs: bigint }[]>
    },
    fromEpoch = 0,
  ): Promise<void> {
    this.evictBefore(fromEpoch)
    const latest = (await store.latestEpoch()) ?? -1
    for (let epoch = Math.max(0, fromEpoch - 1); epoch <= latest; epoch++) {
      for (const atx of await store.inEpoch(epoch)) this.add(atx)
    }
    for (const { smesherId, receivedNs } of await store.malicious()) {
      this.markMalicious(smesherId, receivedNs)
    }
  }
}
