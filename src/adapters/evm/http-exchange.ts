/** One HTTP POST and its answer, within a limit. Never asks again, and never throws: what failed is a value. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { MAX_ANSWER_BYTES, unreachable } from './json-rpc.js'
import type { RequestLimit } from './request-limit.js'
import { type Attempt, isPassing } from './with-retries.js'

export interface HttpTarget {
  readonly url: URL
  /** node:http's or node:https's. */
  readonly request: (url: URL, options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => ClientRequest
  readonly options: RequestOptions
  /** How the provider is named to people. */
  readonly host: string
  /** Host of the proxy in between. */
  readonly proxy: string | null
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | undefined
}

export function exchange(
  { url, request, options, host, proxy }: HttpTarget,
  body: string,
  limit: RequestLimit,
): Promise<Attempt<HttpAnswer>> {
  const timeLeft = limit.remainingMs()
  if (timeLeft === 0) return Promise.resolve({ ok: false, error: limit.passed(), passing: false })
  const headers = {
    ...(options.headers as Readonly<Record<string, string>>),
    'content-type': 'application/json',
    accept: 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve) => {
    const settle = (outcome: Attempt<HttpAnswer>) => {
      clearTimeout(timer)
      resolve(outcome)
    }
    const fail = (reason: string, passing: boolean) => {
      settle({ ok: false, error: unreachable(host, reason, proxy), passing })
      outgoing.destroy()
    }
    const outgoing = request(url, { ...options, method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_ANSWER_BYTES) fail('it answers with more than 64 MiB', false)
        else chunks.push(chunk)
      })
      answer.on('aborted', () => fail('it cut its answer short', true))
      answer.on('error', () => fail('it cut its answer short', true))
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        settle({
          ok: true,
          value: { status: answer.statusCode ?? 0, text, retryAfter: answer.headers['retry-after'] },
        })
      })
    })
    const timer = setTimeout(() => {
      settle({ ok: false, error: limit.passed(), passing: false })
      outgoing.destroy()
    }, timeLeft)
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      fail(error.code ?? 'the connection failed', isPassing(error.code)),
    )
    outgoing.end(body)
  })
}
