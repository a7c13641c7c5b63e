/** One HTTP POST and its answer, within bounds of time and size. Never asks again, and never throws: what failed is a value. */
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { moreThan } from './answer-bounds.js'
import { unreachable } from './json-rpc.js'
import { type Attempt, type Failure, meaningOfErrno } from './link.js'
import type { RequestLimit } from './request-limit.js'

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
  readonly body: Buffer
  readonly retryAfter: string | undefined
  readonly location: string | undefined
}

export interface Posted {
  readonly body: string
  readonly agent: Agent
  readonly limit: RequestLimit
  /** Bytes that the answer may have, decompressed. */
  readonly most: number
}

export function exchange(
  { url, request, options, host, proxy }: HttpTarget,
  { body, agent, limit, most }: Posted,
): Promise<Attempt<HttpAnswer>> {
  const timeLeft = limit.remainingMs()
  if (timeLeft === 0) return Promise.resolve({ ok: false, error: limit.passed(), means: 'lasting' })
  const headers = {
    ...(options.headers as Readonly<Record<string, string>>),
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve) => {
    const settle = (outcome: Attempt<HttpAnswer>) => {
      clearTimeout(timer)
      resolve(outcome)
    }
    const fail = (reason: string, means: Failure['means']) => {
      settle({ ok: false, error: unreachable(host, reason, proxy), means })
      outgoing.destroy()
    }
    const outgoing = request(url, { ...options, agent, method: 'POST', headers }, (answer) => {
      const received = bytesUpTo(most)
      answer.on('data', (chunk: Buffer) => {
        if (!received.add(chunk)) fail(moreThan(most), 'lasting')
      })
      answer.on('aborted', () => fail('it cut its answer short', 'passing'))
      answer.on('error', () => fail('it cut its answer short', 'passing'))
      answer.on('end', async () => {
        const { 'retry-after': retryAfter, 'content-encoding': encoding, location } = answer.headers
        const plain = encoding === undefined ? received.all() : await decompressed(received.all(), encoding, most)
        if (typeof plain === 'string') return fail(plain, 'lasting')
        settle({ ok: true, value: { status: answer.statusCode ?? 0, body: plain, retryAfter, location } })
      })
    })
    const timer = setTimeout(() => {
      settle({ ok: false, error: limit.passed(), means: 'lasting' })
      outgoing.destroy()
    }, timeLeft)
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      fail(error.code ?? 'the connection failed', meaningOfErrno(error.code)),
    )
    outgoing.end(body)
  })
}

/** Or why not. */
async function decompressed(body: Buffer, encoding: string, most: number): Promise<Buffer | string> {
  const plain = (await import('./content-encoding.js')).decoded(body, encoding, most)
  if (plain === null) return moreThan(most)
  return plain ?? 'its answer is compressed in a way that was not asked for and can not be read'
}

/** In one piece: held as they come, chunks of one byte each would take a hundred times their size. */
function bytesUpTo(most: number) {
  let held = Buffer.allocUnsafe(16 * 1024)
  let size = 0
  return {
    /** False where they are too many. */
    add(chunk: Buffer): boolean {
      const next = size + chunk.length
      if (next > most) return false
      if (next > held.length) {
        const larger = Buffer.allocUnsafe(Math.min(most, 2 * next))
        held.copy(larger, 0, 0, size)
        held = larger
      }
      chunk.copy(held, size)
      size = next
      return true
    },
    all: () => held.subarray(0, size),
  }
}
