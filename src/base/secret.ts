/**
 * A value that must not be shown. Printing, interpolating or serialising a Secret gives `[redacted]`;
 * only `.reveal()` gives the value, so every place that uses a secret can be found by that word.
 */
const REDACTED = '[redacted]'

export class Secret<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED
  }
}
