/** Names of label files on every host. Spec 03 §3.1. */

/** `postdata_<number>.bin` as the reference names it. */
export const labelFileName = (file: number): string => `postdata_${file}.bin`

/** Number in a label file's name; undefined for any other name. */
export function labelFileNumber(name: string): number | undefined {
  const digits = /^postdata_(0|[1-9]\d*)\.bin$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/**
 * Keeps the most recently used of some open things, so that a data directory of a thousand files
 * does not hold a thousand handles.
 */
export class OpenFiles<T> {
  readonly #limit: number
  readonly #close: (handle: T) => unknown
  readonly #open = new Map<number, T>()

  constructor(limit: number, close: (handle: T) => unknown) {
    this.#limit = limit
    this.#close = close
  }

  async use(file: number, open: () => Promise<T>): Promise<T> {
    let handle = this.#open.get(file)
    if (handle === undefined) {
      while (this.#open.size >= this.#limit) await this.close(this.#open.keys().next().value!)
      handle = await open()
    }
    this.#open.delete(file)
    this.#open.set(file, handle)
    return handle
  }

  async close(file: number): Promise<void> {
    const handle = this.#open.get(file)
    this.#open.delete(file)
    if (handle !== undefined) await this.#close(handle)
  }

  async closeAll(): Promise<void> {
    for (const file of [...this.#open.keys()]) await this.close(file)
  }
}
