// The sizes of space that a person can choose from, and honest estimates before anything is measured.
import type { DeviceState, NetworkState } from '../runtime/api.ts'

export const LABEL_BYTES = 16

/** One size: units of a network that runs, or the unit size of a local network to be made. */
export interface SpaceChoice {
  labels: bigint
  units: number
}

/** Powers of two between the network's bounds, both bounds included. */
export function unitChoices(post: NetworkState['post']): SpaceChoice[] {
  const { minNumUnits, maxNumUnits, labelsPerUnit } = post
  const units = [minNumUnits]
  for (let next = 1; next < maxNumUnits && units.length < 40; next *= 2) {
    if (next > minNumUnits) units.push(next)
  }
  if (maxNumUnits > minNumUnits) units.push(maxNumUnits)
  return units.map((count) => ({ units: count, labels: labelsPerUnit * BigInt(count) }))
}

/** What a first visit may choose: the size of the one unit of the network that it makes. */
export const offeredChoices = (unitLabels: readonly bigint[]): SpaceChoice[] =>
  unitLabels.map((labels) => ({ units: 1, labels }))

export const spaceBytes = (choice: SpaceChoice): bigint => choice.labels * BigInt(LABEL_BYTES)

/** Labels (scrypt with N = 8192) a second that such a device makes at least: a first guess. */
const GUESS = { gpu: 4000, software: 150, core: 60 }

/** Guessed time to make the labels; replaced by the measured rate as soon as there is one. */
export function guessLabelsMs(
  { labels }: SpaceChoice,
  device: DeviceState,
  provider: 'auto' | 'gpu' | 'cpu' = 'auto',
): number {
  const useGpu = provider !== 'cpu' && device.gpu.available
  const software = device.gpu.fallback ? GUESS.software : GUESS.gpu
  const perSecond = useGpu ? software : GUESS.core * Math.max(1, device.cores - 1)
  return (Number(labels) * 1000) / perSecond
}

/**
 * When a first reward of the local network may be expected, counted from its genesis: a minute when
 * the labels are there after 30 s, else one epoch of 20 s later for each that they need more
 * (src/config/presets/local.ts).
 */
export function guessFirstRewardMs(labelsMs: number): number {
  const [readyBy, epoch, reward] = [30_000, 20_000, 60_000]
  return reward + Math.max(0, Math.ceil((labelsMs - readyBy) / epoch)) * epoch
}
