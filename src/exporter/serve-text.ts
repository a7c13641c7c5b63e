/**
 * Serves a text by plain HTTP to who collects it: bounded in all that a client may do, and to nobody whom a page in a
 * browser led here by a name of its own (DNS rebinding).
 */
import { createServer } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { WcnError } from '../errors/wcn-error.js'

/** Those that say nothing are closed soon. */
const MOST_CONNECTIONS = 512
/** A line and its headers: nobody needs more. */
const MOST_HEADER_BYTES = 8 * 1024
const PATIENCE_MS = 5_000
const TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export interface Place {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** `text`: asked for each request; it costs nothing. Throws PORT_INVALID where the port can't be had. */
export async function serveText({ host, port }: Place, path: string, text: () => string, patienceMs = PATIENCE_MS) {
  const timeouts = { headersTimeout: patienceMs, requestTimeout: patienceMs, keepAliveTimeout: patienceMs }
  const server = createServer({
    ...timeouts,
    maxHeaderSize: MOST_HEADER_BYTES,
    connectionsCheckingInterval: patienceMs / 5,
  })
  server.maxConnections = MOST_CONNECTIONS
  server.setTimeout(2 * patienceMs)
  server.on('request', ({ method, url, headers }, response) => {
    const end = (status: number, body: string, type = TYPE) => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
      response.end(method === 'HEAD' ? '' : body)
    }
    if (!isOwnName(headers.host, host)) end(421, 'this is not served under that name\n')
    else if (method !== 'GET' && method !== 'HEAD') end(405, 'only GET and HEAD\n')
    else if (url === path) end(200, text())
    else if (url === '/healthz') end(200, 'ok\n')
    else end(404, `what there is is at ${path}\n`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      reject(
        new WcnError('PORT_INVALID', `--listen: TCP port ${port} of ${host} can't be had: ${code ?? 'an error'}`, {
          hint: 'end what listens there, or choose another port',
        }),
      ),
    )
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** An address is nobody's to rebind, and other names than this machine's own and the given one are not meant. */
function isOwnName(header: string | undefined, host: string): boolean {
  const name = (header ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return isIP(name) !== 0 || name === 'localhost' || name === host
}
