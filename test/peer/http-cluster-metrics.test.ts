/** What a node says of its cluster may be anything: figures of bearable number, and whether that was all. */
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { readClusterPage } from '../../src/peer/http-cluster-metrics.js'
import { parseClusterLine, peerOnLine } from '../../src/peer/protocol/cluster-metrics-text.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics/cluster`)
}

const LINE = 'wcn_node_version{operator="acme",service_kind="node",node_idx="3"} 260209.1'
const SAMPLE = { metric: 'wcn_node_version', operator: 'acme', nodeIndex: 3, value: 260_209.1 }
const PATIENT = { timeoutMs: 60_000, maxBytes: 1e9 }

describe('a line', () => {
  it('is a figure of a node, or of a database', () => {
    expect(parseClusterLine(LINE)).toEqual(SAMPLE)
    expect(parseClusterLine('wcn_db_version{operator="a",service_kind="db"} 7')).toMatchObject({
      nodeIndex: null,
      value: 7,
    })
  })

  it.each([
    ['of another metric', 'wcn_total_memory{operator="acme",service_kind="node",node_idx="3"} 1'],
    ['with labels of its own', 'wcn_node_version{a="1",operator="acme",service_kind="node",node_idx="3"} 1'],
    ['of a node, about a database', 'wcn_db_version{operator="acme",service_kind="node",node_idx="3"} 1'],
    ['of a database, about a node', 'wcn_node_version{operator="acme",service_kind="db"} 1'],
    ['without a value', 'wcn_node_version{operator="acme",service_kind="node",node_idx="3"} NaN'],
    ['with a huge index', 'wcn_node_version{operator="acme",service_kind="node",node_idx="99999"} 1'],
    ['of nothing', ''],
  ])('%s is none', (_, line) => expect(parseClusterLine(line)).toBeNull())

  it('gives no operator the words of one that is called like labels', () => {
    const name = 'x",service_kind="node",node_idx="0"} 1,operator="acme'
    const line = `wcn_node_version{operator="${name}",service_kind="node",node_idx="3"} 1`
    expect(parseClusterLine(line)).toMatchObject({ operator: name, nodeIndex: 3 })
  })
})

describe('a peer', () => {
  const tail = 'kind="Quic",operator="a",service_kind="node",node_idx="0"} 0'
  it.each([
    [`wcn_rpc_client_connection_errors{remote_addr="10.0.0.1:3010",remote_peer_id="12D3Koo",${tail}`, '12D3Koo'],
    [`wcn_rpc_client_connection_errors{remote_peer_id="12D3Koo",remote_addr="10.0.0.1:3010",${tail}`, '12D3Koo'],
    ['wcn_rpc_client_connection_errors{kind="Quic",operator="x",remote_peer_id="12D3Koo"} 0', null],
    ['wcn_other{remote_peer_id="12D3Koo"} 0', null],
    ['', null],
  ])('on %j is %j', (line, peer) => expect(peerOnLine(line)).toBe(peer))

  it('is on the lines of a real node', () => {
    const text = readFileSync(new URL('../vectors/wcn_node.metrics.txt', import.meta.url), 'utf8')
    const lines = text.split('\n').filter((line) => line.startsWith('wcn_rpc_client_connection_errors{'))
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) expect(line).toContain(`remote_peer_id="${peerOnLine(line)}"`)
  })
})

it('is read line by line, however it arrives', async () => {
  const url = await serve(async (_, response) => {
    for (const part of [LINE.slice(0, 20), `${LINE.slice(20)}\r\nwcn_other 1\n${LINE}`]) {
      response.write(part)
      await new Promise(setImmediate)
    }
    response.end()
  })
  expect(await readClusterPage(url, PATIENT)).toEqual({
    ...{ kind: 'read', samples: [SAMPLE, SAMPLE], cut: null },
    peers: new Set(),
  })
})

const forever =
  (line: string): RequestListener =>
  (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(line));
      response.once('drain', more)
    }
    more()
  }

it.each<[string, RequestListener]>([
  ['lines without end', forever(`${'x'.repeat(99)}\n`)],
  ['a line without end', forever('x'.repeat(65_536))],
  ['figures without end', forever(`${LINE}\n`)],
])('%s are cut off', async (_, listener) => {
  expect(await readClusterPage(await serve(listener), { ...PATIENT, maxBytes: 2e7 })).toMatchObject({
    kind: 'read',
    cut: 'size',
  })
})

it('what stops in the middle is told as far as it came', async () => {
  const url = await serve((_, response) => void response.write(`${LINE}\n`))
  expect(await readClusterPage(url, { ...PATIENT, timeoutMs: 300 })).toEqual({
    kind: 'read',
    samples: [SAMPLE],
    peers: new Set(),
    cut: 'time',
  })
  const broken = await serve((request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write(`${LINE}\n`)
    setImmediate(() => request.socket.end())
  })
  expect(await readClusterPage(broken, PATIENT)).toMatchObject({ kind: 'read', cut: 'time' })
})

it('what is no page is said in words', async () => {
  const answering = (listener: RequestListener, limits = PATIENT) =>
    serve(listener).then((url) => readClusterPage(url, limits))
  const failed = (why: RegExp | string) => ({ kind: 'failed', why: expect.stringMatching(why) })
  expect(await answering((_, response) => response.writeHead(404).end())).toEqual(failed('answers with 404'))
  const away = (_: unknown, response: Parameters<RequestListener>[1]) =>
    response.writeHead(302, { location: '/' }).end()
  expect(await answering(away)).toEqual(failed('answers with 302'))
  expect(await answering(() => {}, { ...PATIENT, timeoutMs: 200 })).toEqual(failed('does not answer within'))
  expect(await answering((request) => request.socket.destroy())).toEqual(failed('hangs up'))
  const url = await serve(() => {})
  for (const end of ends.splice(0)) end()
  expect(await readClusterPage(url, PATIENT)).toEqual(failed('nothing listens'))
})
