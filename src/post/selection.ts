import { blake3 } from '@noble/hashes/blake3.js'

import { concat } from '../util/bytes.ts'

/**
 * Ordinals of the indices that a node checks of a proof, in the order drawn: which ones hangs on
 * the node's own `seed`, so that every index is looked at somewhere in the network.
 * Spec 03 §5.2; post-rs src/random_values_gen.rs.
 *
 * @param k3 - How many to draw; more than `k2` draws all.
 * @param seed - Raw bytes of the node's libp2p peer id.
 */
export function selectOrdinals(
  { k2, k3, seed }: { k2: number; k3: number; seed: Uint8Array },
  { nodeId, challenge }: { nodeId: Uint8Array; challenge: Uint8Array },
): number[] {
  const stream = blake3.create().update(concat(seed, nodeId, challenge))
  const ordinals = Array.from({ length: k2 }, (_, i) => i)
  const drawn = Math.min(k2, k3)
  for (let i = 0; i < drawn; i++) {
    const left = k2 - i
    const limit = 65_535 - (65_535 % left)
    let value: number
    do {
      const [low, high] = stream.xof(2)
      value = low! | (high! << 8)
    } while (value >= limit)
    const other = i + (value % left)
    const taken = ordinals[other]!
    ordinals[other] = ordinals[i]!
    ordinals[i] = taken
  }
  return ordinals.slice(0, drawn)
}
