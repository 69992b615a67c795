import { expose, proxy, transfer, wrap } from 'comlink'
import { afterEach, describe, expect, it } from 'vitest'

import { isAbort } from '../../../src/util/abort.ts'
import { SmeshError } from '../../../src/util/error.ts'
import { keepErrorCodes, signalFrom, stopPort } from '../../../src/workers/wire.ts'

const api = {
  coded: () => Promise.reject(new SmeshError('WORKER_NOT_OPEN', { worker: 'post' })),
  plain: () => Promise.reject(new TypeError('plain')),
  value: () => Promise.reject('text' as unknown as Error),
  aborted: (stop: MessagePort) =>
    new Promise<string>((_resolve, reject) => {
      const signal = signalFrom(stop)
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    }),
  call: async (back: (value: bigint) => void) => back(2n ** 63n),
}

const ports: MessagePort[] = []
afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

function connect() {
  keepErrorCodes()
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  expose(api, port1)
  return wrap<typeof api>(port2)
}

describe('the wire between threads', () => {
  it('keeps code and context of an error', async () => {
    await expect(connect().coded()).rejects.toMatchObject({
      name: 'SmeshError',
      code: 'WORKER_NOT_OPEN',
      context: { worker: 'post' },
    })
  })

  it('leaves errors without a code and thrown values as they are', async () => {
    const remote = connect()
    await expect(remote.plain()).rejects.toMatchObject({ name: 'TypeError', message: 'plain' })
    await expect(remote.value()).rejects.toBe('text')
  })

  it('carries an abort, also one from before the call', async () => {
    const remote = connect()
    const stop = new AbortController()
    const port = stopPort(stop.signal)
    const running = remote.aborted(transfer(port, [port]))
    stop.abort()
    expect(isAbort(await running.catch((error: unknown) => error))).toBe(true)
    const late = stopPort(AbortSignal.abort())
    expect(isAbort(await remote.aborted(transfer(late, [late])).catch((e: unknown) => e))).toBe(
      true,
    )
  })

  it('calls back', async () => {
    const remote = connect()
    const told = new Promise<bigint>((resolve) => void remote.call(proxy(resolve)))
    expect(await told).toBe(2n ** 63n)
  })
})
