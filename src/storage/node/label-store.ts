import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

import { SmeshError } from '../../util/error.ts'
import { labelFileName, labelFileNumber, OpenFiles } from '../label-files.ts'

const OPEN_LIMIT = 4

/**
 * Label data of one identity in a folder, laid out as the reference's own: either program can go on
 * with the other's. By shape the LabelStore of the post room.
 *
 * Errors of all methods: `STORAGE_FULL` when disk or quota is full, `STORAGE_FAILED` otherwise.
 */
export class NodeLabelStore {
  readonly #folder: string
  readonly #files = new OpenFiles<FileHandle>(OPEN_LIMIT, (handle) => handle.close())

  /** @param folder - Made, readable by its owner only, when the first byte is written. */
  constructor(folder: string) {
    this.#folder = folder
  }

  list(): Promise<number[]> {
    return coded('list', async () => {
      const names = (await unlessMissing(readdir(this.#folder))) ?? []
      return names.map(labelFileNumber).filter((file) => file !== undefined)
    })
  }

  size(file: number): Promise<number> {
    return coded('size', async () => (await unlessMissing(stat(this.#path(file))))?.size ?? 0)
  }

  read(file: number, offsetBytes: number, length: number): Promise<Uint8Array> {
    return coded('read', async () => {
      const bytes = new Uint8Array(length)
      const handle = await unlessMissing(this.#opened(file, 'r+'))
      let count = 0
      while (handle && count < length) {
        const at = offsetBytes + count
        const { bytesRead } = await handle.read(bytes, count, length - count, at)
        if (bytesRead === 0) break
        count += bytesRead
      }
      return bytes.subarray(0, count)
    })
  }

  write(file: number, offsetBytes: number, bytes: Uint8Array): Promise<void> {
    return coded('write', async () => {
      const handle = await this.#create(file)
      const { size } = await handle.stat()
      try {
        for (let at = 0; at < bytes.length;) {
          const left = bytes.length - at
          at += (await handle.write(bytes, at, left, offsetBytes + at)).bytesWritten
        }
      } catch (error) {
        if ((await handle.stat()).size > size) await handle.truncate(size)
        throw error
      }
    })
  }

  truncate(file: number, sizeBytes: number): Promise<void> {
    return coded('truncate', async () => (await this.#create(file)).truncate(sizeBytes))
  }

  flush(file: number): Promise<void> {
    return coded('flush', async () => (await unlessMissing(this.#opened(file, 'r+')))?.sync())
  }

  remove(file: number): Promise<void> {
    return coded('remove', async () => {
      await this.#files.close(file)
      await rm(this.#path(file), { force: true })
    })
  }

  getText(name: string): Promise<string | undefined> {
    return coded('getText', () => unlessMissing(readFile(join(this.#folder, name), 'utf8')))
  }

  putText(name: string, text: string): Promise<void> {
    return coded('putText', async () => {
      await this.#makeFolder()
      const fresh = join(this.#folder, `${name}.new`)
      const handle = await open(fresh, 'w', 0o600)
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(fresh, join(this.#folder, name))
      await this.#syncFolder()
    })
  }

  removeText(name: string): Promise<void> {
    return coded('removeText', () => rm(join(this.#folder, name), { force: true }))
  }

  /** Closes all files. The store may be used again. */
  close(): Promise<void> {
    return this.#files.closeAll()
  }

  #path(file: number): string {
    return join(this.#folder, labelFileName(file))
  }

  #opened(file: number, flags: string): Promise<FileHandle> {
    return this.#files.use(file, () => open(this.#path(file), flags, 0o600))
  }

  async #create(file: number): Promise<FileHandle> {
    const existing = await unlessMissing(this.#opened(file, 'r+'))
    if (existing) return existing
    await this.#makeFolder()
    const handle = await this.#opened(file, 'wx+')
    await this.#syncFolder()
    return handle
  }

  async #makeFolder(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
  }

  /** Makes new and renamed names survive a power cut; Windows cannot and need not. */
  async #syncFolder(): Promise<void> {
    if (process.platform === 'win32') return
    const handle = await open(this.#folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

async function unlessMissing<T>(task: Promise<T>): Promise<T | undefined> {
  try {
    return await task
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function coded<T>(what: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
      throw new SmeshError('STORAGE_FULL', { what: `labels, ${what}` }, { cause: error })
    }
    const reason = `${what}: ${String(error)}`
    throw new SmeshError('STORAGE_FAILED', { reason }, { cause: error })
  }
}
