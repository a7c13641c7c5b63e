/**
 * UDP and TCP ports on which something else than a node answers, or nothing. All are free ports of a loopback address
 * that this process has for itself: on 127.0.0.1 somebody else's server might have the same port over TCP.
 */
import { createSocket } from 'node:dgram'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { type Ipv4, ipv4FromBytes } from '../../src/base/ipv4.js'

export interface OddPort {
  readonly host: Ipv4
  readonly port: number
  stop(): Promise<void>
}

export const OWN_HOST: Ipv4 = ipv4FromBytes(
  Uint8Array.from([127, ...crypto.getRandomValues(new Uint8Array(3)).map((byte) => byte % 254)]),
)
const VERSION_AT = 1
const IDS_AT = 5
const QUIC_V1 = 1

/** Takes datagrams and says nothing: what a firewall that drops them looks like. */
export const mutePort = (): Promise<OddPort> => udpPort(() => null)

/** Repeats what it is told. */
export const echoPort = (): Promise<OddPort> => udpPort((datagram) => datagram)

/** Tells which QUIC versions it speaks, and never finishes a handshake. */
export const unfinishedQuicPort = (): Promise<OddPort> =>
  udpPort((datagram) => {
    const isLong = ((datagram[0] ?? 0) & 0x80) !== 0
    if (!isLong || datagram.length < 1200 || datagram.readUInt32BE(VERSION_AT) === QUIC_V1) return null
    const [destination, rest] = idAt(datagram, IDS_AT)
    const [source] = idAt(datagram, rest)
    const versions = Buffer.from([0, 0, 0, QUIC_V1])
    return Buffer.concat([Buffer.from([0x80, 0, 0, 0, 0]), source, destination, versions])
  })

/** Takes TCP connections; its UDP port is mute. */
export async function tcpOnlyPort(): Promise<OddPort> {
  const server = createServer((socket) => socket.on('error', () => {}))
  const udp = await besideUdp(server)
  return {
    host: OWN_HOST,
    port: udp.port,
    async stop() {
      await Promise.all([udp.stop(), new Promise((done) => server.close(done))])
    },
  }
}

/** Lets it listen where nobody else has the number over UDP: what is free over one need not be so over the other. */
async function besideUdp(server: Server): Promise<OddPort> {
  const udp = await mutePort()
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(udp.port, OWN_HOST, () => resolve(true))
  })
  if (free) return udp
  await udp.stop()
  return besideUdp(server)
}

/** A port that was free a moment ago. */
export async function closedPort(): Promise<OddPort> {
  const { port, stop } = await mutePort()
  await stop()
  return { host: OWN_HOST, port, stop: async () => {} }
}

/** Serves one text at every path. */
export async function httpPort(text: string): Promise<OddPort> {
  const server = createHttpServer((_, response) => response.end(text))
  const { port, stop } = await besideUdp(server)
  await stop()
  return { host: OWN_HOST, port, stop: () => new Promise((done) => server.close(() => done())) }
}

function udpPort(answer: (datagram: Buffer) => Buffer | null): Promise<OddPort> {
  const socket = createSocket('udp4')
  socket.on('message', (datagram, { port, address }) => {
    const said = answer(datagram)
    if (said) socket.send(said, port, address)
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject).bind(0, OWN_HOST, () => {
      resolve({
        host: OWN_HOST,
        port: socket.address().port,
        stop: () => new Promise((done) => socket.close(() => done())),
      })
    })
  })
}

/** With its length in front; and where it ends. */
function idAt(datagram: Buffer, at: number): readonly [id: Buffer, end: number] {
  const end = at + 1 + (datagram[at] ?? 0)
  return [datagram.subarray(at, end), end]
}
