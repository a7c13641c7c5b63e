/** The two RPC servers of a stand-in, on loopback: both start or neither does, and both write log lines. */
import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import type { QuicAddon } from '../../peer/quic/load-addon.js'
import { portTaken } from './http-server.js'
import type { Log } from './log.js'
import { type Apis, peerIdOf, type RpcServer, type Served, startRpcServer } from './rpc-server.js'

/** Nobody else may reach a stand-in. */
export const LOOPBACK = '127.0.0.1'

interface Options {
  readonly keypair: NodeKeypair
  readonly ports: { readonly primaryPort: number; readonly secondaryPort: number }
  readonly openingTimeoutMs?: number
  readonly apis: { readonly primary: () => Apis; readonly secondary: () => Apis }
  readonly log: Log
  /** Where the ports are from. */
  readonly source: string
}

/** Throws PORT_INVALID where a port can't be had. */
export async function startRpcServers(addon: QuicAddon, options: Options): Promise<{ stop(): Promise<void> }> {
  const { keypair, ports, apis, log, source, openingTimeoutMs } = options
  const opened = (api: string, connection: Served) => {
    const addr = connection.remoteMultiaddr().replace(/^\/ip4\/([^/]+)\/udp\/(\d+).*$/, '$1:$2')
    log('INFO', 'Connection established', { api, addr, peer_id: peerIdOf(connection) })
  }
  const running: RpcServer[] = []
  const stop = async () => void (await Promise.all(running.map((server) => server.stop())))
  for (const [server_name, port] of [
    ['primary', ports.primaryPort],
    ['secondary', ports.secondaryPort],
  ] as const) {
    try {
      const limit = openingTimeoutMs === undefined ? {} : { openingTimeoutMs }
      running.push(startRpcServer(addon, { keypair, host: LOOPBACK, port, apis: apis[server_name], opened, ...limit }))
    } catch (error) {
      await stop()
      throw portTaken('UDP', LOOPBACK, port, source, error instanceof Error ? error.message : String(error))
    }
    log('INFO', 'Serving', { server_name, port })
  }
  return { stop }
}
