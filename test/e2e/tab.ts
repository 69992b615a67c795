import { mkdirSync } from 'node:fs'

import { expect, type BrowserContext, type Page } from '@playwright/test'

import type { NodeState } from '../../src/runtime/api.ts'

/** Kept as artifacts, never in git. */
const SCREENS = 'test-results/screens'
const PHONE = { width: 390, height: 844 }
export const DESKTOP = { width: 1440, height: 900 }
/** What a loaded machine may take for anything that is not itself measured. */
export const PATIENCE_MS = 60_000

declare global {
  interface Window {
    /** States that the node broadcast to this page, oldest first; the last 200. */
    heard: NodeState[]
  }
}

/** A tab as a person has it, with what its node broadcasts and what its console complained about. */
export class Tab {
  readonly page: Page
  /** Errors that no one caught and errors on the console, workers included. */
  readonly complaints: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(error.stack ?? error.message))
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      const { url, lineNumber, columnNumber } = message.location()
      this.complaints.push(`${message.text()} (${url}:${lineNumber}:${columnNumber})`)
    })
  }

  static async open(context: BrowserContext, path = '/'): Promise<Tab> {
    const page = await context.newPage()
    const tab = new Tab(page)
    await page.addInitScript((channel) => {
      window.heard = []
      new BroadcastChannel(channel).onmessage = ({ data }: MessageEvent<NodeState>) => {
        window.heard.push(data)
        if (window.heard.length > 200) window.heard.shift()
      }
    }, 'smesh/state')
    await page.goto(path)
    return tab
  }

  id(testid: string) {
    return this.page.getByTestId(testid)
  }

  /** The last state heard since this page was loaded. */
  state(): Promise<NodeState | undefined> {
    return this.page.evaluate(() => window.heard.at(-1))
  }

  /** Waits for a state that `isMet`; answers with it. */
  async until(
    what: string,
    isMet: (state: NodeState) => boolean,
    timeout = PATIENCE_MS,
  ): Promise<NodeState> {
    let met: NodeState | undefined
    await expect
      .poll(
        async () => {
          const state = await this.state()
          if (state && isMet(state)) met = state
          return met !== undefined
        },
        { message: `waiting until ${what}`, timeout, intervals: [100] },
      )
      .toBe(true)
    return met!
  }

  /** Goes to a screen by the navigation, as a person would. */
  async go(section: 'home' | 'wallet' | 'smeshing' | 'settings'): Promise<void> {
    await this.id(`nav-${section}`).click()
    await expect(this.id(`screen-${section}`)).toBeVisible()
  }

  /** Presses the one button of the welcome screen; the time of the click, `Date.now()`. */
  async start(): Promise<number> {
    await expect(this.id('start')).toBeEnabled()
    const clicked = Date.now()
    await this.id('start').click()
    return clicked
  }

  /** Takes the smallest space there is: for tests that are not about labels. */
  async chooseSmallest(): Promise<void> {
    await this.id('space-range').fill('0')
  }

  /** Chooses one of the wallet's accounts on a screen that has the switcher. */
  async chooseAccount(address: string): Promise<void> {
    await this.id('account-switcher').click()
    await this.page.locator(`[data-testid=account-option][data-address="${address}"]`).click()
    await expect(this.id('accounts-sheet')).toHaveCount(0)
  }

  /** Pictures of what is on screen, on a phone and on a desk; nothing may stick out sideways. */
  async picture(name: string): Promise<void> {
    mkdirSync(SCREENS, { recursive: true })
    for (const size of [PHONE, DESKTOP]) {
      await this.page.setViewportSize(size)
      // As tall as what it shows: what is fixed to the window's edge then lies below the content.
      const shown = await this.page.evaluate(() => document.documentElement.scrollHeight)
      await this.page.setViewportSize({ ...size, height: Math.max(size.height, shown) })
      const path = `${SCREENS}/${name}-${size.width}.png`
      await this.page.screenshot({ path, fullPage: true, animations: 'disabled' })
      const over = await this.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(over, `${name} sticks out at ${size.width} px`).toBeLessThanOrEqual(0)
    }
    await this.page.setViewportSize(DESKTOP)
  }
}

/** Sizes in bytes of what lies in the label folder of a node, by file name; empty without a folder. */
export function labelFiles(page: Page, nodeId: string): Promise<Record<string, number>> {
  return page.evaluate(async (id) => {
    const sizes: Record<string, number> = {}
    const origin = await navigator.storage.getDirectory()
    try {
      const folder = await (await origin.getDirectoryHandle('post')).getDirectoryHandle(id)
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === 'file') {
          sizes[name] = (await (handle as FileSystemFileHandle).getFile()).size
        }
      }
    } catch (error) {
      if ((error as DOMException).name !== 'NotFoundError') throw error
    }
    return sizes
  }, nodeId)
}

/** Smidge of the first amount inside a part of the screen. */
export async function smidgeIn(part: ReturnType<Tab['id']>): Promise<bigint> {
  const amount = part.locator('[data-smidge]').first()
  return BigInt((await amount.getAttribute('data-smidge'))!)
}
