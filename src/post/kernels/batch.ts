import type { GpuPlan } from './plan.ts'
import { WORKGROUP } from './plan.ts'
import type { Pump } from './pump.ts'
import type { DeviceWatch } from './watch.ts'

const BLOCK_BYTES = 128
const OUTPUT_BYTES = 32
const PARAM_WORDS = 16
const START_WORD = 8
const COUNT_WORD = 10
const FROM_WORD = 11
const TO_WORD = 12

export type Kernel = 'start' | 'fill' | 'mix_rows' | 'finish'
export type Pipelines = Record<Kernel, GPUComputePipeline>

export interface BatchModules {
  device: GPUDevice
  watch: DeviceWatch
  pump: Pump
  pipelines: Pipelines
  layout: GPUBindGroupLayout
}

/** Buffers of one batch in flight. */
export class Batch {
  readonly #modules: BatchModules
  readonly #scryptN: number
  readonly #params = new Uint32Array(PARAM_WORDS)
  readonly #buffers: GPUBuffer[] = []
  readonly #uniform: GPUBuffer
  readonly #outputs: GPUBuffer
  readonly #readback: GPUBuffer
  readonly #bindGroup: GPUBindGroup

  constructor(
    { labels, gap }: GpuPlan,
    { commitment, scryptN }: { commitment: Uint8Array; scryptN: number },
    modules: BatchModules,
  ) {
    this.#modules = modules
    this.#scryptN = scryptN
    const view = new DataView(commitment.buffer, commitment.byteOffset, 32)
    for (let i = 0; i < START_WORD; i++) this.#params[i] = view.getUint32(4 * i, true)
    const storage = GPUBufferUsage.STORAGE
    this.#uniform = this.#buffer(
      'params',
      4 * PARAM_WORDS,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    )
    const blocks = this.#buffer('blocks', labels * BLOCK_BYTES, storage)
    const rows = this.#buffer('rows', labels * BLOCK_BYTES * (scryptN / gap), storage)
    const outputBytes = labels * OUTPUT_BYTES
    this.#outputs = this.#buffer('outputs', outputBytes, storage | GPUBufferUsage.COPY_SRC)
    const mapped = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
    this.#readback = this.#buffer('readback', outputBytes, mapped)
    this.#bindGroup = modules.device.createBindGroup({
      label: 'post/labels',
      layout: modules.layout,
      entries: [this.#uniform, blocks, rows, this.#outputs].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    })
  }

  /** Outputs of `count` labels, copied out of the device. */
  async run(start: bigint, count: number, signal: AbortSignal): Promise<Uint8Array> {
    const { pump, watch } = this.#modules
    this.#params[START_WORD] = Number(start & 0xffffffffn)
    this.#params[START_WORD + 1] = Number(start >> 32n)
    this.#params[COUNT_WORD] = count
    await pump.submit('start', 1, () => this.#encode('start', 0, 0))
    for (const kernel of ['fill', 'mix_rows'] as const) {
      for (let step = 0; step < this.#scryptN;) {
        signal.throwIfAborted()
        const steps = Math.min(pump.steps(kernel), this.#scryptN - step)
        const from = step
        await pump.submit(kernel, steps, () => this.#encode(kernel, from, from + steps))
        step += steps
      }
    }
    const bytes = count * OUTPUT_BYTES
    await pump.submit('finish', 1, () => this.#encode('finish', 0, 0, bytes))
    await watch.until(this.#readback.mapAsync(GPUMapMode.READ, 0, bytes))
    const outputs = new Uint8Array(this.#readback.getMappedRange(0, bytes)).slice()
    this.#readback.unmap()
    return outputs
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy()
  }

  #buffer(name: string, size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.#modules.device.createBuffer({ label: `post/labels ${name}`, size, usage })
    this.#buffers.push(buffer)
    return buffer
  }

  #encode(kernel: Kernel, from: number, to: number, readBytes = 0): GPUCommandBuffer {
    const { device, pipelines } = this.#modules
    this.#params[FROM_WORD] = from
    this.#params[TO_WORD] = to
    device.queue.writeBuffer(this.#uniform, 0, this.#params)
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipelines[kernel])
    pass.setBindGroup(0, this.#bindGroup)
    pass.dispatchWorkgroups(Math.ceil(this.#params[COUNT_WORD]! / WORKGROUP))
    pass.end()
    if (readBytes > 0) encoder.copyBufferToBuffer(this.#outputs, 0, this.#readback, 0, readBytes)
    return encoder.finish()
  }
}
