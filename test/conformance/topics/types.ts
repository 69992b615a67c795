import { checkCompact } from '../checks/compact.ts'
import {
  checkAddress,
  checkIdentityFile,
  checkSignature,
  checkVrf,
  checkVrfReading,
} from '../checks/crypto.ts'
import { checkNamed } from '../checks/named.ts'
import { checkDecode, checkWire } from '../checks/wire.ts'
import type { Topic } from '../types.ts'

/**
 * Codec, ids, signatures, VRF. In `addresses.jsonl` the reference takes three forms that are not
 * how it prints an address (upper case, padding bits in the last word, a 40th word). Smesh is
 * strict, as the README of the vectors allows: for the two odd paddings the check demands a refusal.
 */
export const topic: Topic = {
  files: {
    'addresses.jsonl': checkAddress,
    'compact.jsonl': checkCompact,
    'decode.jsonl': checkDecode,
    'identity-files.jsonl': checkIdentityFile,
    'named.jsonl': checkNamed,
    'signatures.jsonl': checkSignature,
    'vrf-readings.jsonl': checkVrfReading,
    'vrf.jsonl': checkVrf,
    'wire.jsonl.gz': checkWire,
  },
}
