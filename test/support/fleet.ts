/** An operator's nodes as processes, on chain and at their ports, which a script ends and starts anew; and who watches. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach } from 'vitest'
import type { Hex } from '../../src/base/hex.js'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.js'
import { encodeNodeSecretKey, type NodeKeypair } from '../../src/base/keys/node-keypair.js'
import { decodeGetView } from '../../src/chain/contract/decode-get-view.js'
import { clusterView } from '../../src/cluster/cluster-view.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { storeNode } from '../../src/cluster/plain-node.js'
import { clusterAnswer } from '../../src/devnet/stand-in/cluster-answer.js'
import type { NodeProbe } from '../../src/peer/node-probe.js'
import { createNodeProbe } from '../../src/peer/quic/node-probe.js'
import { sandbox } from './cli.js'
import type { Devnet } from './devnet.js'
import { ip } from './nodes.js'
import { randomNodeKeypair } from './test-node.js'
import { nodeMetrics } from './test-node-metrics.js'
import { testNodeProgram } from './test-node-process.js'

const REDEPLOY = fileURLToPath(new URL('redeploy.mjs', import.meta.url))
const HOST = ip('127.0.0.1')
const GET_VIEW = '0x75418b9d'

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

/** Those of the development chain's first operator. Registers start and end with the test file. */
export function useFleet(net: Devnet, count: number): Fleet {
  const box = sandbox()
  const indexes = [...Array(count).keys()]
  const own = (index: number, kind: string) => box.path(`${index}.${kind}`)
  const [viewFile, metricsFile, keyFile] = [box.path('view'), box.path('metrics'), box.path('node.key')]
  const pid = (index: number) => Number(readFileSync(own(index, 'pid'), 'utf8'))
  const members: { readonly keypair: NodeKeypair; readonly ports: Ports }[] = []
  let program = ''

  const launch = (index: number): Promise<Ports> => {
    const child = spawn(process.execPath, [program, readFileSync(own(index, 'json'), 'utf8')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    writeFileSync(own(index, 'pid'), String(child.pid))
    return new Promise((resolve, reject) => {
      child.stdout.setEncoding('utf8').once('data', (line: string) => resolve(JSON.parse(line)))
      child.once('error', reject)
      child.once('exit', () => reject(new Error('a test node ended at once')))
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
    program = await testNodeProgram()
    const started = indexes.map(async (index) => {
      const keypair = await randomNodeKeypair()
      const secretKey = encodeNodeSecretKey(keypair.secretKey)
      if (index === 0) writeFileSync(keyFile, secretKey, { mode: 0o600 })
      const config = { secretKey, host: HOST, listed: 'everybody', viewFile, metricsFile }
      writeFileSync(own(index, 'json'), JSON.stringify(config))
      const { primaryPort, secondaryPort } = await launch(index)
      // Those it has from now on.
      writeFileSync(own(index, 'json'), JSON.stringify({ ...config, primaryPort, secondaryPort }))
      return { keypair, ports: { primaryPort, secondaryPort } }
    })
    members.push(...(await Promise.all(started)))
    await putOnChain()
  }
  const putOnChain = async () => {
    const [operator] = net.operators
    if (!operator) throw new Error('the development chain has no operator')
    const key = parseEncryptionKey(net.encryptionKey, 'the env file')
    const nodes = members.map(({ keypair: { peerId }, ports }) =>
      storeNode({ peerId, ipv4Addr: HOST, privateIpv4Addr: null, ...ports }, key),
    )
    await net.putData(operator, encodeOperatorData({ name: 'fleet', nodes, clients: [] }))
    const raw = decodeGetView(await net.rpc<Hex>('eth_call', { to: net.contract, data: GET_VIEW }, 'latest'))
    if (raw === null) throw new Error('the view does not decode')
    const view = clusterView(raw)
    const numbers = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)
    writeFileSync(viewFile, JSON.stringify({ Ok: clusterAnswer(view) }, numbers))
    writeFileSync(metricsFile, nodeMetrics({ clusterVersion: view.version, keyspaceVersion: view.keyspaceVersion }))
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
  afterAll(() => {
    for (const index of indexes) kill(index)
    box.remove()
  })

  return {
    get command() {
      return [process.execPath, REDEPLOY, box.path(''), program]
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
