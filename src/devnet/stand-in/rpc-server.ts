/** One RPC server of a stand-in: QUIC with libp2p's TLS, and limits on connections (docs/dev/network/node-protocol.md, "Transport"). */

import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import { monotonicMs } from '../../base/monotonic-ms.js'
import { type QuicAddon, quicConfig } from '../../peer/quic/load-addon.js'
import type { Served, ServerSide } from './quic-server.js'
import { type Serving, serveConnection } from './serve-connection.js'

/** Those that were taken so far, and those that are open now. */
export interface Connections {
  readonly taken: number
  readonly open: number
}

export interface RpcServer {
  readonly port: number
  connections(): Connections
  stop(): Promise<void>
}

/** Of one address: every peer of a stand-in has the same, loopback's. */
export interface ConnectionLimits {
  readonly atATime: number
  readonly perSecond: number
  readonly idleTimeoutMs: number
}

/** Handshakes at a time. */
const ACCEPTORS = 4
const LOOK_AGAIN_MS = 20

interface Settings extends Serving {
  readonly keypair: NodeKeypair
  readonly host: string
  /** 0 = any. */
  readonly port: number
  readonly limits: ConnectionLimits
}

export function startRpcServer(addon: QuicAddon, settings: Settings): RpcServer {
  const { keypair, host, limits } = settings
  const config = new addon.QuinnConfig(quicConfig(keypair, limits.idleTimeoutMs))
  const server = new (addon as QuicAddon & ServerSide).Server(config, host, settings.port)
  const open = new Set<Served>()
  const lately: number[] = []
  let [stopped, taken, waiting] = [false, 0, 0]

  /** Nobody beyond a limit is answered: to a peer that looks like silence. */
  const full = () => {
    while (lately[0] !== undefined && lately[0] < monotonicMs() - 1000) lately.shift()
    return open.size + waiting >= limits.atATime || lately.length + waiting >= limits.perSecond
  }
  const accept = async (): Promise<void> => {
    while (!stopped) {
      if (full()) {
        await sleep(LOOK_AGAIN_MS, undefined, { ref: false })
        continue
      }
      waiting += 1
      const connection = await server.inboundConnection().catch((error: Error) => {
        // A handshake that failed is a peer's affair.
        if (error.message === 'server closed') stopped = true
        return null
      })
      waiting -= 1
      if (connection === null) continue
      taken += 1
      lately.push(monotonicMs())
      open.add(connection)
      void connection.closed().then(() => open.delete(connection))
      // What a peer breaks off ends here.
      void serveConnection(connection, settings).catch(() => undefined)
    }
  }
  for (let acceptor = 0; acceptor < ACCEPTORS; acceptor++) void accept()
  return {
    port: server.port(),
    connections: () => ({ taken, open: open.size }),
    async stop() {
      stopped = true
      for (const connection of open) connection.abort()
      await server.abort()
    },
  }
}
