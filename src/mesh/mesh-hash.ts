import type { Hash32, LayerId } from '../protocol/primitives.ts'
import type { LayerReader, Opinions } from './modules.ts'

/**
 * The mesh hash of an own proposal: the aggregated hash of the layer before, or zeros while this
 * node is not sure of its recent history. Spec 07 §4; go-spacemesh miner/proposal_builder.go.
 */
export async function meshHash(
  layer: LayerId,
  { effectiveGenesis, hdist }: { effectiveGenesis: LayerId; hdist: number },
  { layers, opinions }: { layers: LayerReader; opinions: Pick<Opinions, 'verified'> },
): Promise<Hash32> {
  const unsure = new Uint8Array(32)
  const decided = Math.max(layer > hdist + 1 ? layer - hdist - 1 : 0, effectiveGenesis)
  if (opinions.verified < decided) return unsure
  for (let l = decided + 1; l < layer; l++) if (!(await layers.output(l))) return unsure
  return (await layers.aggregatedHash(layer - 1)) ?? unsure
}
