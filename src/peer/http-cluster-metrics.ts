/**
 * Reads what a node gathers of its whole cluster: plain HTTP, operator by operator, seconds for each that is silent
 * (docs/dev/network/node-protocol.md, "Metrics"). Kept are a few figures of it, so that neither its size nor one that
 * never ends matters: whatever has come until then is told, and that it is not all.
 */
import { get } from 'node:http'
import { type ClusterSample, parseClusterLine, peerOnLine } from './protocol/cluster-metrics-text.js'

export type ClusterPage =
  | {
      readonly kind: 'read'
      readonly samples: readonly ClusterSample[]
      /** Some of the peers that nodes on it keep connections to, databases among them. */
      readonly peers: ReadonlySet<string>
      /** Why it is not whole; null where it is. */
      readonly cut: 'time' | 'size' | null
    }
  /** In half a sentence. */
  | { readonly kind: 'failed'; readonly why: string }

export interface PageLimits {
  readonly timeoutMs: number
  readonly maxBytes: number
}

const MAX_SAMPLES = 200_000
/** One node tells of everybody in its cluster. */
const MAX_PEERS = 1_000
/** A line that is longer holds no figure that is kept. */
const MAX_LINE = 4_096

/** Never throws. Redirections are not followed. */
export function readClusterPage(
  url: URL,
  { timeoutMs, maxBytes }: PageLimits,
  until?: AbortSignal,
): Promise<ClusterPage> {
  return new Promise((resolve) => {
    const samples: ClusterSample[] = []
    const peers = new Set<string>()
    const read = (cut: 'time' | 'size' | null) => ({ kind: 'read', samples, peers, cut }) as const
    let [bytes, rest] = [0, '']
    const end = (page: ClusterPage) => {
      clearTimeout(timer)
      until?.removeEventListener('abort', stop)
      request.destroy()
      resolve(page)
    }
    const cut = (why: 'time' | 'size') => end(read(why))
    const take = (text: string) => {
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(0, MAX_LINE)
      for (const line of lines) {
        const sample = parseClusterLine(line.replace(/\r$/, ''))
        if (sample) samples.push(sample)
        const peer = sample || peers.size >= MAX_PEERS ? null : peerOnLine(line)
        if (peer !== null) peers.add(peer)
      }
    }
    const request = get(url, { agent: false }, (response) => {
      if (response.statusCode !== 200) return end({ kind: 'failed', why: `it answers with ${response.statusCode}` })
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        bytes += text.length
        take(text)
        if (bytes > maxBytes || samples.length > MAX_SAMPLES) cut('size')
      })
      response.on('error', () => cut('time'))
      response.on('end', () => {
        take('\n')
        end(read(response.complete ? null : 'time'))
      })
    })
    const stop = () => cut('time')
    const timer = setTimeout(() => {
      if (bytes > 0) cut('time')
      else end({ kind: 'failed', why: `it does not answer within ${Math.round(timeoutMs / 1000)} s` })
    }, timeoutMs)
    until?.addEventListener('abort', stop)
    request.on('error', (error: NodeJS.ErrnoException) =>
      end(bytes > 0 ? read('time') : { kind: 'failed', why: reasonOf(error) }),
    )
  })
}

function reasonOf({ code }: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
    ENOTFOUND: 'there is no such host (ENOTFOUND)',
    ECONNRESET: 'it hangs up without an answer (ECONNRESET)',
    HPE_INVALID_CONSTANT: 'what answers there is no HTTP',
  }
  return reasons[code ?? ''] ?? `it can't be reached (${code ?? 'unknown'})`
}
