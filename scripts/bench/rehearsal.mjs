// A network for rehearsal: until it is ready, and what its two processes hold and take when nobody does anything.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { wcn } from './processes.mjs'
import { row } from './table.mjs'

/** After the start, which is no rest. */
const SETTLED_MS = 10_000
const MIB = 2 ** 20
/** What Linux counts in. */
const TICKS_PER_SECOND = 100

export async function rehearsal(folder) {
  await network(folder, 5, 2, { goal: 1, unit: ' of 5 s and of 250 MiB' })
  await network(folder, 50, 4, {})
}

async function network(folder, operators, nodes, aim) {
  const file = join(folder, `rehearsal-${operators}.env`)
  const size = ['--operators', String(operators), '--nodes', String(nodes)]
  const { wallMs, stdout } = await wcn(['devnet', 'up', '--detach', '--out', file, '--json', ...size])
  try {
    await sleep(SETTLED_MS)
    const pid = JSON.parse(stdout).data.stand_ins.pid
    const before = cpuSeconds(pid)
    await sleep(SETTLED_MS)
    const load = (100 * (cpuSeconds(pid) - before)) / (SETTLED_MS / 1000)
    const { processes } = JSON.parse((await wcn(['devnet', 'status', '--out', file, '--json'])).stdout).data
    const bytes = processes.reduce((sum, one) => sum + one.memory_bytes, 0)
    const figures = `${(wallMs / 1000).toFixed(1)} s, ${Math.round(bytes / MIB)} MiB, then ${load.toFixed(1)} % of a core`
    row(`\`wcn devnet up\`, ${operators} operators × ${nodes} nodes and a database each`, figures, {
      value: Math.max(wallMs / 5_000, bytes / MIB / 250),
      ...aim,
    })
  } finally {
    await wcn(['devnet', 'down', '--out', file])
  }
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
