// The largest cluster there can be, read.
import { join } from 'node:path'
import { bigCluster } from './big-cluster.mjs'
import { delayingProxy } from './delaying-proxy.mjs'
import { onDevnet } from './devnet.mjs'
import { wcn } from './processes.mjs'
import { ms, row } from './table.mjs'

const ROUND_TRIP_MS = 100

export async function bigView(folder) {
  await onDevnet(folder, [], async (env) => {
    const bytes = await bigCluster(env)
    const view = (args, options) => wcn(['cluster', 'view', ...args, '--json'], { metered: true, ...options })
    const { wallMs, cpuMs, peakMiB } = await view([], { env })
    const { SMART_CONTRACT_ENCRYPTION_KEY: _, ...keyless } = env
    const hidden = await view([], { env: keyless })
    const shards = await view(['--shards'], { env })
    const figures = `${ms(wallMs)}, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`
    row(`\`wcn cluster view --json\`, 256 operators × 78 nodes (${(bytes / 1e6).toFixed(1)} MB)`, figures)
    row('the same without the encryption key', `${ms(hidden.wallMs)}, CPU ${ms(hidden.cpuMs)}`)
    row('the same with `--shards`', `${ms(shards.wallMs)}, CPU ${ms(shards.cpuMs)}`, {
      value: shards.cpuMs,
      goal: 700,
      unit: ' ms of CPU',
    })
    const page = await view(['--html', join(folder, 'big.html')], { env })
    row('the same with `--html`', `${ms(page.wallMs)}, CPU ${ms(page.cpuMs)}`)
    const proxy = await delayingProxy(env.RPC_PROVIDER_URL, ROUND_TRIP_MS)
    const far = await wcn(['cluster', 'view', '--json'], { env: { ...env, RPC_PROVIDER_URL: proxy.url } })
    row(`the same over ${ROUND_TRIP_MS} ms round trips`, ms(far.wallMs), { note: 'Rust tool: 570 ms' })
    proxy.close()
    await plan(env, 20, 300)
    await plan(env, 256, 3000)
  })
}

/** From the keyspace of the first five to that of so many operators: the replica sets of both. */
async function plan(env, operators, goal) {
  const joining = Array.from({ length: operators - 5 }, (_, index) => ['--add', String(index + 5)]).flat()
  const options = { env, metered: true, codes: [0, 8] }
  const { wallMs, cpuMs, stdout } = await wcn(['admin', 'migration', 'plan', ...joining, '--json'], options)
  if (JSON.parse(stdout).data === undefined) throw new Error(stdout)
  row(`\`wcn admin migration plan\`, from 5 operators to ${operators}`, `${ms(wallMs)}, CPU ${ms(cpuMs)}`, {
    value: wallMs,
    ...{ goal, unit: ' ms' },
  })
}
