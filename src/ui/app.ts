import './styles/tokens.css'
import './styles/base.css'

import { mount, unmount } from 'svelte'

import AppRoot from './App.svelte'
import type { NodeClient } from './client.ts'

/**
 * Shows the whole app in `target`. `updates`: register the service worker and offer new versions;
 * on in production builds unless said otherwise.
 *
 * @returns takes the app away again and stops its listeners and timers
 */
export function mountApp(
  target: Element,
  client: NodeClient,
  { updates = import.meta.env.PROD }: { updates?: boolean } = {},
): () => Promise<void> {
  target.replaceChildren()
  const app = mount(AppRoot, { target, props: { client, updates } })
  return () => unmount(app)
}
