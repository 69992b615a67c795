import { checkU32 } from '../util/u64.ts'
import type { EpochId, LayerId } from './primitives.ts'

/**
 * Layers and epochs are u32; where the reference panics on overflow these throw
 * `INTEGER_OVERFLOW`. Spec 01 §4; go-spacemesh common/types/layer.go, epoch.go.
 */
export const epochOf = (layer: LayerId, layersPerEpoch: number): EpochId =>
  Math.floor(layer / layersPerEpoch)

export const firstLayerOf = (epoch: EpochId, layersPerEpoch: number): LayerId =>
  checkU32(epoch * layersPerEpoch)

/** Position of a layer in its epoch, from 0. */
export const ordinalInEpoch = (layer: LayerId, layersPerEpoch: number): number =>
  layer % layersPerEpoch

export const isFirstInEpoch = (layer: LayerId, layersPerEpoch: number): boolean =>
  layer % layersPerEpoch === 0

/** @throws {SmeshError} `INTEGER_OVERFLOW` */
export const addLayers = (layer: LayerId, count: number): LayerId => checkU32(layer + count)

/** @throws {SmeshError} `INTEGER_OVERFLOW` below layer 0 */
export const subLayers = (layer: LayerId, count: number): LayerId => checkU32(layer - count)

/** The epoch in which an ATX is eligible. */
export const targetEpoch = (publishEpoch: EpochId): EpochId => checkU32(publishEpoch + 1)

/** Last layer of the two genesis epochs; after a checkpoint it is restore layer − 1 instead. */
export const firstEffectiveGenesis = (layersPerEpoch: number): LayerId =>
  checkU32(2 * layersPerEpoch - 1)

/** Layer at a moment; 0 before genesis. Spec 01 §4; timesync/converter.go. */
export const layerAt = (timeMs: number, genesisMs: number, layerDurationMs: number): LayerId =>
  timeMs < genesisMs ? 0 : checkU32(Math.floor((timeMs - genesisMs) / layerDurationMs))

/** Moment at which a layer starts, milliseconds since the Unix epoch. */
export const layerStartMs = (layer: LayerId, genesisMs: number, layerDurationMs: number): number =>
  genesisMs + layer * layerDurationMs
