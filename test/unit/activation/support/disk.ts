import type { AtxRecord, AtxStore, StoredProof } from '../../../../src/activation/atx-store.ts'
import type { JournalStore } from '../../../../src/activation/journal-store.ts'
import type { SmeshingState, SmeshingStore } from '../../../../src/activation/modules.ts'
import { equalBytes, hex } from '../../../../src/util/bytes.ts'
import { SmeshError } from '../../../../src/util/error.ts'

/** What outlives a killed session. Values are copied on the way in and out, as a disk does. */
export class Disk {
  readonly slots = new Map<string, Uint8Array>()
  journal: { fence: number; head: Uint8Array | undefined } = { fence: 0, head: undefined }
  readonly atxs = new Map<string, AtxRecord>()
  readonly proofs = new Map<string, StoredProof>()
  readonly poets = new Map<string, Uint8Array>()
  state: SmeshingState | undefined
}

export const journalOn = (disk: Disk): JournalStore => ({
  async open() {
    disk.journal = { fence: disk.journal.fence + 1, head: disk.journal.head }
    return { ...disk.journal }
  },
  read: async (slot) => disk.slots.get(slot)?.slice(),
  records: async () => [...disk.slots].map(([slot, value]) => ({ slot, value: value.slice() })),
  async claim(records, head, fence) {
    const current = disk.journal.fence
    if (fence !== current) throw new SmeshError('JOURNAL_FENCED', { fence, current })
    for (const { slot, value } of records) {
      const held = disk.slots.get(slot)
      if (held && !equalBytes(held, value)) return { conflict: slot }
    }
    const free = records.filter(({ slot }) => !disk.slots.has(slot))
    for (const { slot, value } of free) disk.slots.set(slot, value.slice())
    disk.journal = { fence, head: head.slice() }
    return free.length > 0 ? 'new' : 'same'
  },
})

export const stateOn = (disk: Disk): SmeshingStore => ({
  load: async () => structuredClone(disk.state),
  async save(state) {
    disk.state = structuredClone(state)
  },
})

export function atxsOn(disk: Disk): AtxStore & {
  malicious(): Promise<StoredProof[]>
} {
  /** Oldest first. */
  const of = (smesherId: Uint8Array) =>
    [...disk.atxs.values()]
      .filter((atx) => equalBytes(atx.smesherId, smesherId))
      .sort((a, b) => a.publishEpoch - b.publishEpoch || Number(a.receivedNs - b.receivedNs))
  return {
    has: async (id) => disk.atxs.has(hex(id)),
    get: async (id) => structuredClone(disk.atxs.get(hex(id))),
    latestBySmesher: async (id, before = Infinity) =>
      structuredClone(of(id).findLast(({ publishEpoch }) => publishEpoch < before)),
    firstBySmesher: async (id) => structuredClone(of(id)[0]),
    commitmentOf: async (id) => of(id).findLast((atx) => atx.commitmentAtxId)?.commitmentAtxId,
    bySmesherInEpoch: async (id, epoch) => of(id).find((atx) => atx.publishEpoch === epoch),
    byPrevious: async (id, prev) => of(id).find((atx) => equalBytes(atx.prevAtxId, prev)),
    declaredUnits: async (id, smesherId) => {
      const atx = disk.atxs.get(hex(id))
      return atx && equalBytes(atx.smesherId, smesherId) ? atx.numUnits : undefined
    },
    isMalicious: async (id) => disk.proofs.has(hex(id)),
    malicious: async () => [...disk.proofs.values()],
    inEpoch: async (epoch) => [...disk.atxs.values()].filter((atx) => atx.publishEpoch === epoch),
    async latestEpoch() {
      const epochs = [...disk.atxs.values()].map((atx) => atx.publishEpoch)
      return epochs.length > 0 ? Math.max(...epochs) : undefined
    },
    async storeAtx(atx, proof) {
      if (atx) disk.atxs.set(hex(atx.id), structuredClone(atx))
      const key = proof && hex(proof.smesherId)
      if (proof && key && !disk.proofs.has(key)) disk.proofs.set(key, proof)
    },
    async setValidity(id, validity) {
      const atx = disk.atxs.get(hex(id))
      if (atx) disk.atxs.set(hex(id), { ...atx, validity })
    },
  }
}

/** When a session dies: at its `at`-th write, with that write on disk or not. */
export interface Death {
  readonly at: number
  readonly applied: boolean
}

const WRITES = ['open', 'claim', 'save', 'storeAtx', 'put']

/** One life: everything goes through {@link Life.mortal}, and nothing answers after its death. */
export class Life {
  dead = false
  /** Writes so far, by name. */
  readonly writes: string[] = []
  readonly #death: Death | undefined

  constructor(death?: Death) {
    this.#death = death
  }

  /** `target` as this life sees it: calls never return once it is over. */
  mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, key) => {
        const member = object[key as keyof T]
        if (typeof member !== 'function') return member
        return async (...args: unknown[]) => {
          if (this.dead) return never()
          const isWrite = WRITES.includes(String(key))
          const fatal = isWrite && this.writes.push(String(key)) === this.#death?.at
          if (fatal && !this.#death.applied) {
            this.dead = true
            return never()
          }
          const result: unknown = await member.apply(object, args)
          if (fatal) this.dead = true
          return this.dead ? never() : result
        }
      },
    })
  }
}

const never = () => new Promise<never>(() => undefined)
