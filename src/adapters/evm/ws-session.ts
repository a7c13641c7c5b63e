/** One WebSocket from its opening to its end. All requests of a call leave at once; replies are told apart by id. */
import type { IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import {
  MAX_ANSWER_BYTES,
  parseJson,
  parseReply,
  type RpcReply,
  type RpcRequest,
  requestBody,
  unreachable,
} from './json-rpc.js'
import type { RequestLimit } from './request-limit.js'
import { type Attempt, type Failure, isPassing, isPassingStatus, retryAfterMs } from './with-retries.js'

export interface SocketTarget {
  readonly url: URL
  readonly options: WebSocket.ClientOptions
  /** How the provider is named to people. */
  readonly host: string
  /** Host of the proxy in between. */
  readonly proxy: string | null
}

/** Nothing here throws: what failed is a value. */
export interface WsSession {
  isUsable(): boolean
  ask(requests: readonly RpcRequest[], limit: RequestLimit): Promise<Attempt<readonly RpcReply[]>>
  close(): void
}

export async function openSession(target: SocketTarget, limit: RequestLimit): Promise<Attempt<WsSession>> {
  const timeLeft = limit.remainingMs()
  if (timeLeft === 0) return { ok: false, error: limit.passed(), passing: false }
  const failure = (reason: string, passing: boolean): Failure => ({
    ok: false,
    error: unreachable(target.host, reason, target.proxy),
    passing,
  })
  const socket = new WebSocket(target.url, {
    ...target.options,
    maxPayload: MAX_ANSWER_BYTES,
    followRedirects: false,
  })
  const waiting = new Map<number, (outcome: RpcReply | Failure) => void>()
  let nextId = 0
  let broken: Failure | null = null

  /** The first reason counts: what follows is its consequence. */
  const breakAll = (why: Failure) => {
    broken ??= why
    for (const settle of waiting.values()) settle(broken)
    waiting.clear()
  }
  socket.on('message', (data) => {
    const parsed = parseReply(parseJson(String(data)))
    // A notification or a reply nobody waits for (any more) is no fault.
    if (typeof parsed?.id !== 'number') return
    waiting.get(parsed.id)?.(parsed.reply)
    waiting.delete(parsed.id)
  })
  socket.on('error', (error: NodeJS.ErrnoException) =>
    breakAll(failure(error.code ?? error.message, isPassing(error.code))),
  )
  socket.on('close', () => breakAll(failure('it closed the connection', true)))

  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      breakAll({ ok: false, error: limit.passed(), passing: false })
      resolve()
    }, timeLeft)
    const settled = () => {
      clearTimeout(timer)
      resolve()
    }
    socket.on('unexpected-response', (_, answer) => {
      breakAll(turnedAway(failure, answer))
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
      const timer = setTimeout(() => {
        waiting.delete(id)
        resolve({ ok: false, error: limit.passed(), passing: false })
      }, limit.remainingMs())
      waiting.set(id, (outcome) => {
        clearTimeout(timer)
        resolve(outcome)
      })
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
          if ('passing' in outcome) return outcome
          replies.push(outcome)
        }
        return { ok: true, value: replies }
      },
      close: () => socket.terminate(),
    },
  }
}

function turnedAway(failure: (reason: string, passing: boolean) => Failure, answer: IncomingMessage): Failure {
  const status = answer.statusCode ?? 0
  const why = failure(`it answers with HTTP ${status}`, isPassingStatus(status))
  return { ...why, pauseMs: retryAfterMs(answer.headers['retry-after']) }
}
