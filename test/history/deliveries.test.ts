/** What happened is handed on in order, whatever the command or the webhook does; the watch never waits for it. */
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDeliveries } from '../../src/history/deliveries.js'
import type { Happening } from '../../src/history/follow-events.js'
import { localProcesses } from '../../src/platform/processes/processes.js'
import { type Sandbox, sandbox } from '../support/cli.js'
import { testServices } from '../support/services.js'

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => box.remove())

const happening = (version: number): Happening =>
  ({ event: { version, event: 'data-pulled', words: `${version}` }, undone: false }) as unknown as Happening

function world(environment: NodeJS.ProcessEnv = process.env) {
  const stop = new AbortController()
  const sleeps: number[] = []
  const services = testServices()
  const clock = { ...services.clock, sleep: async (ms: number) => void sleeps.push(ms) }
  const processes = localProcesses({ environment, ownVariable: /^WCN_/ })
  const interruption = { ...services.interruption, signal: stop.signal }
  return { ...services, clock, sleeps, stop, interruption, processes: async () => processes }
}

function script(body: string): string {
  writeFileSync(box.path('hook'), `#!/bin/sh\n${body}\n`)
  chmodSync(box.path('hook'), 0o755)
  return box.path('hook')
}

async function server(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const http = createServer(async (request, response) => answer(request, response, await text(request)))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  return { url: new URL(`http://127.0.0.1:${port}/hook?token=secret-token`), close: () => http.closeAllConnections() }
}

describe('a command', () => {
  it('gets each event in turn, on its standard input and as arguments, without a shell', async () => {
    const services = world()
    const command = [script(`printf '%s|' "$@" >> ${box.path('out')}; cat >> ${box.path('out')}`), 'a b', '$(touch x)']
    const deliveries = createDeliveries(services, { command, webhook: null })
    for (const version of [7, 8, 9]) deliveries.push(happening(version))
    await expect
      .poll(() => existsSync(box.path('out')) && readFileSync(box.path('out'), 'utf8').split('\n').length)
      .toBe(4)
    const lines = readFileSync(box.path('out'), 'utf8').trim().split('\n')
    expect(lines.map((line) => line.slice(0, line.indexOf('{')))).toEqual(
      [7, 8, 9].map((version) => `a b|$(touch x)|data-pulled|${version}|`),
    )
    expect(JSON.parse(lines[0]?.slice(lines[0].indexOf('{')) ?? '')).toEqual(happening(7))
    await deliveries.end()
    expect(services.said).toEqual([])
  })

  it('gets of the settings only those that are named', async () => {
    const services = world({ ...process.env, WCN_TOLD: 'told', WCN_KEPT: 'kept' })
    const command = [script(`echo "$WCN_TOLD,$WCN_KEPT" > ${box.path('out')}`)]
    const deliveries = createDeliveries(services, { command, passEnv: ['WCN_TOLD'], webhook: null })
    deliveries.push(happening(1))
    await deliveries.end()
    expect(readFileSync(box.path('out'), 'utf8')).toBe('told,\n')
  })

  it('that fails is told, and the next event has its turn', async () => {
    const services = world()
    const deliveries = createDeliveries(services, { command: [script('exit 3')], webhook: null })
    deliveries.push(happening(1))
    deliveries.push(happening(2))
    await expect.poll(() => services.said).toHaveLength(2)
    expect(services.said[1]).toBe('warning: version 2 was not handed on: the command ended with 3')
  })

  it('that hangs is ended with the watch, and what is left over is told', async () => {
    const services = world()
    const command = [script(`touch ${box.path('began')}; sleep 100`)]
    const deliveries = createDeliveries(services, { command, webhook: null })
    for (let version = 0; version < 1_003; version++) deliveries.push(happening(version))
    expect(services.said).toEqual(['warning: the command is more than 1000 events behind: the oldest are given up'])
    await expect.poll(() => existsSync(box.path('began'))).toBe(true)
    services.stop.abort()
    await deliveries.end()
    expect(services.said.slice(1)).toEqual([
      'warning: version 0 was not handed on: the command ended by SIGTERM',
      'warning: 1002 events were not handed on to the command',
    ])
  })
})

describe('a watch that ends by itself', () => {
  it('leaves a program that hears nothing no longer than it takes to end it', async () => {
    const services = world()
    const command = [script(`trap '' TERM; touch ${box.path('began')}; while :; do sleep 1; done`)]
    const deliveries = createDeliveries(services, { command, webhook: null })
    deliveries.push(happening(1))
    await expect.poll(() => existsSync(box.path('began'))).toBe(true)
    services.stop.abort()
    await deliveries.end()
    expect(services.said).toEqual(['warning: version 1 was not handed on: the command ended by SIGKILL'])
  })
})

describe('a webhook', () => {
  it('gets each event as JSON, again after what may pass, with ever longer pauses', async () => {
    const services = world()
    const answers = [503, 429, 200, 200]
    const bodies: string[] = []
    const { url, close } = await server((request, response, body) => {
      bodies.push(`${request.method} ${request.headers['content-type']} ${body}`)
      response.writeHead(answers.shift() ?? 500).end('x')
    })
    const deliveries = createDeliveries(services, { command: null, webhook: { url, proxy: null } })
    deliveries.push(happening(1))
    deliveries.push(happening(2))
    await expect.poll(() => bodies).toHaveLength(4)
    const of = (version: number) => `POST application/json ${JSON.stringify(happening(version))}`
    expect(bodies).toEqual([of(1), of(1), of(1), of(2)])
    expect(services.sleeps).toEqual([1_000, 2_000])
    expect(services.said).toEqual([])
    close()
  })

  it.each([
    ['is refused for good', 404, 1, 'answers with 404'],
    ['fails as often as it is tried', 500, 8, 'answers with 500'],
    ['is led elsewhere', 307, 1, 'answers with 307'],
  ])('that %s is told by its host alone', async (_, status, attempts, why) => {
    const services = world()
    let asked = 0
    const { url, close } = await server((_request, response) => {
      asked++
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end()
    })
    createDeliveries(services, { command: null, webhook: { url, proxy: null } }).push(happening(5))
    await expect.poll(() => services.said).toEqual([`warning: version 5 was not handed on: ${url.host} ${why}`])
    expect(asked).toBe(attempts)
    close()
  })

  it('that hangs is left with the watch', async () => {
    const services = world()
    let asked = 0
    const { url, close } = await server(() => void asked++)
    const deliveries = createDeliveries(services, { command: null, webhook: { url, proxy: null } })
    deliveries.push(happening(5))
    await expect.poll(() => asked).toBe(1)
    deliveries.push(happening(6))
    services.stop.abort()
    await deliveries.end()
    expect(services.said).toEqual([
      `warning: version 5 was not handed on: ${url.host} does not answer`,
      `warning: 1 event was not handed on to ${url.host}`,
    ])
    expect(services.said.join()).not.toContain('secret-token')
    close()
  })
})
