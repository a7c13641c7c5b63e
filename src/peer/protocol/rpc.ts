/** One RPC with JSON messages, as `Cluster2` and `Metrics` speak them (docs/dev/network/node-protocol.md, "RPCs"). */
import { isRecord } from '../../base/is-record.js'
import type { RpcAnswer } from '../node-probe.js'
import { encodeFrame } from './frames.js'

/** A peer's error says what it is in fewer. */
const MAX_MESSAGE_LENGTH = 1_000

/** What is sent on a fresh stream: the RPC's number in a byte, and the request in a frame. */
export function encodeCall(rpc: number, request: unknown): Uint8Array {
  const frame = encodeFrame(new TextEncoder().encode(JSON.stringify(request)))
  return Uint8Array.from([rpc, ...frame])
}

/** Takes any bytes. An answer is `{"Ok":…}` or `{"Err":{"code","message"}}` and nothing else. */
export function decodeAnswer(message: Uint8Array): RpcAnswer {
  let answer: unknown
  try {
    answer = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message))
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
