import './errors.ts'

import { transferHandlers, type TransferHandler } from 'comlink'

interface Thrown {
  value: unknown
}

type Sent =
  | { isError: true; value: { message: string; name: string; stack?: string } }
  | { isError: false; value: unknown }

/**
 * Makes code and context of errors survive comlink, which by itself keeps name, message and stack.
 * Call once in every thread, before the first `expose` or `wrap`.
 */
export function keepErrorCodes(): void {
  const base = transferHandlers.get('throw') as TransferHandler<Thrown, Sent>
  transferHandlers.set('throw', {
    ...base,
    serialize(thrown: Thrown): [Sent, Transferable[]] {
      const [sent, transfer] = base.serialize(thrown)
      if (!sent.isError) return [sent, transfer]
      const { code, context } = thrown.value as { code?: unknown; context?: unknown }
      if (code === undefined) return [sent, transfer]
      return [
        { isError: true, value: Object.assign({ ...sent.value }, { code, context }) },
        transfer,
      ]
    },
  })
}

/** A signal that aborts with the first message on `stop`, the other end of {@link stopPort}. */
export function signalFrom(stop: MessagePort): AbortSignal {
  const controller = new AbortController()
  stop.onmessage = () => {
    controller.abort()
    stop.close()
  }
  return controller.signal
}

/** AbortSignal cannot be sent to a worker: send this port instead, with `transfer`. */
export function stopPort(signal: AbortSignal): MessagePort {
  const { port1, port2 } = new MessageChannel()
  const stop = () => port1.postMessage('stop')
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return port2
}
