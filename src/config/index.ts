import type {} from './errors.ts'

export { checkConfig, type ConfigProblem } from './check.ts'
export * from './derived.ts'
export { networkDocument, parseNetworkDocument } from './document.ts'
export * from './genesis.ts'
export { createLayerClock, type LayerClock } from './layers.ts'
export { fastnet } from './presets/fastnet.ts'
export { LOCAL_DEFAULT_UNIT_LABELS, LOCAL_UNIT_LABELS, localNetwork } from './presets/local.ts'
export { mainnet } from './presets/mainnet.ts'
export { standalone } from './presets/standalone.ts'
export { testnet } from './presets/testnet.ts'
export {
  DOCUMENT_FORMAT,
  type HareConfig,
  type NetworkConfig,
  type NetworkDocument,
} from './schema.ts'
