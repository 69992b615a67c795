import { hash32 } from '../crypto/hash.ts'
import { compareBytes } from '../util/bytes.ts'
import { struct, vec, type Infer } from './codec.ts'
import { AtxId, EpochId, type Hash32 } from './primitives.ts'

export const MAX_ACTIVE_SET = 8_000_000

/** Ids ascend bytewise; others are refused. Spec 01 §8.5; go-spacemesh common/types/activation.go. */
export const EpochActiveSet = struct({
  epoch: EpochId,
  set: vec(AtxId, { max: MAX_ACTIVE_SET }),
})
export type EpochActiveSet = Infer<typeof EpochActiveSet>

/** Covers neither epoch nor length. */
export function activeSetHash(ids: readonly AtxId[]): Hash32 {
  const joined = new Uint8Array(32 * ids.length)
  ids.forEach((id, i) => joined.set(id, 32 * i))
  return hash32(joined)
}

/** True for strictly ascending ids, the only order in which a set is accepted. */
export const isAscending = (ids: readonly Uint8Array[]): boolean =>
  ids.every((id, i) => i === 0 || compareBytes(ids[i - 1]!, id) < 0)
