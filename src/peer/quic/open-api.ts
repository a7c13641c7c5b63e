/** Opens an API on a fresh connection, and asks its RPCs (docs/dev/network/node-protocol.md). Nothing that a peer sends is trusted. */

import type { ApiName, ApiReport, ApiSession, RpcAnswer } from '../node-probe.js'
import { collectFrame } from '../protocol/frames.js'
import { decodeAnswer, decodeMessage, decodeStatus, encodeCall, encodeOpening, STATUS_BYTES } from '../protocol/rpc.js'
import type { QuicConnection, QuicStream } from './load-addon.js'

const READ_BYTES = 64 * 1024

/** Never throws; ends within `timeoutMs`. Leaves the connection open only where the API was accepted. */
export async function openApi(connection: QuicConnection, api: ApiName, timeoutMs: number): Promise<ApiReport> {
  const asking = askForApi(connection, api).catch(() => whyEnded(connection))
  const report = await within(timeoutMs, asking)
  if (report === TOO_LATE || report.kind !== 'accepted') connection.abort()
  return report === TOO_LATE ? { kind: 'silent' } : report
}

async function askForApi(connection: QuicConnection, api: ApiName): Promise<ApiReport> {
  const stream = await connection.outboundStream()
  await write(stream, encodeOpening(api))
  const status = new Uint8Array(STATUS_BYTES)
  let got = 0
  while (got < STATUS_BYTES) {
    const piece = await stream.read(STATUS_BYTES - got)
    if (piece === null) break
    status.set(piece, got)
    got += piece.length
  }
  // Real nodes close the connection before their refusal arrives; this one only ended the stream.
  if (got === 0) return { kind: 'refused', status: null }
  const opening = decodeStatus(status.subarray(0, got))
  if (opening.kind !== 'accepted') return opening
  await hangUp(stream)
  return { kind: 'accepted', session: sessionOn(connection) }
}

/** A connection that ended before the status: the peer refused, unless it was only not heard from any more. */
async function whyEnded(connection: QuicConnection): Promise<ApiReport> {
  try {
    // Says what the connection ended with, where a stream only says that it did.
    await connection.outboundStream()
  } catch (error) {
    if (error instanceof Error && error.message === 'timed out') return { kind: 'silent' }
  }
  return { kind: 'refused', status: null }
}

function sessionOn(connection: QuicConnection): ApiSession {
  return {
    async call(rpc, request, timeoutMs) {
      const late = new AbortController()
      try {
        const answer = await within(timeoutMs, exchange(connection, encodeCall(rpc, request), late.signal))
        return answer === TOO_LATE ? { kind: 'none', why: 'timeout' } : answer
      } catch {
        return { kind: 'none', why: 'closed' }
      } finally {
        late.abort()
      }
    },
    listen: (rpc, request) => messages(connection, encodeCall(rpc, request)),
    rttMs: () => connection.rtt(),
    close: () => connection.abort(),
  }
}

async function exchange(connection: QuicConnection, call: Uint8Array, late: AbortSignal): Promise<RpcAnswer> {
  const stream = await connection.outboundStream()
  await write(stream, call)
  const frame = collectFrame()
  while (!late.aborted) {
    const piece = await stream.read(Math.min(frame.missing(), READ_BYTES))
    if (piece === null) return { kind: 'none', why: 'closed' }
    const progress = frame.push(piece)
    if (progress.kind === 'more') continue
    await hangUp(stream)
    return progress.kind === 'whole' ? decodeAnswer(progress.message) : { kind: 'none', why: 'too-large' }
  }
  return { kind: 'none', why: 'timeout' }
}

async function* messages(connection: QuicConnection, call: Uint8Array): AsyncGenerator<unknown, void> {
  try {
    const stream = await connection.outboundStream()
    await write(stream, call)
    for (let frame = collectFrame(); ; ) {
      const piece = await stream.read(Math.min(frame.missing(), READ_BYTES))
      const progress = piece === null ? null : frame.push(piece)
      if (progress === null || progress.kind === 'too-large') return
      if (progress.kind === 'more') continue
      yield decodeMessage(progress.message)
      frame = collectFrame()
    }
  } catch {
    // What ends a connection ends what is said over it; what is no JSON ends the listening.
  }
}

/** A peer may have said all it has to say without hearing us out; reading tells. */
async function write(stream: QuicStream, bytes: Uint8Array): Promise<void> {
  await stream.write(bytes).catch(() => undefined)
}

/** Whatever else the peer sends stays unread. What it has said counts, though the connection may have ended since. */
async function hangUp(stream: QuicStream): Promise<void> {
  await Promise.allSettled([stream.stopRead(), stream.finishWrite()])
}

export const TOO_LATE = Symbol('too late')

/** The promise's own outcome, or TOO_LATE after `ms` milliseconds; what becomes of it then is nobody's business. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T | typeof TOO_LATE> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(TOO_LATE), Math.max(0, ms))
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
