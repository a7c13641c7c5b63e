/** The exporter's server: what is served, and that no client can hold it up or reach it by another name. */
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { serveText } from '../../src/exporter/serve-text.js'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function served(patienceMs?: number) {
  const server = await serveText({ host: '127.0.0.1', port: 0 }, '/metrics', () => 'x 1\n', patienceMs)
  closing.push(server.close)
  return server.port
}

function ask(port: number, path = '/metrics', { method = 'GET', host = `127.0.0.1:${port}`, more = {} } = {}) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const headers = { host, ...more }
    httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode, body }))
    })
      .on('error', reject)
      .end()
  })
}

async function idle(port: number, says = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  closing.push(() => socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (says !== '') socket.write(says)
  return socket
}

it('serves one text, to GET and HEAD', async () => {
  const port = await served()
  expect(await ask(port)).toEqual({ status: 200, body: 'x 1\n' })
  expect(await ask(port, '/metrics', { method: 'HEAD' })).toEqual({ status: 200, body: '' })
  expect(await ask(port, '/healthz')).toEqual({ status: 200, body: 'ok\n' })
  expect((await ask(port, '/')).status).toBe(404)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await ask(port, '/metrics', { method })).status).toBe(405)
})

it.each(['evil.example', 'evil.example:9464', 'localhost.evil.example'])('is not reached as %j', async (host) => {
  expect((await ask(await served(), '/metrics', { host })).status).toBe(421)
})

it.each(['localhost:9464', '127.0.0.1', '[::1]:9464', '10.0.0.7:9464'])('is reached as %j', async (host) => {
  expect((await ask(await served(), '/metrics', { host })).status).toBe(200)
})

it('refuses more headers than anybody needs', async () => {
  expect((await ask(await served(), '/metrics', { more: { cookie: 'x'.repeat(9_000) } })).status).toBe(431)
})

it('answers beside 200 connections that say nothing, or little, and closes those', async () => {
  const port = await served(200)
  const silent = await Promise.all(Array.from({ length: 100 }, () => idle(port)))
  const slow = await Promise.all(Array.from({ length: 100 }, () => idle(port, 'GET /metrics HTTP/1.1\r\nHost: loc')))
  expect((await ask(port)).status).toBe(200)
  await Promise.all([...silent, ...slow].map((socket) => socket.closed || once(socket.resume(), 'close')))
  expect((await ask(port)).status).toBe(200)
})

it('says which port can not be had', async () => {
  const port = await served()
  await expect(serveText({ host: '127.0.0.1', port }, '/metrics', () => '')).rejects.toMatchObject({
    code: 'PORT_INVALID',
    message: expect.stringContaining(`TCP port ${port} of 127.0.0.1 can't be had`),
  })
})
