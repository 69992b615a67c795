import { c64, fixed, struct, type Infer } from '../../protocol/codec.ts'
import { TxMethod } from '../../protocol/transaction.ts'
import type { MethodRule } from '../template.ts'

export const SpendArgs = struct({ destination: fixed(24), amount: c64 })
export type SpendArgs = Infer<typeof SpendArgs>

/** Moves coins of the principal. The fee is taken before: an amount may fail that was there. */
export const spend: MethodRule<SpendArgs> = {
  number: TxMethod.spend,
  args: SpendArgs,
  maxSpend: ({ amount }) => amount,
  touches: ({ destination }) => [destination],
  run: (execution, { destination, amount }) =>
    execution.transfer(execution.principal, destination, amount),
}
