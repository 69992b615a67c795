/**
 * Gives this thread away for `ms`; for 0 until everything that waits was handled. A message to
 * oneself is not throttled in hidden tabs as timers are.
 */
export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms > 0) {
      setTimeout(resolve, ms)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })
}
