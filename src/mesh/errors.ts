declare module '../util/error.ts' {
  interface ErrorContext {
    /** No active set for an epoch yet; asked again in the next layer. */
    NO_ACTIVE_SET: { epoch: number; reason: string }
    /** The agreed proposals of a layer do not make a block here. */
    BLOCK_NOT_BUILT: { layer: number; reason: string }
    /** Layers are applied one after the other. */
    LAYER_NOT_IN_ORDER: { layer: number; expected: number }
    /** A smesher asked for a second proposal in a layer. */
    PROPOSAL_ALREADY_BUILT: { layer: number; last: number }
    /** An own reference ballot without the epoch data that it must hold. */
    REFERENCE_BALLOT_BROKEN: { ballotId: string }
    /** A stored object that other stored objects refer to is gone. */
    MESH_OBJECT_MISSING: { kind: string; id: string }
  }
}

export {}
