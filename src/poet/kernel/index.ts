import { Sha256Kernel } from './kernel.ts'
import { createScriptCore } from './script.ts'
import { createWasmCore } from './wasm.ts'

export { MESSAGE_AT, Sha256Kernel } from './kernel.ts'
export { createScriptCore } from './script.ts'
export { createWasmCore } from './wasm.ts'

let shared: Sha256Kernel | undefined

/**
 * The kernel of this thread, made on first use. Where a security policy forbids WebAssembly it is
 * the plain TypeScript one, at about half the speed: `kind` says which one runs.
 */
export function sha256Kernel(): Sha256Kernel {
  return (shared ??= new Sha256Kernel(wasmAllowed() ? createWasmCore() : createScriptCore()))
}

const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

function wasmAllowed(): boolean {
  if (typeof WebAssembly === 'undefined') return false
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return false
    throw error
  }
}
