/** JSON-RPC quantities and the few fields of its objects that the tool reads, checked as they come in. */

import type { Hex } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import { oddAnswer } from './rpc/json-rpc.js'
import type { BlockRef } from './transaction.js'

export interface Block extends BlockRef {
  /** Null before EIP-1559. */
  readonly baseFeePerGas: bigint | null
  /** Unix seconds. */
  readonly time: number
}

export function toQuantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`
}

/** Also of what was read as one already. */
export function quantity(value: unknown, what: string): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'string' && /^0x[0-9a-fA-F]{1,64}$/.test(value)) return BigInt(value)
  throw malformed(what)
}

export function smallQuantity(value: unknown, what: string): number {
  const big = quantity(value, what)
  if (big > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed(what)
  return Number(big)
}

/** Wei: more than there are, and of a fee per gas more than anybody pays. */
export const ABSURD_WEI = 10n ** 27n
const ABSURD_FEE = 10n ** 18n

/** Whoever says as much as what is `absurd` is wrong. Throws RPC_ERROR. */
export function amount(value: unknown, what: string, host: string, absurd = ABSURD_WEI): bigint {
  const said = quantity(value, what)
  if (said < absurd) return said
  throw oddAnswer(host, `an absurd ${what}`)
}

/** Wei per gas. Throws RPC_ERROR. */
export function feePerGas(value: unknown, what: string, host: string): bigint {
  return amount(value, what, host, ABSURD_FEE)
}

export function hexData(value: unknown, what: string): Hex {
  // No repeated group: on a view of 2 MB the engine would keep a million places to go back to.
  if (typeof value === 'string' && value.length % 2 === 0 && /^0x[0-9a-fA-F]*$/.test(value)) return value as Hex
  throw malformed(what)
}

export function hash(value: unknown, what: string): Hex {
  if (typeof value === 'string' && /^0x[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase() as Hex
  throw malformed(what)
}

export function block(value: unknown): Block {
  const fields = record(value, 'block')
  return {
    number: smallQuantity(fields.number, 'block number'),
    hash: hash(fields.hash, 'block hash'),
    time: unixTime(fields.timestamp),
    baseFeePerGas: fields.baseFeePerGas == null ? null : quantity(fields.baseFeePerGas, 'base fee'),
  }
}

/** Seconds that a Date can hold. */
function unixTime(value: unknown): number {
  const seconds = smallQuantity(value, 'block timestamp')
  if (seconds > 8_640_000_000_000) throw malformed('block timestamp')
  return seconds
}

export function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw malformed(what)
}

function malformed(what: string): WcnError {
  return new WcnError('RPC_ERROR', `the RPC provider answered with a malformed ${what}`, {
    hint: 'use another provider with --rpc-url',
  })
}
