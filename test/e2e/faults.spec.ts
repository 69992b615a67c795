import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { chromium, expect, test, type Browser, type BrowserContext } from '@playwright/test'

import { chromiumArgs, chromiumPath } from '../../scripts/chromium.mjs'
import { accountAddress, addressToText } from '../../src/crypto/address.ts'

import { DESKTOP, labelFiles, PATIENCE_MS, Tab } from './tab.ts'

// Browsers that lack something, in earnest: what is missing is missing in windows and workers.
const WITHOUT_GPU = chromiumArgs().filter((flag) => !flag.includes('webgpu'))
const launch = (args: string[]) => chromium.launch({ executablePath: chromiumPath(), args })

async function inBrowser(args: string[], baseURL: string, task: (tab: Tab) => Promise<void>) {
  const browser = await launch(args)
  try {
    await task(await Tab.open(await browser.newContext({ viewport: DESKTOP, baseURL })))
  } finally {
    await browser.close()
  }
}

/** Sets how much this origin may store; the browser's own limit again without bytes. */
async function quotaSetter(tab: Tab): Promise<(quotaSize?: number) => Promise<void>> {
  const session = await tab.page.context().newCDPSession(tab.page)
  const origin = new URL(tab.page.url()).origin
  return async (quotaSize) => {
    await session.send('Storage.overrideQuotaForOrigin', {
      origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    })
  }
}

const usage = (tab: Tab) =>
  tab.page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0)

test('without WebGPU the processor makes the labels, and they can be paused', async ({
  baseURL,
}) => {
  await inBrowser(WITHOUT_GPU, baseURL!, async (tab) => {
    const told = tab.id('capabilities').locator('[data-error=NO_WEBGPU]')
    await expect(told).toContainText('No WebGPU in this browser')
    await tab.picture('fault-no-webgpu-welcome')
    await tab.start()
    const making = await tab.until('labels are made', ({ smeshing: { init } }) => {
      return init !== undefined && init.done > 0n && init.done < init.total
    })
    const nodeId = making.smeshing.nodeId!
    expect(making.smeshing.init!.provider).toBe('cpu')
    await tab.go('smeshing')
    await tab.id('init-pause').click()
    const paused = await tab.until('it is paused', ({ smeshing }) => smeshing.phase === 'paused')
    await expect(tab.page.locator('[data-testid=problem][data-error=NO_WEBGPU]')).toBeVisible()
    await expect(tab.id('init-provider')).toContainText('CPU')
    await tab.picture('fault-no-webgpu-paused')
    const { done, total } = paused.smeshing.init!
    expect(done).toBeLessThan(total)
    expect((await labelFiles(tab.page, nodeId))['postdata_0.bin']).toBe(Number(done) * 16)

    await tab.id('init-resume').click()
    const resumed = await tab.until('it goes on', ({ smeshing }) => smeshing.phase === 'init')
    expect(resumed.smeshing.init?.done ?? done).toBeGreaterThanOrEqual(done)
    await tab.until('all labels are made', ({ smeshing }) => {
      return !['off', 'init', 'paused'].includes(smeshing.phase)
    })
    expect((await labelFiles(tab.page, nodeId))['postdata_0.bin']).toBe(Number(total) * 16)
    expect(tab.complaints).toEqual([])
  })
})

test('a graphics card that is lost while it works costs no label', async ({ baseURL }) => {
  await inBrowser(chromiumArgs(), baseURL!, async (tab) => {
    await tab.start()
    const making = await tab.until('labels are made', ({ smeshing: { init } }) => {
      return init?.provider === 'gpu' && init.done > 0n && init.done < init.total / 2n
    })
    const session = await tab.page.context().browser()!.newBrowserCDPSession()
    await session.send('Browser.crashGpuProcess').catch(() => undefined) // it takes the answer along
    const made = await tab.until('all labels are made', ({ smeshing }) => {
      return !['off', 'init', 'paused'].includes(smeshing.phase)
    })
    const files = await labelFiles(tab.page, made.smeshing.nodeId!)
    expect(files['postdata_0.bin']).toBe(Number(making.smeshing.init!.total) * 16)
    await tab.go('smeshing')
    await tab.id('all-events').click()
    await expect(tab.id('event-row').filter({ hasText: 'The GPU went away' }).first()).toBeVisible()
    await tab.picture('fault-gpu-lost')
  })
})

test('without a private file system nothing can be started, and a sentence says so', async ({
  baseURL,
}) => {
  const args = [...chromiumArgs(), '--disable-blink-features=FileSystemAccessOriginPrivate']
  await inBrowser(args, baseURL!, async (tab) => {
    const told = tab.id('capabilities').locator('[data-error=NO_FILE_STORAGE]')
    await expect(told).toContainText('No private file storage')
    await expect(tab.id('start')).toBeDisabled()
    await tab.picture('fault-no-opfs')
    expect(tab.complaints).toEqual([])
  })
})

test('a browser that keeps nothing for this site is told from one that is busy', async ({
  baseURL,
}) => {
  const profile = await mkdtemp(join(tmpdir(), 'smesh-blocked-'))
  await mkdir(join(profile, 'Default'))
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } }
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(blocked))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumArgs(),
    viewport: DESKTOP,
    baseURL: baseURL!,
  })
  try {
    const tab = await Tab.open(context)
    await expect(tab.id('screen-failed')).toBeVisible()
    await expect(tab.page.locator('[data-error=STORAGE_UNAVAILABLE]')).toContainText(
      'This browser gives Smesh no storage',
    )
    await tab.picture('fault-blocked')
  } finally {
    await context.close()
    await rm(profile, { recursive: true })
  }
})

test('a quota that is too small is told before the start', async ({ baseURL }) => {
  // By default Chromium tells every site the same generous number; told is what it enforces here.
  const args = [...chromiumArgs(), '--disable-features=StaticStorageQuota']
  await inBrowser(args, baseURL!, async (tab) => {
    await expect(tab.id('start')).toBeEnabled()
    const setQuota = await quotaSetter(tab)
    await setQuota((await usage(tab)) + 2048)
    await tab.page.reload()
    const told = tab.id('capabilities').locator('[data-error=QUOTA_TOO_SMALL]')
    await expect(told).toContainText('this size needs 8 KiB')
    await expect(tab.id('start')).toBeDisabled()
    await tab.picture('fault-quota-welcome')
    await setQuota()
    await tab.page.reload()
    await expect(tab.id('start')).toBeEnabled()
  })
})

test('a quota that ends while labels are made stops them; they go on when there is room', async ({
  baseURL,
}) => {
  await inBrowser(chromiumArgs(), baseURL!, async (tab) => {
    await tab.id('space-range').fill('3') // 4096 labels: time enough to take the room away
    await tab.start()
    await tab.until('labels are made', ({ smeshing: { init } }) => (init?.done ?? 0n) > 0n)
    const setQuota = await quotaSetter(tab)
    await setQuota(await usage(tab))
    const full = await tab.until('the quota is reached', ({ smeshing }) => {
      return smeshing.phase === 'paused' && smeshing.problem !== undefined
    })
    expect(full.smeshing.problem!.code).toBe('STORAGE_FULL')
    await tab.go('smeshing')
    await expect(tab.page.locator('[data-error=STORAGE_FULL]').first()).toContainText(
      'Out of disk space',
    )
    await tab.picture('fault-storage-full')
    const nodeId = full.smeshing.nodeId!
    const size = (await labelFiles(tab.page, nodeId))['postdata_0.bin']!
    expect(size % 16).toBe(0)

    await setQuota()
    await tab.id('init-resume').click()
    const onward = await tab.until('labels are made again', ({ smeshing: { phase, init } }) => {
      return phase === 'init' && Number(init!.done) * 16 > size
    })
    expect(onward.smeshing.problem).toBeUndefined()
    await tab.until('the trouble is gone', ({ problems }) => {
      return problems.every(({ code }) => code !== 'STORAGE_FULL')
    })
    await expect(tab.page.locator('[data-error=STORAGE_FULL]')).toHaveCount(0)
  })
})

test.describe('a node that runs', () => {
  test.describe.configure({ mode: 'serial' })
  let own: Browser
  let context: BrowserContext
  let tab: Tab

  test.beforeAll(async ({ baseURL }) => {
    own = await launch(chromiumArgs())
    context = await own.newContext({ viewport: DESKTOP, baseURL: baseURL! })
    tab = await Tab.open(context)
    await tab.chooseSmallest()
    await tab.start()
    await tab.until('the node runs', ({ phase }) => phase === 'running')
  })

  test.afterAll(async () => {
    await own.close()
  })

  test('refuses wrong addresses and amounts at the field, and sends nothing', async () => {
    const state = (await tab.state())!
    const { hrp } = state.network!
    const good = addressToText(accountAddress(new Uint8Array(24), new Uint8Array(32)), hrp)
    const foreign = addressToText(accountAddress(new Uint8Array(24), new Uint8Array(32)), 'sm')
    const last = good.at(-1) === 'q' ? 'p' : 'q'
    const mixed = good.slice(0, -4) + good.slice(-4).toUpperCase()
    await tab.go('wallet')
    await tab.id('wallet-send').click()
    await tab.id('send-amount').fill('1')
    for (const [typed, code] of [
      [good.slice(0, -1) + last, 'ADDRESS_CHECKSUM'],
      [foreign, 'ADDRESS_NETWORK'],
      [mixed, 'ADDRESS_MALFORMED'],
      ['hello', 'ADDRESS_MALFORMED'],
    ] as const) {
      await tab.id('send-to').fill(typed)
      await expect(tab.id('send-to-error'), typed).toHaveAttribute('data-error', code)
      await expect(tab.id('send-review-button')).toBeDisabled()
    }
    await tab.id('send-to').fill(foreign)
    await expect(tab.id('send-to-error')).toHaveAttribute('data-error', 'ADDRESS_NETWORK')
    await tab.picture('fault-address')

    await tab.id('send-to').fill(good)
    await expect(tab.id('send-to-error')).toHaveCount(0)
    for (const [typed, code] of [
      ['', 'AMOUNT_EMPTY'],
      ['0', 'AMOUNT_ZERO'],
      ['-1', 'AMOUNT_NEGATIVE'],
      ['one', 'AMOUNT_FORMAT'],
      ['0.1234567891', 'AMOUNT_DECIMALS'],
      ['99999999999999', 'AMOUNT_OVERFLOW'],
      ['1000000', 'INSUFFICIENT_BALANCE'],
    ] as const) {
      await tab.id('send-amount').fill(typed)
      await tab.id('send-amount').blur()
      await expect(tab.id('send-amount-error'), typed).toHaveAttribute('data-error', code)
      await tab.id('send-amount').press('Enter')
      await expect(tab.id('send-review-button')).toBeDisabled()
    }
    await tab.picture('fault-amount')

    await tab.go('wallet')
    await expect(tab.page.locator('[data-testid=history-row]:not([data-kind=reward])')).toHaveCount(
      0,
    )
    const after = (await tab.state())!
    expect(after.wallet!.accounts[0]!.pending).toBe(0)
    expect(after.wallet!.accounts[0]!.nextNonce).toBe(0n)
  })

  test('an unknown address of the app is said to be one, and leads home', async () => {
    await tab.page.goto('/no/such/screen')
    await expect(tab.id('go-home')).toBeVisible()
    await expect(tab.page.locator('main')).toContainText('/no/such/screen')
    await tab.picture('fault-unknown-route')
    await tab.id('go-home').click()
    await expect(tab.id('screen-home')).toBeVisible()
  })

  test('goes on without a connection once it was opened', async () => {
    await tab.page.evaluate(async () => void (await navigator.serviceWorker.ready))
    const { smeshing } = await tab.until('the node runs', ({ phase }) => phase === 'running')
    await context.setOffline(true)
    await tab.page.goto('/smeshing')
    await expect(tab.id('banner-offline')).toBeVisible()
    const again = await tab.until('the node runs', ({ phase }) => phase === 'running')
    expect(again.smeshing.nodeId).toBe(smeshing.nodeId)
    expect(await tab.page.evaluate(() => crossOriginIsolated)).toBe(true)
    await tab.until('layers go on', ({ clock }) => clock!.layer > again.clock!.layer)
    await tab.go('settings')
    await tab.go('wallet')
    await tab.picture('fault-offline')
    await context.setOffline(false)
    await expect(tab.id('banner-offline')).toHaveCount(0)
  })

  test('deletes everything after a typed confirmation, and begins anew', async () => {
    const before = await tab.until('labels lie on disk', ({ smeshing }) => {
      return !['off', 'init', 'paused'].includes(smeshing.phase)
    })
    const nodeId = before.smeshing.nodeId!
    expect(Object.keys(await labelFiles(tab.page, nodeId))).toContain('postdata_0.bin')
    await tab.go('settings')
    await tab.id('wipe').click()
    await expect(tab.id('wipe-sheet-confirm')).toBeDisabled()
    await tab.id('wipe-word').fill('delet')
    await expect(tab.id('wipe-sheet-confirm')).toBeDisabled()
    await tab.picture('wipe')
    await tab.id('wipe-word').fill('delete')
    await tab.id('wipe-sheet-confirm').click()
    await expect(tab.id('screen-welcome')).toBeVisible({ timeout: PATIENCE_MS })
    expect((await tab.state())!.phase).toBe('fresh')

    const left = await tab.page.evaluate(async () => {
      const names: string[] = []
      for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name)
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('smesh-local')
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error!)
      })
      const stores = [...database.objectStoreNames]
      const transaction = database.transaction(stores)
      const counts = await Promise.all(
        stores.map(
          (store) =>
            new Promise<[string, number]>((resolve) => {
              const request = transaction.objectStore(store).count()
              request.onsuccess = () => resolve([store, request.result])
            }),
        ),
      )
      database.close()
      return { names, stores: stores.length, rows: counts.filter(([, count]) => count > 0) }
    })
    expect(left.names).toEqual([])
    expect(left.stores).toBeGreaterThan(0)
    expect(left.rows).toEqual([])

    await tab.page.reload()
    await tab.start()
    const anew = await tab.until('another node runs', ({ phase }) => phase === 'running')
    expect(anew.smeshing.nodeId).not.toBe(nodeId)
    expect(anew.clock!.epoch).toBe(0)
  })
})
