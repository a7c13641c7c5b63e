/**
 * JSON-RPC over a WebSocket: what the real nodes' RPC_PROVIDER_URL is. A session is opened with the first request. All
 * requests of a call leave at once; replies are told apart by id.
 */
import type { IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import { LARGEST_ANSWER, moreThan, mostBytes } from './answer-bounds.js'
import {
  parseJson,
  parseReply,
  providerWords,
  type RpcReply,
  type RpcRequest,
  requestBody,
  type TransportOptions,
} from './json-rpc.js'
import {
  type Attempt,
  type Connection,
  type Failure,
  type Link,
  late,
  linkOf,
  meaningOfErrno,
  type RequestLimit,
  type Route,
  retryAfterMs,
  routeTo,
} from './link.js'
import { meaningOf } from './provider-answers.js'

/** So much that nobody asked for is put up with. */
const MOST_STRAY_BYTES = 1024 * 1024
/** The library's name for a message of more than maxPayload. */
const TOO_LONG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
/** What the protocol gives where the other side named none, or did not say goodbye. */
const NO_CLOSE_CODE = [1005, 1006]

export async function wsLink(url: URL, options: TransportOptions = {}): Promise<Link> {
  // A WebSocket's URL has no fragment; HTTP leaves it out by itself.
  url.hash = ''
  const way = await routeTo(url, options)
  const { headers, ca } = way
  const through = way.throughProxy?.()
  const closed = new AbortController()
  const target = { headers, ...(ca && { ca }), ...(through && { agent: through.agent }) }
  return linkOf(way.host, () => {
    let session: Promise<Attempt<WsSession>> | undefined
    const live = async (limit: RequestLimit): Promise<Attempt<WsSession>> => {
      const known = session
      const opened = await known
      if (known && opened?.ok && opened.value.isUsable()) return known
      // Whoever sees first that there is none opens the next one for all.
      if (session === known || !session) session = openSession(way, target, closed.signal, limit)
      return session
    }
    return {
      async ask(requests, limit) {
        const opened = await live(limit)
        return opened.ok ? opened.value.ask(requests, limit) : opened
      },
      closeWhenDone: () => void session?.then((opened) => opened.ok && opened.value.closeWhenDone()),
      close() {
        closed.abort()
        through?.close()
      },
    }
  })
}

/** One WebSocket from its opening to its end. Nothing here throws: what failed is a value. */
type WsSession = Omit<Connection, 'close'> & { isUsable(): boolean }

interface Waiting {
  /** Bytes that its answer may have. */
  readonly most: number
  readonly settle: (outcome: RpcReply | Failure) => void
}

async function openSession(
  way: Route,
  options: WebSocket.ClientOptions,
  closed: AbortSignal,
  limit: RequestLimit,
): Promise<Attempt<WsSession>> {
  const { failed, scrub } = way
  const timeLeft = limit.remainingMs()
  if (timeLeft === 0) return late(limit)
  const bounds = { maxPayload: LARGEST_ANSWER, perMessageDeflate: false, followRedirects: false }
  const socket = new WebSocket(way.url, { ...options, ...bounds })
  const waiting = new Map<unknown, Waiting>()
  let nextId = 0
  let broken: Failure | null = null
  let strayBytes = 0
  let leaving = false

  /** The first reason counts: what follows is its consequence. */
  const breakAll = (why: Failure) => {
    broken ??= why
    for (const { settle } of waiting.values()) settle(broken)
    waiting.clear()
  }
  const end = (why: Failure) => {
    breakAll(why)
    socket.terminate()
  }
  const answered = (id: unknown, outcome: RpcReply | Failure) => {
    waiting.get(id)?.settle(outcome)
    waiting.delete(id)
    if (leaving && waiting.size === 0) socket.terminate()
  }
  socket.on('message', (data: Buffer) => {
    const most = Math.max(MOST_STRAY_BYTES, ...[...waiting.values()].map((one) => one.most))
    if (data.length > most) return end(failed(moreThan(most), 'lasting'))
    const excess = way.excessive(data)
    if (excess) return end(excess)
    const parsed = parseReply(parseJson(data.toString()))
    if (parsed && waiting.has(parsed.id)) return answered(parsed.id, parsed.reply)
    // Refused before it was understood what was asked: that may have been any of these.
    if (parsed && parsed.id == null && !parsed.reply.ok)
      return [...waiting.keys()].forEach((id) => void answered(id, parsed.reply))
    // A notification or a reply nobody waits for (any more) is no fault, up to a point.
    strayBytes += data.length
    if (strayBytes > MOST_STRAY_BYTES) end(failed('it sends what it was not asked for', 'lasting'))
  })
  socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
    breakAll(failed(code === TOO_LONG ? moreThan(LARGEST_ANSWER) : (code ?? message), meaningOfErrno(code))),
  )
  socket.on('close', (code, reason) => {
    const said = reason.toString()
    const words = said && `: ${providerWords(scrub(said))}`
    const shown = NO_CLOSE_CODE.includes(code) ? '' : ` (${code}${words})`
    const means = meaningOf({ message: said })
    breakAll(failed(`it closed the connection${shown}`, means === 'unclear' ? 'passing' : means))
  })
  const terminate = () => socket.terminate()
  closed.addEventListener('abort', terminate)
  socket.on('close', () => closed.removeEventListener('abort', terminate))
  if (closed.aborted) terminate()

  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      breakAll(late(limit))
      resolve()
    }, timeLeft)
    const settled = () => {
      clearTimeout(timer)
      resolve()
    }
    socket.on('unexpected-response', (_, answer) => {
      breakAll(turnedAway(way, answer))
      settled()
    })
    socket.on('open', settled)
    socket.on('close', settled)
  })
  if (broken) {
    socket.terminate()
    return broken
  }

  const askOne = (request: RpcRequest, limit: RequestLimit): Promise<RpcReply | Failure> =>
    new Promise((resolve) => {
      if (broken) return resolve(broken)
      const id = nextId++
      const timer = setTimeout(() => answered(id, late(limit)), limit.remainingMs())
      const settle = (outcome: RpcReply | Failure) => {
        clearTimeout(timer)
        resolve(outcome)
      }
      waiting.set(id, { most: mostBytes([request]), settle })
      socket.send(JSON.stringify(requestBody(request, id)))
    })

  return {
    ok: true,
    value: {
      isUsable: () => broken === null && socket.readyState === WebSocket.OPEN,
      async ask(requests, limit) {
        const outcomes = await Promise.all(requests.map((request) => askOne(request, limit)))
        const replies = outcomes.flatMap((outcome) => ('means' in outcome ? [] : [outcome]))
        return outcomes.find((outcome) => 'means' in outcome) ?? { ok: true, value: replies }
      },
      closeWhenDone() {
        leaving = true
        if (waiting.size === 0) socket.terminate()
      },
    },
  }
}

function turnedAway({ failed, redirected }: Route, { statusCode: status = 0, headers }: IncomingMessage): Failure {
  if (status >= 300 && status < 400) return redirected(headers.location)
  const means = meaningOf({ status })
  // Nothing was asked yet that could have been too much.
  const lasts = means === 'unclear' || means === 'too-much'
  return {
    ...failed(`it answers with HTTP ${status}`, lasts ? 'lasting' : means),
    pauseMs: retryAfterMs(headers['retry-after']),
  }
}
