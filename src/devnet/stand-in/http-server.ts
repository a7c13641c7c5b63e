/** Serves a stand-in's metrics by plain HTTP, as nodes and databases do: `/metrics`, and what else it is given. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WcnError } from '../../errors/wcn-error.js'

/** Each makes its text anew, all at once or piece by piece. */
type Pages = Readonly<Record<string, () => AsyncIterable<string> | Iterable<string>>>

/** Only on loopback. Throws PORT_INVALID where the port can't be had. */
export async function serveMetrics(host: string, port: number, source: string, pages: Pages) {
  const server = createServer(async (request, response) => {
    const page = Object.hasOwn(pages, request.url ?? '') ? pages[request.url ?? ''] : undefined
    if (page === undefined) {
      response.writeHead(404).end()
      return
    }
    try {
      // Without a Content-Type, as observed.
      for await (const piece of page()) response.write(piece)
      response.end()
    } catch {
      response.destroy()
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      reject(portTaken('TCP', host, port, source, code ?? 'an error')),
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

export function portTaken(protocol: 'TCP' | 'UDP', host: string, port: number, source: string, why: string): WcnError {
  return new WcnError('PORT_INVALID', `${source}: ${protocol} port ${port} of ${host} can't be had: ${why}`, {
    hint: 'end what listens there, or choose another port',
  })
}
