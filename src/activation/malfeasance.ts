import { ActivationTxV1, atxIdV1, type ActivationTxV1 as AtxV1 } from '../protocol/activation-v1.ts'
import { MalfeasanceProof, MalfeasanceType } from '../protocol/malfeasance.ts'

/** What the author of an ATX signed, in the form of a proof. */
const signedPart = (atx: AtxV1) => ({
  innerMessage: { publishEpoch: atx.publishEpoch, messageHash: atxIdV1(atx) },
  smesherId: atx.smesherId,
  signature: atx.signature,
})

/**
 * Two ATXs of one identity in one epoch; `stored` was there first.
 * Spec 08 §7 type 1; go-spacemesh activation/handler_v1.go.
 */
export function multipleAtxsProof(stored: AtxV1, atx: AtxV1, layersPerEpoch: number): Uint8Array {
  const messages = [signedPart(stored), signedPart(atx)]
  const layer = atx.publishEpoch * layersPerEpoch
  return MalfeasanceProof.encode({
    layer,
    proof: { type: MalfeasanceType.multipleAtxs, messages },
  })
}

/** An ATX whose PoST fails at one index, `ordinal` in the proof. Spec 08 §7 type 4. */
export function invalidPostIndexProof(
  atx: AtxV1,
  ordinal: number,
  layersPerEpoch: number,
): Uint8Array {
  return MalfeasanceProof.encode({
    layer: atx.publishEpoch * layersPerEpoch,
    proof: { type: MalfeasanceType.invalidPostIndex, atx, invalidIndex: ordinal },
  })
}

/** Two ATXs of one identity on the same previous ATX; the new one goes first. Spec 08 §7 type 5. */
export function invalidPrevAtxProof(atx: AtxV1, stored: AtxV1, layersPerEpoch: number): Uint8Array {
  return MalfeasanceProof.encode({
    layer: atx.publishEpoch * layersPerEpoch,
    proof: { type: MalfeasanceType.invalidPrevAtx, atx1: atx, atx2: stored },
  })
}

/** The V1 ATX in a stored blob; undefined for one that came without (checkpoint) or as V2. */
export const storedAtxV1 = (stored: { version: 1 | 2; blob: Uint8Array }): AtxV1 | undefined =>
  stored.version === 1 && stored.blob.length > 0 ? ActivationTxV1.decode(stored.blob) : undefined
