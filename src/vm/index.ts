/**
 * The VM: transactions, gas, templates, rewards, subsidy and the state hash as pure functions over
 * accounts that the caller reads and stores.
 */
export * from './apply.ts'
export { execute } from './execute.ts'
export type { IneffectiveTx, TxOutcome } from './execute.ts'
export { estimateGas, explainTx } from './explain.ts'
export type { TxExplanation } from './explain.ts'
export { dataGas, keyedGas } from './gas.ts'
export * from './genesis.ts'
export { isRefusal, MAX_TX_BYTES, outline, touchedAddresses } from './outline.ts'
export type { Outline } from './outline.ts'
export { parse } from './parse.ts'
export type { ParsedTx, PrincipalState } from './parse.ts'
export type { Refusal, RefusalCode, RefusalContext } from './refusal.ts'
export { shareRewards } from './rewards.ts'
export type { RewardShare } from './rewards.ts'
export { accumulatedSubsidy, subsidyAt, TOTAL_SUBSIDY } from './subsidy.ts'
export type { TemplateName } from './template.ts'
export { vested } from './templates/vault.ts'
export { signatureChecks, signingMessage, verifyTx } from './verify.ts'
export type { SignatureCheck, VerifySignature } from './verify.ts'
