/** JSON-RPC over HTTP(S), on node:http: loading anything larger would dominate a read of 40 ms. */
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
import { type Attempt, type Link, linkOf, type Route, retryAfterMs, routeTo } from './link.js'
import { meaningOf } from './provider-answers.js'

const CHECK_TOKEN = 'check the token in the URL or the header'
const HINTS: Readonly<Record<number, string>> = {
  401: CHECK_TOKEN,
  403: CHECK_TOKEN,
  407: "check the credentials in the proxy's URL (HTTPS_PROXY)",
}

/** Several requests are one batch. */
export async function httpLink(url: URL, options: TransportOptions = {}): Promise<Link> {
  const way = await routeTo(url, options)
  const { request, Agent } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const direct = () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    return { agent, close: () => agent.destroy() }
  }
  return linkOf(way.host, () => {
    const { agent, close } = way.throughProxy?.() ?? direct()
    let [underWay, isLeft] = [0, false]
    const closeIfDone = () => isLeft && underWay === 0 && close()
    return {
      async ask(requests, limit) {
        const [first] = requests
        const body = JSON.stringify(requests.length === 1 && first ? requestBody(first, 1) : requests.map(requestBody))
        underWay++
        const posted = { body, agent, limit, most: mostBytes(requests) }
        const outcome = await exchange(way, request as HttpRequest, posted)
        underWay--
        closeIfDone()
        return outcome.ok ? readAnswer(outcome.value, requests, way) : outcome
      },
      closeWhenDone() {
        isLeft = true
        closeIfDone()
      },
      close,
    }
  })
}

function readAnswer(answer: HttpAnswer, requests: readonly RpcRequest[], way: Route): Attempt<readonly RpcReply[]> {
  const { status, body, retryAfter, location } = answer
  if (status >= 300 && status < 400) return way.redirected(location)
  const isPage = textOf(body).startsWith('<')
  const excess = isPage ? null : way.excessive(body)
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
    error: badAnswer(answer, json, way),
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

function badAnswer({ status, body, retryAfter }: HttpAnswer, json: unknown, { host, scrub }: Route): WcnError {
  const waitMs = retryAfterMs(retryAfter)
  const howLong = waitMs === undefined ? 'a little' : `${Math.ceil(waitMs / 1000)} s`
  const toWait = `it wants fewer requests: wait ${howLong}, or use another provider with --rpc-url`
  const usual = HINTS[status] ?? 'check the URL, or use another provider with --rpc-url'
  const what = described(textOf(body), json, scrub)
  return new WcnError('NETWORK', `the RPC provider ${host} answered with ${what} (HTTP ${status})`, {
    hint: status === 429 ? toWait : usual,
    details: { host, status },
  })
}

function described(start: string, json: unknown, scrub: Route['scrub']): string {
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
