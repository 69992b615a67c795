import { describe, expect, it } from 'vitest'

import type { AtxRow, NodeState, SmeshingPhase, SmeshingState } from '../../../src/runtime/api.ts'
import { activeStep, answers, busyForUpdate, lifecycle, STEPS } from '../../../src/ui/lifecycle.ts'

const atx = (targetEpoch: number): AtxRow => ({
  id: 'aa',
  publishEpoch: targetEpoch - 1,
  targetEpoch,
  numUnits: 1,
  ticks: 1n,
  weight: 1n,
  atMs: 0,
})
const smeshing = (phase: SmeshingPhase, more: Partial<SmeshingState> = {}): SmeshingState => ({
  phase,
  atxs: [],
  rewardsTotal: 0n,
  rewardsCount: 0,
  ...more,
})
const node = (state: SmeshingState): NodeState => ({
  revision: 1,
  phase: 'running',
  device: { gpu: { available: false }, files: { available: true }, cores: 2 },
  smeshing: state,
  problems: [],
})
const statuses = (state: SmeshingState, epoch = 0) =>
  lifecycle(state, epoch).map(({ status }) => status)

describe('lifecycle', () => {
  it.each([
    ['init', 'labels'],
    ['initialProof', 'initialProof'],
    ['waitingForRound', 'registration'],
    ['registering', 'registration'],
    ['waitingForPoet', 'round'],
    ['proving', 'post'],
    ['publishing', 'atx'],
  ] as const)('%s works at %s, with all before it done', (phase, step) => {
    const state = smeshing(phase)
    expect(activeStep(state)).toBe(step)
    const at = STEPS.indexOf(step)
    const shown = statuses(state)
    expect(shown[at]).toBe('active')
    expect(shown.slice(0, at).every((status) => status === 'done')).toBe(true)
    expect(shown.slice(at + 1).every((status) => status === 'waiting')).toBe(true)
  })

  it('shows pause and trouble at the step they hold up', () => {
    expect(statuses(smeshing('paused'))[0]).toBe('paused')
    const retry = smeshing('retrying', {
      poet: { roundId: '1', state: 'executing', leaves: 1n, endMs: 0 },
    })
    expect(statuses(retry)[STEPS.indexOf('round')]).toBe('trouble')
  })

  it('is eligible only in the epoch that an ATX targets', () => {
    const eligible = (epoch: number) =>
      statuses(smeshing('waitingForPoet', { atxs: [atx(2)] }), epoch)[STEPS.indexOf('eligible')]
    expect(eligible(1)).toBe('waiting')
    expect(eligible(2)).toBe('active')
    expect(eligible(3)).toBe('waiting')
  })
})

describe('answers', () => {
  it('counts own layers still to come and names the next', () => {
    const layers = [21, 24, 27].map((layer) => ({ layer, slots: 1 }))
    const state = smeshing('waitingForPoet', { atxs: [atx(2)], eligible: { epoch: 2, layers } })
    expect(answers(node(state), 24, 2)).toEqual({
      smeshing: 'yes',
      eligible: { layers: 3, left: 1 },
      eligibleFrom: undefined,
      nextRewardLayer: 27,
    })
  })

  it('promises no reward while the node refuses to sign', () => {
    const eligible = { epoch: 2, layers: [{ layer: 27, slots: 1 }] }
    expect(answers(node(smeshing('halted', { eligible })), 24, 2).nextRewardLayer).toBeUndefined()
  })

  it('does not use the layers of another epoch', () => {
    const eligible = { epoch: 2, layers: [{ layer: 21, slots: 1 }] }
    const state = smeshing('waitingForPoet', { atxs: [atx(4)], eligible })
    const told = answers(node(state), 20, 3)
    expect(told.eligible).toBeUndefined()
    expect(told.nextRewardLayer).toBeUndefined()
    expect(told.eligibleFrom).toBe(4)
  })

  it.each([
    ['off', 'no'],
    ['idle', 'no'],
    ['init', 'starting'],
    ['paused', 'paused'],
    ['halted', 'trouble'],
  ] as const)('%s: smeshing is %s', (phase, answer) =>
    expect(answers(node(smeshing(phase)), 0, 0).smeshing).toBe(answer),
  )
})

it('offers no restart while it would cost something', () => {
  const eligible = { epoch: 2, layers: [{ layer: 24, slots: 1 }] }
  expect(busyForUpdate(node(smeshing('proving')), 1)).toBe(true)
  expect(busyForUpdate(node(smeshing('waitingForPoet', { eligible })), 23)).toBe(true)
  expect(busyForUpdate(node(smeshing('waitingForPoet', { eligible })), 22)).toBe(false)
  expect(busyForUpdate(undefined, 0)).toBe(false)
})
