import { SmeshError } from '../../util/error.ts'
import { SHA256_IV } from './constants.ts'

/** Bytes that a kernel works on: 256 KiB, so that 5400 nodes of a hostile proof fit one message. */
export const KERNEL_MEMORY_BYTES = 4 * 65_536
/** Eight state words in native byte order lie here. */
export const STATE_AT = 0
/** A message starts here. */
export const MESSAGE_AT = 64
/** Longest message; the padding must fit behind it. */
export const MAX_MESSAGE_BYTES = KERNEL_MEMORY_BYTES - MESSAGE_AT - 128

/** The two loops that sequential work spends its time in, over one block of memory. */
export interface Sha256Core {
  readonly kind: 'wasm' | 'script'
  readonly buffer: ArrayBuffer
  /** Absorbs `blocks` 64-byte blocks at `at` into the state at {@link STATE_AT}. */
  compress(at: number, blocks: number): void
  /** Replaces the state by the SHA-256 of its 32 bytes, `times` times over. */
  chain(times: number): void
}

/**
 * SHA-256 over messages written into {@link memory} from {@link MESSAGE_AT} on. Every call stands
 * for itself, so one kernel serves all provers and verifiers of a thread.
 */
export class Sha256Kernel {
  readonly kind: Sha256Core['kind']
  readonly memory: Uint8Array
  readonly #core: Sha256Core
  readonly #state: Int32Array
  readonly #view: DataView

  constructor(core: Sha256Core) {
    this.#core = core
    this.kind = core.kind
    this.memory = new Uint8Array(core.buffer)
    this.#state = new Int32Array(core.buffer, STATE_AT, 8)
    this.#view = new DataView(core.buffer)
  }

  /**
   * `SHA256^times` of the `length` bytes at {@link MESSAGE_AT}: the message is hashed once, its
   * digest `times − 1` times more. Overwrites what follows the message with the padding.
   *
   * @param length - at most {@link MAX_MESSAGE_BYTES}
   * @param out - receives 32 bytes at `at`
   * @throws {SmeshError} `BAD_ARGUMENT` for a message that does not fit
   */
  digest(length: number, times: number, out: Uint8Array, at: number): void {
    if (length > MAX_MESSAGE_BYTES) {
      const expected = `at most ${MAX_MESSAGE_BYTES} bytes`
      throw new SmeshError('BAD_ARGUMENT', { name: 'message', expected, got: String(length) })
    }
    const blocks = Math.ceil((length + 9) / 64)
    const end = MESSAGE_AT + 64 * blocks
    this.memory[MESSAGE_AT + length] = 0x80
    this.memory.fill(0, MESSAGE_AT + length + 1, end - 4)
    this.#view.setUint32(end - 4, 8 * length)
    this.#state.set(SHA256_IV)
    this.#core.compress(MESSAGE_AT, blocks)
    this.#core.chain(times - 1)
    for (let i = 0; i < 8; i++) {
      const word = this.#state[i]!
      out[at++] = word >>> 24
      out[at++] = word >>> 16
      out[at++] = word >>> 8
      out[at++] = word
    }
  }
}
