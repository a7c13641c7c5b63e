/** What a stand-in says on a connection: the opening of an API, and answers to RPCs (docs/dev/network/node-protocol.md). */
import { setTimeout as sleep } from 'node:timers/promises'
import { collectFrame, encodeFrame } from '../../peer/protocol/frames.js'
import { OPENING_BYTES } from '../../peer/protocol/rpc.js'
import type { QuicStream } from '../../peer/quic/load-addon.js'
import type { Interference } from './faults.js'
import { peerIdOf, type Served } from './quic-server.js'

/** By the RPC's number: an answer, or many of them. */
type Answers = Readonly<Record<number, (request: unknown) => unknown>>
/** By the API's name. Undefined: that peer may not open it. */
export type Apis = Readonly<Record<string, (peerId: string) => Answers | undefined>>

export interface Serving {
  /** How long a peer may take to open an API. */
  readonly openingMs: number
  /** How long an RPC may take, from its number to its answer. */
  readonly rpcMs: number
  /** Asked for anew each time. */
  readonly apis: () => Apis
  readonly interference: () => Interference
  /** Told of each API that was opened. */
  readonly opened: (api: string, connection: Served) => void
}

const PROTOCOL_VERSION = 0

export async function serveConnection(connection: Served, serving: Serving): Promise<void> {
  const { apis, interference, openingMs } = serving
  const late = setTimeout(() => connection.abort(), openingMs)
  try {
    const stream = await connection.inboundStream()
    const opening = Buffer.from(await readExactly(stream, OPENING_BYTES))
    clearTimeout(late)
    if (await interference().opening?.(connection, stream)) return
    const name = opening.subarray(4).toString('latin1').replace(/\0+$/, '')
    const open = Object.hasOwn(apis(), name) ? apis()[name] : undefined
    const answers = opening.readUInt32BE(0) === PROTOCOL_VERSION ? open?.(peerIdOf(connection)) : undefined
    // A refusal is never seen: real nodes close the connection before it arrives.
    if (answers === undefined) return connection.abort()
    await stream.write(ACCEPTED)
    serving.opened(name, connection)
    for (;;) {
      const call = await connection.inboundStream()
      void answerCall(connection, call, answers, serving).catch(() => undefined)
    }
  } finally {
    clearTimeout(late)
  }
}

/** Whatever it can't answer, or not in time, ends with the stream. */
async function answerCall(connection: Served, stream: QuicStream, answers: Answers, serving: Serving): Promise<void> {
  try {
    // No stream is seen before its first byte.
    const [rpc] = await readExactly(stream, 1)
    const answer = rpc === undefined ? undefined : answers[rpc]
    if (answer === undefined) return
    const { request: interfere, says = (usual: unknown) => usual } = serving.interference()
    const request = await inTime(serving.rpcMs, readRequest(stream))
    if (await interfere?.(connection, stream)) return
    const said = says(await inTime(serving.rpcMs, Promise.resolve(answer(request))), request)
    if (!isMany(said)) return await stream.write(frameOf(said))
    for await (const one of said) await stream.write(frameOf(one))
  } finally {
    await stream.finishWrite()
  }
}

const ACCEPTED = new Uint8Array(4)

function isMany(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}

async function readRequest(stream: QuicStream): Promise<unknown> {
  const frame = collectFrame()
  for (;;) {
    const piece = await stream.read(frame.missing())
    if (piece === null) throw new Error('the stream ended')
    const progress = frame.push(piece)
    if (progress.kind === 'whole') return JSON.parse(Buffer.from(progress.message).toString('utf8'))
    if (progress.kind === 'too-large') throw new Error(`a frame of ${progress.bytes} bytes`)
  }
}

async function readExactly(stream: QuicStream, length: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for (let got = 0; got < length; ) {
    const part = await stream.read(length - got)
    if (part === null) throw new Error('the stream ended')
    parts.push(part)
    got += part.length
  }
  return Buffer.concat(parts)
}

/** Rejects when the time is up. */
async function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController()
  work.catch(() => undefined)
  const late = sleep(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error('it took too long')
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}

/** Versions may be larger than a number holds. */
function frameOf(value: unknown): Uint8Array {
  const big = /"bigint:(\d+)"/g
  const json = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `bigint:${item}` : item))
  return encodeFrame(Buffer.from(json.replace(big, '$1')))
}
