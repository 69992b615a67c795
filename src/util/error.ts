/**
 * Failures that a caller may want to tell apart: one row a code, with the context it carries.
 * A room adds its rows by declaration merging in a file of its own:
 *
 *     declare module '../util/error.ts' {
 *       interface ErrorContext { ATX_TOO_FAR: { publishEpoch: number; currentEpoch: number } }
 *     }
 *
 * Codes are never renamed or reused.
 */
export interface ErrorContext {
  /** Input ended before the value did. */
  UNEXPECTED_END: { needed: number; left: number }
  /** A hex string of odd length or with a character outside 0-9a-fA-F. */
  BAD_HEX: { text: string }
  /** An argument outside what its function documents; `name` says which one. */
  BAD_ARGUMENT: { name: string; expected: string; got: string }
  /** An integer left its declared width. */
  INTEGER_OVERFLOW: { bits: number; value: string }
  /** A state that the code rules out was reached: a bug in Smesh. */
  INTERNAL: { what: string }
}

export type ErrorCode = keyof ErrorContext

/** Every error that Smesh throws on purpose. Its context holds strings, numbers and booleans only. */
export class SmeshError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SmeshError' // compared instead of instanceof, which workers break
  readonly code: C
  readonly context: ErrorContext[C]

  constructor(code: C, context: ErrorContext[C], options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(context)}`, options)
    this.code = code
    this.context = context
  }
}

/**
 * Narrows an unknown error, also one that came from another thread, to a code.
 *
 * @example if (isSmeshError(error, 'UNEXPECTED_END')) console.log(error.context.needed)
 */
export function isSmeshError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: C,
): error is SmeshError<C> {
  if (typeof error !== 'object' || error === null) return false
  if ((error as { name?: unknown }).name !== 'SmeshError') return false
  return code === undefined || (error as { code?: unknown }).code === code
}

/** Throws `INTERNAL` unless `condition` holds: for states that only a bug can reach. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new SmeshError('INTERNAL', { what })
}
