import { proxy, transfer, wrap, type Remote } from 'comlink'

import type { NodeModules, PoetWorker, PostWorker } from '../../runtime/modules.ts'
import { hex } from '../../util/bytes.ts'
import { SmeshError } from '../../util/error.ts'
import type { PoetWorkerApi } from '../poet/entry.ts'
import type { PostWorkerApi } from '../post/entry.ts'
import { stopPort } from '../wire.ts'

/** Rejects with `WORKER_CRASHED` once `worker` dies; never resolves. */
function death(worker: Worker, name: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    worker.addEventListener('error', (event) => {
      const reason = event.message || 'it could not start'
      reject(new SmeshError('WORKER_CRASHED', { worker: name, reason }))
    })
  })
}

/** Starts the worker that makes and proves labels of one identity. */
export const openPost: NodeModules['openPost'] = async (options, onDevice) => {
  const worker = new Worker(new URL('../post/entry.ts', import.meta.url), {
    type: 'module',
    name: 'smesh post',
  })
  const dead = death(worker, 'post')
  dead.catch(() => undefined) // told by the call that waits
  const remote: Remote<PostWorkerApi> = wrap<PostWorkerApi>(worker)
  const alive = <T>(call: Promise<T>): Promise<T> => Promise.race([call, dead])
  await alive(remote.open(hex(options.nodeId), options, proxy(onDevice)))
  const post: PostWorker = {
    metadata: () => alive(remote.metadata()),
    sizeBytes: () => alive(remote.sizeBytes()),
    init({ signal, onProgress = () => undefined }) {
      const stop = stopPort(signal)
      return alive(remote.init(transfer(stop, [stop]), proxy(onProgress)))
    },
    prove(challenge, { signal, onProgress = () => undefined }) {
      const stop = stopPort(signal)
      return alive(remote.prove(transfer(stop, [stop]), challenge, proxy(onProgress)))
    },
    reset: () => alive(remote.reset()),
    async close() {
      await alive(remote.close()).catch(() => undefined) // terminating closes the files too
      worker.terminate()
    },
  }
  return post
}

/** Starts the worker of the local network's PoET. */
export const openPoetOn =
  (databaseName: string): NodeModules['openPoet'] =>
  async (options, onEvent) => {
    const worker = new Worker(new URL('../poet/entry.ts', import.meta.url), {
      type: 'module',
      name: 'smesh poet',
    })
    const dead = death(worker, 'poet')
    dead.catch(() => undefined) // told by the call that waits
    const remote = wrap<PoetWorkerApi>(worker)
    const alive = <T>(call: Promise<T>): Promise<T> => Promise.race([call, dead])
    await alive(remote.open(databaseName, options, proxy(onEvent)))
    const poet: PoetWorker = {
      follow: (nowMs) => void remote.follow(nowMs),
      info: () => alive(remote.info()),
      submit: (request) => alive(remote.submit(request)),
      proof: (roundId) => alive(remote.proof(roundId)),
      async stop() {
        await alive(remote.stop()).catch(() => undefined) // its checkpoint is a few seconds old
        worker.terminate()
      },
    }
    return poet
  }
