import {
  createLayerClock,
  createPoetSchedule,
  type LayerClock,
  type NetworkConfig,
} from '../config/index.ts'

/**
 * The smesher's calendar: layers, epochs, PoET rounds and deadlines, ms since the Unix epoch.
 *
 * An ATX published in epoch p rests on round p−1, which starts in epoch p−1 and ends in epoch p,
 * and pays in epoch p+1. Spec 08 §1, §5.3; go-spacemesh activation/nipost.go, BuildNIPost.
 */
export interface Schedule extends LayerClock {
  /** Start of a PoET round: its registration closes. */
  roundStartMs(round: number): number
  /** End of a PoET round: its proof follows. */
  roundEndMs(round: number): number
  /** From here on the reference builds and registers the challenge of a publish epoch. */
  registrationOpensMs(publishEpoch: number): number
  registrationClosesMs(publishEpoch: number): number
  /** A proof that comes later leaves no time for the ATX. */
  proofDeadlineMs(publishEpoch: number): number
  /** End of the publish epoch. */
  publishDeadlineMs(publishEpoch: number): number
}

/** @throws {SmeshError} from every function: `LAYER_OVERFLOW` when a layer or epoch leaves u32 */
export function createSchedule(config: NetworkConfig): Schedule {
  const layers = createLayerClock(config)
  const { roundStartMs, roundEndMs } = createPoetSchedule(config)
  const { gracePeriodMs, cycleGapMs } = config.poet
  return {
    ...layers,
    roundStartMs,
    roundEndMs,
    registrationOpensMs: (publishEpoch) => roundStartMs(publishEpoch - 1) - gracePeriodMs,
    registrationClosesMs: (publishEpoch) => roundStartMs(publishEpoch - 1),
    proofDeadlineMs: (publishEpoch) => layers.epochStartMs(publishEpoch + 1) - cycleGapMs,
    publishDeadlineMs: (publishEpoch) => layers.epochStartMs(publishEpoch + 1),
  }
}
