/**
 * Connects to a provider by the transport that its URL names, and does something about its trouble, whatever it is reached
 * by: asks again after a pause, over another connection, and for less at once. Only what may be asked any
 * number of times is asked again: a transaction's bytes leave once.
 */
import { monotonicMs } from '../../base/monotonic-ms.js'
import {
  type JsonRpc,
  providerWords,
  type RpcReply,
  type RpcRequest,
  type TransportOptions,
  unreachable,
} from './json-rpc.js'
import { type Failure, type Link, type RequestLimit, requestLimit } from './link.js'
import { type Meaning, meaningOf } from './provider-answers.js'

/** Before the second and the third attempt at what may pass. */
const PAUSES_MS = [100, 400]
/** Where fewer requests are wanted, and it is not said when. */
const RATE_PAUSES_MS = [250, 500, 1000, 2000, 4000]
/** So many of them before a batch is made smaller: it may be more than is ever let through at once. */
const RATE_PAUSES_OF_BATCH = 2
/** What a person would wonder about. */
const LONG_PAUSE_MS = 2000
/** After this share of an answer's time another connection is tried as well: sound providers hardly ever take so long. */
const SILENCE = 1 / 5
/** A connection without an answer for so long may have been forgotten by something in between. */
const IDLE_MS = 5000
/** The same before what leaves only once. */
const IDLE_BEFORE_SENDING_MS = 1000

/** `replies`: not worth much, but given back where nothing better is to be had. */
type Refusal = Failure & { readonly replies?: readonly RpcReply[] }
type Outcome = { readonly ok: true; readonly value: readonly RpcReply[] } | Refusal

/** `reconnect`: what is asked next is asked over a new connection. */
export interface Connected extends JsonRpc {
  reconnect(): void
}

/** `timeoutMs`: for each answer, connecting included. Nothing is opened before the first request; only one transport is loaded. */
export async function connectJsonRpc(
  url: string,
  timeoutMs: number,
  options: TransportOptions = {},
): Promise<Connected> {
  const target = new URL(url)
  const link = /^wss?:$/.test(target.protocol)
    ? await (await import('./ws-json-rpc.js')).wsLink(target, options)
    : await (await import('./http-json-rpc.js')).httpLink(target, options)
  return patientJsonRpc(link, timeoutMs, options)
}

export function patientJsonRpc(
  link: Link,
  timeoutMs: number,
  { deadline, retries = false, proxy = null, note = () => {}, scrub = (text) => text }: TransportOptions,
): Connected {
  const { host } = link
  const proxyHost = proxy === null ? null : new URL(proxy).host
  let underWay = 0
  /** Since then the connection in use has said nothing, or is new. */
  let quietSinceMs = monotonicMs()
  /** The pause that the provider asked for last, and with which words. */
  let rest: { readonly untilMs: number; readonly refusal: Failure } | null = null
  let closed = false

  const leave = (connection: number) => {
    link.leave(connection)
    quietSinceMs = monotonicMs()
  }

  /** A connection that left a request without an answer is not used again. */
  const askOnce = async (requests: readonly RpcRequest[], limit: RequestLimit) => {
    const { connection } = link
    const outcome = await link.ask(requests, limit)
    if (outcome.ok) quietSinceMs = monotonicMs()
    else if (limit.remainingMs() === 0) leave(connection)
    return outcome
  }

  /** It may be dead without saying so: then another one is tried, and whichever answers first is heard. */
  const askAlive = async (requests: readonly RpcRequest[], limit: RequestLimit) => {
    const { connection } = link
    const first = askOnce(requests, limit)
    if (!(await isSilent(first, timeoutMs * SILENCE)) || closed) return first
    leave(connection)
    return firstGood(first, askOnce(requests, limit))
  }

  const ask = async (requests: readonly RpcRequest[], limit: RequestLimit): Promise<Outcome> => {
    const repeatable = isRepeatable(requests)
    const idleMs = monotonicMs() - quietSinceMs
    if (underWay === 0 && idleMs > (repeatable ? IDLE_MS : IDLE_BEFORE_SENDING_MS)) leave(link.connection)
    underWay++
    const outcome = await (repeatable && retries ? askAlive(requests, limit) : askOnce(requests, limit))
    underWay--
    return outcome.ok ? judged(host, outcome.value) : outcome
  }

  const askAgain = async (requests: readonly RpcRequest[], limit: RequestLimit): Promise<Outcome> => {
    for (let failures = 0; ; failures++) {
      const outcome = await ask(requests, limit)
      if (outcome.ok) return outcome
      const { means, pauseMs = 0 } = outcome
      if (pauseMs > 0) rest = { untilMs: monotonicMs() + pauseMs, refusal: outcome }
      const ownMs = ownPauseMs(means, failures, requests.length)
      if (!retries || closed || !isRepeatable(requests) || ownMs === undefined) return outcome
      // Who is to be left alone for longer than there is time is not asked for less, either.
      if (!(await paused(ownMs, pauseMs, limit, outcome))) return { ...outcome, means: 'lasting' }
    }
  }

  /** False, at once, where there is not that much time. */
  const paused = async (ownMs: number, askedForMs: number, limit: RequestLimit, { error }: Failure) => {
    const fits = askedForMs > ownMs ? limit.allowsPause(askedForMs) : ownMs < limit.remainingMs()
    if (!fits) return false
    const ms = Math.max(ownMs, askedForMs)
    if (ms >= LONG_PAUSE_MS) note(`${error.message}: waiting ${Math.round(ms / 1000)} s`)
    await new Promise((resolve) => setTimeout(resolve, ms))
    return true
  }

  const askInParts = inParts(askAgain)
  const scrubbed = (reply: RpcReply): RpcReply =>
    reply.ok ? reply : { ok: false, error: { ...reply.error, message: scrub(reply.error.message) } }
  return {
    host,
    async send(requests) {
      // Whoever still asks then is waited for by nobody, and would only keep the process alive.
      if (closed) throw unreachable(host, 'it is closed')
      const limit = requestLimit(host, timeoutMs, deadline, proxyHost)
      const restMs = rest === null ? 0 : rest.untilMs - monotonicMs()
      if (rest !== null && restMs > 0 && !(retries && (await paused(0, restMs, limit, rest.refusal))))
        throw rest.refusal.error
      return (await askInParts(requests, limit)).map(scrubbed)
    },
    reconnect: () => leave(link.connection),
    close() {
      closed = true
      link.close()
    },
  }
}

/** Undefined: no further attempt. */
function ownPauseMs(means: Meaning, failures: number, requests: number): number | undefined {
  if (means === 'passing') return PAUSES_MS[failures]
  if (means !== 'rate-limited' || (requests > 1 && failures >= RATE_PAUSES_OF_BATCH)) return undefined
  return RATE_PAUSES_MS[failures]
}

function isSilent(answer: Promise<unknown>, afterMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), afterMs)
    void answer.then(() => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}

/** Where both fail, how the second did. */
async function firstGood<T extends { readonly ok: boolean }>(first: Promise<T>, second: Promise<T>): Promise<T> {
  const good = async (answer: Promise<T>) => {
    const outcome = await answer
    if (!outcome.ok) throw new Error('not this one')
    return outcome
  }
  return Promise.any([good(first), good(second)]).catch(() => second)
}

/**
 * Asks for less at once where a provider refuses that much: in ever smaller batches, in the end one by one. What it finds out
 * about a provider it keeps for the run. The function it gives throws the refusal's error.
 */
function inParts<L>(ask: (requests: readonly RpcRequest[], limit: L) => Promise<Outcome>) {
  let most = Infinity

  /** The first part, as large as it may be. */
  const firstPart = async (requests: readonly RpcRequest[], limit: L): Promise<Outcome> => {
    const before = most
    let whole: Refusal | null = null
    for (;;) {
      const part = requests.slice(0, isRepeatable(requests) ? most : 1)
      const outcome = await ask(part, limit)
      if (!outcome.ok && part.length > 1 && mayBeTheSize(outcome)) {
        whole ??= outcome
        most = part.length >> 1
        continue
      }
      if (whole === null || wordsOf(whole) !== wordsOf(outcome)) return outcome
      // It says the same of a single one: the size was not the reason.
      most = before
      return whole
    }
  }

  return async (requests: readonly RpcRequest[], limit: L): Promise<readonly RpcReply[]> => {
    const replies: RpcReply[] = []
    // One part after the other: the caller relies on the order in which state is read.
    while (replies.length < requests.length) {
      const outcome = await firstPart(requests.slice(replies.length), limit)
      const given = outcome.ok ? outcome.value : outcome.replies
      if (!outcome.ok && !given) throw outcome.error
      replies.push(...(given ?? []))
    }
    return replies
  }
}

/** Whether asking twice is the same as asking once. */
function isRepeatable(requests: readonly RpcRequest[]): boolean {
  return requests.every(({ method }) => method !== 'eth_sendRawTransaction')
}

/** Of the first error among the replies, or of what came in their place; undefined: a good answer. */
function wordsOf(outcome: Outcome): string | undefined {
  const replies = outcome.ok ? outcome.value : outcome.replies
  if (!outcome.ok && !replies) return outcome.error.message
  return replies?.flatMap((reply) => (reply.ok ? [] : [reply.error.message]))[0]
}

function mayBeTheSize({ means }: Failure): boolean {
  return means === 'too-much' || means === 'rate-limited' || means === 'unclear'
}

const REFUSALS: readonly Meaning[] = ['too-much', 'rate-limited', 'passing', 'unclear']

/** Errors that are not about what was asked are the provider's refusal of all of it. */
function judged(host: string, replies: readonly RpcReply[]): Outcome {
  const errors = replies.flatMap((reply) => (reply.ok ? [] : [reply.error]))
  const [first] = errors
  if (!first) return { ok: true, value: replies }
  const isBatch = replies.length > 1
  const alike = isBatch && errors.length === replies.length && errors.every(({ message }) => message === first.message)
  const about = (means: Meaning) => errors.find((error) => meaningOf(error) === means)
  const means = REFUSALS.find((one) => (one !== 'too-much' || isBatch) && (one !== 'unclear' || alike) && about(one))
  if (!means) return { ok: true, value: replies }
  const words = providerWords(about(means)?.message ?? '')
  return { ok: false, error: unreachable(host, words), means, replies }
}
