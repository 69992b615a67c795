import { SmeshError } from '../util/error.ts'
import { U32_MAX } from '../util/u64.ts'
import type { NetworkConfig } from './schema.ts'

/**
 * Layers and epochs against time. Pure: the time is given. Layers and epochs are u32 numbers,
 * times are milliseconds since the Unix epoch. Spec 01 §4, 06 §2; go-spacemesh
 * timesync/converter.go, common/types/layer.go.
 */
export interface LayerClock {
  readonly layersPerEpoch: number
  readonly layerDurationMs: number
  readonly epochDurationMs: number
  readonly genesisTimeMs: number
  /** Last layer without ballots. */
  readonly effectiveGenesis: number
  /** 0 before genesis. */
  layerAt(timeMs: number): number
  layerStartMs(layer: number): number
  epochAt(timeMs: number): number
  epochStartMs(epoch: number): number
  epochOf(layer: number): number
  firstLayerOf(epoch: number): number
  lastLayerOf(epoch: number): number
  /** Position of the layer in its epoch, from 0. */
  ordinalOf(layer: number): number
}

/** @throws {SmeshError} from every function: `LAYER_OVERFLOW` when a layer or epoch leaves u32 */
export function createLayerClock(
  config: Pick<NetworkConfig, 'genesis' | 'layers'>,
  effectiveGenesis = 2 * config.layers.layersPerEpoch - 1,
): LayerClock {
  const { durationMs, layersPerEpoch } = config.layers
  const genesisTimeMs = config.genesis.timeMs
  const layerAt = (timeMs: number) =>
    timeMs < genesisTimeMs ? 0 : u32(Math.floor((timeMs - genesisTimeMs) / durationMs))
  const layerStartMs = (layer: number) => genesisTimeMs + u32(layer) * durationMs
  const epochOf = (layer: number) => Math.floor(u32(layer) / layersPerEpoch)
  const firstLayerOf = (epoch: number) => u32(u32(epoch) * layersPerEpoch)
  return {
    layersPerEpoch,
    layerDurationMs: durationMs,
    epochDurationMs: durationMs * layersPerEpoch,
    genesisTimeMs,
    effectiveGenesis,
    layerAt,
    layerStartMs,
    epochAt: (timeMs) => epochOf(layerAt(timeMs)),
    epochStartMs: (epoch) => layerStartMs(firstLayerOf(epoch)),
    epochOf,
    firstLayerOf,
    lastLayerOf: (epoch) => u32(firstLayerOf(epoch) + layersPerEpoch - 1),
    ordinalOf: (layer) => u32(layer) % layersPerEpoch,
  }
}

function u32(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > U32_MAX) {
    throw new SmeshError('LAYER_OVERFLOW', { value: String(value) })
  }
  return value
}
