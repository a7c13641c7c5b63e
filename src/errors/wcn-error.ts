/**
 * The one error class of the tool. Whatever a user can cause or meet is a WcnError with a stable code;
 * anything else that is thrown is a bug and is reported as one (exit 1).
 */
import type { ErrorCode } from './exit-codes.js'

export type ErrorDetails = Readonly<Record<string, unknown>>

interface ErrorOptions {
  /** The next thing to type or do. */
  readonly hint?: string | undefined
  /** JSON-safe facts for scripts. Never a secret, never a whole URL. */
  readonly details?: ErrorDetails | undefined
  readonly cause?: unknown
}

/** Files of the build may hold a copy of this class each; they recognise each other's errors by this. */
const BRAND = Symbol.for('wcn.error')

export class WcnError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value
  }

  readonly [BRAND] = true
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: ErrorDetails | undefined

  /** `message` is one sentence: what was wrong and where it came from. */
  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'WcnError'
    this.code = code
    this.hint = options.hint
    this.details = options.details
  }

  /** The same error from somebody who knows more: in other words or with another hint, and with further details. */
  retold({ message = this.message, hint = this.hint, details }: Omit<ErrorOptions, 'cause'> & { message?: string }) {
    return new WcnError(this.code, message, { hint, details: { ...this.details, ...details }, cause: this })
  }
}
