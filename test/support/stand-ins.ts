/** Stand-ins of `wcn devnet serve` in the test's own process: nodes that follow a chain, or show a view that the test holds; databases. */
import { parseAddress } from '../../src/base/address.js'
import type { Ipv4 } from '../../src/base/ipv4.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { keypairFromSecret, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import { Secret } from '../../src/base/secret.js'
import type { ClusterView } from '../../src/cluster/cluster-view.js'
import type { PlainNode } from '../../src/cluster/plain-node.js'
import type { DatabaseEnvironment } from '../../src/devnet/model/service-environment.js'
import { startDatabase } from '../../src/devnet/stand-in/database.js'
import type { Faults } from '../../src/devnet/stand-in/faults.js'
import { createLookout, type Lookout } from '../../src/devnet/stand-in/lookout.js'
import { startNode } from '../../src/devnet/stand-in/node.js'
import type { StandIn } from '../../src/devnet/stand-in/stand-in.js'
import { loadAddon, type QuicAddon } from '../../src/peer/quic/load-addon.js'
import { createNodeProbe } from '../../src/peer/quic/node-probe.js'
import type { Devnet } from './devnet.js'
import { ip, peerId } from './nodes.js'

const addon: QuicAddon | null = await loadAddon().catch(() => null)

/** Tests that need a peer are skipped without it. */
export const quicAvailable = addon !== null

/** For the environment of the tool: the addon doesn't load there. */
export const WITHOUT_ADDON = { WCN_TEST_WITHOUT_ADDON: '1' }

export interface TestStandIn extends StandIn {
  readonly keypair: NodeKeypair
  readonly host: Ipv4
}

interface Options {
  /** Random unless given. */
  readonly keypair?: NodeKeypair
  /** 127.0.0.1 unless given. */
  readonly host?: Ipv4
  readonly faults?: Faults
}

interface NodeOptions extends Options {
  /** It has none unless given. */
  readonly database?: TestStandIn
}

/** What it follows: a development chain, or a view. */
type Followed = Pick<Devnet, 'rpcUrl' | 'contract' | 'encryptionKey'> | (() => ClusterView)

export async function startTestNode(followed: Followed, options: NodeOptions = {}): Promise<TestStandIn> {
  const { database } = options
  const ofChain = typeof followed === 'function' ? OF_VIEW : followed
  return started(options, async (quic, { keypair, host, ports }) =>
    startNode(
      quic,
      {
        kind: 'node',
        secretKey: keypair.secretKey,
        ...ports,
        database: {
          host: database?.host ?? ip('192.0.2.1'),
          peerId: database?.peerId ?? peerId(0),
          primaryPort: database?.primaryPort ?? 1,
          secondaryPort: database?.secondaryPort ?? 1,
        },
        contract: parseAddress(ofChain.contract, 'the test'),
        encryptionKey: parseEncryptionKey(ofChain.encryptionKey, 'the test'),
        rpcUrl: new Secret(ofChain.rpcUrl.replace(/^http/, 'ws')),
        signingKey: null,
        idleTimeoutMs: 5_000,
        publicAddress: null,
      },
      typeof followed === 'function'
        ? { ...HOW, host, pullMs: 0, lookout: NO_LOOKOUT, follow: async () => held(followed) }
        : { ...HOW, host, pullMs: 0, lookout: await ofAll() },
    ),
  )
}

interface DatabaseOptions extends Options {
  readonly environment?: Partial<Pick<DatabaseEnvironment, 'openingMs' | 'limits'>>
}

export function startTestDatabase(options: DatabaseOptions = {}): Promise<TestStandIn> {
  return started(options, (quic, { keypair, host, ports }) =>
    startDatabase(
      quic,
      {
        kind: 'database',
        secretKey: keypair.secretKey,
        ...ports,
        directory: '/wcn/rocksdb',
        openingMs: 10_000,
        limits: { atATime: 50, perSecond: 50, idleTimeoutMs: 5_000 },
        ...options.environment,
      },
      { ...HOW, host },
    ),
  )
}

export async function randomNodeKeypair(): Promise<NodeKeypair> {
  return keypairFromSecret(new Secret(crypto.getRandomValues(new Uint8Array(32))), { many: true })
}

/** As it is listed. */
export function plainOf({ peerId, host, primaryPort, secondaryPort }: TestStandIn): PlainNode {
  return { peerId, ipv4Addr: host, privateIpv4Addr: null, primaryPort, secondaryPort }
}

const HOW = { log: () => undefined, source: 'the test' }
/** The key is that of cluster-at.ts. */
const OF_VIEW = { rpcUrl: 'ws://127.0.0.1:1', contract: `0x${'99'.repeat(20)}`, encryptionKey: '42'.repeat(32) }

const NO_LOOKOUT: Lookout = { failures: new Map(), watch: () => () => undefined, close: async () => undefined }
let lookout: Lookout | undefined

async function ofAll(): Promise<Lookout> {
  lookout ??= createLookout(await createNodeProbe(null))
  return lookout
}

function held(view: () => ClusterView) {
  return {
    view,
    readView: async () => view(),
    onChange: () => undefined,
    async *logs() {},
    gone: new Promise<never>(() => undefined),
    close: () => undefined,
  }
}

interface Place {
  readonly keypair: NodeKeypair
  readonly host: Ipv4
  readonly ports: { readonly primaryPort: number; readonly secondaryPort: number; readonly metricsPort: number }
}

async function started(
  { keypair, host = ip('127.0.0.1'), faults }: Options,
  start: (quic: QuicAddon, place: Place) => Promise<StandIn>,
): Promise<TestStandIn> {
  if (addon === null) throw new Error('the QUIC addon is missing: skip this test where quicAvailable is false')
  const own = keypair ?? (await randomNodeKeypair())
  const ports = { primaryPort: 0, secondaryPort: 0, metricsPort: 0 }
  const standIn = await start(addon, { keypair: own, host, ports })
  if (faults) await standIn.misbehave(faults)
  return { ...standIn, keypair: own, host }
}
