/** The two RPC servers of a stand-in, on loopback: both start or neither does, and faults are what happens at their ports. */
import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import type { QuicAddon } from '../../peer/quic/load-addon.js'
import { type Faults, interferenceOf, isAbsence } from './faults.js'
import { portTaken } from './http-server.js'
import type { Log } from './log.js'
import { startOtherProgram } from './other-program.js'
import { peerIdOf, type Served } from './quic-server.js'
import { type ConnectionLimits, type Connections, type RpcServer, startRpcServer } from './rpc-server.js'
import type { Apis } from './serve-connection.js'

/** Nobody else may reach a stand-in. */
export const LOOPBACK = '127.0.0.1'
const SIDES = ['primary', 'secondary'] as const
type Side = (typeof SIDES)[number]

interface Options {
  readonly keypair: NodeKeypair
  readonly host: string
  readonly ports: { readonly primaryPort: number; readonly secondaryPort: number }
  readonly openingMs: number
  readonly rpcMs: number
  readonly limits: Readonly<Record<Side, ConnectionLimits>>
  readonly apis: Readonly<Record<Side, Apis>>
  readonly log: Log
  /** Where the ports are from. */
  readonly source: string
}

/** Throws PORT_INVALID where a port can't be had. */
export async function startRpcServers(addon: QuicAddon, options: Options) {
  const { host, apis, log, source, openingMs, rpcMs } = options
  const ports = { primary: options.ports.primaryPort, secondary: options.ports.secondaryPort }
  const running = new Map<Side, RpcServer & { readonly is: string }>()
  let faults: Faults = {}
  let before: Connections = { taken: 0, open: 0 }

  const opened = (api: string, connection: Served) => {
    const addr = connection.remoteMultiaddr().replace(/^\/ip4\/([^/]+)\/udp\/(\d+).*$/, '$1:$2')
    log('INFO', 'Connection established', { api, addr, peer_id: peerIdOf(connection) })
  }
  const launch = async (side: Side): Promise<RpcServer> => {
    const fault = faults[side]
    if (fault === 'mute' || fault === 'not-quic') return startOtherProgram(fault, host, ports[side])
    const other = side === 'primary' ? 'secondary' : 'primary'
    const server = startRpcServer(addon, {
      keypair: faults.keypair ?? options.keypair,
      host,
      port: ports[side],
      apis: () => apis[faults.swapped ? other : side],
      interference: () => interferenceOf(faults[side]),
      opened,
      openingMs,
      rpcMs,
      limits: options.limits[side],
    })
    log('INFO', 'Serving', { server_name: side, port: server.port })
    return server
  }
  const end = async (side: Side) => {
    const server = running.get(side)
    running.delete(side)
    await server?.stop()
    if (server) before = sum([before, { ...server.connections(), open: 0 }])
  }
  const heed = async (side: Side) => {
    const fault = faults[side]
    const is = isAbsence(fault) ? fault : (faults.keypair ?? options.keypair).peerId
    if (running.get(side)?.is === is) return
    await end(side)
    if (is === 'off') return
    try {
      const server = await launch(side)
      running.set(side, { ...server, is })
      ports[side] = server.port
    } catch (error) {
      throw portTaken('UDP', host, ports[side], source, error instanceof Error ? error.message : String(error))
    }
  }
  const stop = async () => void (await Promise.all(SIDES.map(end)))
  try {
    for (const side of SIDES) await heed(side)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    primaryPort: ports.primary,
    secondaryPort: ports.secondary,
    connections: () => sum([before, ...[...running.values()].map((server) => server.connections())]),
    async misbehave(wanted: Faults) {
      faults = wanted
      for (const side of SIDES) await heed(side)
    },
    stop,
  }
}

function sum(all: readonly Connections[]): Connections {
  return {
    taken: all.reduce((total, { taken }) => total + taken, 0),
    open: all.reduce((total, { open }) => total + open, 0),
  }
}
