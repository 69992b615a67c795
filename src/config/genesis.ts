import { hash32 } from '../crypto/hash.ts'
import { hex, isZero, u32le, utf8 } from '../util/bytes.ts'
import type { NetworkConfig } from './schema.ts'

/** Whole seconds of mainnet's genesis: its QUIC cookie is empty. Spec 05 §1.1. */
const MAINNET_GENESIS_SECONDS = 1_689_321_600

const genesisSeconds = (config: NetworkConfig) => Math.floor(config.genesis.timeMs / 1000)

/**
 * The ATX that every chain of ATXs starts from; 32 bytes. It is hashed from the genesis time in
 * decimal seconds and the extra data as text. Spec 01 §3.1; go-spacemesh config/genesis.go.
 */
export const goldenAtxId = (config: NetworkConfig): Uint8Array =>
  hash32(utf8(`${genesisSeconds(config)}${config.genesis.extraData}`))

/** 20 bytes: prefix of every signed message and name of the network. */
export const genesisId = (config: NetworkConfig): Uint8Array => goldenAtxId(config).slice(0, 20)

/** Effective genesis without a checkpoint, 2·layersPerEpoch − 1; the subsidy counts from it. */
export const firstEffectiveGenesis = (config: NetworkConfig): number =>
  2 * config.layers.layersPerEpoch - 1

/**
 * Last layer without ballots.
 *
 * @param restoreLayer - layer of the restored checkpoint, null without one
 */
export const effectiveGenesis = (config: NetworkConfig, restoreLayer: number | null = null) =>
  restoreLayer === null ? firstEffectiveGenesis(config) : restoreLayer - 1

/** Noise prologue as ASCII bytes: peers with another one cannot connect. Spec 05 §1.1. */
export const prologue = (config: NetworkConfig, restoreLayer: number | null = null): Uint8Array =>
  utf8(`${hex(genesisId(config))}-${effectiveGenesis(config, restoreLayer)}`)

/** Cookie of the QUIC handshake: the prologue, but empty with mainnet's genesis time. */
export const networkCookie = (config: NetworkConfig, restoreLayer: number | null = null) =>
  genesisSeconds(config) === MAINNET_GENESIS_SECONDS
    ? new Uint8Array(0)
    : prologue(config, restoreLayer)

/**
 * The beacon that the network document gives for a target epoch, null if it gives none. A listed
 * epoch wins over the rule `bootstrap.beacons`:
 *
 * - `genesis`: epoch(effective genesis) + 1 has the first four bytes of the genesis id;
 * - `derived`: that, and every later epoch e has the first four bytes of
 *   H(genesisId ‖ u32LE(e)), or the next four while they are all zero, which means "none".
 *
 * Spec 06 §8; the first rule is go-spacemesh node/node.go, launchStandalone. `derived` is Smesh's
 * own, for a network of one participant.
 */
export function bootstrapBeacon(config: NetworkConfig, epoch: number): Uint8Array | null {
  const { epochs, beacons } = config.bootstrap
  const listed = epochs.find((entry) => entry.epoch === epoch)?.beacon
  if (listed && !isZero(listed)) return listed
  const first = Math.floor(firstEffectiveGenesis(config) / config.layers.layersPerEpoch) + 1
  if (beacons === 'none' || epoch < first) return null
  if (epoch === first) return genesisId(config).slice(0, 4)
  if (beacons === 'genesis') return null
  const digest = hash32(genesisId(config), u32le(epoch))
  for (let at = 0; at < digest.length; at += 4) {
    const beacon = digest.slice(at, at + 4)
    if (!isZero(beacon)) return beacon
  }
  return null
}

/** The active set that the document gives for a target epoch, null if it gives none. */
export const bootstrapActiveSet = (config: NetworkConfig, epoch: number): Uint8Array[] | null =>
  config.bootstrap.epochs.find((entry) => entry.epoch === epoch)?.activeSet ?? null
