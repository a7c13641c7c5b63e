/** What a stand-in's port is like where no node listens but something takes datagrams: another program, or a firewall. */
import { createSocket } from 'node:dgram'
import type { RpcServer } from './rpc-server.js'

/** `mute` says nothing; `not-quic` repeats what it is told. */
export function startOtherProgram(kind: 'mute' | 'not-quic', host: string, port: number): Promise<RpcServer> {
  const socket = createSocket('udp4')
  if (kind === 'not-quic') socket.on('message', (data, { address, port: back }) => socket.send(data, back, address))
  return new Promise((resolve, reject) => {
    socket.once('error', reject).bind(port, host, () => {
      resolve({
        port: socket.address().port,
        connections: () => ({ taken: 0, open: 0 }),
        stop: () => new Promise((done) => socket.close(() => done())),
      })
    })
  })
}
