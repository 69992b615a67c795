import { SmeshError } from '../util/error.ts'
import { ActivationTxV1 } from './activation-v1.ts'
import { array, c16, c32, codec, option, rawByte, struct, type Codec, type Infer } from './codec.ts'
import { HareMetadata } from './hare.ts'
import { EdSignature, EpochId, Hash32, LayerId, NodeId, VrfSignature } from './primitives.ts'

/**
 * Proofs of malfeasance, gossip topic `mp1`. Spec 01 §12; go-spacemesh
 * malfeasance/wire/malfeasance.go. Their V2 form, which is never sent, is in malfeasance-v2.ts.
 */
export const MalfeasanceType = {
  multipleAtxs: 1,
  multipleBallots: 2,
  hareEquivocation: 3,
  invalidPostIndex: 4,
  invalidPrevAtx: 5,
} as const
export type MalfeasanceType = (typeof MalfeasanceType)[keyof typeof MalfeasanceType]

const signer = { smesherId: NodeId, signature: EdSignature }

/** What an ATX V1 signature covers; encodes to the signed message. */
export const AtxMetadata = struct({ publishEpoch: EpochId, messageHash: Hash32 })
export type AtxMetadata = Infer<typeof AtxMetadata>
/** What a ballot signature covers; encodes to the signed message. */
export const BallotMetadata = struct({ layer: LayerId, messageHash: Hash32 })
export type BallotMetadata = Infer<typeof BallotMetadata>

export const AtxProofMessage = struct({ innerMessage: AtxMetadata, ...signer })
export type AtxProofMessage = Infer<typeof AtxProofMessage>
export const BallotProofMessage = struct({ innerMessage: BallotMetadata, ...signer })
export type BallotProofMessage = Infer<typeof BallotProofMessage>
export const HareProofMessage = struct({ innerMessage: HareMetadata, ...signer })
export type HareProofMessage = Infer<typeof HareProofMessage>

export const MultipleAtxsProof = struct({ messages: array(AtxProofMessage, 2) })
export type MultipleAtxsProof = Infer<typeof MultipleAtxsProof>
export const MultipleBallotsProof = struct({ messages: array(BallotProofMessage, 2) })
export type MultipleBallotsProof = Infer<typeof MultipleBallotsProof>
export const HareEquivocationProof = struct({ messages: array(HareProofMessage, 2) })
export type HareEquivocationProof = Infer<typeof HareEquivocationProof>
export const InvalidPostIndexProof = struct({ atx: ActivationTxV1, invalidIndex: c32 })
export type InvalidPostIndexProof = Infer<typeof InvalidPostIndexProof>
export const InvalidPrevAtxProof = struct({ atx1: ActivationTxV1, atx2: ActivationTxV1 })
export type InvalidPrevAtxProof = Infer<typeof InvalidPrevAtxProof>

export type MalfeasanceProofData =
  | ({ readonly type: 1 } & MultipleAtxsProof)
  | ({ readonly type: 2 } & MultipleBallotsProof)
  | ({ readonly type: 3 } & HareEquivocationProof)
  | ({ readonly type: 4 } & InvalidPostIndexProof)
  | ({ readonly type: 5 } & InvalidPrevAtxProof)

const bodies: Record<number, Codec<unknown>> = {
  [MalfeasanceType.multipleAtxs]: MultipleAtxsProof as Codec<unknown>,
  [MalfeasanceType.multipleBallots]: MultipleBallotsProof as Codec<unknown>,
  [MalfeasanceType.hareEquivocation]: HareEquivocationProof as Codec<unknown>,
  [MalfeasanceType.invalidPostIndex]: InvalidPostIndexProof as Codec<unknown>,
  [MalfeasanceType.invalidPrevAtx]: InvalidPrevAtxProof as Codec<unknown>,
}

const bodyOf = (type: number): Codec<unknown> => {
  const body = bodies[type]
  if (!body) throw new SmeshError('UNKNOWN_TAG', { what: 'malfeasance type', tag: type })
  return body
}

/** A type byte, the one integer that is not compact, and the body of that type. */
export const MalfeasanceProofData: Codec<MalfeasanceProofData> = codec<MalfeasanceProofData>(
  1,
  (writer, value) => {
    rawByte.write(writer, value.type)
    bodyOf(value.type).write(writer, value)
  },
  (reader) => {
    const type = reader.byte()
    const body = bodyOf(type).read(reader) as object
    return { type, ...body } as MalfeasanceProofData
  },
)

/** The form in which proofs are stored and served by node id. */
export const MalfeasanceProof = struct({ layer: LayerId, proof: MalfeasanceProofData })
export type MalfeasanceProof = Infer<typeof MalfeasanceProof>

export const HareEligibilityGossip = struct({
  layer: LayerId,
  round: c32,
  nodeId: NodeId,
  eligibility: struct({ proof: VrfSignature, count: c16 }),
})
export type HareEligibilityGossip = Infer<typeof HareEligibilityGossip>

/** The form that is gossiped. One with an eligibility is rejected. */
export const MalfeasanceGossip = struct({
  ...MalfeasanceProof.fields,
  eligibility: option(HareEligibilityGossip),
})
export type MalfeasanceGossip = Infer<typeof MalfeasanceGossip>
