/** One WebSocket from its opening to its end. All requests of a call leave at once; replies are told apart by id. */
import type { IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import { LARGEST_ANSWER, moreThan, mostBytes, whyNotParsed } from './answer-bounds.js'
import {
  parseJson,
  parseReply,
  type RpcReply,
  type RpcRequest,
  redirected,
  requestBody,
  unreachable,
} from './json-rpc.js'
import { type Attempt, type Failure, meaningOfErrno, retryAfterMs } from './link.js'
import { type Meaning, meaningOf } from './provider-answers.js'
import { providerWords } from './provider-words.js'
import type { RequestLimit } from './request-limit.js'

/** So much that nobody asked for is put up with. */
const MOST_STRAY_BYTES = 1024 * 1024
/** The library's name for a message of more than maxPayload. */
const TOO_LONG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
/** What the protocol gives where the other side named none, or did not say goodbye. */
const NO_CLOSE_CODE = [1005, 1006]

export interface SocketTarget {
  readonly url: URL
  readonly options: WebSocket.ClientOptions
  /** How the provider is named to people. */
  readonly host: string
  /** Host of the proxy in between. */
  readonly proxy: string | null
  readonly scrub: (text: string) => string
  /** Ends all sessions. */
  readonly closed: AbortSignal
}

/** Nothing here throws: what failed is a value. */
export interface WsSession {
  isUsable(): boolean
  ask(requests: readonly RpcRequest[], limit: RequestLimit): Promise<Attempt<readonly RpcReply[]>>
  /** Once nobody waits for an answer any more. */
  closeWhenDone(): void
}

interface Waiting {
  /** Bytes that its answer may have. */
  readonly most: number
  readonly settle: (outcome: RpcReply | Failure) => void
}

export async function openSession(target: SocketTarget, limit: RequestLimit): Promise<Attempt<WsSession>> {
  const { host, proxy, scrub, closed } = target
  const timeLeft = limit.remainingMs()
  if (timeLeft === 0) return { ok: false, error: limit.passed(), means: 'lasting' }
  const failure = (reason: string, means: Meaning): Failure => ({
    ok: false,
    error: unreachable(host, reason, proxy),
    means,
  })
  const socket = new WebSocket(target.url, {
    ...target.options,
    maxPayload: LARGEST_ANSWER,
    perMessageDeflate: false,
    followRedirects: false,
  })
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
    if (data.length > most) return end(failure(moreThan(most), 'lasting'))
    const excess = whyNotParsed(data)
    if (excess !== null) return end(failure(`it answers with ${excess}`, 'lasting'))
    const parsed = parseReply(parseJson(data.toString()))
    if (parsed && waiting.has(parsed.id)) return answered(parsed.id, parsed.reply)
    // Refused before it was understood what was asked: that may have been any of these.
    if (parsed && parsed.id == null && !parsed.reply.ok)
      return [...waiting.keys()].forEach((id) => void answered(id, parsed.reply))
    // A notification or a reply nobody waits for (any more) is no fault, up to a point.
    strayBytes += data.length
    if (strayBytes > MOST_STRAY_BYTES) end(failure('it sends what it was not asked for', 'lasting'))
  })
  socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
    breakAll(failure(code === TOO_LONG ? moreThan(LARGEST_ANSWER) : (code ?? message), meaningOfErrno(code))),
  )
  socket.on('close', (code, reason) => {
    const said = reason.toString()
    const words = said && `: ${providerWords(scrub(said))}`
    const shown = NO_CLOSE_CODE.includes(code) ? '' : ` (${code}${words})`
    const means = meaningOf({ message: said })
    breakAll(failure(`it closed the connection${shown}`, means === 'unclear' ? 'passing' : means))
  })
  const terminate = () => socket.terminate()
  closed.addEventListener('abort', terminate)
  socket.on('close', () => closed.removeEventListener('abort', terminate))
  if (closed.aborted) terminate()

  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      breakAll({ ok: false, error: limit.passed(), means: 'lasting' })
      resolve()
    }, timeLeft)
    const settled = () => {
      clearTimeout(timer)
      resolve()
    }
    socket.on('unexpected-response', (_, answer) => {
      breakAll(turnedAway(target, answer, failure))
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
      const timer = setTimeout(
        () => answered(id, { ok: false, error: limit.passed(), means: 'lasting' }),
        limit.remainingMs(),
      )
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
        const replies: RpcReply[] = []
        for (const outcome of outcomes) {
          if ('means' in outcome) return outcome
          replies.push(outcome)
        }
        return { ok: true, value: replies }
      },
      closeWhenDone() {
        leaving = true
        if (waiting.size === 0) socket.terminate()
      },
    },
  }
}

function turnedAway(
  { host, url, proxy, scrub }: SocketTarget,
  { statusCode: status = 0, headers }: IncomingMessage,
  failure: (reason: string, means: Meaning) => Failure,
): Failure {
  if (status >= 300 && status < 400)
    return { ok: false, error: redirected(host, url, headers.location, scrub, proxy), means: 'lasting' }
  const means = meaningOf({ status })
  // Nothing was asked yet that could have been too much.
  const lasts = means === 'unclear' || means === 'too-much'
  return {
    ...failure(`it answers with HTTP ${status}`, lasts ? 'lasting' : means),
    pauseMs: retryAfterMs(headers['retry-after']),
  }
}
