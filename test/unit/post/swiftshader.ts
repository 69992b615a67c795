import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'

/** Where Debian's Chromium keeps a Vulkan driver that runs on the CPU; SWIFTSHADER overrides it. */
const FOLDER = process.env['SWIFTSHADER'] ?? '/usr/lib/chromium'
const ICD = join(FOLDER, 'vk_swiftshader_icd.json')
const LOADER = join(FOLDER, 'libvulkan.so.1')
const RTLD_NODELETE = 0x1000

/** Whether {@link openSwiftShader} can work here. */
export const hasSwiftShader = existsSync(ICD) && existsSync(LOADER)

/** Text of the kernel, which a bundler would import with `?raw`. */
export const wgsl = readFileSync(
  new URL('../../../src/post/kernels/labels.wgsl', import.meta.url),
  'utf8',
)

/** Kept for the life of the process: Dawn crashes when its instance is collected. */
let instance: Promise<GPU> | undefined

async function openInstance(): Promise<GPU> {
  process.env['VK_ICD_FILENAMES'] = ICD
  try {
    // Dawn opens "libvulkan.so.1": a library of that name that is loaded already is found anywhere.
    const flags = constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL | RTLD_NODELETE
    process.dlopen({ exports: {} }, LOADER, flags)
  } catch {
    // Always thrown: it is no Node module. It stays loaded all the same.
  }
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  return create(['backend=vulkan'])
}

/** A WebGPU device in plain Node (Dawn), with the limits of its adapter. */
export async function openSwiftShader(): Promise<GPUDevice> {
  const adapter = await (await (instance ??= openInstance())).requestAdapter()
  if (!adapter) throw new Error('SwiftShader is there but gives no adapter')
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  return adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } })
}
