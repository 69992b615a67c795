import { findCard } from '../../platform/browser/gpu.ts'
import { rest } from '../../platform/browser/pacer.ts'
import { createGpuLabeler } from '../../post/gpu.ts'
import { createCpuLabeler } from '../../post/index.ts'
import type { LabelerOptions, OpenLabeler } from '../../runtime/post-host.ts'
import { SmeshError } from '../../util/error.ts'

const MIB = 2 ** 20
/** WebGPU does not tell a card's memory: what any card of the last years has to spare. */
const CARD_BYTES = 1024 * MIB
/** A card that is emulated gains nothing from more labels in flight. */
const FALLBACK_BYTES = 64 * MIB

/** The graphics card as a labeler; undefined where there is none. */
export async function openGpu(options: LabelerOptions): Promise<OpenLabeler | undefined> {
  const card = await findCard()
  if ('reason' in card) return undefined
  const { adapter, name, isFallback } = card
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  const requiredLimits = { maxBufferSize, maxStorageBufferBindingSize }
  const device = await adapter.requestDevice({ requiredLimits }).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    throw new SmeshError('GPU_FAILED', { message }, { cause: error })
  })
  try {
    const memoryBytes = isFallback ? FALLBACK_BYTES : CARD_BYTES
    const labeler = await createGpuLabeler(
      device,
      { ...options, memoryBytes, ...(isFallback ? { gap: 1 } : {}) },
      { now: () => performance.now() },
    )
    const destroy = () => {
      labeler.destroy()
      device.destroy()
    }
    return { labeler: { ...labeler, destroy }, kind: 'gpu', name }
  } catch (error) {
    device.destroy()
    throw error
  }
}

/** This thread as a labeler. */
export function openCpu(options: LabelerOptions): Promise<OpenLabeler> {
  const labeler = createCpuLabeler(options, { breathe: () => rest(0) })
  return Promise.resolve({ labeler, kind: 'cpu', name: 'CPU, one core' })
}
