/** JSON-RPC over HTTP(S), on node:http: loading anything larger would dominate a read of 40 ms. */
import type { Agent } from 'node:http'
import { WcnError } from '../../errors/wcn-error.js'
import { exchange, type HttpAnswer, type HttpTarget } from './http-exchange.js'
import {
  isRepeatable,
  type JsonRpc,
  parseJson,
  parseReply,
  type RpcReply,
  type RpcRequest,
  requestBody,
  revealed,
  type TransportOptions,
} from './json-rpc.js'
import { providerWords } from './provider-words.js'
import { requestLimit } from './request-limit.js'
import { isPassingStatus, retryAfterMs, withRetries } from './with-retries.js'

/** The provider understood us and says no: asking again in another form would not help. */
const FINAL_STATUSES = new Set([401, 403, 407, 429])
const HINTS: Readonly<Record<number, string>> = {
  401: 'check the token in the URL or the header',
  403: 'check the token in the URL or the header',
  407: "check the credentials in the proxy's URL (HTTPS_PROXY)",
  429: 'it wants fewer requests: wait a little, or use another provider with --rpc-url',
}

/** Sends batches; a provider that doesn't know them is asked one by one from then on. */
export async function connectHttp(url: string, timeoutMs: number, options: TransportOptions = {}): Promise<JsonRpc> {
  const { target, close } = await route(new URL(url), options)
  const { host } = target
  let batches = true
  let closed = false

  const post = (body: object, mayRepeat: boolean, isPassing: (answer: HttpAnswer) => boolean): Promise<HttpAnswer> => {
    const text = JSON.stringify(body)
    const limit = requestLimit(host, timeoutMs, options.deadline, target.proxy)
    return withRetries(
      limit,
      () => mayRepeat && options.retries === true && !closed,
      async () => {
        const outcome = await exchange(target, text, limit)
        if (!outcome.ok || !isPassing(outcome.value)) return outcome
        const { retryAfter } = outcome.value
        return {
          ok: false,
          error: badAnswer(host, outcome.value, options.scrub),
          passing: true,
          pauseMs: retryAfterMs(retryAfter),
        }
      },
    )
  }

  const one = async (request: RpcRequest): Promise<RpcReply> => {
    // Some report a call's failure with status 500 and a proper reply.
    const isPassing = ({ status, text }: HttpAnswer) =>
      status === 429 || (isPassingStatus(status) && !parseReply(parseJson(text)))
    const answer = await post(requestBody(request, 1), isRepeatable([request]), isPassing)
    const parsed = parseReply(parseJson(answer.text))
    if (parsed) return parsed.reply
    throw badAnswer(host, answer, options.scrub)
  }

  return {
    host,
    async send(requests) {
      // What sends goes alone: falling back to single requests would send it again.
      if (batches && requests.length > 1 && isRepeatable(requests)) {
        // 500 and 501 may be the way to say that it knows no batches.
        const isPassing = ({ status, text }: HttpAnswer) =>
          status !== 500 && status !== 501 && isPassingStatus(status) && !parseBatch(text, requests.length)
        const answer = await post(requests.map(requestBody), true, isPassing)
        const replies = parseBatch(answer.text, requests.length)
        if (replies) return replies
        if (FINAL_STATUSES.has(answer.status)) throw badAnswer(host, answer, options.scrub)
        batches = false
      }
      const replies: RpcReply[] = []
      // One after the other: the caller relies on the order in which state is read.
      for (const request of requests) replies.push(await one(request))
      return replies
    },
    close() {
      closed = true
      close()
    },
  }
}

async function route(
  url: URL,
  { name, headers = {}, proxy = null, certificateAuthorities = null }: TransportOptions,
): Promise<{ readonly target: HttpTarget; close(): void }> {
  const secure = url.protocol === 'https:'
  const { request, Agent } = secure ? await import('node:https') : await import('node:http')
  const ca =
    certificateAuthorities === null
      ? undefined
      : [...(await import('./trusted-certificates.js')).trustedCertificates(certificateAuthorities)]
  const through = proxy === null ? null : await (await import('./proxied-agent.js')).proxiedAgent(url, proxy, ca)
  const agent: Agent = through?.agent ?? new Agent({ keepAlive: true, maxSockets: 1 })
  const options = { agent, headers: revealed(headers), ...(secure && ca ? { ca } : {}) }
  return {
    target: {
      url,
      request: request as HttpTarget['request'],
      options,
      host: name ?? url.host,
      proxy: proxy === null ? null : new URL(proxy).host,
    },
    close: () => (through ?? { close: () => agent.destroy() }).close(),
  }
}

function parseBatch(text: string, length: number): readonly RpcReply[] | null {
  const json = parseJson(text)
  if (!Array.isArray(json)) return null
  const byId = new Map<unknown, RpcReply>()
  for (const item of json) {
    const parsed = parseReply(item)
    if (parsed) byId.set(parsed.id, parsed.reply)
  }
  const replies: RpcReply[] = []
  for (let id = 0; id < length; id++) {
    const reply = byId.get(id)
    if (!reply) return null
    replies.push(reply)
  }
  return replies
}

function badAnswer(host: string, { status, text }: HttpAnswer, scrub: TransportOptions['scrub']): WcnError {
  const reason = `answered with ${described(scrub ? scrub(text) : text)} (HTTP ${status})`
  return new WcnError('NETWORK', `the RPC provider ${host} ${reason}`, {
    hint: HINTS[status] ?? 'check the URL, or use another provider with --rpc-url',
    details: { host, status },
  })
}

function described(text: string): string {
  const start = text.trimStart()
  if (start.startsWith('<')) return 'an HTML page'
  if (start === '') return 'nothing'
  const json = parseJson(text)
  if (json === undefined) return 'something that is not JSON'
  const reply = parseReply(json)?.reply
  return reply?.ok === false ? `an error: ${providerWords(reply.error.message)}` : 'JSON that is no JSON-RPC reply'
}
