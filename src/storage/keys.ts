import { checkU32, checkU64 } from '../util/u64.ts'

/** A u32 as text that sorts as the number does: 8 hex digits. */
export const u32Key = (value: number): string => checkU32(value).toString(16).padStart(8, '0')

/** A u64 as text that sorts as the number does: 16 hex digits. */
export const u64Key = (value: bigint): string => checkU64(value).toString(16).padStart(16, '0')

/** Parts of a compound key, most significant first. Parts hold no slash. */
export const keyOf = (...parts: string[]): string => parts.join('/')
