import { matchRoute, sectionOf, type Route } from '../router.ts'

/** The path in the address bar and the screen it stands for. */
export class RouterStore {
  path = $state(location.pathname)
  route: Route = $derived(matchRoute(this.path))
  section = $derived(sectionOf(this.route))
  readonly #scroll: Record<string, number> = {}

  constructor() {
    history.scrollRestoration = 'manual'
    addEventListener('popstate', this.#onPop)
    document.addEventListener('click', this.#onClick)
  }

  go(path: string, { replace = false } = {}): void {
    if (path === this.path) return
    this.#scroll[this.path] = scrollY
    history[replace ? 'replaceState' : 'pushState']({}, '', path)
    this.path = path
    scrollTo({ top: 0 })
  }

  close(): void {
    removeEventListener('popstate', this.#onPop)
    document.removeEventListener('click', this.#onClick)
  }

  #onPop = (): void => {
    this.#scroll[this.path] = scrollY
    this.path = location.pathname
    requestAnimationFrame(() => scrollTo({ top: this.#scroll[this.path] ?? 0 }))
  }

  /** Plain clicks on links of this origin stay in the page. */
  #onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link?.href || link.target || link.hasAttribute('download')) return
    if (link.origin !== location.origin) return
    event.preventDefault()
    this.go(link.pathname)
  }
}
