// Nodes looked at, by QUIC on loopback: very many at once, sound or silent, and an operator's own.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onDevnet } from './devnet.mjs'
import { nodeFleet } from './node-fleet.mjs'
import { median, wcn } from './processes.mjs'
import { ms, row } from './table.mjs'

const MANY_NODES = 1000
const FLEET_PROCESSES = 4
const OWN_NODES = 10
const DOCTORS = 5

export async function manyNodes(folder) {
  await onDevnet(folder, [], async (env) => {
    const fleet = await nodeFleet(env, { count: MANY_NODES, processes: FLEET_PROCESSES, folder })
    try {
      await checked(folder, env, fleet.nodes, 'nodes on loopback')
      await checked(folder, env, fleet.nodes, 'nodes on loopback', ['--concurrency', String(MANY_NODES)])
    } finally {
      fleet.stop()
    }
    await silent(folder, env)
  })
}

async function checked(folder, env, nodes, what, flags = []) {
  const file = join(folder, 'nodes.json')
  writeFileSync(file, JSON.stringify({ nodes }))
  const args = ['nodes', 'check', '-f', file, '--json', ...flags]
  const options = { env: { ...env, WCN_OPERATOR: env.WCN_DEVNET_OPERATOR_0_ADDRESS }, metered: true, codes: [0, 8] }
  const { wallMs, cpuMs, peakMiB, stdout } = await wcn(args, options)
  const up = JSON.parse(stdout).data.nodes.filter((node) => node.operational).length
  const figures = `${(wallMs / 1000).toFixed(1)} s, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`
  row(`\`${['wcn nodes check', ...flags].join(' ')}\`, ${nodes.length} ${what} (${up} operational)`, figures, {
    value: Math.max(wallMs / 20_000, peakMiB / 256),
    goal: 1,
    unit: ' of 20 s and of 256 MiB',
  })
}

/** Every address of 127.0.0.0/8 reaches the one socket, which says nothing. */
async function silent(folder, env) {
  const socket = createSocket('udp4').bind(0, '0.0.0.0')
  await once(socket, 'listening')
  const { port } = socket.address()
  const { stdout } = await wcn(['key', 'generate', '--count', String(MANY_NODES)])
  const nodes = JSON.parse(stdout).map(({ peer_id }, n) => ({
    peer_id,
    ipv4_addr: `127.1.${n >> 8}.${n & 255}`,
    primary_port: port,
    secondary_port: port,
  }))
  try {
    await checked(folder, env, nodes, 'silent nodes')
  } finally {
    socket.close()
  }
}

export async function healthyOperator(folder) {
  await onDevnet(folder, [], async (env) => {
    const fleet = await nodeFleet(env, { count: OWN_NODES, processes: 1, own: true, folder })
    try {
      const file = join(folder, 'node.key')
      writeFileSync(file, `${fleet.secretKey}\n`, { mode: 0o600 })
      const walls = []
      for (let round = 0; round < DOCTORS; round++)
        walls.push((await wcn(['doctor', '--node-key-file', file, '--json'], { env })).wallMs)
      const wall = median(walls)
      row(`\`wcn doctor\`, a healthy operator of ${OWN_NODES} nodes`, ms(wall), {
        value: wall,
        goal: 3000,
        unit: ' ms',
      })
    } finally {
      fleet.stop()
    }
  })
}
