/**
 * The part of the postcard wire format that cluster data uses (docs/dev/network/wire-format.md, "Operator data blob";
 * https://postcard.jamesmunns.com/wire-format). Every read takes at least one byte or fails, and a count is compared
 * with the bytes left before anything is made of it: decoding hostile input costs no more than reading it once.
 */
import { WcnError } from '../../errors/wcn-error.js'

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Most bytes of a varint of that many bits, and the largest value its last byte may have. */
const VARINT = {
  16: { maxBytes: 3, maxLast: 0x03 },
  32: { maxBytes: 5, maxLast: 0x0f },
  64: { maxBytes: 10, maxLast: 0x01 },
} as const

/** Reads values one after the other. Throws DATA_UNDECODABLE; `what` names the value in the sentence. */
export class PostcardReader {
  readonly #bytes: Uint8Array
  #position: number

  constructor(bytes: Uint8Array, position = 0) {
    // A Buffer's slice() would share memory with its source.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#position = position
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#bytes.length - this.#position
  }

  u8(what: string): number {
    const byte = this.#bytes[this.#position]
    if (byte === undefined) throw this.#endsIn(what)
    this.#position++
    return byte
  }

  u16(what: string): number {
    return this.#varint(16, what)
  }

  u32(what: string): number {
    return this.#varint(32, what)
  }

  /** Bytes of a fixed-size array: no length before them. */
  fixed(length: number, what: string): Uint8Array {
    if (length > this.remaining) throw this.#endsIn(what)
    const start = this.#position
    this.#position += length
    return this.#bytes.slice(start, this.#position)
  }

  /** Bytes with their length before them. */
  bytes(what: string): Uint8Array {
    return this.fixed(this.#varint(64, what), what)
  }

  string(what: string): string {
    const start = this.#position
    const bytes = this.bytes(what)
    try {
      return UTF8.decode(bytes)
    } catch {
      throw undecodable(`the ${what} at byte ${start} is not valid UTF-8`)
    }
  }

  option<T>(what: string, readValue: () => T): T | null {
    const start = this.#position
    const tag = this.u8(what)
    if (tag > 1) throw undecodable(`the ${what} at byte ${start} has option tag ${tag} instead of 0 or 1`)
    return tag === 0 ? null : readValue()
  }

  /** `minItemBytes`: the fewest bytes an item can have; a count that can't fit into the rest fails at once. */
  sequence<T>(what: string, minItemBytes: number, readItem: () => T): T[] {
    const count = this.#varint(64, what)
    if (count * minItemBytes > this.remaining) throw this.#endsIn(what)
    const items: T[] = []
    for (let i = 0; i < count; i++) items.push(readItem())
    return items
  }

  /** LEB128; longer than needed is allowed within the type's maximum. Not exact beyond 2^53, where all are too many. */
  #varint(bits: keyof typeof VARINT, what: string): number {
    const { maxBytes, maxLast } = VARINT[bits]
    const start = this.#position
    let value = 0
    let weight = 1
    for (let i = 1; i <= maxBytes; i++) {
      const byte = this.u8(what)
      value += (byte & 0x7f) * weight
      weight *= 128
      if (byte >= 0x80) continue
      if (i === maxBytes && byte > maxLast) break
      return value
    }
    throw undecodable(`the ${what} at byte ${start} is a number of more than ${bits} bits`)
  }

  #endsIn(what: string): WcnError {
    return undecodable(`the data ends inside the ${what} (it has ${this.#bytes.length} bytes)`)
  }
}

/** Writes values one after the other. Throws VALUE_NOT_ENCODABLE for what its type can't hold. */
export class PostcardWriter {
  readonly #bytes: number[] = []

  u8(value: number, what: string): void {
    this.#bytes.push(inRange(value, 0xff, what))
  }

  u16(value: number, what: string): void {
    this.#varint(inRange(value, 0xffff, what))
  }

  fixed(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte)
  }

  bytes(bytes: Uint8Array): void {
    this.#varint(bytes.length)
    this.fixed(bytes)
  }

  string(text: string, what: string): void {
    if (/\p{Surrogate}/u.test(text)) {
      throw new WcnError('VALUE_NOT_ENCODABLE', `the ${what} holds half of a character (a lone surrogate)`)
    }
    this.bytes(new TextEncoder().encode(text))
  }

  option<T>(value: T | null, writeValue: (value: T) => void): void {
    this.#bytes.push(value === null ? 0 : 1)
    if (value !== null) writeValue(value)
  }

  sequence<T>(items: readonly T[], writeItem: (item: T) => void): void {
    this.#varint(items.length)
    for (const item of items) writeItem(item)
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  #varint(value: number): void {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) this.#bytes.push((rest & 0x7f) | 0x80)
    this.#bytes.push(rest)
  }
}

export function undecodable(why: string): WcnError {
  return new WcnError('DATA_UNDECODABLE', why)
}

function inRange(value: number, max: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new WcnError(
    'VALUE_NOT_ENCODABLE',
    `the ${what} is ${value}, but it is stored as a whole number from 0 to ${max}`,
  )
}
