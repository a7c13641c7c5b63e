/**
 * Sends one HTTP POST and reads its answer, within bounds of time and size. Never asks again and never throws: a failure is
 * a value.
 */
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { moreThan } from './answer-bounds.js'
import { type Attempt, type Failure, late, meaningOfErrno, type RequestLimit, type Route } from './link.js'

/** node:http's or node:https's. */
export type HttpRequest = (
  url: URL,
  options: RequestOptions & { readonly ca?: string[] },
  onAnswer: (answer: IncomingMessage) => void,
) => ClientRequest

export interface HttpAnswer {
  readonly status: number
  readonly body: Buffer
  readonly retryAfter: string | undefined
  readonly location: string | undefined
}

interface Posted {
  readonly body: string
  readonly agent: Agent
  readonly limit: RequestLimit
  /** Bytes that the answer may have, decompressed. */
  readonly most: number
}

export function exchange(
  { url, headers: given, ca, failed }: Route,
  request: HttpRequest,
  { body, agent, limit, most }: Posted,
): Promise<Attempt<HttpAnswer>> {
  const timeLeft = limit.remainingMs()
  if (timeLeft === 0) return Promise.resolve(late(limit))
  const headers = {
    ...given,
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-length': Buffer.byteLength(body),
  }
  const options = { agent, method: 'POST', headers, ...(ca && url.protocol === 'https:' && { ca }) }
  return new Promise((resolve) => {
    const settle = (outcome: Attempt<HttpAnswer>) => {
      clearTimeout(timer)
      resolve(outcome)
    }
    const fail = (reason: string, means: Failure['means']) => {
      settle(failed(reason, means))
      outgoing.destroy()
    }
    const outgoing = request(url, options, (answer) => {
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
      settle(late(limit))
      outgoing.destroy()
    }, timeLeft)
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      fail(error.code ?? 'the connection failed', meaningOfErrno(error.code)),
    )
    outgoing.end(body)
  })
}

/** Some proxies compress whatever they are asked. Or why it can't be undone. */
async function decompressed(body: Buffer, encoding: string, most: number): Promise<Buffer | string> {
  const zlib = (await import('node:zlib')).default
  const options = { maxOutputLength: most }
  let bytes = body
  try {
    // The last one that was put on comes off first.
    for (const name of encoding.toLowerCase().split(',').reverse()) {
      const [first = 0] = bytes
      if (/^\s*(?:x-)?gzip\s*$/.test(name)) bytes = zlib.gunzipSync(bytes, options)
      else if (name.trim() === 'br') bytes = zlib.brotliDecompressSync(bytes, options)
      else if (name.trim() === 'deflate') {
        // By its standard in zlib's own format; some servers leave that out.
        const isZlib = (first & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
        bytes = isZlib ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options)
      } else if (name.trim() !== 'identity') throw new RangeError('an unknown encoding')
    }
    return bytes
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? moreThan(most)
      : 'its answer is compressed in a way that was not asked for and can not be read'
  }
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
