import { hash32 } from '../crypto/hash.ts'
import { bytes, c64, struct, vec, type Infer } from './codec.ts'
import { EdSignature, Hash32, type PoetRef } from './primitives.ts'

export const MAX_POET_PROVEN_LEAVES = 150 // the T of a proof
export const MAX_POET_PROOF_NODES = 5400 // 36 levels for each proven leaf
/** Hashes in PoET types carry their own length and may be shorter. */
const Hash = bytes({ max: 32 })

/** Merkle proof of a PoET round. Spec 01 §7; poet shared/shared.go, MerkleProof. */
export const PoetProof = struct({
  root: Hash,
  provenLeaves: vec(Hash, { max: MAX_POET_PROVEN_LEAVES }),
  proofNodes: vec(Hash, { max: MAX_POET_PROOF_NODES }),
  leafCount: c64,
})
export type PoetProof = Infer<typeof PoetProof>

/** Spec 01 §7; go-spacemesh common/types/poet.go. Nobody checks `signature`. */
export const PoetProofMessage = struct({
  ...PoetProof.fields,
  poetServiceId: bytes({ max: 32 }),
  /** Decimal by convention, arbitrary bytes by codec. */
  roundId: bytes({ max: 32 }),
  /** Root over the challenges of the round's members. */
  statement: Hash32,
  signature: EdSignature,
})
export type PoetProofMessage = Infer<typeof PoetProofMessage>

/** Covers the proof part only, not service, round, statement and signature. */
export const poetRef = (proof: PoetProof): PoetRef => hash32(PoetProof.encode(proof))
