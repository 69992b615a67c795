import { proxy, transfer, wrap, type Remote } from 'comlink'

import type { NodeModules, PoetWorker, PostWorker } from '../../runtime/modules.ts'
import { hex } from '../../util/bytes.ts'
import { SmeshError } from '../../util/error.ts'
import type { PoetWorkerApi } from '../poet/entry.ts'
import type { PostWorkerApi } from '../post/entry.ts'
import { stopPort } from '../wire.ts'

/** A worker whose calls never wait for an answer that cannot come any more. */
function mortal(worker: Worker, name: string) {
  let end!: (error: SmeshError) => void
  const dead = new Promise<never>((_resolve, reject) => (end = reject))
  dead.catch(() => undefined) // told by the calls that wait
  worker.addEventListener('error', (event) => {
    const reason = event.message || 'it could not start'
    end(new SmeshError('WORKER_CRASHED', { worker: name, reason }))
  })
  return {
    /** Rejects with `WORKER_CRASHED` or, once it is ended here, with `WORKER_NOT_OPEN`. */
    alive: <T>(call: Promise<T>): Promise<T> => Promise.race([call, dead]),
    terminate() {
      worker.terminate()
      end(new SmeshError('WORKER_NOT_OPEN', { worker: name }))
    },
  }
}

/** Starts the worker that makes and proves labels of one identity. */
export const openPost: NodeModules['openPost'] = async (options, onDevice) => {
  const worker = new Worker(new URL('../post/entry.ts', import.meta.url), {
    type: 'module',
    name: 'smesh post',
  })
  const { alive, terminate } = mortal(worker, 'post')
  const remote: Remote<PostWorkerApi> = wrap<PostWorkerApi>(worker)
  try {
    await alive(remote.open(hex(options.nodeId), options, proxy(onDevice)))
  } catch (error) {
    terminate()
    throw error
  }
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
      terminate()
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
    const { alive, terminate } = mortal(worker, 'poet')
    const remote = wrap<PoetWorkerApi>(worker)
    try {
      await alive(remote.open(databaseName, options, proxy(onEvent)))
    } catch (error) {
      terminate()
      throw error
    }
    const poet: PoetWorker = {
      follow: (nowMs) => void remote.follow(nowMs),
      info: () => alive(remote.info()),
      submit: (request) => alive(remote.submit(request)),
      proof: (roundId) => alive(remote.proof(roundId)),
      async stop() {
        await alive(remote.stop()).catch(() => undefined) // its checkpoint is a few seconds old
        terminate()
      },
    }
    return poet
  }
