/** An operator's nodes as processes, on chain and at their ports, which a script ends and starts anew; and who watches. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach } from 'vitest'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeNodeSecretKey, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { freePorts } from '../../src/devnet/stand-in/free-ports.js'
import type { NodeProbe } from '../../src/peer/node-probe.js'
import { createNodeProbe } from '../../src/peer/quic/node-probe.js'
import { BIN, cleanEnvironment, sandbox } from './cli.js'
import type { Devnet } from './devnet.js'
import { ip } from './nodes.js'
import { randomNodeKeypair, startTestDatabase, type TestStandIn } from './stand-ins.js'

const REDEPLOY = fileURLToPath(new URL('redeploy.mjs', import.meta.url))
const HOST = ip('127.0.0.1')

/** What the script does with a node instead of ending it and starting it anew. */
type Mishap = 'fail' | 'forget' | 'hang' | 'stubborn'

export interface Fleet {
  /** The script, as a command for after `--`. */
  readonly command: readonly string[]
  /** A file with the secret key of the first node. */
  readonly keyFile: string
  peerId(index: number): string
  pid(index: number): number
  /** `INDEX WORD…`, of this test. */
  log(): readonly string[]
  /** Those for which the script began, in their order. */
  begun(): readonly number[]
  /** What the script found in its environment. */
  environment(index: number): Readonly<Record<string, string>>
  mishap(index: number, mishap: Mishap): void
  kill(index: number): void
  /** All nodes are up, and all mishaps and notes forgotten: as in the beginning of each test. */
  asNew(): Promise<void>
  /** A peer looks at all nodes again and again. The script keeps a node down until it has been seen to be. */
  watch(): Promise<Watch>
}

interface Watch {
  /** By how many nodes at least each look was answered, and which of them were seen down. */
  end(): Promise<{ readonly fewestUp: number; readonly seenDown: readonly number[] }>
}

interface Ports {
  readonly primaryPort: number
  readonly secondaryPort: number
}

/** Those of the development chain's first operator, each `wcn devnet serve` with its env file. Registers start and end with the test file. */
export function useFleet(net: Devnet, count: number): Fleet {
  const box = sandbox()
  const indexes = [...Array(count).keys()]
  const own = (index: number, kind: string) => box.path(`${index}.${kind}`)
  const keyFile = box.path('node.key')
  const pid = (index: number) => Number(readFileSync(own(index, 'pid'), 'utf8'))
  const members: { readonly keypair: NodeKeypair; readonly ports: Ports }[] = []
  let database: TestStandIn | undefined

  const launch = (index: number): Promise<void> => {
    const child = spawn(process.execPath, [BIN, 'devnet', 'serve', own(index, 'service')], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: cleanEnvironment(),
    })
    writeFileSync(own(index, 'pid'), String(child.pid))
    return new Promise((resolve, reject) => {
      // It says something once it serves.
      child.stdout.once('data', () => resolve())
      child.once('error', reject)
      child.once('exit', () => reject(new Error('a node ended at once')))
    })
  }
  const kill = (index: number) => {
    try {
      process.kill(pid(index), 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
  const startFirst = async () => {
    database = await startTestDatabase()
    const ports = await freePorts(3 * count)
    for (const index of indexes) {
      const keypair = await randomNodeKeypair()
      const secretKey = encodeNodeSecretKey(keypair.secretKey)
      if (index === 0) writeFileSync(keyFile, secretKey, { mode: 0o600 })
      const [primaryPort = 0, secondaryPort = 0, metricsPort = 0] = ports.slice(3 * index)
      const variables = {
        SECRET_KEY: secretKey,
        PRIMARY_RPC_SERVER_PORT: primaryPort,
        SECONDARY_RPC_SERVER_PORT: secondaryPort,
        METRICS_SERVER_PORT: metricsPort,
        DATABASE_RPC_SERVER_ADDRESS: database.host,
        DATABASE_PEER_ID: database.peerId,
        DATABASE_PRIMARY_RPC_SERVER_PORT: database.primaryPort,
        DATABASE_SECONDARY_RPC_SERVER_PORT: database.secondaryPort,
        SMART_CONTRACT_ADDRESS: net.contract,
        SMART_CONTRACT_ENCRYPTION_KEY: net.encryptionKey,
        RPC_PROVIDER_URL: net.rpcUrl.replace(/^http/, 'ws'),
      }
      const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
      writeFileSync(own(index, 'service'), lines.join(''), { mode: 0o600 })
      members.push({ keypair, ports: { primaryPort, secondaryPort } })
    }
    await putOnChain()
    await Promise.all(indexes.map(launch))
  }
  const putOnChain = async () => {
    const [operator] = net.operators
    if (!operator) throw new Error('the development chain has no operator')
    const key = parseEncryptionKey(net.encryptionKey, 'the env file')
    const nodes = members.map(({ keypair: { peerId }, ports }) =>
      storeNode({ peerId, ipv4Addr: HOST, privateIpv4Addr: null, ...ports }, key),
    )
    await net.putData(operator, encodeOperatorData({ name: 'fleet', nodes, clients: [] }))
  }
  const look = async (probe: NodeProbe, index: number, timeoutMs = 5_000): Promise<boolean> => {
    const { keypair, ports } = members[index] ?? {}
    const report = await probe.reach({ host: HOST, port: ports?.primaryPort ?? 0, api: 'Cluster2' }, timeoutMs)
    if (report.kind !== 'answers') return false
    if (report.api.kind === 'accepted') report.api.session.close()
    return report.peerId === keypair?.peerId
  }
  const log = () => (existsSync(box.path('log')) ? readFileSync(box.path('log'), 'utf8').trimEnd().split('\n') : [])

  const asNew = async () => {
    if (members.length === 0) return startFirst()
    rmSync(box.path('log'), { force: true })
    for (const index of indexes) rmSync(own(index, 'does'), { force: true })
    const probe = await createNodeProbe(null)
    const up = await Promise.all(indexes.map((index) => look(probe, index)))
    probe.close()
    await Promise.all(indexes.filter((index) => !up[index]).map(launch))
  }
  beforeEach(asNew)
  afterAll(async () => {
    for (const index of indexes) kill(index)
    await database?.stop()
    box.remove()
  })

  return {
    get command() {
      return [process.execPath, REDEPLOY, box.path(''), BIN]
    },
    keyFile,
    peerId: (index) => members[index]?.keypair.peerId ?? '',
    pid,
    log,
    begun: () => log().flatMap((line) => (/ begins /.test(line) ? [Number.parseInt(line, 10)] : [])),
    environment: (index) => JSON.parse(readFileSync(own(index, 'env'), 'utf8')),
    mishap: (index, mishap) => writeFileSync(own(index, 'does'), mishap),
    kill,
    asNew,
    async watch() {
      writeFileSync(box.path('watched'), '')
      const probe = await createNodeProbe(null)
      const seenDown = new Set<number>()
      let [fewestUp, over] = [count, false]
      const watching = (async () => {
        while (!over) {
          const lookAll = (timeoutMs: number) => Promise.all(indexes.map((index) => look(probe, index, timeoutMs)))
          const first = await lookAll(2_000)
          // A node that goes in the middle of an answer takes all of the time; a machine that stands still does for all.
          const up = first.includes(true) ? first : await lookAll(10_000)
          fewestUp = Math.min(fewestUp, up.filter(Boolean).length)
          for (const index of indexes.filter((place) => !up[place])) {
            seenDown.add(index)
            writeFileSync(own(index, 'seen'), '')
          }
          // Or nothing else would get a turn.
          await sleep(100)
        }
      })()
      return {
        async end() {
          over = true
          await watching
          probe.close()
          rmSync(box.path('watched'))
          return { fewestUp, seenDown: [...seenDown].sort() }
        },
      }
    },
  }
}
