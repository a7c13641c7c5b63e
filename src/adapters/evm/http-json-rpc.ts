/** JSON-RPC over HTTP(S), on node:http: loading anything larger would dominate a read of 40 ms. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { WcnError } from '../../errors/wcn-error.js'
import {
  type JsonRpc,
  MAX_ANSWER_BYTES,
  parseJson,
  parseReply,
  type RpcReply,
  type RpcRequest,
  requestBody,
  unreachable,
} from './json-rpc.js'

/** The provider understood us and says no: asking again in another form would not help. */
const FINAL_STATUSES = new Set([401, 403, 429])
const HINTS: Readonly<Record<number, string>> = {
  401: 'check the token in the URL',
  403: 'check the token in the URL',
  429: 'it wants fewer requests: wait a little, or use another provider with --rpc-url',
}

type Request = (url: URL, options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => ClientRequest

interface Answer {
  readonly status: number
  readonly text: string
}

/** Sends batches; a provider that doesn't know them is asked one by one from then on. */
export async function connectHttp(url: string, timeoutMs: number): Promise<JsonRpc> {
  const target = new URL(url)
  const { request, Agent } = target.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const post = (body: object) => exchange(request as Request, target, { agent }, JSON.stringify(body), timeoutMs)
  let batches = true

  const one = async (rpcRequest: RpcRequest): Promise<RpcReply> => {
    const answer = await post(requestBody(rpcRequest, 1))
    const parsed = parseReply(parseJson(answer.text))
    if (parsed) return parsed.reply
    throw badAnswer(target.host, answer)
  }

  return {
    host: target.host,
    async send(requests) {
      if (batches && requests.length > 1) {
        const answer = await post(requests.map(requestBody))
        const replies = parseBatch(answer.text, requests.length)
        if (replies) return replies
        if (FINAL_STATUSES.has(answer.status)) throw badAnswer(target.host, answer)
        batches = false
      }
      const replies: RpcReply[] = []
      // One after the other: the caller relies on the order in which state is read.
      for (const rpcRequest of requests) replies.push(await one(rpcRequest))
      return replies
    },
    close: () => agent.destroy(),
  }
}

function exchange(
  request: Request,
  url: URL,
  options: RequestOptions,
  body: string,
  timeoutMs: number,
): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(deadline)
      outgoing.destroy()
      reject(unreachable(url.host, reason))
    }
    const outgoing = request(url, { ...options, method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_ANSWER_BYTES) fail('it answers with more than 64 MiB')
        else chunks.push(chunk)
      })
      answer.on('aborted', () => fail('it cut its answer short'))
      answer.on('error', () => fail('it cut its answer short'))
      answer.on('end', () => {
        clearTimeout(deadline)
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    const deadline = setTimeout(() => fail(`no answer within ${timeoutMs / 1000} s`), timeoutMs)
    outgoing.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'the connection failed'))
    outgoing.end(body)
  })
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

function badAnswer(host: string, { status, text }: Answer): WcnError {
  return new WcnError('NETWORK', `the RPC provider ${host} answered with ${described(text)} (HTTP ${status})`, {
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
  return reply?.ok === false ? `an error: ${reply.error.message.slice(0, 300)}` : 'JSON that is no JSON-RPC reply'
}
