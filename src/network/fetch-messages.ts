import { hash32 } from '../crypto/hash.ts'
import { bytes, c32, c64, option, struct, vec, type Infer } from '../protocol/codec.ts'
import { AtxId, BallotId, BlockId, Hash32, LayerId, NodeId } from '../protocol/primitives.ts'

/**
 * Bodies of the request/response protocols.
 * Spec 05 §3.1; go-spacemesh fetch/wire_types.go, p2p/server/server.go, timesync/peersync.
 */
export const MAX_BATCH = 100
export const MAX_HINT_BYTES = 256
export const MAX_RESPONSE_DATA_BYTES = 272_629_760
export const MAX_RESPONSE_ERROR_BYTES = 1024
export const MAX_IDS = 8_000_000
export const MAX_LAYER_BALLOTS = 2350
/** Mesh hashes that a client takes; a server gives {@link MAX_MESH_HASHES_SERVED}. */
export const MAX_MESH_HASHES = 1000
export const MAX_MESH_HASHES_SERVED = 100

/** One wanted object: the store it is in and its hash. */
export const RequestMessage = struct({ hint: bytes({ max: MAX_HINT_BYTES }), hash: Hash32 })
export type RequestMessage = Infer<typeof RequestMessage>

const RequestList = vec(RequestMessage, { max: MAX_BATCH })

/** Protocols `hs/1` and `as/1`. */
export const RequestBatch = struct({ id: Hash32, requests: RequestList })
export type RequestBatch = Infer<typeof RequestBatch>

/** The id that a client gives its batch; servers only echo it. */
export const requestBatchId = (requests: readonly RequestMessage[]): Hash32 =>
  hash32(RequestList.encode(requests))

export const ResponseMessage = struct({
  hash: Hash32,
  data: bytes({ max: MAX_RESPONSE_DATA_BYTES }),
})
export type ResponseMessage = Infer<typeof ResponseMessage>

/** In any order; what the server lacks is left out. */
export const ResponseBatch = struct({
  id: Hash32,
  responses: vec(ResponseMessage, { max: MAX_BATCH }),
})
export type ResponseBatch = Infer<typeof ResponseBatch>

/** `mh/1`: hashes of layer `from`, every `step` layers after it, and of `to`. */
export const MeshHashRequest = struct({ from: LayerId, to: LayerId, step: c32 })
export type MeshHashRequest = Infer<typeof MeshHashRequest>

export const MeshHashes = struct({ hashes: vec(Hash32, { max: MAX_MESH_HASHES }) })
export type MeshHashes = Infer<typeof MeshHashes>

/** Layers that a request names; undefined when it is one that no server answers. */
export function meshHashCount({ from, to, step }: MeshHashRequest): number | undefined {
  if (step === 0 || to < from) return undefined
  const count = Math.ceil((to - from) / step) + 1
  return count <= MAX_MESH_HASHES_SERVED ? count : undefined
}

/** The request over a range that a server answers in one go. */
export const meshHashRequest = (from: LayerId, to: LayerId): MeshHashRequest => ({
  ...{ from, to },
  step: Math.floor((to - from) / (MAX_MESH_HASHES_SERVED - 1)) + 1,
})

/** `lp/2`: the server's opinion on a layer, or its certificate of a block in it. */
export const OpinionRequest = struct({ layer: LayerId, block: option(BlockId) })
export type OpinionRequest = Infer<typeof OpinionRequest>

export const LayerOpinion = struct({
  /** Aggregated hash of the layer before; zeros if unknown. */
  prevAggHash: Hash32,
  certified: option(BlockId),
})
export type LayerOpinion = Infer<typeof LayerOpinion>

/** `ax/1` asks by epoch: ATXs published in the epoch. */
export const EpochInfo = struct({ atxIds: vec(AtxId, { max: MAX_IDS }) })
export type EpochInfo = Infer<typeof EpochInfo>

/** `ld/1` asks by layer. */
export const LayerData = struct({ ballots: vec(BallotId, { max: MAX_LAYER_BALLOTS }) })
export type LayerData = Infer<typeof LayerData>

/** `ml/1`; its request is empty. */
export const MaliciousIds = struct({ nodeIds: vec(NodeId, { max: MAX_IDS }) })
export type MaliciousIds = Infer<typeof MaliciousIds>

/** Around every answer. A non-empty error means failure; neither means malformed. */
export const Response = struct({
  data: bytes({ max: MAX_RESPONSE_DATA_BYTES }),
  error: bytes({ max: MAX_RESPONSE_ERROR_BYTES }),
})
export type Response = Infer<typeof Response>

/** `/peersync/1.0/`, without frames. */
export const ClockRequest = struct({ id: c64 })
export type ClockRequest = Infer<typeof ClockRequest>

export const ClockResponse = struct({
  id: c64,
  /** Unix time, nanoseconds. */
  timestampNs: c64,
})
export type ClockResponse = Infer<typeof ClockResponse>
