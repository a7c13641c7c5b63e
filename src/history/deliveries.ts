/** Hands what happened on to a command and to a webhook, each in its own time: neither holds up the watch, or the other. */
import { proxiedAgents } from '../chain/rpc/proxied-agent.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ToldEvent } from './model/retell.js'
import type { HeardEvent } from './model/tell-difference.js'

interface Happening {
  readonly event: ToldEvent | HeardEvent
  readonly undone: boolean
}

/** Of each: what is older is given up then. */
const MOST_WAITING = 1_000
const ANSWERS_WITHIN_MS = 10_000
/** Two minutes in all, each pause twice the one before. */
const ATTEMPTS = 8
const FIRST_PAUSE_MS = 1_000
/** Too early, or too many: asked again, as after a fault of the server's. */
const TRY_AGAIN = [408, 425, 429]

type Needs = Pick<Services, 'clock' | 'processes' | 'talk'> & {
  /** Aborted with the watch, however that ends. */
  readonly over: AbortSignal
}

/** For what still waits when the watch ends by itself; who presses Ctrl-C does not wait. */
const LAST_MS = 3_000
/** From asking a program to end to ending it. */
const KILL_MS = 1_000

export interface Deliveries {
  push(happening: Happening): void
  /** Says what is left over. Nothing goes on afterwards. */
  end(): Promise<void>
}

export interface Webhook {
  /** It may be secret: only its host is ever told. */
  readonly url: URL
  /** On the way to it; null: none. */
  readonly proxy: string | null
}

interface Receivers {
  readonly command: readonly string[] | null
  /** Variables that the command gets although they are this tool's own. */
  readonly passEnv?: readonly string[]
  readonly webhook: Webhook | null
}

/** Null: not wanted. */
export function createDeliveries(
  { interruption, ...services }: Pick<Services, 'clock' | 'interruption' | 'processes' | 'talk'>,
  { command, passEnv = [], webhook }: Receivers,
): Deliveries {
  const ended = new AbortController()
  const needs: Needs = { ...services, over: AbortSignal.any([interruption.signal, ended.signal]) }
  const lanes = [
    ...(command ? [createLane(needs, 'the command', (one) => runFor(needs, command, passEnv, one))] : []),
    ...(webhook ? [createLane(needs, webhook.url.host, (one) => tellWebhook(needs, webhook, one))] : []),
  ]
  return {
    push: (happening) => {
      for (const lane of lanes) lane.push(happening)
    },
    end: async () => {
      const timer = setTimeout(() => ended.abort(), LAST_MS)
      await Promise.all(lanes.map((lane) => lane.end()))
      clearTimeout(timer)
    },
  }
}

/** One after the other, in their order. */
function createLane(
  { talk, over }: Needs,
  to: string,
  deliver: (happening: Happening) => Promise<string | null>,
): Deliveries {
  const waiting: Happening[] = []
  let given = 0
  let working: Promise<void> | null = null
  const work = async () => {
    for (let next = waiting[0]; next && !over.aborted; next = waiting[0]) {
      const fault = await deliver(next)
      if (fault !== null) talk.warn(`version ${next.event.version} was not handed on: ${fault}`)
      waiting.shift()
    }
    working = null
  }
  return {
    push: (happening) => {
      waiting.push(happening)
      working ??= work()
      if (waiting.length <= MOST_WAITING) return
      waiting.splice(1, 1)
      if (given++ === 0) talk.warn(`${to} is more than ${MOST_WAITING} events behind: the oldest are given up`)
    },
    end: async () => {
      await working
      const left = waiting.length + given
      if (left > 0) talk.warn(`${left} event${left === 1 ? ' was' : 's were'} not handed on to ${to}`)
      waiting.length = 0
    },
  }
}

/** As its arguments kind and version, on its standard input the document. Null: done. */
async function runFor(
  { processes, over }: Needs,
  command: readonly string[],
  passEnv: readonly string[],
  happening: Happening,
) {
  const { event } = happening
  const input = `${JSON.stringify(happening)}\n`
  try {
    const words = [...command, event.event, String(event.version)]
    const running = await (await processes()).start(words, { env: {}, passEnv, input })
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = () => {
      running.signal('SIGTERM')
      timer = setTimeout(() => running.signal('SIGKILL'), KILL_MS)
    }
    if (over.aborted) stop()
    else over.addEventListener('abort', stop, { once: true })
    const { exitCode, signal } = await running.ended
    clearTimeout(timer)
    over.removeEventListener('abort', stop)
    return exitCode === 0 ? null : `the command ended ${signal === null ? `with ${exitCode}` : `by ${signal}`}`
  } catch (error) {
    if (error instanceof WcnError) return error.message
    throw error
  }
}

/** Null: done. */
async function tellWebhook({ clock, over }: Needs, webhook: Webhook, happening: Happening): Promise<string | null> {
  const { host } = webhook.url
  let fault = ''
  for (let attempt = 0; attempt < ATTEMPTS && !over.aborted; attempt++) {
    if (attempt > 0) await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), over)
    const status = await post(webhook, JSON.stringify(happening), over)
    if (status !== null && status >= 200 && status < 300) return null
    fault = status === null ? `${host} does not answer` : `${host} answers with ${status}`
    if (status !== null && status < 500 && !TRY_AGAIN.includes(status)) return fault
  }
  return fault
}

/** The status of its answer, which is not read: led elsewhere, what is secret in the URL would go there too. Null: none came. */
async function post({ url, proxy }: Webhook, body: string, over: AbortSignal): Promise<number | null> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const proxied = proxy === null ? null : (await proxiedAgents(url, proxy, undefined))()
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.any([AbortSignal.timeout(ANSWERS_WITHIN_MS), over]),
    ...(proxied && { agent: proxied.agent }),
  }
  const status = await new Promise<number | null>((resolve) => {
    const outgoing = request(url, options, (answer) => {
      resolve(answer.statusCode ?? null)
      answer.destroy()
    })
    outgoing.on('error', () => resolve(null))
    outgoing.end(body)
  })
  proxied?.close()
  return status
}
