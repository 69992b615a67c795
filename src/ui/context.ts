import { createContext } from 'svelte'

import type { NodeApi } from '../runtime/api.ts'

import type { ClockStore } from './stores/clock.svelte.ts'
import type { NodeStore } from './stores/node.svelte.ts'
import type { RouterStore } from './stores/router.svelte.ts'
import type { ThemeStore } from './stores/theme.svelte.ts'
import type { ToastStore } from './stores/toasts.svelte.ts'
import type { WindowStore } from './stores/window.svelte.ts'

/** What every screen may use. */
export interface App {
  readonly api: NodeApi
  readonly node: NodeStore
  readonly clock: ClockStore
  readonly router: RouterStore
  readonly theme: ThemeStore
  readonly toasts: ToastStore
  readonly window: WindowStore
}

export const [useApp, provideApp] = createContext<App>()
