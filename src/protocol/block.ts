import { hash20 } from '../crypto/hash.ts'
import { c64, struct, vec, type Infer } from './codec.ts'
import { AtxId, LayerId, TxId, type BlockId } from './primitives.ts'
import { MAX_TRANSACTIONS } from './proposal.ts'

/** Most proposals of one layer, derived in go-spacemesh hare3/types.go. */
export const MAX_REWARDS = 2350

/** Share of the layer reward, a fraction in lowest terms. */
export const BlockReward = struct({ atxId: AtxId, weightNum: c64, weightDenom: c64 })
export type BlockReward = Infer<typeof BlockReward>

/**
 * Unsigned: every node builds it from the proposals that hare agreed on.
 * Spec 01 §9.2; go-spacemesh common/types/block.go.
 */
export const Block = struct({
  layer: LayerId,
  tickHeight: c64,
  rewards: vec(BlockReward, { max: MAX_REWARDS }),
  txIds: vec(TxId, { max: MAX_TRANSACTIONS }),
})
export type Block = Infer<typeof Block>

export const blockId = (block: Block): BlockId => hash20(Block.encode(block))
