/** A graphics card as the browser shows it. */
export interface Card {
  adapter: GPUAdapter
  /** For people. */
  name: string
  /** Computed on the CPU: correct, and slow. */
  isFallback: boolean
}

/** The best card there is; undefined, with the reason, where none computes. */
export async function findCard(): Promise<Card | { reason: string }> {
  if (!('gpu' in navigator)) return { reason: 'this browser has no WebGPU' }
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) return { reason: 'the browser offers no graphics card' }
    const { vendor, architecture, description, isFallbackAdapter } = adapter.info
    const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'graphics card'
    const isFallback = isFallbackAdapter || /swiftshader|llvmpipe|basic render/i.test(name)
    return { adapter, name, isFallback }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}
