import { registerSW } from 'virtual:pwa-register'

const CHECK_EVERY_MS = 60 * 60 * 1000

/**
 * Registers the service worker that keeps the shell for offline use. `onUpdate` gets a function that
 * restarts into the new version: it is called when the person agrees, never by itself.
 */
export function registerUpdates(onUpdate: (apply: () => Promise<void>) => void): void {
  const apply = registerSW({
    onNeedRefresh: () => onUpdate(() => apply(true)),
    onRegisteredSW: (_url, registration) => {
      if (registration) setInterval(() => void registration.update(), CHECK_EVERY_MS)
    },
  })
}
