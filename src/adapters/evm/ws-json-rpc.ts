/** JSON-RPC over a WebSocket: what the real nodes' RPC_PROVIDER_URL is. All requests of a call leave at once. */
import WebSocket from 'ws'
import {
  type JsonRpc,
  MAX_ANSWER_BYTES,
  parseJson,
  parseReply,
  type RpcReply,
  requestBody,
  unreachable,
} from './json-rpc.js'

/**
 * Providers drop a connection that is idle, such as while somebody is asked for consent: the next requests get a new
 * one. What was under way when it broke is not sent again.
 */
export async function connectWebSocket(url: string, timeoutMs: number): Promise<JsonRpc> {
  let session = openSession(url, timeoutMs)
  const { host } = await session
  const live = async () => {
    const known = session
    const usable = await known.then(
      (opened) => !opened.isBroken(),
      () => false,
    )
    // Whoever sees it first opens the next one for all.
    if (!usable && session === known) session = openSession(url, timeoutMs)
    return session
  }
  return {
    host,
    send: async (requests) => (await live()).send(requests),
    close: () =>
      void session.then(
        (opened) => opened.close(),
        () => {},
      ),
  }
}

interface Session extends JsonRpc {
  isBroken(): boolean
}

async function openSession(url: string, timeoutMs: number): Promise<Session> {
  const target = new URL(url)
  const { host } = target
  // A WebSocket's URL has no fragment; HTTP leaves it out by itself.
  target.hash = ''
  const socket = new WebSocket(target, {
    handshakeTimeout: timeoutMs,
    maxPayload: MAX_ANSWER_BYTES,
    followRedirects: false,
  })
  const waiting = new Map<number, (reply: RpcReply | Error) => void>()
  let nextId = 0
  let broken: Error | null = null

  const breakAll = (reason: string) => {
    broken ??= unreachable(host, reason)
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
  socket.on('close', () => breakAll('it closed the connection'))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      breakAll(error.code ?? error.message)
      reject(broken)
    })
  })
  socket.on('error', (error: NodeJS.ErrnoException) => breakAll(error.code ?? error.message))

  const ask = (request: Parameters<typeof requestBody>[0]): Promise<RpcReply> =>
    new Promise((resolve, reject) => {
      if (broken) return reject(broken)
      const id = nextId++
      const deadline = setTimeout(() => {
        waiting.delete(id)
        reject(unreachable(host, `no answer within ${timeoutMs / 1000} s`))
      }, timeoutMs)
      waiting.set(id, (reply) => {
        clearTimeout(deadline)
        if (reply instanceof Error) reject(reply)
        else resolve(reply)
      })
      socket.send(JSON.stringify(requestBody(request, id)))
    })

  return {
    host,
    send: (requests) => Promise.all(requests.map(ask)),
    isBroken: () => broken !== null || socket.readyState !== WebSocket.OPEN,
    close: () => socket.terminate(),
  }
}
