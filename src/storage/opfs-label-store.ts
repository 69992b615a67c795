import { SmeshError } from '../util/error.ts'
import { labelFileName, labelFileNumber, OpenFiles } from './label-files.ts'

/** Open files at once: set-up and proving go through them one by one. */
const OPEN_LIMIT = 4
/** How long a file that is open elsewhere is waited for, and how often it is tried. */
const LOCK_WAIT_MS = 5000
const LOCK_STEP_MS = 100

/**
 * Label data of one identity in a folder of the origin's private file system. Only in a dedicated
 * worker, where files can be opened for synchronous access, which locks them against other tabs.
 * By shape the LabelStore of the post room.
 *
 * Errors of all methods: `STORAGE_FULL` when the quota is reached, `STORAGE_FAILED` otherwise, for
 * instance when another tab has the file open.
 */
export class OpfsLabelStore {
  readonly #folder: FileSystemDirectoryHandle
  readonly #rest: ((ms: number) => Promise<void>) | undefined
  readonly #files = new OpenFiles<FileSystemSyncAccessHandle>(OPEN_LIMIT, (handle) =>
    handle.close(),
  )

  /**
   * @param modules - `rest`: lets a time pass; then a file that another worker has open is waited
   *   for, since the browser closes the files of a tab that is gone a moment after its locks
   */
  constructor(
    folder: FileSystemDirectoryHandle,
    { rest }: { rest?: (ms: number) => Promise<void> } = {},
  ) {
    this.#folder = folder
    this.#rest = rest
  }

  list(): Promise<number[]> {
    return coded('list', async () => {
      const numbers: number[] = []
      for await (const name of this.#folder.keys()) {
        const file = labelFileNumber(name)
        if (file !== undefined) numbers.push(file)
      }
      return numbers
    })
  }

  size(file: number): Promise<number> {
    return coded('size', async () => (await this.#existing(file))?.getSize() ?? 0)
  }

  read(file: number, offsetBytes: number, length: number): Promise<Uint8Array> {
    return coded('read', async () => {
      const bytes = new Uint8Array(length)
      const count = (await this.#existing(file))?.read(bytes, { at: offsetBytes }) ?? 0
      return bytes.subarray(0, count)
    })
  }

  write(file: number, offsetBytes: number, bytes: Uint8Array): Promise<void> {
    return coded('write', async () => {
      const handle = await this.#opened(file)
      const before = handle.getSize()
      try {
        const count = handle.write(bytes as Uint8Array<ArrayBuffer>, { at: offsetBytes })
        if (count < bytes.length) {
          throw new SmeshError('STORAGE_FULL', { what: labelFileName(file) })
        }
      } catch (error) {
        if (handle.getSize() > before) handle.truncate(before)
        throw error
      }
    })
  }

  truncate(file: number, sizeBytes: number): Promise<void> {
    return coded('truncate', async () => (await this.#opened(file)).truncate(sizeBytes))
  }

  flush(file: number): Promise<void> {
    return coded('flush', async () => (await this.#existing(file))?.flush())
  }

  remove(file: number): Promise<void> {
    return coded('remove', async () => {
      await this.#files.close(file)
      await this.#removeName(labelFileName(file))
    })
  }

  getText(name: string): Promise<string | undefined> {
    return coded('getText', async () => {
      const handle = await this.#find(name)
      return handle && (await (await handle.getFile()).text())
    })
  }

  putText(name: string, text: string): Promise<void> {
    return coded('putText', async () => {
      const handle = await this.#folder.getFileHandle(name, { create: true })
      const stream = await handle.createWritable() // a copy that replaces the file when closed
      try {
        await stream.write(text)
        await stream.close()
      } catch (error) {
        await stream.abort().catch(() => undefined) // the write's own error is thrown
        throw error
      }
    })
  }

  removeText(name: string): Promise<void> {
    return coded('removeText', () => this.#removeName(name))
  }

  /** Unlocks all files. The store may be used again. */
  close(): Promise<void> {
    return this.#files.closeAll()
  }

  async #find(name: string): Promise<FileSystemFileHandle | undefined> {
    try {
      return await this.#folder.getFileHandle(name)
    } catch (error) {
      if (nameOf(error) === 'NotFoundError') return undefined
      throw error
    }
  }

  async #existing(file: number): Promise<FileSystemSyncAccessHandle | undefined> {
    const handle = await this.#find(labelFileName(file))
    return handle && this.#files.use(file, () => this.#lock(handle))
  }

  #opened(file: number): Promise<FileSystemSyncAccessHandle> {
    return this.#files.use(file, async () => {
      const handle = await this.#folder.getFileHandle(labelFileName(file), { create: true })
      return this.#lock(handle)
    })
  }

  async #lock(handle: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
    for (let waitedMs = 0; ; waitedMs += LOCK_STEP_MS) {
      try {
        return await handle.createSyncAccessHandle()
      } catch (error) {
        const isLocked = nameOf(error) === 'NoModificationAllowedError'
        if (!isLocked || !this.#rest || waitedMs >= LOCK_WAIT_MS) throw error
        await this.#rest(LOCK_STEP_MS)
      }
    }
  }

  async #removeName(name: string): Promise<void> {
    try {
      await this.#folder.removeEntry(name)
    } catch (error) {
      if (nameOf(error) !== 'NotFoundError') throw error
    }
  }
}

const nameOf = (error: unknown): unknown => (error as { name?: unknown } | null)?.name

async function coded<T>(what: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    const name = nameOf(error)
    if (name === 'SmeshError') throw error
    if (name === 'QuotaExceededError') {
      throw new SmeshError('STORAGE_FULL', { what: `labels, ${what}` }, { cause: error })
    }
    const reason = `${what}: ${String(error)}`
    throw new SmeshError('STORAGE_FAILED', { reason }, { cause: error })
  }
}
