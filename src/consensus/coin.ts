import { vrfCompare, vrfLowestBit } from '../crypto/vrf-readings.ts'

/** The smallest of VRF proofs, read as little-endian numbers; undefined of none. Spec 06 §3. */
export function smallestProof(proofs: Iterable<Uint8Array>): Uint8Array | undefined {
  let smallest: Uint8Array | undefined
  for (const proof of proofs) if (vrfCompare(proof, smallest) < 0) smallest = proof
  return smallest
}

/** The coin that a set of proofs tosses: the lowest bit of the smallest; undefined of none. */
export function tossCoin(proofs: Iterable<Uint8Array>): boolean | undefined {
  const smallest = smallestProof(proofs)
  return smallest && vrfLowestBit(smallest) === 1
}
