import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { chromium, type BrowserContext, type Page } from '@playwright/test'

import { chromiumArgs, chromiumPath } from '../../scripts/chromium.mjs'
import type { NodeState } from '../../src/runtime/api.ts'
import type { MemorySnapshot } from '../../src/storage/memory.ts'
import { fromHex } from '../../src/util/bytes.ts'

export type Death = 'crash' | 'close' | 'browser'

const DATABASE = 'smesh-local'
/** A page of the origin that runs nothing. */
const STILL_PAGE = '/icons/icon.svg'

/** What one tab heard from its node. */
export class KillableTab {
  readonly page: Page
  /** States heard since the tab was opened. */
  heard = 0
  last: NodeState | undefined
  #onState: ((state: NodeState) => void) | undefined

  constructor(page: Page) {
    this.page = page
  }

  tell(json: string): void {
    this.last = JSON.parse(json) as NodeState
    this.heard++
    this.#onState?.(this.last)
  }

  /** Resolves with the first state from now on, the last one included, that `isMet`. */
  until(isMet: (state: NodeState) => boolean): Promise<NodeState> {
    return new Promise((resolve) => {
      const look = (state: NodeState) => {
        if (!isMet(state)) return
        this.#onState = undefined
        resolve(state)
      }
      this.#onState = look
      if (this.last) look(this.last)
    })
  }

  /** Resolves after so many more states. */
  async states(count: number): Promise<void> {
    const end = this.heard + count
    await this.until(() => this.heard >= end)
  }
}

/** A browser with its own profile, which lives on when tabs and browser are killed. */
export class Machine {
  readonly #url: string
  readonly #profile = mkdtempSync(join(tmpdir(), 'smesh-kill-'))
  #context: BrowserContext | undefined

  constructor(url: string) {
    this.#url = url
  }

  async #browser(): Promise<BrowserContext> {
    this.#context ??= await chromium.launchPersistentContext(this.#profile, {
      executablePath: chromiumPath(),
      args: chromiumArgs(),
      serviceWorkers: 'block',
    })
    return this.#context
  }

  /** Opens the app. */
  async open(): Promise<KillableTab> {
    const page = await (await this.#browser()).newPage()
    const tab = new KillableTab(page)
    await page.exposeFunction('tellTest', (json: string) => tab.tell(json))
    await page.addInitScript(() => {
      const { tellTest } = window as unknown as { tellTest: (json: string) => void }
      const plain = (_key: string, value: unknown) =>
        typeof value === 'bigint' ? Number(value) : value
      new BroadcastChannel('smesh/state').onmessage = ({ data }) =>
        tellTest(JSON.stringify(data, plain))
    })
    await page.goto(this.#url)
    return tab
  }

  /** Kills the tab: nothing of it runs when this resolves. */
  async kill({ page }: KillableTab, death: Death): Promise<void> {
    if (death === 'browser') {
      const closed = new Promise((resolve) => this.#context!.once('close', resolve))
      for (const pid of this.#processes()) process.kill(pid, 'SIGKILL')
      await closed
      this.#context = undefined
      return
    }
    if (death === 'crash') {
      const crashed = page.waitForEvent('crash')
      const session = await this.#context!.newCDPSession(page)
      session.send('Page.crash').catch(() => undefined) // nobody is left to answer
      await crashed
    }
    await page.close({ runBeforeUnload: false })
  }

  /** Rows of the node's database as they are now. */
  async snapshot(stores?: readonly string[]): Promise<MemorySnapshot> {
    return this.#still((page) => readDatabase(page, stores))
  }

  /** Files of a node's label folder. */
  async labelFolder(nodeId: string): Promise<Map<string, Uint8Array>> {
    return this.#still((page) => readFolder(page, nodeId))
  }

  async end(): Promise<void> {
    await this.#context?.close()
    rmSync(this.#profile, { recursive: true, force: true })
  }

  async #still<T>(read: (page: Page) => Promise<T>): Promise<T> {
    const page = await (await this.#browser()).newPage()
    await page.goto(new URL(STILL_PAGE, this.#url).href)
    const result = await read(page)
    await page.close()
    return result
  }

  /** The browser's own processes: those with this profile in their command line. */
  #processes(): number[] {
    const lines = execFileSync('ps', ['-Ao', 'pid=,args='], { encoding: 'utf8' }).split('\n')
    return lines.filter((line) => line.includes(this.#profile)).map((line) => parseInt(line))
  }
}

/** Bytes and big numbers as text, for the way out of the page. */
type Tagged = { $bytes: string } | { $big: string }

async function readDatabase(page: Page, wanted?: readonly string[]): Promise<MemorySnapshot> {
  const text = await page.evaluate(
    async ([name, wanted]) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error!)
        })
      const plain = (value: unknown): unknown => {
        if (typeof value === 'bigint') return { $big: String(value) }
        if (value instanceof Uint8Array) {
          return { $bytes: Array.from(value, (b) => b.toString(16).padStart(2, '0')).join('') }
        }
        if (Array.isArray(value)) return value.map(plain)
        if (typeof value !== 'object' || value === null) return value
        return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, plain(v)]))
      }
      const database = await done(indexedDB.open(name))
      const stores = wanted ?? [...database.objectStoreNames]
      if (stores.some((store) => !database.objectStoreNames.contains(store))) return '[]'
      const transaction = database.transaction(stores)
      const dump = await Promise.all(
        stores.map(async (store) => {
          const objects = transaction.objectStore(store)
          const [keys, values] = await Promise.all([
            done(objects.getAllKeys()),
            done(objects.getAll() as IDBRequest<unknown[]>),
          ])
          return [store, keys.map((key, i) => [key, plain(values[i])])]
        }),
      )
      database.close()
      return JSON.stringify(dump)
    },
    [DATABASE, wanted] as const,
  )
  const dump = JSON.parse(text, (_key, value: unknown) => {
    const tagged = value as Partial<{ $bytes: string; $big: string }> | null
    if (tagged?.$bytes !== undefined) return fromHex(tagged.$bytes)
    return tagged?.$big === undefined ? value : BigInt(tagged.$big)
  }) as [string, [string, Tagged][]][]
  return new Map(dump.map(([store, rows]) => [store, new Map(rows)])) as MemorySnapshot
}

async function readFolder(page: Page, nodeId: string): Promise<Map<string, Uint8Array>> {
  const files = await page.evaluate(async (name) => {
    const origin = await navigator.storage.getDirectory()
    const folder = await (await origin.getDirectoryHandle('post')).getDirectoryHandle(name)
    const files: [string, number[]][] = []
    for await (const [file, handle] of folder.entries()) {
      const bytes = await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer()
      files.push([file, [...new Uint8Array(bytes)]])
    }
    return files
  }, nodeId)
  return new Map(files.map(([name, bytes]) => [name, Uint8Array.from(bytes)]))
}
