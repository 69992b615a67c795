import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'

import { mountApp } from '../../src/ui/app.ts'
import { FakeNode, SmeshFailure, type Scene } from '../unit/ui/fake-node.ts'

const FOREIGN = 'sm1qqqqqqz4m95wcsxulrppmj3d9ymn2t2wx2nhxpgrelzxg'
const SECOND = 'standalone1qqqqqqr8gt25mgvn6d6kv8zyds5v8n9h5cg5gpgz6l0fc'

let node: FakeNode
let unmount: (() => Promise<void>) | undefined

function open(scene: Scene, path = '/'): void {
  history.replaceState({}, '', path)
  document.body.innerHTML = '<div id="app"></div>'
  node = new FakeNode(scene)
  unmount = mountApp(document.getElementById('app')!, node, { updates: false })
}

const byId = (id: string) => page.getByTestId(id)
const seen = (id: string) => expect.element(byId(id)).toBeVisible()

beforeEach(() => localStorage.clear())
afterEach(async () => {
  await unmount?.()
  history.replaceState({}, '', '/')
})

describe('first visit', () => {
  it('starts with one press, and a second press does nothing', async () => {
    open('fresh')
    await seen('screen-welcome')
    const start = document.querySelector<HTMLButtonElement>('[data-testid=start]')!
    start.click()
    start.click()
    await seen('now-card')
    expect(node.calls.filter((call) => call === 'begin')).toHaveLength(1)
    await expect.element(byId('now-card')).toHaveAttribute('data-phase', 'init')
  })

  it('says what does not work and offers no start without file storage', async () => {
    open('fresh-poor')
    await expect.element(byId('start')).toBeDisabled()
    await expect.poll(() => document.querySelector('[data-error=NO_FILE_STORAGE]')).toBeTruthy()
    expect(document.querySelector('[data-error=NO_WEBGPU]')?.textContent).toContain('slower')
  })

  it('tells a refused start at the button, with the code', async () => {
    open('fresh')
    node.failing.set('begin', new SmeshFailure('STORAGE_FULL', { what: 'labels' }))
    await byId('start').click()
    await expect.element(byId('problem')).toHaveAttribute('data-error', 'STORAGE_FULL')
  })

  it('changes the size with steps and keys', async () => {
    open('fresh')
    await expect.element(byId('space-size')).toHaveTextContent('64 KiB')
    await byId('space-more').click()
    await expect.element(byId('space-size')).toHaveTextContent('256 KiB')
    ;(byId('space-range').element() as HTMLElement).focus()
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}')
    await expect.element(byId('space-size')).toHaveTextContent('16 KiB')
  })
})

describe('states', () => {
  it('shows no zero before anything is known', async () => {
    open('opening')
    await seen('screen-opening')
    expect(document.body.textContent).not.toMatch(/\b0\b/)
  })

  it('names why the node could not start', async () => {
    open('failed')
    await seen('screen-failed')
    await expect.element(byId('problem')).toHaveAttribute('data-error', 'STORAGE_FAILED')
  })

  it('says that another tab runs the node, and that this one took over', async () => {
    open('follower')
    await seen('banner-follower')
    node.setRole('leader')
    await seen('banner-takeover')
    expect(document.querySelector('[data-testid=banner-follower]')).toBeNull()
  })

  it('shows problems with their code, and takes them away with their cause', async () => {
    open('earning')
    node.setProblems('STORAGE_FULL')
    await expect.element(byId('problem')).toHaveAttribute('data-error', 'STORAGE_FULL')
    node.setProblems()
    await expect.poll(() => document.querySelector('[data-testid=problem]')).toBeNull()
  })

  it('counts layers on between broadcasts', async () => {
    open('earning')
    const layer = () =>
      Number(document.querySelector<HTMLElement>('[data-layer]')!.dataset['layer'])
    await seen('screen-home')
    const before = layer()
    await expect.poll(layer, { timeout: 5_000 }).toBe(before + 1)
  })

  it('has a page for an unknown path', async () => {
    open('earning', '/nothing/here')
    await seen('screen-not-found')
    await byId('go-home').click()
    await seen('screen-home')
    expect(location.pathname).toBe('/')
  })
})

describe('smeshing', () => {
  it('pauses and resumes', async () => {
    open('init', '/smeshing')
    await byId('init-pause').click()
    await seen('init-resume')
    await byId('init-resume').click()
    await seen('init-pause')
    expect(node.calls).toContain('pauseInit')
    expect(node.calls).toContain('resumeInit')
  })

  it('names the loss before it deletes', async () => {
    open('earning', '/smeshing')
    await byId('delete-data').click()
    await seen('delete-sheet')
    expect(byId('delete-sheet').element().textContent).toContain('64 KiB')
    expect(node.calls).not.toContain('stopSmeshing')
    await byId('delete-sheet-confirm').click()
    await expect.poll(() => node.calls).toContain('stopSmeshing')
  })
})

describe('sending', () => {
  it('tells a foreign address and a wrong amount at the field, and sends nothing', async () => {
    open('earning', '/wallet/send')
    await byId('send-to').fill(FOREIGN)
    await byId('send-amount').fill('1,23456789012')
    await expect.element(byId('send-to-error')).toHaveAttribute('data-error', 'ADDRESS_NETWORK')
    await expect.element(byId('send-to-error')).toHaveTextContent('“sm1”')
    ;(byId('send-amount').element() as HTMLElement).blur()
    await expect.element(byId('send-amount-error')).toHaveAttribute('data-error', 'AMOUNT_DECIMALS')
    await expect.element(byId('send-review-button')).toBeDisabled()
    expect(node.calls).not.toContain('send')
  })

  it('refuses more than there is, and Max is exactly what there is', async () => {
    open('earning', '/wallet/send')
    await byId('send-to').fill(SECOND)
    await byId('send-amount').fill('1000000')
    await expect
      .element(byId('send-amount-error'))
      .toHaveAttribute('data-error', 'INSUFFICIENT_BALANCE')
    await byId('send-max').click()
    await expect.element(byId('send-review-button')).toBeEnabled()
    const total = document.querySelector<HTMLElement>('[data-testid=send-total] [data-smidge]')!
    expect(BigInt(total.dataset['smidge']!)).toBe(
      (await node.api.state()).wallet!.accounts[0]!.available,
    )
  })

  it('sends once, and follows the transfer to its layer', async () => {
    open('earning', '/wallet/send')
    await byId('send-to').fill(SECOND)
    await byId('send-amount').fill('2.5')
    await byId('send-review-button').click()
    await seen('send-review')
    const confirm = document.querySelector<HTMLButtonElement>('[data-testid=send-confirm]')!
    confirm.click()
    confirm.click()
    await expect.element(byId('tx')).toHaveAttribute('data-status', 'pending')
    expect(node.calls.filter((call) => call === 'send')).toHaveLength(1)
    node.advance(2_500)
    await expect.element(byId('tx')).toHaveAttribute('data-status', 'applied')
  })

  it('says that the outcome is unknown when the leader went away, and does not offer to repeat', async () => {
    open('earning', '/wallet/send')
    node.failing.set('send', new SmeshFailure('LEADER_CHANGED', { method: 'send' }))
    await byId('send-to').fill(SECOND)
    await byId('send-amount').fill('1')
    await byId('send-review-button').click()
    await byId('send-confirm').click()
    await expect.element(byId('problem')).toHaveAttribute('data-error', 'LEADER_CHANGED')
    await expect.element(byId('send-confirm')).toBeDisabled()
  })
})

describe('wallet', () => {
  it('adds an account and chooses it', async () => {
    open('earning', '/wallet')
    await byId('account-switcher').click()
    await byId('account-add').click()
    await byId('account-name-input').fill('x')
    await byId('account-add-confirm').click()
    await expect.element(byId('account-name-input')).toHaveAttribute('aria-invalid', 'true')
    await byId('account-name-input').fill('Savings')
    await byId('account-add-confirm').click()
    await expect.element(byId('account-name')).toHaveTextContent('Savings')
    await expect.element(byId('address')).toHaveAttribute('data-full', SECOND)
  })

  it('reads history page by page', async () => {
    open('earning', '/wallet')
    const rows = () => document.querySelectorAll('[data-testid=history-row]').length
    await expect.poll(rows).toBe(15)
    await byId('more').click()
    await expect.poll(rows).toBeGreaterThan(15)
  })

  it('shows words only on demand and notes that they are written down', async () => {
    open('earning', '/settings')
    await byId('words-show').click()
    expect(document.querySelector('[data-testid=mnemonic]')).toBeNull()
    await byId('backup-reveal').click()
    await seen('mnemonic')
    await expect.element(byId('backup-confirm')).toBeDisabled()
    await byId('backup-written').click()
    await byId('backup-confirm').click()
    await expect.element(byId('backed-up')).toHaveAttribute('data-value', 'true')
  })
})

describe('settings', () => {
  it('wipes only after the word is typed', async () => {
    open('earning', '/settings')
    await byId('wipe').click()
    await expect.element(byId('wipe-sheet-confirm')).toBeDisabled()
    await byId('wipe-word').fill('delete')
    await byId('wipe-sheet-confirm').click()
    await seen('screen-welcome')
    expect(node.calls).toContain('wipe')
  })

  it('says when the browser refuses to keep the data', async () => {
    open('earning', '/settings')
    node.persists = false
    await byId('storage-measure').click()
    await byId('persist').click()
    await seen('persist-refused')
  })

  it('remembers the theme', async () => {
    open('earning', '/settings')
    await byId('theme-light').click()
    expect(document.documentElement.dataset['theme']).toBe('light')
    expect(localStorage.getItem('smesh/ui/theme')).toBe('light')
  })
})
