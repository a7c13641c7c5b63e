/**
 * A node, or a database, that speaks what docs/dev/network/node-protocol.md says over the QUIC addon, and can be told to misbehave
 * in every way that the probe has to tell apart.
 */

import { type Ipv4, parseIpv4 } from '../../src/base/ipv4.js'
import { keypairFromSecret, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import type { PeerId } from '../../src/base/keys/peer-id.js'
import { Secret } from '../../src/base/secret.js'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import { clusterAnswer } from '../../src/devnet/stand-in/cluster-answer.js'
import { type Apis, type RpcServer, startRpcServer } from '../../src/devnet/stand-in/rpc-server.js'
import { loadAddon, type QuicAddon } from '../../src/peer/quic/load-addon.js'
import { misbehaving, opensAll, type ServerBehaviour } from './test-node-misbehaviour.js'

export interface TestNodeOptions {
  /** Random unless given. */
  readonly keypair?: NodeKeypair
  /** 127.0.0.1 unless given. */
  readonly host?: string
  /** 0 = any, as it is unless given. */
  readonly primaryPort?: number
  readonly secondaryPort?: number
  /** What each server does; `off`: nothing listens there. */
  readonly primary?: ServerBehaviour | 'off'
  readonly secondary?: ServerBehaviour | 'off'
  /** The primary port serves the secondary's APIs, and the other way round. */
  readonly swapped?: boolean
  /** What the node's RPC provider shows, by `Cluster2`; null, or not given: that it fails. */
  readonly view?: () => ClusterView | null
  /** The answer of `Cluster2` word for word, whatever `view` says. */
  readonly viewAnswer?: () => unknown
  /** What `Metrics` answers for the node, and for its database; null, or not given: an error. */
  readonly metrics?: () => string | null
  readonly databaseMetrics?: () => string | null
  /** The answer of `Metrics` word for word, whatever the two before say. */
  readonly metricsAnswer?: (request: unknown) => unknown
  /** Who may open `Metrics`; nobody unless given. */
  readonly listed?: (peerId: string) => boolean
}

export interface TestNode {
  readonly peerId: PeerId
  readonly keypair: NodeKeypair
  readonly host: Ipv4
  readonly primaryPort: number
  readonly secondaryPort: number
  /** From the next connection or call on; a server that was `off` starts, one that is `off` now ends, until it resolves. */
  change(options: Omit<TestNodeOptions, 'keypair' | 'host' | 'primaryPort' | 'secondaryPort'>): Promise<void>
  /** Connections taken so far, and those that are open now, of both servers. */
  connections(): { readonly taken: number; readonly open: number }
  stop(): Promise<void>
}

const addon: QuicAddon | null = await loadAddon().catch(() => null)

/** Tests that need a peer are skipped without it. */
export const quicAvailable = addon !== null

/** For the environment of the tool: the addon doesn't load there. */
export const WITHOUT_ADDON = { WCN_TEST_WITHOUT_ADDON: '1' }

export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  return start(options, (current) => {
    const primary: Apis = {
      Cluster2: () => ({ 0: () => current().viewAnswer?.() ?? viewAnswer(current()) }),
      Replica: () => undefined,
    }
    const secondary: Apis = {
      Metrics: (peerId) =>
        current().listed?.(peerId) ? { 0: (request) => metricsAnswer(current(), request) } : undefined,
      Replica: () => undefined,
    }
    return current().swapped ? { primary: secondary, secondary: primary } : { primary, secondary }
  })
}

/** Its APIs are open to everybody. */
export async function startTestDatabase(options: TestNodeOptions = {}): Promise<TestNode> {
  return start(options, (current) => {
    const Database = () => ({})
    const Metrics = () => ({
      0: (request: unknown) => (request === 'db' ? metricsAnswer(current(), request) : undefined),
    })
    const both = { primary: { Database }, secondary: { Database, Metrics } }
    return current().swapped ? { primary: both.secondary, secondary: both.primary } : both
  })
}

export async function randomNodeKeypair(): Promise<NodeKeypair> {
  return keypairFromSecret(new Secret(crypto.getRandomValues(new Uint8Array(32))), { many: true })
}

type Current = () => TestNodeOptions
type Side = 'primary' | 'secondary'

async function start(
  options: TestNodeOptions,
  apisOf: (current: Current) => Readonly<Record<Side, Apis>>,
): Promise<TestNode> {
  if (addon === null) throw new Error('the QUIC addon is missing: skip this test where quicAvailable is false')
  let current = options
  const keypair = options.keypair ?? (await randomNodeKeypair())
  const host = parseIpv4(options.host ?? '127.0.0.1', "the test node's address")
  const behaviour = (side: Side): ServerBehaviour => {
    const wanted = current[side]
    return wanted === undefined || wanted === 'off' ? 'normal' : wanted
  }
  const launch = (side: Side, port: number): RpcServer =>
    startRpcServer(addon, {
      keypair,
      host,
      port,
      interference: () => misbehaving(() => behaviour(side)),
      opened: () => undefined,
      apis: () => {
        const apis = apisOf(() => current)[side]
        return opensAll(behaviour(side)) ? new Proxy(apis, { get: () => () => ({}) }) : apis
      },
    })

  // A server that is off gets its port all the same, and then gives it up.
  const servers: Record<Side, RpcServer> = {
    primary: launch('primary', options.primaryPort ?? 0),
    secondary: launch('secondary', options.secondaryPort ?? 0),
  }
  const ports = { primary: servers.primary.port, secondary: servers.secondary.port }
  const running: Record<Side, boolean> = { primary: true, secondary: true }
  const heed = async (side: Side) => {
    const wanted = current[side] !== 'off'
    if (wanted === running[side]) return
    running[side] = wanted
    if (wanted) servers[side] = launch(side, ports[side])
    else await servers[side].stop()
  }
  const heedBoth = async () => void (await Promise.all([heed('primary'), heed('secondary')]))
  await heedBoth()
  return {
    peerId: keypair.peerId,
    keypair,
    host,
    primaryPort: ports.primary,
    secondaryPort: ports.secondary,
    async change(changes) {
      current = { ...current, ...changes }
      await heedBoth()
    },
    connections() {
      const [one, other] = [servers.primary.connections(), servers.secondary.connections()]
      return { taken: one.taken + other.taken, open: one.open + other.open }
    },
    stop() {
      current = { ...current, primary: 'off', secondary: 'off' }
      return heedBoth()
    },
  }
}

function viewAnswer({ view }: TestNodeOptions): unknown {
  const shown = view?.() ?? null
  return shown === null ? failure(0, 'internal error') : { Ok: clusterAnswer(shown) }
}

function metricsAnswer(
  { metrics, databaseMetrics, metricsAnswer: answer }: TestNodeOptions,
  request: unknown,
): unknown {
  if (answer) return answer(request)
  if (request !== 'node' && request !== 'db') return failure(1, 'not found')
  const text = (request === 'node' ? metrics : databaseMetrics)?.() ?? null
  if (text !== null) return { Ok: text }
  return failure(0, request === 'db' ? 'Not connected' : 'internal error')
}

function failure(code: number, message: string) {
  return { Err: { code, message } }
}
