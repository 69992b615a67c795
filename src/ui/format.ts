// Numbers, amounts, times and ids as people read them. Display only: nothing here is parsed back.

/** Smidge in one SMH. */
export const SMIDGE_PER_SMH = 1_000_000_000n
const THIN = '\u202f' // between groups of three digits

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN)

/** Whole number with thin-space groups: `1 234 567`. */
export function count(value: bigint | number): string {
  const text = typeof value === 'number' ? Math.round(value).toString() : value.toString()
  return text.startsWith('-') ? `−${group(text.slice(1))}` : group(text)
}

/** An amount as number and unit apart, for layouts that set them differently. */
export interface AmountParts {
  sign: '' | '−'
  number: string
  unit: 'SMH' | 'Smidge'
}

/**
 * List format (spec 10 §5): smidge below 10^6, else SMH truncated toward zero to 3 decimals, shown
 * as none if all are zero.
 */
export function amountParts(smidge: bigint): AmountParts {
  const sign = smidge < 0n ? '−' : ''
  const size = smidge < 0n ? -smidge : smidge
  if (size === 0n) return { sign, number: '0', unit: 'SMH' }
  if (size < 1_000_000n) return { sign, number: group(size.toString()), unit: 'Smidge' }
  const whole = group((size / SMIDGE_PER_SMH).toString())
  const milli = (size % SMIDGE_PER_SMH) / 1_000_000n
  const tail = milli === 0n ? '' : `.${milli.toString().padStart(3, '0')}`
  return { sign, number: whole + tail, unit: 'SMH' }
}

export function amount(smidge: bigint): string {
  const { sign, number, unit } = amountParts(smidge)
  return `${sign}${number} ${unit}`
}

/** `+` in front of what came in. */
export function signedAmount(smidge: bigint): string {
  return smidge > 0n ? `+${amount(smidge)}` : amount(smidge)
}

/** All significant decimals, always SMH: for review and detail views. */
export function exactAmount(smidge: bigint): string {
  const sign = smidge < 0n ? '−' : ''
  return `${sign}${decimalSmh(smidge < 0n ? -smidge : smidge, true)} SMH`
}

/** Plain decimal SMH as a person would type it: `12.5`. */
export function decimalSmh(smidge: bigint, grouped = false): string {
  const whole = (smidge / SMIDGE_PER_SMH).toString()
  const tail = (smidge % SMIDGE_PER_SMH).toString().padStart(9, '0').replace(/0+$/, '')
  return (grouped ? group(whole) : whole) + (tail ? `.${tail}` : '')
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Binary units, three significant digits at most: `1.5 GiB`, `64 MiB`. */
export function bytes(value: bigint | number): string {
  let size = Number(value)
  let unit = 0
  while (size >= 1024 && unit < BYTE_UNITS.length - 1) {
    size /= 1024
    unit++
  }
  const digits = size >= 100 || unit === 0 ? 0 : size >= 10 ? 1 : 2
  return `${Number(size.toFixed(digits))} ${BYTE_UNITS[unit]}`
}

/** Whole percent, rounded down so that 100 means done; 0 for an empty total. */
export function percent(done: bigint, total: bigint): number {
  if (total <= 0n) return 0
  const value = Number((done * 1000n) / total) / 10
  return Math.min(100, Math.max(0, Math.floor(value)))
}

/** A span of time in its two largest units: `4 s`, `1 min 20 s`, `3 d 4 h`. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 60) return `${s} s`
  const [min, h, d] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86_400)]
  const pair = (a: number, ua: string, b: number, ub: string) =>
    b === 0 ? `${a} ${ua}` : `${a} ${ua} ${b} ${ub}`
  if (min < 60) return pair(min, 'min', s % 60, 's')
  if (h < 24) return pair(h, 'h', min % 60, 'min')
  return pair(d, 'd', h % 24, 'h')
}

/** How long until a time, rounded up so that it never says 0 before it is due. */
export function until(ms: number): string {
  return duration(Math.max(0, Math.ceil(ms / 1000) * 1000))
}

/** How long ago, coarse: `just now`, `40 s ago`, `3 min ago`. */
export function ago(ms: number): string {
  const s = Math.floor(ms / 1000)
  if (s < 5) return 'just now'
  if (s < 60) return `${s} s ago`
  if (s < 3600) return `${Math.floor(s / 60)} min ago`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ago`
  return `${Math.floor(s / 86_400)} d ago`
}

/** Local date and time; `utc` is for the title beside it. */
export function dateTime(ms: number, locale?: string): { local: string; utc: string } {
  const date = new Date(ms)
  const local = date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' })
  return { local, utc: `${date.toISOString().replace('T', ' ').slice(0, 19)} UTC` }
}

/** Labels per second with a sensible number of digits. */
export function rate(perSecond: number): string {
  return `${count(perSecond >= 10 ? perSecond : Math.ceil(perSecond))}/s`
}

/** First and last characters of an id: `3fa9c1…77e0`. */
export function shortId(id: string, head = 6, tail = 4): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`
}

/** Prefix and last 8 characters of an address: `standalone1…pqrs7xyz` (spec 10 §6.4). */
export function shortAddress(address: string): string {
  const split = address.lastIndexOf('1')
  return split < 0 ? shortId(address, 6, 8) : `${address.slice(0, split + 1)}…${address.slice(-8)}`
}

/** Address in its prefix and groups of four, for reading aloud. */
export function addressGroups(address: string): string[] {
  const split = address.lastIndexOf('1') + 1
  return [address.slice(0, split), ...(address.slice(split).match(/.{1,4}/g) ?? [])].filter(Boolean)
}

/** `1 layer`, `3 layers`. */
export function plural(n: number | bigint, one: string, many = `${one}s`): string {
  return `${count(n)} ${Number(n) === 1 ? one : many}`
}
