// Where this machine keeps Chromium, and the flags it needs. Shared by Vitest, Playwright and setup.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** @returns {string | undefined} Path of an installed Chromium; `CHROMIUM` in the environment wins. */
export function findChromium() {
  const named = process.env['CHROMIUM']
  if (named) return existsSync(named) ? named : undefined
  const found = CANDIDATES.find((path) => existsSync(path))
  if (found) return found
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** As {@link findChromium}, falling back to the usual path so that a launch names what is missing. */
export function chromiumPath() {
  return findChromium() ?? '/usr/bin/chromium'
}

/** Flags for tests: no background traffic, WebGPU on SwiftShader, no sandbox only where root forces it. */
export function chromiumArgs() {
  const args = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
  ]
  if (process.getuid?.() === 0) args.push('--no-sandbox')
  return args
}
