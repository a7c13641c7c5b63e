/** A limit on how long is waited for what can't be cancelled. */

export const TOO_LATE = Symbol('too late')

/** The promise's own outcome, or TOO_LATE after `ms` milliseconds; what becomes of it then is nobody's business. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T | typeof TOO_LATE> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(TOO_LATE), Math.max(0, ms))
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
