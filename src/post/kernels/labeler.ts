import { Turns } from '../../util/turns.ts'
import { checkLabel } from '../data.ts'
import type { Labeler } from '../labeler.ts'
import {
  checkLabelOptions,
  checkRange,
  createLabelFunction,
  LABEL_OUTPUT_BYTES,
  type LabelOptions,
} from '../labels.ts'
import { Batch, type Kernel, type Pipelines } from './batch.ts'
import { planLabels, WORKGROUP, type GpuPlan, type GpuPlanOptions } from './plan.ts'
import { Pump } from './pump.ts'
import { DeviceWatch } from './watch.ts'

export type GpuLabelerOptions = LabelOptions & Omit<GpuPlanOptions, 'scryptN'>

export interface GpuLabelerModules {
  /** A clock in milliseconds that only measures. */
  now: () => number
}

/** A labeler on a GPU, and how it uses the memory. */
export type GpuLabeler = Labeler & { readonly plan: GpuPlan }

const KERNELS: Kernel[] = ['start', 'fill', 'mix_rows', 'finish']

/**
 * Labels on a WebGPU device. The caller owns the device and should have requested it with the
 * adapter's own limits; this owns its buffers. No dispatch runs longer than about a tenth of a
 * second, batches overlap, and the last label of each batch is compared with the CPU's.
 * Spec 03 §7.
 *
 * @param wgsl - Text of labels.wgsl; gpu.ts passes it in a bundled build.
 * @throws {SmeshError} `GPU_TOO_SMALL`, `GPU_FAILED`, `GPU_LOST`, `BAD_ARGUMENT`; the same and
 *   `POST_LABEL_MISMATCH` from `compute`, whose calls run one after the other
 */
export async function createGpuLabelerFrom(
  wgsl: string,
  device: GPUDevice,
  options: GpuLabelerOptions,
  { now }: GpuLabelerModules,
): Promise<GpuLabeler> {
  checkLabelOptions(options)
  const plan = planLabels(options, device.limits)
  const watch = new DeviceWatch(device)
  const pump = new Pump(device, watch, now)
  const layout = device.createBindGroupLayout({ label: 'post/labels', entries: BINDINGS })
  const pipelines = await watch.guarded(() =>
    createPipelines(wgsl, device, layout, options.scryptN, plan),
  )
  const modules = { device, watch, pump, pipelines, layout }
  const batches = await watch.guarded(() =>
    Array.from({ length: plan.slots }, () => new Batch(plan, options, modules)),
  )
  const expected = createLabelFunction(options)

  const computeAll = async (start: bigint, count: number, signal: AbortSignal) => {
    const outputs = new Uint8Array(count * LABEL_OUTPUT_BYTES)
    let next = 0
    let failed = false
    const work = async (batch: Batch) => {
      while (next < count && !failed) {
        signal.throwIfAborted()
        const at = next
        const size = Math.min(plan.labels, count - at)
        next += size
        const part = await batch.run(start + BigInt(at), size, signal)
        const last = start + BigInt(at + size - 1)
        const lastOutput = part.subarray((size - 1) * LABEL_OUTPUT_BYTES)
        checkLabel(last, lastOutput, expected(last), options.commitment)
        outputs.set(part, at * LABEL_OUTPUT_BYTES)
      }
    }
    const results = await Promise.allSettled(
      batches.map((batch) =>
        work(batch).catch((error: unknown) => {
          failed = true
          throw error
        }),
      ),
    )
    const failure = results.find((result) => result.status === 'rejected')
    if (failure) {
      await pump.drain().catch(() => undefined) // the failure itself is thrown next
      throw failure.reason
    }
    return outputs
  }

  const turns = new Turns()
  return {
    plan,
    batch: plan.slots * plan.labels,
    compute(start, count, { signal }) {
      return turns.take(() => {
        checkRange(start, count)
        return computeAll(start, count, signal)
      })
    },
    destroy() {
      watch.stop()
      for (const batch of batches) batch.destroy()
    },
  }
}

const COMPUTE = 0x4 // GPUShaderStage.COMPUTE, which plain Node does not define
const BINDINGS: GPUBindGroupLayoutEntry[] = [
  { binding: 0, visibility: COMPUTE, buffer: { type: 'uniform' } },
  { binding: 1, visibility: COMPUTE, buffer: { type: 'storage' } },
  { binding: 2, visibility: COMPUTE, buffer: { type: 'storage' } },
  { binding: 3, visibility: COMPUTE, buffer: { type: 'storage' } },
]

async function createPipelines(
  code: string,
  device: GPUDevice,
  bindGroupLayout: GPUBindGroupLayout,
  scryptN: number,
  { gap, labels }: GpuPlan,
): Promise<Pipelines> {
  const module = device.createShaderModule({ label: 'post/labels', code })
  const layout = device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] })
  const all = { SCRYPT_N: scryptN, GAP: gap, CAPACITY: labels, WORKGROUP }
  const uses: Record<Kernel, (keyof typeof all)[]> = {
    start: ['WORKGROUP'],
    fill: ['WORKGROUP', 'GAP', 'CAPACITY'],
    mix_rows: ['WORKGROUP', 'GAP', 'CAPACITY', 'SCRYPT_N'],
    finish: ['WORKGROUP'],
  }
  const made = await Promise.all(
    KERNELS.map(async (entryPoint) => {
      const constants = Object.fromEntries(uses[entryPoint].map((name) => [name, all[name]]))
      const compute = { module, entryPoint, constants }
      const label = `post/labels ${entryPoint}`
      return [entryPoint, await device.createComputePipelineAsync({ label, layout, compute })]
    }),
  )
  return Object.fromEntries(made) as Pipelines
}
