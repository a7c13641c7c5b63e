/**
 * What stands between the tool and a chain and forgets connections: they stay open, and nothing passes any more. HTTP and
 * WebSocket alike.
 */

import type { AddressInfo } from 'node:net'
import { createServer, connect as dial, type Socket } from 'node:net'

export interface HalfOpen {
  readonly host: string
  /** Connections so far, forgotten ones too. */
  readonly connections: () => number
  /** Forgets those that are open. */
  forget(): void
  /** Decides on every new connection whether it is forgotten from the start; counted from 0. */
  isLost: (connection: number) => boolean
  /** Called with whatever the tool sends over a connection, forgotten or not; before that is passed on. */
  onData: (text: string, connection: number) => void
  /** As new, on the same port. */
  reset(): void
  stop(): Promise<void>
}

/** `upstream` is asked for at each connection: a port on loopback. */
export async function startHalfOpen(upstream: () => number): Promise<HalfOpen> {
  const open = new Set<Socket>()
  let count = 0
  let forgetAll = new AbortController()
  const server = createServer((socket) => {
    const number = count++
    const lost = proxy.isLost(number)
    const forgotten = forgetAll.signal
    const inner = dial(upstream(), '127.0.0.1')
    for (const one of [socket, inner]) {
      open.add(one)
      one.on('error', () => {}).on('close', () => open.delete(one))
    }
    socket.on('data', (data) => {
      proxy.onData(`${data.toString('latin1')}${unmasked(data)}`, number)
      if (!lost && !forgotten.aborted) inner.write(data)
    })
    inner.on('data', (data) => {
      if (!lost && !forgotten.aborted) socket.write(data)
    })
    socket.on('close', () => inner.destroy())
    inner.on('close', () => !forgotten.aborted && !lost && socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const defaults = { isLost: () => false, onData: () => {} }
  const proxy: HalfOpen = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => count,
    forget() {
      forgetAll.abort()
      forgetAll = new AbortController()
    },
    ...defaults,
    reset() {
      for (const one of open) one.destroy()
      count = 0
      Object.assign(proxy, defaults)
    },
    async stop() {
      proxy.reset()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}

/** Texts in WebSocket frames (RFC 6455, 5.2), which clients mask; nothing sensible where there are none. */
function unmasked(data: Buffer): string {
  let text = ''
  for (let at = 0; at + 2 <= data.length; ) {
    const short = data.readUInt8(at + 1) & 0x7f
    const mask = at + (short === 126 ? 4 : short === 127 ? 10 : 2)
    if (mask + 4 > data.length) break
    const length = short === 126 ? data.readUInt16BE(at + 2) : short === 127 ? data.readUInt32BE(at + 6) : short
    for (let byte = 0; byte < length && mask + 4 + byte < data.length; byte++)
      text += String.fromCharCode((data[mask + 4 + byte] ?? 0) ^ (data[mask + (byte % 4)] ?? 0))
    at = mask + 4 + length
  }
  return text
}
