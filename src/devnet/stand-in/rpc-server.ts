/** One RPC server of a test node: QUIC with libp2p's TLS, APIs opened and RPCs answered as docs/dev/network/node-protocol.md says. */

import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import { collectFrame, encodeFrame, MAX_FRAME_BYTES } from '../../peer/protocol/frames.js'
import { OPENING_BYTES } from '../../peer/protocol/rpc.js'
import type { QuicAddon, QuicConfig, QuicConnection, QuicStream } from '../../peer/quic/load-addon.js'
import { quicConfig } from '../../peer/quic/load-addon.js'

/** The other side of the addon. */
interface ServerSide {
  readonly Server: new (config: QuicConfig, ip: string, port: number) => QuicServer
}

interface QuicServer {
  port(): number
  /** Rejects for every handshake that fails, too; with `server closed` in the end. */
  inboundConnection(): Promise<Served>
  abort(): Promise<void>
}

interface Served extends QuicConnection {
  /** Resolves when the connection has ended, whatever ended it. */
  closed(): Promise<void>
  inboundStream(): Promise<QuicStream>
}

export type ServerBehaviour =
  | 'normal'
  /** Answers everything half a second late. */
  | 'slow'
  /** Takes the connection, and never answers the opening. */
  | 'silent'
  /** Closes the connection before the status, as real nodes refuse. */
  | 'close'
  /** Ends only the stream, before the status. */
  | 'no-status'
  /** Two bytes of a status, and the end. */
  | 'cut-status'
  /** A status that is none. */
  | 'garbage'
  /** A status that does arrive, whatever was asked for. */
  | { readonly status: number }
  /** Opens every API, and answers every RPC with a frame that is no JSON. */
  | 'garbage-frames'
  /** … with a frame of the given text. */
  | { readonly frame: string }
  /** … with frames of a MiB each, one after another, for ever. */
  | 'endless'
  /** … with a frame that comes a byte at a time, and never ends. */
  | 'drip'
  /** … with a frame that is announced to have 4 GiB. */
  | 'huge'
  /** … with nothing. */
  | 'stalled'
  /** … with the end of the stream. */
  | 'no-answer'
  /** … with half a frame, and closes the connection. */
  | 'cut-answer'

/** Undefined: the peer may not open it. */
type Answers = Readonly<Record<number, (request: unknown) => unknown>>
export type Apis = Readonly<Record<string, (peerId: string) => Answers | undefined>>

export interface RpcServer {
  readonly port: number
  stop(): Promise<void>
}

/** As long as a busy machine may keep a client from being heard; real nodes wait for 500 ms. */
const IDLE_TIMEOUT_MS = 5_000
/** Handshakes at a time. */
const ACCEPTORS = 4
const SLOW_MS = 500

interface Settings {
  readonly keypair: NodeKeypair
  readonly host: string
  /** 0 = any. */
  readonly port: number
  /** Kept up to date: connections so far, and those that are open. */
  readonly count: { taken: number; open: number }
  /** Asked for anew each time. */
  readonly behaviour: () => ServerBehaviour
  readonly apis: () => Apis
}

export function startRpcServer(addon: QuicAddon, settings: Settings): RpcServer {
  const config = new addon.QuinnConfig(quicConfig(settings.keypair, IDLE_TIMEOUT_MS))
  const server = new (addon as QuicAddon & ServerSide).Server(config, settings.host, settings.port)
  const { count } = settings
  let stopped = false

  const accept = async (): Promise<void> => {
    while (!stopped) {
      const connection = await server.inboundConnection().catch((error: Error) => {
        // A handshake that failed is a peer's affair.
        if (error.message === 'server closed') stopped = true
        return null
      })
      if (connection === null) continue
      count.taken += 1
      count.open += 1
      void connection.closed().then(() => {
        count.open -= 1
      })
      // What a peer breaks off ends here.
      void serve(connection, settings).catch(() => undefined)
    }
  }
  for (let acceptor = 0; acceptor < ACCEPTORS; acceptor++) void accept()
  return {
    port: server.port(),
    async stop() {
      stopped = true
      await server.abort()
    },
  }
}

async function serve(connection: Served, { behaviour, apis }: Settings): Promise<void> {
  const stream = await connection.inboundStream()
  const opening = await readExactly(stream, OPENING_BYTES)
  const misbehaviour = behaviour()
  if (misbehaviour === 'silent') return hold(connection, stream)
  if (misbehaviour === 'slow') await sleep(SLOW_MS)
  if (misbehaviour === 'close') return connection.abort()
  if (misbehaviour === 'no-status') return void (await stream.finishWrite())
  if (misbehaviour === 'cut-status' || misbehaviour === 'garbage') {
    await stream.write(misbehaviour === 'garbage' ? Buffer.from('GET ') : Uint8Array.of(0, 0))
    return void (await stream.finishWrite())
  }
  if (typeof misbehaviour === 'object' && 'status' in misbehaviour) {
    await stream.write(int32(misbehaviour.status))
    return hold(connection, stream)
  }
  const name = Buffer.from(opening.subarray(4)).toString('latin1').replace(/\0+$/, '')
  const opens = misbehaviour === 'normal' || misbehaviour === 'slow'
  const answers = apis()[name]?.(connection.remoteMultiaddr().split('/p2p/')[1] ?? '')
  if (answers === undefined && opens) return connection.abort()
  await stream.write(int32(0))
  for (;;) {
    const call = await connection.inboundStream()
    void answerCall(connection, call, answers ?? {}, behaviour()).catch(() => undefined)
  }
}

async function answerCall(
  connection: Served,
  stream: QuicStream,
  answers: Answers,
  behaviour: ServerBehaviour,
): Promise<void> {
  const [rpc = 0] = await readExactly(stream, 1)
  const frame = collectFrame()
  let request: unknown
  for (let done = false; !done; ) {
    const piece = await stream.read(frame.missing())
    if (piece === null) return
    const progress = frame.push(piece)
    if (progress.kind === 'whole') request = JSON.parse(Buffer.from(progress.message).toString('utf8'))
    done = progress.kind !== 'more'
  }
  if (behaviour === 'normal' || behaviour === 'slow') {
    if (behaviour === 'slow') await sleep(SLOW_MS)
    const answer = answers[rpc]?.(request)
    if (answer !== undefined) await stream.write(encodeFrame(Buffer.from(json(answer))))
    await stream.finishWrite()
  } else await misanswer(connection, stream, behaviour)
}

async function misanswer(connection: Served, stream: QuicStream, behaviour: ServerBehaviour): Promise<void> {
  if (typeof behaviour === 'object') {
    if ('frame' in behaviour) await stream.write(encodeFrame(Buffer.from(behaviour.frame)))
    await hold(connection, stream)
  } else if (behaviour === 'garbage-frames') {
    await stream.write(encodeFrame(Uint8Array.of(0xff, 0x00, 0xfe)))
    await hold(connection, stream)
  } else if (behaviour === 'endless') {
    const frame = encodeFrame(Buffer.alloc(1024 * 1024, 'x'))
    for (;;) await stream.write(frame)
  } else if (behaviour === 'drip') {
    await stream.write(encodeFrame(new Uint8Array(MAX_FRAME_BYTES)).subarray(0, 4))
    for (;;) {
      await stream.write(Uint8Array.of(0x20))
      await sleep(1)
    }
  } else if (behaviour === 'huge') {
    await stream.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff))
    for (;;) await stream.write(new Uint8Array(1024 * 1024))
  } else if (behaviour === 'no-answer') {
    await stream.finishWrite()
  } else if (behaviour === 'cut-answer') {
    const frame = encodeFrame(Buffer.from('{"Ok":null}'))
    await stream.write(frame.subarray(0, 8))
    connection.abort()
  } else await hold(connection, stream)
}

/** The addon ends a stream that nobody refers to any more. */
async function hold(connection: Served, stream: QuicStream): Promise<void> {
  await connection.closed()
  await stream.finishWrite()
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

/** Versions may be larger than a number holds. */
function json(value: unknown): string {
  const big = /"bigint:(\d+)"/g
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `bigint:${item}` : item)).replace(big, '$1')
}

function int32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
