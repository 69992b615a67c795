export type ThemeChoice = 'auto' | 'light' | 'dark'

const KEY = 'smesh/ui/theme'
const BARS = { light: '#f3f6f3', dark: '#0a100d' }

/** Light, dark or as the system says; index.html applies the stored choice before first paint. */
export class ThemeStore {
  choice = $state<ThemeChoice>(stored())
  #system = matchMedia('(prefers-color-scheme: dark)')
  #systemDark = $state(this.#system.matches)
  dark = $derived(this.choice === 'auto' ? this.#systemDark : this.choice === 'dark')

  constructor() {
    this.#system.addEventListener('change', this.#onSystem)
    this.#apply()
  }

  set(choice: ThemeChoice): void {
    this.choice = choice
    try {
      if (choice === 'auto') localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, choice)
    } catch {
      // storage is off: the choice lasts as long as the page
    }
    this.#apply()
  }

  close(): void {
    this.#system.removeEventListener('change', this.#onSystem)
  }

  #onSystem = (event: MediaQueryListEvent): void => {
    this.#systemDark = event.matches
    this.#apply()
  }

  #apply(): void {
    const theme = this.dark ? 'dark' : 'light'
    document.documentElement.dataset['theme'] = theme
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', BARS[theme])
  }
}

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : 'auto'
  } catch {
    return 'auto'
  }
}
