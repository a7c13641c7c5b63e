/** The UDP ports of nodes and databases as a peer of the network meets them (docs/dev/network/node-protocol.md). */
import type { Ipv4 } from '../base/ipv4.js'
import type { PeerId } from '../base/keys/peer-id.js'

/** What a connection can be opened for; one API each. */
export type ApiName = 'Cluster2' | 'Metrics' | 'Database'

export interface ProbeTarget {
  readonly host: Ipv4
  readonly port: number
  readonly api: ApiName
}

export interface NodeProbe {
  /** Why no identity can be proven here, in a sentence; null where it can be: the QUIC addon loads. */
  readonly unproven: string | null
  /** So many files, and so ports, this process may have open. */
  readonly openFiles: number
  /** Makes one connection, and opens one API on it. Never throws; ends within `timeoutMs`. */
  reach(target: ProbeTarget, timeoutMs: number): Promise<PortReport>
  /** Ends what is open. */
  close(): void
}

/** What was met at a UDP port. */
export type PortReport =
  /** A handshake with libp2p's TLS: `peerId` is proven. */
  | {
      readonly kind: 'answers'
      readonly peerId: PeerId
      readonly handshakeMs: number
      readonly api: ApiReport
    }
  /** QUIC is spoken there, and who speaks it is not known. */
  | { readonly kind: 'quic'; readonly roundTripMs: number; readonly handshake: UnfinishedHandshake }
  /** Something answers, and not in QUIC. */
  | { readonly kind: 'not-quic'; readonly roundTripMs: number }
  /** The host says that nothing listens there (ICMP). */
  | { readonly kind: 'closed' }
  /** No answer in UDP; `tcpOpen`: the TCP port with that number takes connections, whatever ICMP says of UDP. */
  | { readonly kind: 'silent'; readonly tcpOpen: boolean }
  /** This machine can't send there; why, in a sentence. */
  | { readonly kind: 'unreachable'; readonly reason: string }

/** `not-tried`: the addon is missing. `refused`: it takes no connection at the moment (CONNECTION_REFUSED). `failed`: it speaks another protocol over QUIC, or its certificate is none of libp2p's. */
type UnfinishedHandshake =
  | { readonly kind: 'not-tried' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: string }

/** What became of opening the API. */
export type ApiReport =
  /** The caller closes the session. */
  | { readonly kind: 'accepted'; readonly session: ApiSession }
  /** `status` as the spec lists it; null: the connection was closed before one came, as real nodes do. */
  | { readonly kind: 'refused'; readonly status: number | null }
  /** No status in time. */
  | { readonly kind: 'silent' }
  /** A status that is none. */
  | { readonly kind: 'garbage'; readonly reason: string }

export interface ApiSession {
  /** Asks one RPC. Never throws; ends within `timeoutMs`. */
  call(rpc: number, request: unknown, timeoutMs: number): Promise<RpcAnswer>
  /**
   * Asks an RPC that goes on answering. Each message is JSON of any kind. Never throws; it ends where the peer ends it, sends
   * what is no message, or the session is closed.
   */
  listen(rpc: number, request: unknown): AsyncGenerator<unknown, void>
  /** Of the connection as QUIC measures it, in milliseconds. */
  rttMs(): number
  close(): void
}

export type RpcAnswer =
  | { readonly kind: 'ok'; readonly value: unknown }
  /** The peer's own error. `message` is untrusted text. */
  | { readonly kind: 'error'; readonly code: number | null; readonly message: string }
  | { readonly kind: 'none'; readonly why: 'timeout' | 'closed' | 'garbage' | 'too-large' }
