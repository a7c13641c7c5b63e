/**
 * One connection to a UDP port, and an API opened on it. A dial that nobody answers goes on for seconds and gives no
 * reason: so the port is looked at beside it once it takes long.
 */

import { base58 } from '@scure/base'
import { type PeerId, peerIdFromBytes } from '../../base/keys/peer-id.js'
import { monotonicMs } from '../../base/monotonic-ms.js'
import type { PortReport, ProbeTarget } from '../node-probe.js'
import type { QuicClient, QuicConnection } from './load-addon.js'
import { lookAtPort, type PortLook } from './look-at-port.js'
import { openApi, TOO_LATE, within } from './open-api.js'

/** Longer than a handshake takes almost anywhere. */
const LOOK_AFTER_MS = 300
/** A peer has a say in the reasons that QUIC gives. */
const MAX_REASON_LENGTH = 200

type Dialled = Awaited<ReturnType<typeof dial>>
type Connected = Extract<Dialled, { kind: 'connected' }>
type Failed = Extract<Dialled, { kind: 'failed' }>

/** Never throws; ends within `timeoutMs`. */
export async function reachPort(client: QuicClient, target: ProbeTarget, timeoutMs: number): Promise<PortReport> {
  const end = monotonicMs() + timeoutMs
  const dialling = dial(client, target)
  const met = await meet(dialling, target, timeoutMs)
  if (met.kind !== 'connected') {
    // It can't be called off, and may still succeed.
    void dialling.then((late) => late.kind === 'connected' && late.connection.abort())
    return met
  }
  const { connection, peerId, handshakeMs } = met
  return { kind: 'answers', peerId, handshakeMs, api: await openApi(connection, target.api, end - monotonicMs()) }
}

/** The connection, or what the port looks like where there is none. */
async function meet(dialling: Promise<Dialled>, target: ProbeTarget, timeoutMs: number): Promise<Connected | PortLook> {
  const end = monotonicMs() + timeoutMs
  const looked = new AbortController()
  try {
    const quick = await within(Math.min(LOOK_AFTER_MS, timeoutMs / 3), dialling)
    if (quick !== TOO_LATE && quick.kind === 'connected') return quick
    if (quick !== TOO_LATE && quick.heard) return refusedHandshake(quick)
    const looking = lookAtPort(target, end - monotonicMs(), looked.signal)
    const decided = looking.then<Dialled | PortLook>((look) => (mayYetConnect(look) ? dialling : look))
    const met = quick === TOO_LATE ? await within(end - monotonicMs(), Promise.race([dialling, decided])) : quick
    if (met === TOO_LATE || (met.kind === 'failed' && !met.heard)) return withoutEnd(await looking)
    return met.kind === 'failed' ? refusedHandshake(met) : met
  } finally {
    looked.abort()
  }
}

function mayYetConnect(look: PortLook): boolean {
  return look.kind === 'quic' || (look.kind === 'silent' && !look.tcpOpen)
}

function withoutEnd(look: PortLook): PortLook {
  return look.kind === 'quic' ? { ...look, handshake: { kind: 'timeout' } } : look
}

function refusedHandshake({ ms, reason }: Failed): PortLook {
  const handshake = TAKES_NONE.test(reason) ? ({ kind: 'refused' } as const) : ({ kind: 'failed', reason } as const)
  return { kind: 'quic', roundTripMs: ms, handshake }
}

/** The addon's own words for CONNECTION_REFUSED (RFC 9000, 20.1), in quotes; a reason of the peer's may follow. */
const TAKES_NONE = /^"aborted by peer: the server refused to accept a new connection/

/**
 * Never rejects. `heard`: the peer had a part in the failure; otherwise no more is known than that there is no connection.
 */
async function dial(client: QuicClient, { host, port }: ProbeTarget) {
  const start = monotonicMs()
  const failed = (heard: boolean, reason: string) =>
    ({ kind: 'failed', heard, reason, ms: monotonicMs() - start }) as const
  try {
    const connection = await client.outboundConnection(host, port)
    const handshakeMs = monotonicMs() - start
    const peerId = provenPeerId(connection)
    if (peerId !== null) return { kind: 'connected', connection, peerId, handshakeMs } as const
    connection.abort()
    return failed(true, 'its certificate proves no peer ID')
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON_LENGTH)
    // In quotes, so that nobody takes a peer's words for this tool's.
    return failed(!UNHEARD.test(message), JSON.stringify(message))
  }
}

/** The addon's own words where no peer had a part in the failure. */
const UNHEARD = /^(?:timed out|invalid remote address|endpoint stopping|CIDs exhausted|invalid IP address)/

function provenPeerId(connection: QuicConnection): PeerId | null {
  const text = /\/p2p\/([1-9A-HJ-NP-Za-km-z]{1,100})$/.exec(connection.remoteMultiaddr())?.[1]
  try {
    return text === undefined ? null : peerIdFromBytes(base58.decode(text))
  } catch {
    return null
  }
}
