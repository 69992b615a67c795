import { SmeshError } from '../util/error.ts'
import { U64_MAX } from '../util/u64.ts'

/** Amounts are whole smidge in BigInt everywhere; text is met only here. Spec 10 §5. */

export const SMIDGE_PER_SMH = 1_000_000_000n
export type AmountUnit = 'SMH' | 'smidge'

const SMH_DECIMALS = 9
const LIST_DECIMALS = 3
const LIST_SMIDGE_BELOW = 1_000_000n

/**
 * Smidge of a typed amount. A point or a comma is the decimal mark; spaces are ignored; the unit
 * may stand behind the number (`SMH` or `smidge`, any case), else `unit` counts.
 *
 * @throws {SmeshError} `AMOUNT_EMPTY`, `AMOUNT_NEGATIVE`, `AMOUNT_FORMAT`, `AMOUNT_DECIMALS`,
 *   `AMOUNT_OVERFLOW`
 * @example parseAmount('1.5 SMH') // 1_500_000_000n
 */
export function parseAmount(text: string, unit: AmountUnit = 'SMH'): bigint {
  const shown = text.slice(0, 60)
  const typed = text.replace(/\s/g, '')
  const suffix = /(smh|smidge)$/i.exec(typed)
  const number = suffix ? typed.slice(0, suffix.index) : typed
  if (number === '') throw new SmeshError('AMOUNT_EMPTY', { text: shown })
  if (/^[-\u2212]/.test(number)) throw new SmeshError('AMOUNT_NEGATIVE', { text: shown })
  const match = /^(\d+)(?:[.,](\d+))?$/.exec(number)
  if (!match || number.length > 60) throw new SmeshError('AMOUNT_FORMAT', { text: shown })
  const inSmidge = suffix ? suffix[1]!.toLowerCase() === 'smidge' : unit === 'smidge'
  const max = inSmidge ? 0 : SMH_DECIMALS
  const fraction = match[2] ?? ''
  if (fraction.length > max) {
    throw new SmeshError('AMOUNT_DECIMALS', { text: shown, decimals: fraction.length, max })
  }
  const smidge = BigInt(match[1]! + fraction.padEnd(max, '0'))
  if (smidge > U64_MAX) throw new SmeshError('AMOUNT_OVERFLOW', { text: shown })
  return smidge
}

/**
 * Every digit that counts, in SMH: for confirmation, details and export. Reads back exactly.
 *
 * @example formatAmount(10_000_002_315n) // '10.000002315 SMH'
 */
export const formatAmount = (smidge: bigint): string => `${decimal(smidge, SMH_DECIMALS)} SMH`

/**
 * Short form for lists: small amounts in smidge, others in SMH cut off after three decimals.
 *
 * @example formatAmountShort(10_231_500_000n) // '10.231 SMH'
 */
export function formatAmountShort(smidge: bigint): string {
  if (smidge === 0n) return '0 SMH'
  const magnitude = smidge < 0n ? -smidge : smidge
  if (magnitude < LIST_SMIDGE_BELOW) return `${smidge} Smidge`
  const fraction = (magnitude % SMIDGE_PER_SMH).toString().padStart(SMH_DECIMALS, '0')
  if (/^000/.test(fraction)) return `${decimal(smidge, 0)} SMH`
  const whole = magnitude / SMIDGE_PER_SMH
  return `${smidge < 0n ? '-' : ''}${whole}.${fraction.slice(0, LIST_DECIMALS)} SMH`
}

/** SMH without a unit, cut off after `decimals`, trailing zeros left out. */
function decimal(smidge: bigint, decimals: number): string {
  const magnitude = smidge < 0n ? -smidge : smidge
  const whole = magnitude / SMIDGE_PER_SMH
  const fraction = (magnitude % SMIDGE_PER_SMH)
    .toString()
    .padStart(SMH_DECIMALS, '0')
    .slice(0, decimals)
    .replace(/0+$/, '')
  return `${smidge < 0n ? '-' : ''}${whole}${fraction && '.'}${fraction}`
}
