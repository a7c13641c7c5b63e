// Whole clusters looked at, by QUIC on loopback, with the key of one of their nodes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillCluster } from './big-cluster.mjs'
import { onDevnet } from './devnet.mjs'
import { nodeFleet } from './node-fleet.mjs'
import { wcn } from './processes.mjs'
import { ms, row } from './table.mjs'

export async function clusterStatus(folder) {
  await status(folder, { operators: 40, perOperator: 25, served: 40, processes: 4 })
  // The largest there can be. Each node that is served is listed by 18 operators.
  await status(folder, { operators: 256, perOperator: 78, served: 14, processes: 2 })
}

async function status(folder, { operators, perOperator, served, processes }) {
  await onDevnet(folder, [], async (env) => {
    const fleet = await nodeFleet(env, { count: served * perOperator, processes, perOperator, folder })
    try {
      await fillCluster(
        env,
        Array.from({ length: operators }, (_, slot) => fleet.operators[slot % served]),
      )
      await fleet.readAnew()
      const keyFile = join(folder, 'status.key')
      writeFileSync(keyFile, `${fleet.secretKey}\n`, { mode: 0o600 })
      const args = ['cluster', 'status', '--node-key-file', keyFile, '--json']
      const { wallMs, cpuMs, peakMiB, stdout } = await wcn(args, { env, metered: true, codes: [0, 8] })
      const up = JSON.parse(stdout)
        .data.operators.flatMap((operator) => operator.nodes)
        .filter(({ state }) => state === 'up').length
      const figures = `${(wallMs / 1000).toFixed(1)} s, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`
      row(`\`wcn cluster status\`, ${operators} operators × ${perOperator} nodes (${up} up)`, figures, {
        value: Math.max(wallMs / 30_000, peakMiB / 512),
        goal: 1,
        unit: ' of 30 s and of 512 MiB',
      })
    } finally {
      fleet.stop()
    }
  })
}
