// A loopback HTTP proxy in front of an RPC provider that adds a round-trip time and counts what passes.
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

/** `roundTripMs`: added to each request, half before and half after it reaches the provider. */
export async function delayingProxy(target, roundTripMs) {
  const requests = []
  const server = createServer(async (request, response) => {
    const atMs = performance.now()
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    requests.push({ atMs, methods: [JSON.parse(body)].flat().map(({ method }) => method) })
    await wait(roundTripMs / 2)
    const answer = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const text = await answer.text()
    await wait(roundTripMs / 2)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Methods of each HTTP request since the last call, and when it came. */
    take: () => requests.splice(0),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
