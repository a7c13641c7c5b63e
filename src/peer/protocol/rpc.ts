/**
 * What is said on a fresh connection: the opening of an API, and then RPCs with JSON messages, as `Cluster2` and `Metrics`
 * speak them (docs/dev/network/node-protocol.md, "Opening an API", "RPCs").
 */
import { isRecord } from '../../base/is-record.js'
import type { ApiName, RpcAnswer } from '../node-probe.js'
import { encodeFrame } from './frames.js'

export const OPENING_BYTES = 20
export const STATUS_BYTES = 4

/** Protocol version 0 as a big-endian `u32`, then the name in 16 bytes of ASCII padded with zeros. */
export function encodeOpening(api: ApiName): Uint8Array {
  const opening = new Uint8Array(OPENING_BYTES)
  opening.set(new TextEncoder().encode(api), 4)
  return opening
}

/** Rejections are -1000 less a reason that fits a byte. */
const REJECTED = -1000
const LAST_REJECTED = REJECTED - 255

/** Takes any bytes; a status is a big-endian `i32`. */
export function decodeStatus(bytes: Uint8Array) {
  const garbage = (reason: string) => ({ kind: 'garbage', reason: `its status ${reason}` }) as const
  if (bytes.length !== STATUS_BYTES) return garbage(`ended after ${bytes.length} of ${STATUS_BYTES} bytes`)
  const status = new DataView(bytes.buffer, bytes.byteOffset, STATUS_BYTES).getInt32(0)
  if (status === 0) return { kind: 'accepted' } as const
  const known = status === -1 || status === -2 || (status <= REJECTED && status >= LAST_REJECTED)
  return known ? ({ kind: 'refused', status } as const) : garbage(`${status} is none of the protocol`)
}

/** A peer's error says what it is in fewer. */
const MAX_MESSAGE_LENGTH = 1_000

/** What is sent on a fresh stream: the RPC's number in a byte, and the request in a frame. */
export function encodeCall(rpc: number, request: unknown): Uint8Array {
  const frame = encodeFrame(new TextEncoder().encode(JSON.stringify(request)))
  return Uint8Array.from([rpc, ...frame])
}

/** Throws for what is no JSON in UTF-8. */
export function decodeMessage(message: Uint8Array): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message))
}

/** Takes any bytes. An answer is `{"Ok":…}` or `{"Err":{"code","message"}}` and nothing else. */
export function decodeAnswer(message: Uint8Array): RpcAnswer {
  let answer: unknown
  try {
    answer = decodeMessage(message)
  } catch {
    return { kind: 'none', why: 'garbage' }
  }
  if (isRecord(answer) && Object.keys(answer).length === 1) {
    if ('Ok' in answer) return { kind: 'ok', value: answer.Ok }
    if ('Err' in answer && isRecord(answer.Err) && typeof answer.Err.message === 'string') {
      const { code, message } = answer.Err
      return {
        kind: 'error',
        code: Number.isSafeInteger(code) ? (code as number) : null,
        message: message.slice(0, MAX_MESSAGE_LENGTH),
      }
    }
  }
  return { kind: 'none', why: 'garbage' }
}
