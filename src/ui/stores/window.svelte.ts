/** Chromium's event; other browsers install from their menus. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<void>
  readonly userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>
}

export type UpdateState = 'none' | 'ready' | 'restarting'

/** What the browser window itself tells: network, installation, updates. */
export class WindowStore {
  online = $state(navigator.onLine)
  #prompt = $state.raw<InstallPromptEvent | undefined>()
  installed = $state(matchMedia('(display-mode: standalone)').matches)
  canInstall = $derived(this.#prompt !== undefined && !this.installed)
  update = $state<UpdateState>('none')
  #applyUpdate: (() => Promise<void>) | undefined

  constructor() {
    addEventListener('online', this.#onOnline)
    addEventListener('offline', this.#onOnline)
    addEventListener('beforeinstallprompt', this.#onPrompt)
    addEventListener('appinstalled', this.#onInstalled)
  }

  /** True when the person said yes. */
  async install(): Promise<boolean> {
    const prompt = this.#prompt
    if (!prompt) return false
    await prompt.prompt()
    const { outcome } = await prompt.userChoice
    this.#prompt = undefined // a prompt can be used once
    return outcome === 'accepted'
  }

  offerUpdate(apply: () => Promise<void>): void {
    this.#applyUpdate = apply
    this.update = 'ready'
  }

  async applyUpdate(): Promise<void> {
    if (!this.#applyUpdate) return
    this.update = 'restarting'
    await this.#applyUpdate()
  }

  close(): void {
    removeEventListener('online', this.#onOnline)
    removeEventListener('offline', this.#onOnline)
    removeEventListener('beforeinstallprompt', this.#onPrompt)
    removeEventListener('appinstalled', this.#onInstalled)
  }

  #onOnline = (): void => {
    this.online = navigator.onLine
  }
  #onPrompt = (event: Event): void => {
    event.preventDefault()
    this.#prompt = event as InstallPromptEvent
  }
  #onInstalled = (): void => {
    this.installed = true
    this.#prompt = undefined
  }
}
