/** An HTTP proxy on loopback: forwards plain requests and opens tunnels (CONNECT), as those of companies do. */
import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface ForwardProxy {
  readonly host: string
  readonly url: string
  /** "CONNECT host:port" and "POST http://…", in order. */
  readonly requests: string[]
  /** What `Proxy-Authorization` said, decoded. */
  readonly credentials: (string | undefined)[]
  /** `refuse`: answers 407. `hang`: takes connections and says nothing. */
  behaviour: 'serve' | 'refuse' | 'hang'
  /** Resolves once nobody is connected any more. */
  idle(): Promise<void>
  reset(): void
  stop(): Promise<void>
}

export async function startForwardProxy(): Promise<ForwardProxy> {
  const open = new Set<Duplex>()
  let tell = () => {}
  const track = (socket: Duplex) => {
    open.add(socket)
    socket
      .on('error', () => {})
      .on('close', () => {
        open.delete(socket)
        tell()
      })
  }
  const note = ({ method, url, headers }: IncomingMessage) => {
    proxy.requests.push(`${method} ${url}`)
    const basic = headers['proxy-authorization']?.replace(/^Basic /, '')
    proxy.credentials.push(basic === undefined ? undefined : Buffer.from(basic, 'base64').toString())
    return proxy.behaviour
  }

  const server = createServer((incoming, response) => {
    const behaviour = note(incoming)
    if (behaviour === 'hang') return
    if (behaviour === 'refuse') return void response.writeHead(407).end('who are you?')
    const { method, headers } = incoming
    const onward = request(incoming.url ?? '', { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  })
  server.on('connection', track)
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    const behaviour = note(incoming)
    // Nobody else reads from it: its end would not be noticed.
    if (behaviour !== 'serve') socket.resume().on('end', () => socket.destroy())
    if (behaviour === 'hang') return
    if (behaviour === 'refuse') return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const { hostname, port } = new URL(`http://${incoming.url}`)
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket)
      socket.pipe(onward)
    })
    track(onward)
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  const proxy: ForwardProxy = {
    host,
    url: `http://${host}`,
    requests: [],
    credentials: [],
    behaviour: 'serve',
    idle: () =>
      new Promise((resolve) => {
        tell = () => {
          if (open.size === 0) resolve()
        }
        tell()
      }),
    reset() {
      proxy.requests.length = 0
      proxy.credentials.length = 0
      proxy.behaviour = 'serve'
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of open) socket.destroy()
      }),
  }
  return proxy
}
