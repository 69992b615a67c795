import type { PowParams } from './registration.ts'

/**
 * PoW parameters of a service over time: each finished proof's root becomes the challenge, the
 * parameters before it stay good for one more round. Spec 04 §2.
 */
export class PowTerms {
  #current: PowParams
  #previous: PowParams | undefined

  constructor(initial: PowParams) {
    this.#current = initial
  }

  get current(): PowParams {
    return this.#current
  }

  get acceptable(): { current: PowParams; previous?: PowParams } {
    return { current: this.#current, ...(this.#previous && { previous: this.#previous }) }
  }

  rotate(root: Uint8Array): void {
    this.#previous = this.#current
    this.#current = { difficulty: this.#previous.difficulty, challenge: root.slice() }
  }
}
