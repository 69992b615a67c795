import { maxBig } from '../util/u64.ts'
import type { NetworkConfig } from './schema.ts'

/** Committee of the Hare rounds of a layer other than propose. Spec 06 §1. */
export function hareCommittee({ hare3 }: NetworkConfig, layer: number): number {
  const upgrade = hare3.committeeUpgrade
  return upgrade && layer >= upgrade.layer ? upgrade.committee : hare3.committee
}

/** What the certifier works with: derived as go-spacemesh node/node.go does. */
export function certifierParameters(config: NetworkConfig) {
  const committee = config.certifier.committee ?? config.hare3.committee
  return {
    committee,
    threshold: Math.floor(committee / 2) + 1,
    layerBuffer: config.tortoise.zdist,
    layersKept: 2 * config.tortoise.zdist,
  }
}

/** Layers that the proposal store keeps. */
export const proposalStoreCapacity = (config: NetworkConfig): number => config.tortoise.zdist + 1

/** The bootstrap service is asked this often, milliseconds. */
export const bootstrapPollMs = (config: NetworkConfig): number => config.layers.durationMs / 5

/** Layers for which the tortoise looks back from layer `layer`. Spec 07 §1. */
export function windowLayers({ tortoise }: NetworkConfig, layer: number): number {
  const past = tortoise.historicalWindows.find(
    ({ startLayer, endLayer }) => startLayer <= layer && layer <= endLayer,
  )
  return past?.windowLayers ?? tortoise.windowLayers
}

/** Delay before ballots with another beacon count, layers. */
export const badBeaconVoteDelay = (config: NetworkConfig): number =>
  config.tortoise.badBeaconVoteDelayLayers || config.layers.layersPerEpoch

/**
 * Least weight that counts as the whole in an epoch: the entry of the latest epoch not after it.
 * Spec 06 §6; go-spacemesh miner/minweight.
 */
export function minimalWeight({ eligibility }: NetworkConfig, epoch: number): bigint {
  let found: { epoch: number; weight: bigint } | undefined
  for (const entry of eligibility.minimalWeights) {
    if (entry.epoch <= epoch && (!found || entry.epoch >= found.epoch)) found = entry
  }
  return found?.weight ?? 0n
}

/** Layers between two tallies while syncing, at least 1. Spec 07 §1. */
export const tallyEveryLayers = ({ sync, layers }: NetworkConfig): number =>
  Math.max(Math.floor(layers.layersPerEpoch * sync.tallyFrequency), 1)

/** Wire version of ATXs published in an epoch. Spec 01 §6.1. */
export function atxVersion({ activation }: NetworkConfig, publishEpoch: number): 1 | 2 {
  const reached = activation.versions.filter(({ epoch }) => epoch <= publishEpoch)
  const latest = reached.reduce<{ epoch: number; version: number } | undefined>(
    (best, entry) => (best && best.epoch > entry.epoch ? best : entry),
    undefined,
  )
  return latest?.version === 2 ? 2 : 1
}

/** PoET rounds, spec 04 §1: round r serves publish epoch r + 1. Times in ms since the Unix epoch. */
export function createPoetSchedule({ genesis, layers, poet }: NetworkConfig) {
  const epochMs = layers.durationMs * layers.layersPerEpoch
  const base = genesis.timeMs + poet.phaseShiftMs
  const roundStartMs = (round: number) => base + round * epochMs
  return {
    roundStartMs,
    roundEndMs: (round: number) => roundStartMs(round) + epochMs - poet.cycleGapMs,
    /** Sequential work in one round. */
    workingMs: epochMs - poet.cycleGapMs,
    /** The round that takes registrations at a time. */
    openRoundAt: (timeMs: number) =>
      timeMs < base ? 0 : Math.floor((timeMs - base) / epochMs) + 1,
    /** The round whose proof an ATX published in `epoch` uses; epoch ≥ 1. */
    roundOf: (publishEpoch: number) => publishEpoch - 1,
  }
}
export type PoetSchedule = ReturnType<typeof createPoetSchedule>

/** Labels of `numUnits` units of space. */
export const labelCount = ({ post }: NetworkConfig, numUnits: number): bigint =>
  maxBig(0n, BigInt(numUnits)) * post.labelsPerUnit
