/** One RPC server of a stand-in: QUIC with libp2p's TLS, APIs opened and RPCs answered as docs/dev/network/node-protocol.md says. */

import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import { collectFrame, encodeFrame } from '../../peer/protocol/frames.js'
import { OPENING_BYTES } from '../../peer/protocol/rpc.js'
import { type QuicAddon, type QuicStream, quicConfig } from '../../peer/quic/load-addon.js'
import type { Interference } from './faults.js'
import { peerIdOf, type Served, type ServerSide } from './quic-server.js'

/** By the RPC's number. Undefined: the stream ends without an answer. */
type Answers = Readonly<Record<number, (request: unknown) => unknown>>
/** By the API's name. Undefined: that peer may not open it. */
export type Apis = Readonly<Record<string, (peerId: string) => Answers | undefined>>

/** Those that were taken so far, and those that are open now. */
export interface Connections {
  readonly taken: number
  readonly open: number
}

export interface RpcServer {
  readonly port: number
  connections(): Connections
  stop(): Promise<void>
}

/** As long as a busy machine may keep a client from being heard; real nodes wait for 500 ms. */
const IDLE_TIMEOUT_MS = 5_000
const OPENING_TIMEOUT_MS = 2_000
const PROTOCOL_VERSION = 0
/** Handshakes at a time. */
const ACCEPTORS = 4

interface Settings {
  readonly keypair: NodeKeypair
  readonly host: string
  /** 0 = any. */
  readonly port: number
  /** How long a client may take to open an API. */
  readonly openingTimeoutMs?: number
  /** Asked for anew each time. */
  readonly apis: () => Apis
  readonly interference: () => Interference
  /** Told of each API that was opened. */
  readonly opened: (api: string, connection: Served) => void
}

export function startRpcServer(addon: QuicAddon, settings: Settings): RpcServer {
  const config = new addon.QuinnConfig(quicConfig(settings.keypair, IDLE_TIMEOUT_MS))
  const server = new (addon as QuicAddon & ServerSide).Server(config, settings.host, settings.port)
  const open = new Set<Served>()
  let [stopped, taken] = [false, 0]

  const accept = async (): Promise<void> => {
    while (!stopped) {
      const connection = await server.inboundConnection().catch((error: Error) => {
        // A handshake that failed is a peer's affair.
        if (error.message === 'server closed') stopped = true
        return null
      })
      if (connection === null) continue
      taken += 1
      open.add(connection)
      void connection.closed().then(() => open.delete(connection))
      // What a peer breaks off ends here.
      void serve(connection, settings).catch(() => undefined)
    }
  }
  for (let acceptor = 0; acceptor < ACCEPTORS; acceptor++) void accept()
  return {
    port: server.port(),
    connections: () => ({ taken, open: open.size }),
    async stop() {
      stopped = true
      for (const connection of open) connection.abort()
      await server.abort()
    },
  }
}

async function serve(connection: Served, settings: Settings): Promise<void> {
  const { apis, interference, openingTimeoutMs = OPENING_TIMEOUT_MS } = settings
  const late = setTimeout(() => connection.abort(), openingTimeoutMs)
  try {
    const stream = await connection.inboundStream()
    const opening = Buffer.from(await readExactly(stream, OPENING_BYTES))
    clearTimeout(late)
    if (await interference().opening?.(connection, stream)) return
    const name = opening.subarray(4).toString('latin1').replace(/\0+$/, '')
    const answers = opening.readUInt32BE(0) === PROTOCOL_VERSION ? apis()[name]?.(peerIdOf(connection)) : undefined
    // A refusal is never seen: real nodes close the connection before it arrives.
    if (answers === undefined) return connection.abort()
    await stream.write(int32(0))
    settings.opened(name, connection)
    for (;;) {
      const call = await connection.inboundStream()
      void answerCall(connection, call, answers, interference).catch(() => undefined)
    }
  } finally {
    clearTimeout(late)
  }
}

async function answerCall(
  connection: Served,
  stream: QuicStream,
  answers: Answers,
  interference: () => Interference,
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
  const { request: interfere, says = (usual: unknown) => usual } = interference()
  if (await interfere?.(connection, stream)) return
  const answer = says(await answers[rpc]?.(request), request)
  if (answer !== undefined) await stream.write(encodeFrame(Buffer.from(json(answer))))
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
