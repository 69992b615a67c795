/**
 * Labels per second of the WGSL kernel on this machine's card, for several memory plans, beside
 * the card's own copy bandwidth in the same run; every plan's bytes are checked first.
 *
 *     npx node test/bench/gpu.ts [--gaps 1,2,4] [--mib 1024,4096] [--labels 2048,8192]
 *                                [--scryptN 8192] [--seconds 2] [--swiftshader]
 *
 * It is no *.bench.ts: without a card there is nothing to measure, and `npm run bench` has the
 * same kernel on SwiftShader.
 */
import { parseArgs } from 'node:util'

import { createGpuLabelerFrom, type GpuLabelerOptions } from '../../src/post/kernels/labeler.ts'
import { planLabels } from '../../src/post/kernels/plan.ts'
import { createLabelFunction } from '../../src/post/labels.ts'
import { openSwiftShader, wgsl } from '../unit/post/swiftshader.ts'

const MIB = 2 ** 20
const LABEL_BYTES = 16
const OUTPUT_BYTES = 32
/** Labels on both sides of 2^32, where the index gets a second word. */
const CHECK_FROM = 2n ** 32n - 32n
const CHECKED = 256
const ROUNDS = 5

const { values } = parseArgs({
  options: {
    gaps: { type: 'string', default: '1,2,4' },
    mib: { type: 'string', default: '1024,4096' },
    labels: { type: 'string', default: '' },
    scryptN: { type: 'string', default: '8192' },
    seconds: { type: 'string', default: '2' },
    swiftshader: { type: 'boolean', default: false },
  },
})
const numbers = (list: string) => list.split(',').filter(Boolean).map(Number)
const scryptN = Number(values.scryptN)
const roundMs = (1000 * Number(values.seconds)) / ROUNDS
const commitment = crypto.getRandomValues(new Uint8Array(32))
const expected = createLabelFunction({ commitment, scryptN })
const { signal } = new AbortController()
const median = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1]!

/** The first card that Vulkan, Metal or Direct3D shows; the instance lives as long as the process. */
async function openCard(): Promise<GPUDevice> {
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  const gpu = ((globalThis as { kept?: GPU }).kept = create([]))
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) throw new Error('no graphics card; --swiftshader measures an emulated one')
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  return adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } })
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

/** Bytes read and written in a second by copies between two buffers of random bytes. */
async function copyRate(device: GPUDevice): Promise<number> {
  const size = Math.min(device.limits.maxBufferSize, (values.swiftshader ? 64 : 1024) * MIB)
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
  const [from, to] = [device.createBuffer({ size, usage }), device.createBuffer({ size, usage })]
  const random = new Uint8Array(MIB)
  for (let at = 0; at < MIB; at += 65_536) crypto.getRandomValues(random.subarray(at, at + 65_536))
  for (let at = 0; at + MIB <= size; at += MIB) device.queue.writeBuffer(from, at, random)
  const copies = (count: number) => () => {
    const encoder = device.createCommandEncoder()
    for (let i = 0; i < count; i++) encoder.copyBufferToBuffer(from, 0, to, 0, size)
    device.queue.submit([encoder.finish()])
    return device.queue.onSubmittedWorkDone()
  }
  await timed(copies(1))
  const count = Math.max(1, Math.floor(roundMs / 4 / (await timed(copies(1)))))
  const all: number[] = []
  for (let round = 0; round < ROUNDS; round++) all.push(await timed(copies(count)))
  from.destroy()
  to.destroy()
  return (2 * size * count) / (median(all) / 1000)
}

/** Throws unless the outputs from CHECK_FROM on are the CPU's, at CHECKED places among them. */
function check(outputs: Uint8Array): void {
  const count = outputs.length / OUTPUT_BYTES
  const places = new Set(
    Array.from({ length: Math.min(CHECKED, count) }, (_, i) =>
      i < CHECKED / 2 ? i : Math.floor((i * (count - 1)) / (CHECKED - 1)),
    ),
  )
  for (const place of places) {
    const output = outputs.subarray(place * OUTPUT_BYTES, (place + 1) * OUTPUT_BYTES)
    const label = CHECK_FROM + BigInt(place)
    if (Buffer.compare(output, expected(label)) !== 0) throw new Error(`label ${label} differs`)
  }
}

async function measure(device: GPUDevice, options: GpuLabelerOptions, copyBytes: number) {
  const labeler = await createGpuLabelerFrom(wgsl, device, options, {
    now: () => performance.now(),
  })
  const { gap, slots, labels } = labeler.plan
  try {
    check(await labeler.compute(CHECK_FROM, labeler.batch, { signal }))
    const run = (start: bigint, count: number) =>
      timed(() => labeler.compute(start, count, { signal }))
    const batchMs = await run(0n, labeler.batch)
    const count = labeler.batch * Math.max(1, Math.round(roundMs / batchMs))
    const all: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      all.push(count / ((await run(BigInt(round * count), count)) / 1000))
    }
    const rate = median(all)
    const traffic = rate * scryptN * 128 * (1 + 1 / gap)
    return {
      gap,
      slots,
      labels,
      'rows MiB': (slots * labels * scryptN * 128) / gap / MIB,
      'labels/s': Math.round(rate),
      '± %': Number(((50 * (Math.max(...all) - Math.min(...all))) / rate).toFixed(1)),
      'MiB/s': Number(((rate * LABEL_BYTES) / MIB).toFixed(3)),
      'traffic GB/s': Number((traffic / 1e9).toFixed(1)),
      'of copy %': Number(((100 * traffic) / copyBytes).toFixed(1)),
    }
  } finally {
    labeler.destroy()
  }
}

const device = await (values.swiftshader ? openSwiftShader() : openCard())
const { vendor, architecture, description } = device.adapterInfo
const { maxBufferSize, maxStorageBufferBindingSize } = device.limits
console.log([vendor, architecture, description].filter(Boolean).join(', '))
console.log({ maxBufferSize, maxStorageBufferBindingSize })
const copyBytes = await copyRate(device)
console.log(`copy: ${(copyBytes / 1e9).toFixed(1)} GB/s, read and written`)

const caps = values.labels ? numbers(values.labels).map((maxLabels) => ({ maxLabels })) : [{}]
const asked = numbers(values.gaps).flatMap((gap) =>
  numbers(values.mib).flatMap((mib) =>
    caps.map((cap) => ({ gap, memoryBytes: mib * MIB, ...cap })),
  ),
)
const rows: object[] = []
const seen = new Set<string>()
for (const plan of asked) {
  const options = { commitment, scryptN, ...plan }
  const key = JSON.stringify(planLabels(options, device.limits))
  if (seen.has(key)) continue
  seen.add(key)
  rows.push(await measure(device, options, copyBytes))
}
console.table(rows)
console.log(
  `Every plan: ${CHECKED} outputs (or all, if fewer) are the CPU's, and each batch's last.`,
)
device.destroy()
process.exit(0) // Dawn's threads would keep the process
