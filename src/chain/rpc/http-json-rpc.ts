/** JSON-RPC over HTTP(S), on node:http: loading anything larger would dominate a read of 40 ms. */
import type { Agent } from 'node:http'
import { WcnError } from '../../errors/wcn-error.js'
import { mostBytes } from './answer-bounds.js'
import { exchange, type HttpAnswer, type HttpRequest } from './http-exchange.js'
import {
  parseJson,
  parseReply,
  providerWords,
  type RpcFailure,
  type RpcReply,
  type RpcRequest,
  requestBody,
  type TransportOptions,
} from './json-rpc.js'
import { type Attempt, type Link, retryAfterMs, type WayThere, wayTo } from './link.js'
import { meaningOf } from './provider-answers.js'

const HINTS: Readonly<Record<number, string>> = {
  401: 'check the token in the URL or the header',
  403: 'check the token in the URL or the header',
  407: "check the credentials in the proxy's URL (HTTPS_PROXY)",
}

const OTHER_HINT = 'check the URL, or use another provider with --rpc-url'

interface Connection {
  readonly agent: Agent
  close(): void
  underWay: number
}

/** Several requests are one batch. */
export async function httpLink(url: URL, options: TransportOptions = {}): Promise<Link> {
  const way = await wayTo(url, options)
  const { request, Agent } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const connect = (): Connection => {
    if (way.throughProxy) return { ...way.throughProxy(), underWay: 0 }
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    return { agent, close: () => agent.destroy(), underWay: 0 }
  }
  let connection = connect()
  let number = 0
  const open = new Set([connection])
  const closeIfDone = (one: Connection) => {
    if (one === connection || one.underWay > 0) return
    open.delete(one)
    one.close()
  }

  return {
    host: way.host,
    get connection() {
      return number
    },
    async ask(requests, limit) {
      const [first] = requests
      const body = JSON.stringify(requests.length === 1 && first ? requestBody(first, 1) : requests.map(requestBody))
      const used = connection
      used.underWay++
      const posted = { body, agent: used.agent, limit, most: mostBytes(requests) }
      const outcome = await exchange(way, request as HttpRequest, posted)
      used.underWay--
      closeIfDone(used)
      return outcome.ok ? readAnswer(outcome.value, requests, way) : outcome
    },
    leave(left) {
      if (left !== number) return
      const before = connection
      connection = connect()
      number++
      open.add(connection)
      closeIfDone(before)
    },
    close() {
      for (const one of open) one.close()
    },
  }
}

function readAnswer(
  answer: HttpAnswer,
  requests: readonly RpcRequest[],
  { host, scrub, redirected, excessive }: WayThere,
): Attempt<readonly RpcReply[]> {
  const { status, body, retryAfter, location } = answer
  if (status >= 300 && status < 400) return redirected(location)
  const isPage = textOf(body).startsWith('<')
  const excess = isPage ? null : excessive(body)
  if (excess) return excess
  const json = isPage ? undefined : parseJson(body.toString())
  const replies = repliesIn(json, requests.length)
  if (replies && status !== 429) return { ok: true, value: replies }
  const message = isPage ? '' : textOf(body)
  const means = meaningOf({ status, message, ...errorIn(json) })
  // That is also how some say that they know no batches; a smaller one is another attempt anyway.
  const isAboutBatch = requests.length > 1 && means === 'passing' && status <= 501
  return {
    ok: false,
    error: badAnswer(answer, json, host, scrub),
    means: isAboutBatch ? 'unclear' : means,
    pauseMs: retryAfterMs(retryAfter),
  }
}

/** A reply to each, in their order; of two to the same request the first. Null where any lacks. */
function repliesIn(json: unknown, length: number): readonly RpcReply[] | null {
  if (length === 1) {
    const parsed = parseReply(Array.isArray(json) && json.length === 1 ? json[0] : json)
    return parsed && [parsed.reply]
  }
  if (!Array.isArray(json)) return null
  const byId = new Map<unknown, RpcReply>()
  for (const item of json) {
    const parsed = parseReply(item)
    if (parsed && !byId.has(parsed.id)) byId.set(parsed.id, parsed.reply)
  }
  const replies = Array.from({ length }, (_, id) => byId.get(id))
  return replies.every((reply) => reply !== undefined) ? replies : null
}

/** Where there is one for all that was asked. */
function errorIn(json: unknown): RpcFailure | null {
  const own = Array.isArray(json) ? json.map(parseReply).find((parsed) => parsed?.id == null) : parseReply(json)
  return own?.reply.ok === false ? own.reply.error : null
}

function badAnswer(
  { status, body, retryAfter }: HttpAnswer,
  json: unknown,
  host: string,
  scrub: WayThere['scrub'],
): WcnError {
  const reason = `answered with ${described(body, json, scrub)} (HTTP ${status})`
  return new WcnError('NETWORK', `the RPC provider ${host} ${reason}`, {
    hint: status === 429 ? hintToWait(retryAfterMs(retryAfter)) : (HINTS[status] ?? OTHER_HINT),
    details: { host, status },
  })
}

function hintToWait(ms: number | undefined): string {
  const howLong = ms === undefined ? 'a little' : `${Math.ceil(ms / 1000)} s`
  return `it wants fewer requests: wait ${howLong}, or use another provider with --rpc-url`
}

function described(body: Buffer, json: unknown, scrub: WayThere['scrub']): string {
  const start = textOf(body)
  if (start.startsWith('<')) return 'an HTML page'
  if (start === '') return 'nothing'
  if (json === undefined) return 'something that is not JSON'
  const error = errorIn(json)
  return error ? `an error: ${providerWords(scrub(error.message))}` : 'JSON that is no JSON-RPC reply'
}

/** As much of it as is looked at. */
function textOf(body: Buffer): string {
  return body.toString('utf8', 0, 20_000).trimStart()
}
