import { expose } from 'comlink'

import { browserPlatform } from '../../platform/browser/index.ts'
import type { PoetEvent } from '../../poet/index.ts'
import { createPoetHost, type PoetHost, type PoetHostOptions } from '../../runtime/poet-host.ts'
import { openIdb } from '../../storage/idb.ts'
import { SmeshError } from '../../util/error.ts'
import { keepErrorCodes } from '../wire.ts'

let host: Promise<PoetHost> | undefined

const need = async () => {
  if (!host) throw new SmeshError('WORKER_NOT_OPEN', { worker: 'poet' })
  return host
}

const open = async (
  databaseName: string,
  options: PoetHostOptions,
  onEvent: (event: PoetEvent) => void,
) => {
  const database = await openIdb(databaseName)
  const platform = browserPlatform()
  const pacer = { now: platform.monotonicMs, rest: platform.rest }
  const opened = createPoetHost(options, { platform, pacer, database, onEvent })
  await opened.service.start()
  return opened
}

const api = {
  /** Starts the PoET; send `onEvent` with proxy(). A failed call may be repeated. */
  open: async (...args: Parameters<typeof open>): Promise<void> => {
    host ??= open(...args).catch((error: unknown) => {
      host = undefined
      throw error
    })
    await host
  },
  follow: async (nowMs: number) => (await need()).follow(nowMs),
  info: async () => (await need()).service.info(),
  submit: async (...args: Parameters<PoetHost['service']['submit']>) =>
    (await need()).service.submit(...args),
  proof: async (roundId: string) => (await need()).service.proof(roundId),
  /** Stops after a last checkpoint. */
  stop: async () => (await need()).service.stop(),
}
export type PoetWorkerApi = typeof api

keepErrorCodes()
expose(api)
