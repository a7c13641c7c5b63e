/**
 * What a UDP port looks like without a handshake: whether QUIC is spoken there, something else, or nothing. Needs no
 * addon, and is answered even by nodes that silently ignore who is over their connection limits.
 */

import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Ipv4 } from '../../base/ipv4.js'
import { monotonicMs } from '../../base/monotonic-ms.js'
import type { PortReport } from '../node-probe.js'
import { CONNECTION_ID_BYTES, encodeLook, isVersionNegotiation, type LookIds } from '../protocol/version-negotiation.js'

export type PortLook = Exclude<PortReport, { readonly kind: 'answers' }>

interface Place {
  readonly host: Ipv4
  readonly port: number
}

/** A datagram may get lost. */
const AGAIN_AFTER_MS = 400
/** Of the time, the part that is left for TCP once UDP was silent. */
const TCP_SHARE = 1 / 3

/** Never throws. Ends within `timeoutMs`, and at once when `until` aborts: then as silent. */
export async function lookAtPort(place: Place, timeoutMs: number, until?: AbortSignal): Promise<PortLook> {
  const seen = await lookByUdp(place, timeoutMs * (1 - TCP_SHARE), until)
  if (seen !== null && seen.kind !== 'closed') return seen
  const tcpOpen = await takesTcp(place, timeoutMs * TCP_SHARE, until)
  // What is refused in UDP and taken in TCP was published for the wrong one of the two.
  return seen === null || tcpOpen ? { kind: 'silent', tcpOpen } : seen
}

/** Null: silent. */
function lookByUdp({ host, port }: Place, timeoutMs: number, until?: AbortSignal): Promise<PortLook | null> {
  return inTime<PortLook>(timeoutMs, until, (end) => {
    const asked: { readonly ids: LookIds; readonly at: number }[] = []
    const socket = createSocket('udp4')
    const fail = (error: NodeJS.ErrnoException) => end(whatFailed(error))
    const ask = () => {
      const ids = { destination: randomId(), source: randomId() }
      asked.push({ ids, at: monotonicMs() })
      socket.send(encodeLook(ids), (error) => error && fail(error))
    }
    let again: NodeJS.Timeout | undefined
    socket.on('error', fail)
    socket.on('message', (datagram) => {
      const question = asked.findLast(({ ids }) => isVersionNegotiation(datagram, ids))
      const roundTripMs = monotonicMs() - (question ?? asked.at(-1) ?? { at: Number.NaN }).at
      if (question === undefined) end({ kind: 'not-quic', roundTripMs })
      else end({ kind: 'quic', roundTripMs, handshake: { kind: 'not-tried' } })
    })
    socket.on('connect', () => {
      ask()
      again = setInterval(ask, AGAIN_AFTER_MS)
    })
    // Connected, so that it hears of ICMP, and of nobody but this peer.
    socket.connect(port, host)
    return () => {
      clearInterval(again)
      socket.removeAllListeners().on('error', () => undefined)
      socket.close()
    }
  })
}

function whatFailed({ code, message }: NodeJS.ErrnoException): PortLook {
  if (code === 'ECONNREFUSED') return { kind: 'closed' }
  return { kind: 'unreachable', reason: REASONS[code ?? ''] ?? `this machine can't send there: ${message}` }
}

const REASONS: Readonly<Record<string, string>> = {
  ENETUNREACH: 'this machine has no route there (ENETUNREACH)',
  EHOSTUNREACH: 'a router or firewall on the way refuses it, or that machine is not there (EHOSTUNREACH)',
  EACCES: 'this machine may not send there (EACCES)',
  EPERM: 'a firewall on this machine blocks it (EPERM)',
  EMFILE: 'this process has too many files and sockets open (EMFILE): try a lower --concurrency',
}

async function takesTcp({ host, port }: Place, timeoutMs: number, until?: AbortSignal): Promise<boolean> {
  const taken = await inTime<boolean>(timeoutMs, until, (end) => {
    const socket = connect({ host, port })
    socket.on('connect', () => end(true))
    socket.on('error', () => end(false))
    return () => void socket.destroy()
  })
  return taken ?? false
}

/** What it ends with first; null after `timeoutMs`, or once `until` aborts. `start` gives what cleans up. */
function inTime<T>(
  timeoutMs: number,
  until: AbortSignal | undefined,
  start: (end: (found: T | null) => void) => () => void,
): Promise<T | null> {
  if (until?.aborted) return Promise.resolve(null)
  return new Promise((resolve) => {
    let ended = false
    const end = (found: T | null) => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      until?.removeEventListener('abort', giveUp)
      stop()
      resolve(found)
    }
    const giveUp = () => end(null)
    const timer = setTimeout(giveUp, timeoutMs)
    until?.addEventListener('abort', giveUp)
    const stop = start(end)
  })
}

function randomId(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(CONNECTION_ID_BYTES))
}
