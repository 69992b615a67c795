/**
 * PoST: labels, set-up of committed space, proofs and their verification. Everything here loads in
 * plain Node; the GPU's labeler is in gpu.ts, which a bundler must build.
 */
export * from './check-data.ts'
export * from './ciphers.ts'
export * from './data.ts'
export * from './difficulty.ts'
export * from './files.ts'
export * from './init-options.ts'
export * from './init.ts'
export * from './kernels/labeler.ts'
export * from './kernels/plan.ts'
export * from './label-test.ts'
export * from './labeler.ts'
export * from './labels.ts'
export * from './metadata.ts'
export * from './packing.ts'
export * from './pow.ts'
export * from './prove.ts'
export * from './selection.ts'
export * from './verify.ts'
export * from './vrf-nonce.ts'
