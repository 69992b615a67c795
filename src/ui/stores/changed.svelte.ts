import { untrack } from 'svelte'

/**
 * Runs `work` now and whenever `key` has another value. States of the node are replaced whole, many
 * times a second: an effect that reads one directly runs as often, this one does not. `work` may
 * return its clean-up, as an effect may. Call while a component is being made.
 */
export function whenChanged(
  key: () => string | number | boolean | undefined,
  work: () => unknown,
): void {
  const value = $derived(key())
  $effect(() => {
    void value
    const end = untrack(work)
    return typeof end === 'function' ? () => void end() : undefined
  })
}
