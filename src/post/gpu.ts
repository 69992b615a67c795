/** The GPU's labeler with its kernel built in; only a bundler (Vite) can load this file. */
import type { GpuLabeler, GpuLabelerModules, GpuLabelerOptions } from './kernels/labeler.ts'
import { createGpuLabelerFrom } from './kernels/labeler.ts'
import wgsl from './kernels/labels.wgsl?raw'

/** See {@link createGpuLabelerFrom}. */
export const createGpuLabeler = (
  device: GPUDevice,
  options: GpuLabelerOptions,
  modules: GpuLabelerModules,
): Promise<GpuLabeler> => createGpuLabelerFrom(wgsl, device, options, modules)
