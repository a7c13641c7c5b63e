// Reads and writes over a slow line, on a chain with a block every two seconds: wall time, and requests.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { delayingProxy } from './delaying-proxy.mjs'
import { onDevnet } from './devnet.mjs'
import { journalCost } from './journal-cost.mjs'
import { interleaved, median, WCN, wcn } from './processes.mjs'
import { ms, row } from './table.mjs'

const BLOCK_TIME_S = 2
const ROUND_TRIP_MS = 100
const WRITES = 8
const READS = ['operator view', 'nodes list', 'cluster view', 'maintenance status', 'operator funds', 'tx list']
const SENDING = 'eth_sendRawTransaction'

export async function farAway(folder) {
  await onDevnet(folder, ['--block-time', String(BLOCK_TIME_S)], async (env) => {
    const proxy = await delayingProxy(env.RPC_PROVIDER_URL, ROUND_TRIP_MS)
    const state = join(folder, 'state')
    const far = { ...env, RPC_PROVIDER_URL: proxy.url, WCN_STATE_DIR: state }
    const [view] = await interleaved([{ args: [WCN, 'operator', 'view'], env: far }], 5)
    proxy.take()
    await wcn(['operator', 'view'], { env: far })
    row(`\`wcn operator view\` over ${ROUND_TRIP_MS} ms round trips`, ms(view), { note: 'Rust tool: 310 ms' })
    const asked = proxy.take().length
    row('its HTTP requests', String(asked), { value: asked, goal: 1 })
    await fourContexts(folder, far)
    proxy.take()
    // The chain's first blocks came all at once; a chain that is older has them evenly.
    await pause(6 * BLOCK_TIME_S * 1000)
    await writes(proxy, far)
    row('its lock and journal, of that', `${(await journalCost(state)).toFixed(1)} ms`)
    await roundTrips(proxy, far)
    proxy.close()
  })
}

/** Of one cluster, each over a line of its own, held against one of them. */
async function fourContexts(folder, far) {
  const env = { ...process.env, WCN_CONFIG_DIR: join(folder, 'config') }
  const { SMART_CONTRACT_ADDRESS, WCN_DEVNET_OPERATOR_0_ADDRESS, RPC_PROVIDER_URL } = far
  for (const name of ['a', 'b', 'c', 'd']) {
    const settings = { contract: SMART_CONTRACT_ADDRESS, operator: WCN_DEVNET_OPERATOR_0_ADDRESS }
    const flags = ['--contract-address', settings.contract, '--operator', settings.operator, '--chain-id', '31337']
    await wcn(['context', 'add', name, ...flags, '--rpc-url', RPC_PROVIDER_URL], { env })
  }
  const view = (context) => ({ args: [WCN, 'operator', 'view', '--context', context], env })
  const [one, four] = await interleaved([view('a'), view('all')], 7)
  row(
    '`wcn operator view --context all`, four contexts, over that line',
    `${(four / one).toFixed(2)} × (${ms(four)})`,
    {
      value: four / one,
      goal: 1.3,
      unit: ' × one of them',
    },
  )
}

async function writes(proxy, env) {
  const runs = []
  for (let i = 0; i < WRITES; i++) {
    // Begun as the one before ends, that is with a block, each would wait for a whole one: they are spread over its time.
    await pause((i * BLOCK_TIME_S * 1000) / WRITES)
    const startedMs = performance.now()
    const flags = ['nodes', 'update', '0', '--primary-port', String(4000 + i), '--yes']
    const { wallMs } = await wcn(flags, { env })
    const requests = proxy.take()
    const before = requests.findIndex(({ methods }) => methods.includes(SENDING))
    runs.push({ wallMs, firstMs: requests[0].atMs - startedMs, before, all: requests.length })
  }
  const walls = runs.map(({ wallMs }) => wallMs)
  const mean = walls.reduce((sum, wall) => sum + wall, 0) / walls.length
  const what = `\`wcn nodes update\`, ${BLOCK_TIME_S} s blocks, ${ROUND_TRIP_MS} ms round trips`
  const figures = `${ms(mean)} on average (${ms(Math.min(...walls))} to ${ms(Math.max(...walls))})`
  row(what, figures, { value: mean, goal: 1800, unit: ' ms', note: 'Rust tool: 2280 ms' })
  const { before } = runs[0]
  const all = median(runs.map((run) => run.all))
  row('its HTTP requests before the broadcast, and in all', `${before}, ${all}`, {
    value: all,
    goal: 6,
    note: 'Rust tool: 9, 17',
  })
  const own = median(runs.map(({ firstMs }) => firstMs))
  row('from its start to its first request', ms(own), { value: own, goal: 120, unit: ' ms' })
}

/** HTTP requests of whole commands: over a slow line, what they take is a multiple of this. */
async function roundTrips(proxy, env) {
  const counts = []
  for (const command of READS) {
    await wcn(command.split(' '), { env })
    counts.push(`${command} ${proxy.take().length}`)
  }
  row('HTTP requests of other commands', counts.join(', '))
  await wcn(['tx', 'resume'], { env })
  const resumed = proxy.take().length
  row(`of \`tx resume\` with ${WRITES} recent transactions`, String(resumed), { value: resumed, goal: 4 })
  for (const command of ['maintenance enter --yes', 'maintenance exit --yes']) {
    await wcn(command.split(' '), { env })
    const requests = proxy.take()
    const before = requests.findIndex(({ methods }) => methods.includes(SENDING))
    row(`of \`${command}\`, before the broadcast, and in all`, `${before}, ${requests.length}`, {
      value: before,
      goal: 5,
      unit: ' before',
    })
  }
}
