import { defineConfig } from '@playwright/test'

import { chromiumArgs, chromiumPath } from './scripts/chromium.mjs'

/** An app that is served already is tested where it is, for instance `SMESH_URL=http://localhost:4300`. */
const served = process.env['SMESH_URL']
const own = 'http://localhost:4173'

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 300_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: served ?? own,
    launchOptions: { executablePath: chromiumPath(), args: chromiumArgs() },
    actionTimeout: 20_000,
    screenshot: 'only-on-failure',
  },
  ...(served
    ? {}
    : {
        webServer: {
          command: 'npm run build && npm run preview -- --port 4173 --strictPort',
          url: own,
          timeout: 180_000,
          reuseExistingServer: false,
        },
      }),
})
