/** What listens on a metrics port may be anything: it is text of bearable size, or nothing. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { httpMetrics } from '../../src/peer/http-metrics.js'

const { read } = httpMetrics(300)
/** Nothing that is there is missed because a machine is busy. */
const patient = httpMetrics(60_000)

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

it('is read whole', async () => {
  const port = await serve(({ url }, response) => response.end(`asked for ${url}`))
  expect(await patient.read('127.0.0.1', port)).toBe('asked for /metrics')
})

it.each<[string, RequestListener]>([
  ['an error', (_, response) => response.writeHead(500).end('a 1')],
  ['a redirection', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
  ['no end', (_, response) => void response.write('a 1')],
  ['nothing', () => {}],
  [
    'a hundred megabytes',
    (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    },
  ],
  [
    'half an answer',
    (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('a 1')
      request.socket.end()
    },
  ],
])('is nothing where the answer is %s', async (_, listener) => {
  expect(await read('127.0.0.1', await serve(listener))).toBeNull()
})

it('is nothing where nobody listens', async () => {
  const port = await serve(() => {})
  for (const end of ends.splice(0)) end()
  expect(await read('127.0.0.1', port)).toBeNull()
})
