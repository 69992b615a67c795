import { expose } from 'comlink'

import { browserPlatform } from '../../platform/browser/index.ts'
import { labelFolder } from '../../platform/browser/files.ts'
import type { InitProgress, ProveProgress } from '../../post/index.ts'
import type { OnDevice } from '../../runtime/modules.ts'
import { PostHost, type PostHostOptions } from '../../runtime/post-host.ts'
import { OpfsLabelStore } from '../../storage/opfs-label-store.ts'
import { SmeshError } from '../../util/error.ts'
import { keepErrorCodes, signalFrom } from '../wire.ts'

import { openCpu, openGpu } from './devices.ts'

let host: PostHost | undefined
let store: OpfsLabelStore | undefined

const need = (): PostHost => {
  if (!host) throw new SmeshError('WORKER_NOT_OPEN', { worker: 'post' })
  return host
}

const api = {
  /** Opens the folder of an identity; send `onDevice` with proxy(). */
  open: async (folder: string, options: PostHostOptions, onDevice: OnDevice): Promise<void> => {
    const platform = browserPlatform()
    store = new OpfsLabelStore(await labelFolder(folder), platform)
    host = new PostHost(options, { store, platform, openGpu, openCpu, onDevice })
  },
  metadata: async () => need().metadata(),
  sizeBytes: async () => need().sizeBytes(),
  /** Send `stop` with transfer(), `onProgress` with proxy(); any message on `stop` aborts. */
  init: async (stop: MessagePort, onProgress: (progress: InitProgress) => void) =>
    need().init({ signal: signalFrom(stop), onProgress }),
  /** As `init`. */
  prove: async (
    stop: MessagePort,
    challenge: Uint8Array,
    onProgress: (progress: ProveProgress) => void,
  ) => need().prove(challenge, { signal: signalFrom(stop), onProgress }),
  reset: async () => need().reset(),
  /** Closes files, so that another worker may open them. */
  close: async () => store?.close(),
}
export type PostWorkerApi = typeof api

keepErrorCodes()
expose(api)
