// Installs what a fresh machine lacks, with nothing but Node and npm: `npm start` and `npm test` call it first.
// With --chromium it also makes sure that a Chromium is there, and says so and fails where none can be had.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

import { findChromium } from './chromium.mjs'

/** Runs a command with its output shown; true when it succeeded. */
const run = (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0

/** True when node_modules holds what package-lock.json asks for, at those versions. */
function installed() {
  const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages
  if (!existsSync('node_modules/.package-lock.json')) return false
  const have = read('node_modules/.package-lock.json')
  return Object.entries(read('package-lock.json')).every(
    ([path, { version, optional }]) =>
      path === '' || optional || have[path]?.version === version || have[path]?.link,
  )
}

if (!installed()) {
  console.log('Installing npm packages …')
  if (!run('npm', ['ci', '--no-audit', '--no-fund'])) {
    console.error('npm ci failed. Check the network and run the command again.')
    process.exit(1)
  }
}

if (process.argv.includes('--chromium') && !findChromium()) {
  const isRoot = process.getuid?.() === 0
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium with apt-get …')
    const sudo = isRoot ? [] : ['sudo', '-n']
    const apt = (...args) => run([...sudo, 'apt-get'][0], [...sudo, 'apt-get', ...args].slice(1))
    apt('update')
    apt('install', '-y', '--no-install-recommends', 'chromium')
  }
  if (!findChromium()) {
    console.error(
      'No Chromium found and none could be installed. Install Chromium or Chrome, or set CHROMIUM to its path; the browser tests cannot run without it.',
    )
    process.exit(1)
  }
}
