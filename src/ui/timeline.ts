// Geometry of the epoch timeline: what lies where in time. No pixels, no clock.
import type { NetworkState, SmeshingState } from '../runtime/api.ts'

export interface Span {
  from: number
  to: number
}

export interface EpochSpan extends Span {
  epoch: number
  /** An own ATX targets this epoch. */
  mine: boolean
}

export interface RoundSpan extends Span {
  round: number
  /** Epoch in which an ATX with this round's proof is published. */
  publishEpoch: number
}

export interface LayerDot {
  layer: number
  atMs: number
  slots: number
}

export interface Timeline extends Span {
  epochs: EpochSpan[]
  rounds: RoundSpan[]
  /** Between the end of a round and the start of the next: proving, publishing, registering. */
  gaps: Span[]
  /** When the ATX was published, or is expected, and for which epochs. */
  atxs: { atMs: number; publishEpoch: number; targetEpoch: number; published: boolean }[]
  layers: LayerDot[]
}

/** How much of the past epoch and how many epochs ahead are shown. */
const BEHIND = 0.5
const AHEAD = 2.25

export const epochStartMs = (network: NetworkState, epoch: number): number =>
  network.genesisTimeMs + epoch * network.layersPerEpoch * network.layerDurationMs

export const layerStartMs = (network: NetworkState, layer: number): number =>
  network.genesisTimeMs + layer * network.layerDurationMs

/** PoET round `round` serves publish epoch `round + 1` (spec 08 §1, epoch roles). */
export function poetRound(network: NetworkState, round: number): RoundSpan {
  const { phaseShiftMs, cycleGapMs } = network.poet
  return {
    round,
    publishEpoch: round + 1,
    from: epochStartMs(network, round) + phaseShiftMs,
    to: epochStartMs(network, round + 1) + phaseShiftMs - cycleGapMs,
  }
}

/** Everything that falls into the window around `epoch`. */
export function timeline(network: NetworkState, smeshing: SmeshingState, epoch: number): Timeline {
  const epochMs = network.layersPerEpoch * network.layerDurationMs
  const start = epochStartMs(network, epoch)
  const from = Math.max(start - BEHIND * epochMs, network.genesisTimeMs)
  const window = { from, to: from + (BEHIND + AHEAD) * epochMs }
  const inside = (span: Span) => span.to > window.from && span.from < window.to
  const around = [-2, -1, 0, 1, 2, 3].map((offset) => epoch + offset).filter((e) => e >= 0)
  const mine = new Set(smeshing.atxs.map((atx) => atx.targetEpoch))

  const rounds = around.map((round) => poetRound(network, round))
  const gaps = around
    .map((round) => ({
      from: poetRound(network, round).to,
      to: poetRound(network, round + 1).from,
    }))
    .filter((gap) => gap.to > gap.from)

  const published = smeshing.atxs.map((atx) => ({ ...atx, published: true }))
  const due = smeshing.publishEpoch
  const expected =
    due !== undefined && due > 0 && !published.some((atx) => atx.publishEpoch === due)
      ? [
          {
            atMs: poetRound(network, due - 1).to,
            publishEpoch: due,
            targetEpoch: due + 1,
            published: false,
          },
        ]
      : []

  return {
    ...window,
    epochs: around
      .map((e) => ({
        epoch: e,
        from: epochStartMs(network, e),
        to: epochStartMs(network, e + 1),
        mine: mine.has(e),
      }))
      .filter(inside),
    rounds: rounds.filter(inside),
    gaps: gaps.filter(inside),
    atxs: [...published, ...expected]
      .filter((atx) => atx.atMs >= window.from && atx.atMs <= window.to)
      .map(({ atMs, publishEpoch, targetEpoch, published: isOut }) => ({
        atMs,
        publishEpoch,
        targetEpoch,
        published: isOut,
      })),
    layers: (smeshing.eligible?.layers ?? [])
      .map(({ layer, slots }) => ({ layer, slots, atMs: layerStartMs(network, layer) }))
      .filter((dot) => dot.atMs >= window.from && dot.atMs <= window.to),
  }
}
