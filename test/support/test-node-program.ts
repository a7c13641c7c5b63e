/**
 * A test node in a process of its own, for what kills and restarts nodes: built into one file and configured by a JSON
 * argument. It prints a line of JSON with its `peerId` and ports once it serves, and ends on SIGTERM.
 */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { base64 } from '@scure/base'
import { keypairFromSecret } from '../../src/base/keys/node-keypair.js'
import { Secret } from '../../src/base/secret.js'
import { startTestDatabase, startTestNode, type TestNodeOptions } from './test-node.js'

/** Functions of TestNodeOptions are data here; files are read for every answer, and one that is missing is an error. */
export interface TestNodeConfig
  extends Pick<TestNodeOptions, 'host' | 'primaryPort' | 'secondaryPort' | 'primary' | 'secondary' | 'swapped'> {
  /** A database instead of a node. */
  readonly database?: boolean
  /** In base64; random unless given. */
  readonly secretKey?: string
  /** Holds the whole answer of `Cluster2` as JSON: `{"Ok": clusterAnswer(view)}`. */
  readonly viewFile?: string
  readonly metricsFile?: string
  readonly databaseMetricsFile?: string
  /** Who may open `Metrics`. */
  readonly listed?: readonly string[] | 'everybody'
  /** How long it takes to start serving, as a real node does. */
  readonly startsAfterMs?: number
}

const { database, secretKey, viewFile, metricsFile, databaseMetricsFile, listed, startsAfterMs, ...others } =
  JSON.parse(process.argv[2] ?? '{}') as TestNodeConfig
const keypair = secretKey === undefined ? null : await keypairFromSecret(new Secret(base64.decode(secretKey)))

if (startsAfterMs !== undefined) await sleep(startsAfterMs)
const node = await (database === true ? startTestDatabase : startTestNode)({
  ...others,
  ...(keypair === null ? {} : { keypair }),
  viewAnswer: () => {
    const text = textOf(viewFile)
    return text === null ? undefined : JSON.parse(text)
  },
  metrics: () => textOf(metricsFile),
  databaseMetrics: () => textOf(databaseMetricsFile),
  listed: (peerId) => listed === 'everybody' || (listed ?? []).includes(peerId),
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void node.stop())
const { peerId, primaryPort, secondaryPort } = node
process.stdout.write(`${JSON.stringify({ peerId, primaryPort, secondaryPort })}\n`)

function textOf(file: string | undefined): string | null {
  return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : null
}
