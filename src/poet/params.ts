/** Leaves opened by a proof; fewer make it invalid. Spec 04 §6; poet shared.T. */
export const PROVEN_LEAVES = 150
/** SHA-256 invocations of one leaf. poet hash/hash.go. */
export const LEAF_HASHES = 400
/** Bytes of a node, of a leaf and of a challenge. */
export const NODE_BYTES = 32
/** What stands for a subtree without any leaf, at every height. */
export const PADDING = new Uint8Array(NODE_BYTES)
