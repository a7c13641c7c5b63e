/**
 * The QUIC addon, which is optional: a native program for some platforms. Its package's main module loads all of
 * libp2p, 70 modules; the binding beside it is all that is needed here.
 */

/** One UDP socket, from which any number of connections are made. */
export interface QuicClient {
  /** Can't be cancelled. Rejects where the handshake fails, or nothing is heard for half as long again as may be idle. */
  outboundConnection(ip: string, port: number): Promise<QuicConnection>
  abort(): void
}

interface QuicServer {
  port(): number
  /** Rejects for every handshake that fails, too; with `server closed` in the end. */
  inboundConnection(): Promise<QuicConnection>
  abort(): Promise<void>
}

export interface QuicConnection {
  /** `/ip4/…/udp/…/quic-v1/p2p/PEERID`: who the certificate proves the peer to be. */
  remoteMultiaddr(): string
  /** Whole milliseconds. */
  rtt(): number
  /** Resolves when the connection has ended, whatever ended it. */
  closed(): Promise<void>
  outboundStream(): Promise<QuicStream>
  inboundStream(): Promise<QuicStream>
  abort(): void
}

/** Nothing but `abort` of its connection may be called while a call is under way on the same half of it. */
export interface QuicStream {
  /** At most `max` bytes; null at the end. */
  read(max: number): Promise<Uint8Array | null>
  write(bytes: Uint8Array): Promise<void>
  finishWrite(): Promise<void>
  stopRead(): Promise<void>
}

/** Times in milliseconds; every field is required. */
export interface QuicConfigFields {
  /** libp2p's protobuf form. */
  readonly privateKeyProto: Uint8Array
  readonly handshakeTimeout: number
  readonly maxIdleTimeout: number
  readonly keepAliveInterval: number
  readonly maxConcurrentStreamLimit: number
  /** Bytes that a peer may send before they are read: on one stream, and on all of a connection. */
  readonly maxStreamData: number
  readonly maxConnectionData: number
  readonly receiveBufferSize: number
  readonly sendBufferSize: number
}

declare const config: unique symbol
type QuicConfig = { readonly [config]: true }

export interface QuicAddon {
  readonly QuinnConfig: new (fields: QuicConfigFields) => QuicConfig
  readonly Client: new (config: QuicConfig, family: 0) => QuicClient
  readonly Server: new (config: QuicConfig, ip: string, port: number) => QuicServer
}

/** Rejects where it is not installed, or does not load on this machine. */
export async function loadAddon(): Promise<QuicAddon> {
  const main = import.meta.resolve('@chainsafe/libp2p-quic')
  return import(/* @vite-ignore */ new URL('./napi.js', main).href)
}
