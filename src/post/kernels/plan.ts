import { SmeshError } from '../../util/error.ts'

/** How a GPU's memory is used for labels. */
export interface GpuPlan {
  /** Rows between two that are kept: memory per label is N·128 / gap bytes. */
  gap: number
  /** Batches in flight, each with its own buffers. */
  slots: number
  /** Labels of one batch. */
  labels: number
}

export interface GpuPlanOptions {
  scryptN: number
  /** Memory for scratch, bytes; buffers of a few percent come on top. */
  memoryBytes: number
  /** Fixes the gap, a power of two; else the smallest that keeps a large GPU busy. */
  gap?: number
  /** Most labels in flight, for a device that many do not make faster. */
  maxLabels?: number
}

export type GpuPlanLimits = Pick<
  GPUSupportedLimits,
  'maxStorageBufferBindingSize' | 'maxBufferSize' | 'maxComputeWorkgroupsPerDimension'
>

export const WORKGROUP = 64
const ROW_BYTES = 128
/** Labels in flight that hide memory latency (spec 03 §7.1). */
const BUSY_LABELS = 8192
const MAX_AUTO_GAP = 4
/** While one batch is read back and checked the other computes. */
const MIN_SLOTS = 2
const MAX_SLOTS = 64

/**
 * Divides memory among batches: as few slots, so as large batches, as the limits on one buffer
 * allow.
 *
 * @throws {SmeshError} `GPU_TOO_SMALL` when not even two labels fit
 */
export function planLabels(options: GpuPlanOptions, limits: GpuPlanLimits): GpuPlan {
  const { scryptN, memoryBytes } = options
  const bytesAt = (gap: number) => (ROW_BYTES * scryptN) / gap
  const auto = [1, 2, MAX_AUTO_GAP].find((gap) => memoryBytes / bytesAt(gap) >= BUSY_LABELS)
  const gap = Math.min(options.gap ?? auto ?? MAX_AUTO_GAP, scryptN)
  const bufferBytes = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize)
  const perBuffer = Math.min(
    Math.floor(bufferBytes / bytesAt(gap)),
    Math.floor(bufferBytes / ROW_BYTES),
    limits.maxComputeWorkgroupsPerDimension * WORKGROUP,
  )
  const inMemory = Math.floor(memoryBytes / bytesAt(gap))
  const total = Math.min(inMemory, options.maxLabels ?? Infinity)
  const slots = Math.min(Math.max(Math.ceil(total / Math.max(perBuffer, 1)), MIN_SLOTS), MAX_SLOTS)
  const labels = Math.min(perBuffer, Math.floor(total / slots))
  if (labels < 1) {
    const isBuffer = perBuffer < 1
    throw new SmeshError('GPU_TOO_SMALL', {
      limit: isBuffer ? 'maxStorageBufferBindingSize' : 'memoryBytes',
      needed: isBuffer ? bytesAt(gap) : bytesAt(gap) * MIN_SLOTS,
      available: isBuffer ? bufferBytes : memoryBytes,
    })
  }
  return { gap, slots, labels: wholeWorkgroups(labels) }
}

const wholeWorkgroups = (labels: number): number =>
  labels < WORKGROUP ? labels : labels - (labels % WORKGROUP)
