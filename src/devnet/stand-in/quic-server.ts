/** The side of the QUIC addon that takes connections, which only stand-ins use. */
import type { QuicConfig, QuicConnection, QuicStream } from '../../peer/quic/load-addon.js'

export interface ServerSide {
  readonly Server: new (config: QuicConfig, ip: string, port: number) => QuicServer
}

interface QuicServer {
  port(): number
  /** Rejects for every handshake that fails, too; with `server closed` in the end. */
  inboundConnection(): Promise<Served>
  abort(): Promise<void>
}

export interface Served extends QuicConnection {
  /** Resolves when the connection has ended, whatever ended it. */
  closed(): Promise<void>
  inboundStream(): Promise<QuicStream>
}

/** Whom the certificate proves the client to be. */
export function peerIdOf(connection: Served): string {
  return connection.remoteMultiaddr().split('/p2p/')[1] ?? ''
}
