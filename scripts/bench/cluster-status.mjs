// A whole cluster looked at, by QUIC on loopback, with the key of one of its nodes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillCluster } from './big-cluster.mjs'
import { onDevnet } from './devnet.mjs'
import { nodeFleet } from './node-fleet.mjs'
import { wcn } from './processes.mjs'
import { ms, row } from './table.mjs'

const OPERATORS = 40
const PER_OPERATOR = 25
const FLEET_PROCESSES = 4

export async function clusterStatus(folder) {
  await onDevnet(folder, [], async (env) => {
    const fleet = await nodeFleet(env, {
      count: OPERATORS * PER_OPERATOR,
      processes: FLEET_PROCESSES,
      perOperator: PER_OPERATOR,
      folder,
    })
    try {
      await fillCluster(env, fleet.operators)
      await fleet.readAnew()
      const keyFile = join(folder, 'status.key')
      writeFileSync(keyFile, `${fleet.secretKey}\n`, { mode: 0o600 })
      const args = ['cluster', 'status', '--node-key-file', keyFile, '--json']
      const { wallMs, cpuMs, peakMiB, stdout } = await wcn(args, { env, metered: true, codes: [0, 8] })
      const nodes = JSON.parse(stdout).data.operators.flatMap((operator) => operator.nodes)
      const up = nodes.filter(({ state, database }) => state === 'up' && database).length
      const figures = `${(wallMs / 1000).toFixed(1)} s, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`
      row(`\`wcn cluster status\`, ${OPERATORS} operators × ${PER_OPERATOR} nodes (${up} up)`, figures, {
        value: Math.max(wallMs / 30_000, peakMiB / 512),
        goal: 1,
        unit: ' of 30 s and of 512 MiB',
      })
    } finally {
      fleet.stop()
    }
  })
}
