/**
 * TLS before a server on loopback, for HTTP and WebSockets alike. The certificates are the tests' own, valid from 2020
 * to 2120; the authority's key is gone.
 */
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'

const fileOf = (name: string) => fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url))
const pem = (name: string) => readFileSync(fileOf(name), 'utf8')

export const TEST_AUTHORITY_FILE = fileOf('authority')
export const TEST_AUTHORITY = pem('authority')

export interface TlsFront {
  readonly port: number
  stop(): Promise<void>
}

/** For 127.0.0.1 and localhost. */
export async function startTlsFront(port: number): Promise<TlsFront> {
  const open = new Set<Socket>()
  const server = createServer({ cert: pem('server'), key: pem('server-key') }, (socket) => {
    const inner = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one
        .on('error', () => {})
        .on('close', () => {
          open.delete(one)
          other.destroy()
        })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
