import { PoetProofMessage, poetRef, type PoetProof } from '../protocol/poet.ts'
import { hex } from '../util/bytes.ts'
import type { PoetSummary } from './atx-validator.ts'

/** Messages kept decoded: an epoch has about 45, and ATXs of one epoch share them. */
const CACHED = 200

export interface PoetDbModules {
  readonly messages: {
    get(ref: Uint8Array): Promise<Uint8Array | undefined>
    /** Keeps the first message of a ref. */
    put(ref: Uint8Array, message: Uint8Array): Promise<void>
  }
  /** Checks the sequential work; about 20 ms, so a host may do it in a worker. */
  readonly verify: (
    statement: Uint8Array,
    proof: PoetProof,
  ) => { readonly valid: boolean } | Promise<{ readonly valid: boolean }>
}

/** What becomes of a PoET proof message: taken (with its ref), or why not. */
export type PoetProofOutcome =
  | { readonly taken: true; readonly ref: Uint8Array }
  | { readonly taken: false; readonly reason: 'undecodable' | 'wrong_ref' | 'invalid' }

/** PoET proofs by reference. Spec 04 §7; go-spacemesh activation/poetdb.go. */
export class PoetDb {
  readonly #modules: PoetDbModules
  readonly #cache = new Map<string, PoetSummary>()

  constructor(modules: PoetDbModules) {
    this.#modules = modules
  }

  /** Leaf count and statement; neither service id nor round id may be trusted. */
  async get(ref: Uint8Array): Promise<PoetSummary | undefined> {
    const key = hex(ref)
    const cached = this.#cache.get(key)
    if (cached) return cached
    const bytes = await this.#modules.messages.get(ref)
    if (!bytes) return undefined
    const { leafCount, statement } = PoetProofMessage.decode(bytes)
    if (this.#cache.size >= CACHED) {
      this.#cache.delete(this.#cache.keys().next().value as string)
    }
    this.#cache.set(key, { leafCount, statement })
    return { leafCount, statement }
  }

  /** Verifies and stores. A ref that is already known is taken without a second look. */
  async add(message: PoetProofMessage): Promise<PoetProofOutcome> {
    let bytes: Uint8Array
    let ref: Uint8Array
    try {
      bytes = PoetProofMessage.encode(message)
      ref = poetRef(message)
    } catch {
      return { taken: false, reason: 'undecodable' } // beyond the limits of the wire
    }
    if (await this.#modules.messages.get(ref)) return { taken: true, ref }
    const verdict = await this.#modules.verify(message.statement, message)
    if (!verdict.valid) return { taken: false, reason: 'invalid' }
    await this.#modules.messages.put(ref, bytes)
    return { taken: true, ref }
  }

  /** A message that a peer sent for `ref`. */
  async addFetched(ref: Uint8Array, bytes: Uint8Array): Promise<PoetProofOutcome> {
    let message: PoetProofMessage
    try {
      message = PoetProofMessage.decode(bytes)
    } catch {
      return { taken: false, reason: 'undecodable' }
    }
    if (hex(poetRef(message)) !== hex(ref)) return { taken: false, reason: 'wrong_ref' }
    return this.add(message)
  }
}
