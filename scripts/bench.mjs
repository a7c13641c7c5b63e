// `npm run bench`: prints one table of figures and ratios, all from this run (docs/dev/performance.md).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { bigCluster } from './bench/big-cluster.mjs'
import { delayingProxy } from './bench/delaying-proxy.mjs'
import { journalCost } from './bench/journal-cost.mjs'
import { hasAddon, nodeFleet } from './bench/node-fleet.mjs'
import { interleaved, median, WCN, wcn } from './bench/processes.mjs'

const ROUNDS = 15
const BLOCK_TIME_S = 2
const ROUND_TRIP_MS = 100
const WRITES = 5
const MANY_NODES = 1000
const FLEET_PROCESSES = 4
const OWN_NODES = 10
const DOCTORS = 5

// It slows every start of Node, and so flatters every ratio.
delete process.env.NODE_EXTRA_CA_CERTS

const folder = mkdtempSync(join(tmpdir(), 'wcn-bench-'))
const rows = []
const row = (what, figure, aim) => rows.push([what, figure, aim])
const ms = (value) => `${Math.round(value)} ms`

/** Starts a development chain, hands its settings to `use`, and stops it. */
async function onDevnet(args, use) {
  const file = join(folder, `devnet-${rows.length}.env`)
  await wcn(['devnet', 'up', '--detach', '--chain-only', '--out', file, ...args])
  try {
    const env = parseEnv(readFileSync(file, 'utf8'))
    // The tool gets its settings from the environment; the provider's URL may be a proxy's.
    return await use(env)
  } finally {
    await wcn(['devnet', 'down', '--out', file])
  }
}

async function startUp(env) {
  const [node, version, help, generate, operator] = await interleaved(
    [
      { args: ['-e', '0'] },
      { args: [WCN, '--version'] },
      { args: [WCN, '--help'] },
      { args: [WCN, 'key', 'generate'] },
      { args: [WCN, 'operator', 'view'], env },
    ],
    ROUNDS,
  )
  const ratio = (value) => `${(value / node).toFixed(2)} × (${ms(value)})`
  row('`node -e 0`', `1 × (${ms(node)})`, '')
  row('`wcn --version`', ratio(version), '≤ 1.5 ×')
  row('`wcn --help`', ratio(help), '≤ 1.5 ×')
  row('`wcn key generate`', ratio(generate), '≤ 2 ×')
  row('`wcn operator view`, local chain, operator by its key', ratio(operator), '≤ 2.5 ×')
}

async function manyKeys() {
  const { wallMs, cpuMs, peakMiB } = await wcn(['key', 'generate', '--count', '10000'], { metered: true })
  const figures = `${ms(wallMs)}, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`
  row('`wcn key generate --count 10000`', figures, '')
}

async function bigView() {
  await onDevnet([], async (env) => {
    const bytes = await bigCluster(env)
    const { wallMs, cpuMs, peakMiB } = await wcn(['cluster', 'view', '--json'], { env, metered: true })
    const { SMART_CONTRACT_ENCRYPTION_KEY: _, ...keyless } = env
    const hidden = await wcn(['cluster', 'view', '--json'], { env: keyless, metered: true })
    const figures = `${ms(wallMs)}, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`
    row(`\`wcn cluster view --json\`, 256 operators × 78 nodes (${(bytes / 1e6).toFixed(1)} MB)`, figures, '')
    row('the same without the encryption key', `${ms(hidden.wallMs)}, CPU ${ms(hidden.cpuMs)}`, '')
    const shards = await wcn(['cluster', 'view', '--shards', '--json'], { env, metered: true })
    row('the same with `--shards`', `${ms(shards.wallMs)}, CPU ${ms(shards.cpuMs)}`, '')
    const proxy = await delayingProxy(env.RPC_PROVIDER_URL, ROUND_TRIP_MS)
    const far = await wcn(['cluster', 'view', '--json'], { env: { ...env, RPC_PROVIDER_URL: proxy.url } })
    row(`the same over ${ROUND_TRIP_MS} ms round trips`, ms(far.wallMs), 'Rust tool: 570 ms')
    proxy.close()
  })
}

async function farAway() {
  await onDevnet(['--block-time', String(BLOCK_TIME_S)], async (env) => {
    const proxy = await delayingProxy(env.RPC_PROVIDER_URL, ROUND_TRIP_MS)
    const state = join(folder, 'state')
    const far = { ...env, RPC_PROVIDER_URL: proxy.url, WCN_STATE_DIR: state }
    const [view] = await interleaved([{ args: [WCN, 'operator', 'view'], env: far }], 5)
    proxy.take()
    await wcn(['operator', 'view'], { env: far })
    row(`\`wcn operator view\` over ${ROUND_TRIP_MS} ms round trips`, ms(view), 'Rust tool: 310 ms')
    row('its HTTP requests', String(proxy.take().length), '1')
    const walls = []
    let requests = []
    for (let i = 0; i < WRITES; i++) {
      const { wallMs } = await wcn(['nodes', 'update', '0', '--primary-port', String(4000 + i), '--yes'], { env: far })
      walls.push(wallMs)
      requests = proxy.take()
    }
    const before = requests.findIndex((methods) => methods.includes('eth_sendRawTransaction'))
    const [least, most] = [Math.min(...walls), Math.max(...walls)]
    const mean = walls.reduce((sum, wall) => sum + wall, 0) / walls.length
    row(
      `\`wcn nodes update\`, ${BLOCK_TIME_S} s blocks, ${ROUND_TRIP_MS} ms round trips`,
      `${ms(mean)} on average (${ms(least)} to ${ms(most)})`,
      'Rust tool: 2280 ms',
    )
    row('its HTTP requests before the broadcast, and in all', `${before}, ${requests.length}`, '≤ 5; Rust tool: 9, 17')
    row('its lock and journal, of that', `${(await journalCost(state)).toFixed(1)} ms`, '')
    await roundTrips(proxy, far)
    proxy.close()
  })
}

/** HTTP requests of whole commands: over a slow line, what they take is a multiple of this. */
async function roundTrips(proxy, env) {
  const reads = [
    'operator view',
    'nodes list',
    'cluster view',
    'maintenance status',
    'operator funds',
    'tx list',
    'tx resume',
  ]
  const counts = []
  for (const command of reads) {
    await wcn(command.split(' '), { env })
    counts.push(`${command} ${proxy.take().length}`)
  }
  row('HTTP requests of other commands', counts.join(', '), '')
  for (const command of ['maintenance enter --yes', 'maintenance exit --yes']) {
    await wcn(command.split(' '), { env })
    const requests = proxy.take()
    const before = requests.findIndex((methods) => methods.includes('eth_sendRawTransaction'))
    row(`of \`${command}\`, before the broadcast, and in all`, `${before}, ${requests.length}`, '≤ 5 before')
  }
}

/** Needs the QUIC addon, as every look at a node that proves something. */
async function manyNodes() {
  await onDevnet([], async (env) => {
    const fleet = await nodeFleet(env, { count: MANY_NODES, processes: FLEET_PROCESSES, folder })
    try {
      const file = join(folder, 'nodes.json')
      writeFileSync(file, JSON.stringify({ nodes: fleet.nodes }))
      const { wallMs, cpuMs, peakMiB, stdout } = await wcn(['nodes', 'check', '-f', file, '--json'], {
        env: { ...env, WCN_OPERATOR: env.WCN_DEVNET_OPERATOR_0_ADDRESS },
        metered: true,
      })
      const figures = `${(wallMs / 1000).toFixed(1)} s, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`
      const found = operational(stdout)
      row(`\`wcn nodes check\`, ${MANY_NODES} nodes on loopback (${found} operational)`, figures, '< 20 s, ≤ 256 MiB')
    } finally {
      fleet.stop()
    }
  })
}

function operational(stdout) {
  return JSON.parse(stdout).data.nodes.filter((node) => node.operational).length
}

async function healthyOperator() {
  await onDevnet([], async (env) => {
    const fleet = await nodeFleet(env, { count: OWN_NODES, processes: 1, own: true, folder })
    try {
      const file = join(folder, 'node.key')
      writeFileSync(file, `${fleet.secretKey}\n`, { mode: 0o600 })
      const walls = []
      for (let round = 0; round < DOCTORS; round++)
        walls.push((await wcn(['doctor', '--node-key-file', file, '--json'], { env })).wallMs)
      row(`\`wcn doctor\`, a healthy operator of ${OWN_NODES} nodes`, ms(median(walls)), '< 3 s')
    } finally {
      fleet.stop()
    }
  })
}

try {
  await onDevnet([], startUp)
  await manyKeys()
  await bigView()
  await farAway()
  if (!hasAddon()) row('nodes', 'not measured: the QUIC addon is not installed', '')
  else {
    await manyNodes()
    await healthyOperator()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const [{ model }] = cpus()
const table = [
  '| measure | this run | aim or comparison |',
  '|---|---|---|',
  ...rows.map((cells) => `| ${cells.join(' | ')} |`),
]
process.stdout.write(
  `${table.join('\n')}\n\nNode ${process.versions.node}, ${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}\n`,
)
