// What the node's state means to the person: the steps of the smeshing lifecycle and where it stands.
import type { NodeState, SmeshingState } from '../runtime/api.ts'

export const STEPS = [
  'labels',
  'initialProof',
  'registration',
  'round',
  'post',
  'atx',
  'eligible',
  'reward',
] as const
export type StepId = (typeof STEPS)[number]

export type StepStatus = 'done' | 'active' | 'paused' | 'trouble' | 'waiting'

export interface Step {
  id: StepId
  status: StepStatus
}

/** Step that is under way; undefined while nothing is (stopped, or never started). */
export function activeStep(smeshing: SmeshingState): StepId | undefined {
  switch (smeshing.phase) {
    case 'off':
    case 'idle':
      return undefined
    case 'init':
    case 'paused':
      return 'labels'
    case 'initialProof':
      return 'initialProof'
    case 'waitingForRound':
    case 'registering':
      return 'registration'
    case 'waitingForPoet':
      return 'round'
    case 'proving':
      return 'post'
    case 'publishing':
      return 'atx'
    case 'retrying':
    case 'halted':
      return interrupted(smeshing)
  }
}

/** Step that a retry or a halt interrupted, as far as the state tells. */
function interrupted({ init, poet, proof, atxs }: SmeshingState): StepId {
  if (init && init.done < init.total) return 'labels'
  if (proof) return poet || atxs.length > 0 ? 'post' : 'initialProof'
  if (poet) return poet.state === 'done' ? 'post' : 'round'
  return 'registration'
}

/** Status of every step, in order. `epoch` is the present one. */
export function lifecycle(smeshing: SmeshingState, epoch: number | undefined): Step[] {
  const active = activeStep(smeshing)
  const at = active ? STEPS.indexOf(active) : -1
  const hasAtx = smeshing.atxs.length > 0
  const trouble = smeshing.phase === 'retrying' || smeshing.phase === 'halted'
  return STEPS.map((id, index) => ({ id, status: statusOf(id, index) }))

  function statusOf(id: StepId, index: number): StepStatus {
    if (id === 'reward') return smeshing.rewardsCount > 0 ? 'done' : 'waiting'
    if (id === 'eligible') {
      if (epoch !== undefined && smeshing.atxs.some((atx) => atx.targetEpoch === epoch)) {
        return 'active'
      }
      return smeshing.rewardsCount > 0 ? 'done' : 'waiting'
    }
    if (index === at) {
      if (smeshing.phase === 'paused') return 'paused'
      return trouble ? 'trouble' : 'active'
    }
    if (index < at) return 'done'
    if (at < 0) return hasAtx ? 'done' : 'waiting'
    return 'waiting'
  }
}

/** The four questions of a smesher (spec 10 §14), answered from one state. */
export interface Answers {
  smeshing: 'yes' | 'starting' | 'paused' | 'no' | 'trouble'
  /** Own layers of this epoch, and how many of them are still to come. */
  eligible: { layers: number; left: number } | undefined
  /** Epoch in which the newest ATX makes eligible, if that is still to come. */
  eligibleFrom: number | undefined
  /** Next own layer after `layer`; none while the node refuses to sign. */
  nextRewardLayer: number | undefined
}

export function answers(state: NodeState, layer: number, epoch: number): Answers {
  const { smeshing } = state
  const known = smeshing.eligible?.epoch === epoch ? smeshing.eligible : undefined
  const ahead = known?.layers.filter((row) => row.layer > layer).map((row) => row.layer) ?? []
  const future = smeshing.atxs.map((atx) => atx.targetEpoch).filter((target) => target > epoch)
  return {
    smeshing: yesNo(smeshing, epoch),
    eligible: known && { layers: known.layers.length, left: ahead.length },
    eligibleFrom: future.length > 0 ? Math.min(...future) : undefined,
    nextRewardLayer:
      ahead.length > 0 && smeshing.phase !== 'halted' ? Math.min(...ahead) : undefined,
  }
}

function yesNo(smeshing: SmeshingState, epoch: number): Answers['smeshing'] {
  switch (smeshing.phase) {
    case 'off':
    case 'idle':
      return 'no'
    case 'paused':
      return 'paused'
    case 'retrying':
    case 'halted':
      return 'trouble'
    default:
      return smeshing.atxs.some((atx) => atx.targetEpoch <= epoch) || smeshing.rewardsCount > 0
        ? 'yes'
        : 'starting'
  }
}

/** True while a restart for an update would cost something (spec 10 §15). */
export function busyForUpdate(state: NodeState | undefined, layer: number): boolean {
  if (!state) return false
  const { phase, eligible } = state.smeshing
  if (phase === 'proving' || phase === 'publishing' || phase === 'initialProof') return true
  return eligible?.layers.some((row) => Math.abs(row.layer - layer) <= 1) ?? false
}
