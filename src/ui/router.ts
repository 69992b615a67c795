/** Every screen of the app with what its path carries. */
export type Route =
  | { name: 'home' }
  | { name: 'wallet' }
  | { name: 'send' }
  | { name: 'receive' }
  | { name: 'transaction'; id: string }
  | { name: 'smeshing' }
  | { name: 'rewards' }
  | { name: 'events' }
  | { name: 'settings' }
  | { name: 'unknown'; path: string }

const FIXED: Record<string, Route> = {
  '/': { name: 'home' },
  '/wallet': { name: 'wallet' },
  '/wallet/send': { name: 'send' },
  '/wallet/receive': { name: 'receive' },
  '/smeshing': { name: 'smeshing' },
  '/smeshing/rewards': { name: 'rewards' },
  '/smeshing/events': { name: 'events' },
  '/settings': { name: 'settings' },
}

const TRANSACTION = /^\/wallet\/tx\/((?:0x)?[0-9a-fA-F]{64}|(?:0x)?[0-9a-fA-F]{40})$/

/** Screen of a path; trailing slashes and `/index.html` are forgiven. */
export function matchRoute(path: string): Route {
  const clean = path.replace(/\/index\.html$/, '/').replace(/(.)\/+$/, '$1')
  const fixed = Object.hasOwn(FIXED, clean) ? FIXED[clean] : undefined
  if (fixed) return fixed
  const id = TRANSACTION.exec(clean)?.[1]
  if (id) return { name: 'transaction', id: id.replace(/^0x/, '').toLowerCase() }
  return { name: 'unknown', path }
}

/** Which entry of the navigation a screen belongs to. */
export type Section = 'home' | 'wallet' | 'smeshing' | 'settings'

export function sectionOf(route: Route): Section | undefined {
  switch (route.name) {
    case 'home':
    case 'settings':
      return route.name
    case 'wallet':
    case 'send':
    case 'receive':
    case 'transaction':
      return 'wallet'
    case 'smeshing':
    case 'rewards':
    case 'events':
      return 'smeshing'
    case 'unknown':
      return undefined
  }
}
