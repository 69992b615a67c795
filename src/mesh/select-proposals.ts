import { epochOf } from '../protocol/layers.ts'
import type { Beacon, LayerId, NodeId } from '../protocol/primitives.ts'
import { compareBytes, equalBytes, hex } from '../util/bytes.ts'
import type { AtxIndex } from './modules.ts'
import type { StoredProposal } from './proposal-store.ts'

export interface SelectionContext {
  layer: LayerId
  layersPerEpoch: number
  /** Of the layer's epoch. */
  beacon: Beacon
  /** Own identities. */
  smesherIds: readonly NodeId[]
}

/**
 * The proposals that this node puts forward for a layer, by ascending id: what Hare starts from,
 * and with one participant what it ends with. None without an own ATX for the epoch.
 * Spec 06 §9.3, input set; go-spacemesh hare3/hare.go, selectProposals (v1.7.6).
 */
export function selectProposals(
  stored: readonly StoredProposal[],
  { layer, layersPerEpoch, beacon, smesherIds }: SelectionContext,
  atxs: Pick<AtxIndex, 'get' | 'bySmesher' | 'isMalicious'>,
): StoredProposal[] {
  const epoch = epochOf(layer, layersPerEpoch)
  const heights = smesherIds.flatMap((id) => atxs.bySmesher(epoch, id)?.height ?? [])
  if (heights.length === 0) return []
  const ownHeight = heights.reduce((low, height) => (height < low ? height : low))
  const perAtx = new Map<string, number>()
  for (const { proposal } of stored) {
    const key = hex(proposal.ballot.atxId)
    perAtx.set(key, (perAtx.get(key) ?? 0) + 1)
  }
  const selected: StoredProposal[] = []
  for (const entry of stored) {
    const { atxId, smesherId } = entry.proposal.ballot
    if (entry.malicious || atxs.isMalicious(smesherId)) continue
    if (perAtx.get(hex(atxId)) !== 1) continue
    const atx = atxs.get(epoch, atxId)
    if (!atx) return []
    if (atx.baseHeight >= ownHeight || !equalBytes(entry.beacon, beacon)) continue
    selected.push(entry)
  }
  return selected.sort((a, b) => compareBytes(a.id, b.id))
}
