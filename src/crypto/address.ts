import { bech32 } from '@scure/base'

import { concat } from '../util/bytes.ts'
import { SmeshError } from '../util/error.ts'
import { hash32 } from './hash.ts'

export const ADDRESS_BYTES = 24
const RESERVED_BYTES = 4
const KEY_BYTES = ADDRESS_BYTES - RESERVED_BYTES
const ADDRESS_WORDS = 39
const CHECKSUM_WORDS = 6
const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/**
 * The address made of the last 20 bytes of `input`; a shorter input stands directly behind the
 * four reserved bytes. Spec 01 §4.1; go-spacemesh common/types/address.go, GenerateAddress.
 */
export function generateAddress(input: Uint8Array): Uint8Array {
  const address = new Uint8Array(ADDRESS_BYTES)
  address.set(input.slice(-KEY_BYTES), RESERVED_BYTES)
  return address
}

/**
 * Address of an account: it follows from the template and the arguments the account is spawned
 * with. go-spacemesh genvm/core/hash.go, ComputePrincipal.
 *
 * @param template - 24-byte template address
 * @param spawnArgs - SCALE encoding of the template's arguments
 */
export function accountAddress(template: Uint8Array, spawnArgs: Uint8Array): Uint8Array {
  return generateAddress(hash32(concat(template, spawnArgs)))
}

/** bech32 text of a 24-byte address. @param hrp - prefix of the network, such as `sm` */
export function addressToText(address: Uint8Array, hrp: string): string {
  if (address.length !== ADDRESS_BYTES) {
    const got = `${address.length} bytes`
    throw new SmeshError('BAD_ARGUMENT', { name: 'address', expected: '24 bytes', got })
  }
  return bech32.encode(hrp, bech32.toWords(address))
}

/**
 * The address of a text. Stricter than the reference, which also takes 40 words and padding bits:
 * one address has one text (in one case or the other), and addresses do not travel as text.
 *
 * @param hrp - prefix of the network in use
 * @throws {SmeshError} in this order: `ADDRESS_MALFORMED` with reason `empty`, `mixed case`,
 *   `no separator`, `invalid character` or `too short`; `ADDRESS_CHECKSUM`; `ADDRESS_LENGTH`;
 *   `ADDRESS_MALFORMED` with reason `padding`; `ADDRESS_NETWORK`; `ADDRESS_RESERVED`
 */
export function addressFromText(text: string, hrp: string): Uint8Array {
  const shown = text.slice(0, 100)
  const malformed = (reason: string) => new SmeshError('ADDRESS_MALFORMED', { text: shown, reason })
  if (text === '') throw malformed('empty')
  const lower = text.toLowerCase()
  if (text !== lower && text !== text.toUpperCase()) throw malformed('mixed case')
  const separator = lower.lastIndexOf('1')
  if (separator < 1) throw malformed('no separator')
  const prefix = lower.slice(0, separator)
  const data = lower.slice(separator + 1)
  if (!/^[!-~]+$/.test(prefix)) throw malformed('invalid character')
  if ([...data].some((character) => !CHARSET.includes(character))) {
    throw malformed('invalid character')
  }
  if (data.length < CHECKSUM_WORDS) throw malformed('too short')
  const words = data.length - CHECKSUM_WORDS
  const decoded = bech32.decodeUnsafe(lower, false)
  if (!decoded) throw new SmeshError('ADDRESS_CHECKSUM', { text: shown })
  if (words !== ADDRESS_WORDS) throw new SmeshError('ADDRESS_LENGTH', { text: shown, words })
  const address = bech32.fromWordsUnsafe(decoded.words)
  if (!address) throw malformed('padding')
  if (prefix !== hrp) throw new SmeshError('ADDRESS_NETWORK', { expected: hrp, actual: prefix })
  if (address.subarray(0, RESERVED_BYTES).some((byte) => byte !== 0)) {
    throw new SmeshError('ADDRESS_RESERVED', { text: shown })
  }
  return Uint8Array.from(address)
}
