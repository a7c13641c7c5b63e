// The files of the demo: what the newcomer writes by hand, and how a file is shown when it first appears.
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { WCN } from './screen.mjs'

const HOST = '127.0.0.1'
const MASK = '••••'

/** The first of so many ports in a row that are free, for UDP and TCP alike, below those that systems hand out. */
export async function freePorts(count) {
  for (let tries = 0; tries < 100; tries++) {
    const first = 10_000 + 100 * Math.floor(Math.random() * 190)
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)))
    if (free.every(Boolean)) return first
  }
  throw new Error(`there are no ${count} free ports in a row on ${HOST}`)
}

async function isFree(port) {
  const bound = (socket, bind) =>
    new Promise((resolve) => {
      socket.once('error', () => resolve(false))
      bind(() => socket.close(() => resolve(true)))
    })
  const [tcp, udp] = [createServer(), createSocket('udp4')]
  const both = [bound(tcp, (then) => tcp.listen(port, HOST, then)), bound(udp, (then) => udp.bind(port, HOST, then))]
  return (await Promise.all(both)).every(Boolean)
}

/** A node in the deployment's description: ten ports are its own. */
export function nodeText(index, primary, first) {
  const port = first + 10 * (index + 1)
  return `  - { name: node-${index}, primary: ${primary}, ipv4_addr: ${HOST}, primary_port: ${port},
    secondary_port: ${port + 1}, metrics_port: ${port + 2}, secret_key_file: node-${index}.key }
`
}

export function deploymentText(contract, rpcUrl, first) {
  return `contract_address: "${contract}"
rpc_url: ${rpcUrl.replace(/^http/, 'ws')}
encryption_key_file: encryption.key
operator_key_file: operator.key
database: { address: ${HOST}, primary_port: ${first}, secondary_port: ${first + 1}, metrics_port: ${first + 2},
  rocksdb_dir: /wcn/rocksdb, secret_key_file: database.key }
nodes:
`
}

/** What systemd does elsewhere. A service is known by its process ID and its command line; it lives on by itself. */
export function restartText() {
  const word = (path) => `'${path.replaceAll("'", "'\\''")}'`
  return `#!/bin/sh
# Restarts a service of the demo from its env file: the named one, or the node that \`wcn nodes rollout\` is at.
cd "$(dirname "$0")" || exit 1
name=\${1:-wcn_node_node-$WCN_NODE_INDEX}
runs() { grep -q "env/$name.env" "/proc/$(cat "$name.pid")/cmdline"; } 2>/dev/null
runs && kill "$(cat "$name.pid")"
while runs; do sleep 0.1; done
setsid ${word(process.execPath)} ${word(WCN)} devnet serve "env/$name.env" --devnet devnet.env >"$name.log" 2>&1 &
echo $! >"$name.pid"
until grep -q '^serving' "$name.log"; do
  kill -0 $! || { cat "$name.log" >&2; exit 1; }
  sleep 0.1
done
echo "$name runs as process $!"
`
}

/** Some variables of an env file, secrets masked. */
export function variables(path, names) {
  const lines = readFileSync(path, 'utf8').split('\n')
  return names.map((name) => masked(lines.find((line) => line.startsWith(`${name}=`)) ?? `${name}=?`)).join(' ')
}

function masked(line) {
  return line.replace(/^(\w*(?:SECRET|PRIVATE|ENCRYPTION)_KEY)=.*$/, `$1=${MASK}`).replaceAll("'", '')
}

/** A key file is one line, of which its first two characters tell the encoding. */
export function keyFile(path) {
  const text = readFileSync(path, 'utf8').trim()
  return text.startsWith('0x') ? `0x${MASK}` : MASK
}

/** Of each node the line that says which it is. */
export const inShort = (text) => text.replace(/, primary_port.*\n.* }$/gm, ', … }')
