// `npm run demo`: a newcomer becomes a Node Operator on a development chain, by the commands they would type on a real
// network. Everything that is written stays in ./wcn-demo/ to look at.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'

const FOLDER = 'wcn-demo'
const WCN = fileURLToPath(new URL('../bin/wcn.js', import.meta.url))
const path = (name) => join(FOLDER, name)
const say = (text) => process.stdout.write(`\n\u001b[1m${text}\u001b[0m\n`)

/** Runs the tool, shows command and output; gives back what it printed on stdout. */
function wcn(...args) {
  process.stdout.write(`$ wcn ${args.map((arg) => (/[\s,=]/.test(arg) ? `'${arg}'` : arg)).join(' ')}\n`)
  const { status, stdout, stderr } = spawnSync(process.execPath, [WCN, ...args], { encoding: 'utf8' })
  process.stdout.write(indent(stderr) + indent(stdout))
  if (status !== 0) throw new Error(`wcn ${args[0]} ${args[1] ?? ''} ended with ${status}`)
  return stdout
}

function quietly(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [WCN, ...args, '--json'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`wcn ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`)
  return JSON.parse(stdout).data
}

const indent = (text) => text.replace(/^(?=.)/gm, '    ')

if (existsSync(FOLDER)) rmSync(FOLDER, { recursive: true })
mkdirSync(FOLDER, { mode: 0o700 })
writeFileSync(path('.gitignore'), '*\n')

say(
  '1. A development chain with a cluster of five operators (on a real network: OP Mainnet and the address you were given)',
)
wcn('devnet', 'up', '--detach', '--out', path('devnet.env'))
const devnet = parseEnv(readFileSync(path('devnet.env'), 'utf8'))
// The newcomer knows the cluster, not the keys of those who are in it.
const shared = [
  'SMART_CONTRACT_ADDRESS',
  'SMART_CONTRACT_ENCRYPTION_KEY',
  'RPC_PROVIDER_URL',
  'WCN_CHAIN_ID',
  'WCN_ALLOW_PRIVATE_ADDRESSES',
]
writeFileSync(path('cluster.env'), shared.map((name) => `${name}=${devnet[name]}\n`).join(''), { mode: 0o600 })
writeFileSync(path('owner.key'), `${devnet.WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY}\n`, { mode: 0o600 })
writeFileSync(path('encryption.key'), `${devnet.SMART_CONTRACT_ENCRYPTION_KEY}\n`, { mode: 0o600 })
const cluster = ['--env-file', path('cluster.env')]

try {
  await journey()
} finally {
  say('The development chain is stopped')
  wcn('devnet', 'down', '--out', path('devnet.env'))
}

async function journey() {
  say('The cluster before')
  wcn('cluster', 'view', ...cluster)

  say('2. Keys: one for the operator, one for each node and the database. Secrets go to files that only you can read')
  wcn('operator', 'keygen', '--out', path('operator.key'))
  for (const name of ['node-a', 'node-b', 'node-c', 'database']) wcn('key', 'generate', '--out', path(`${name}.key`))
  const operator = quietly('operator', 'address', '--private-key-file', path('operator.key')).address
  const peerId = (name) => quietly('key', 'inspect', '--secret-key-file', path(`${name}.key`)).peer_id
  await fund(operator)

  say('3. Configuration for the database and both nodes; the signing key goes to exactly one of them')
  writeFileSync(path('deployment.yaml'), deployment())
  wcn('config', 'emit', '-f', path('deployment.yaml'), '--out', path('env'), '--allow-private-addresses')

  say('4. The request to join: signed by the operator key and every node key')
  writeFileSync(
    path('nodes.yaml'),
    nodesFile([
      ['node-a', peerId('node-a'), '198.51.100.7'],
      ['node-b', peerId('node-b'), '198.51.100.8'],
    ]),
  )
  const own = [...cluster, '--private-key-file', path('operator.key')]
  const secrets = ['node-a', 'node-b'].flatMap((name) => ['--secret-key-file', path(`${name}.key`)])
  wcn(
    'operator',
    'register',
    '-f',
    path('nodes.yaml'),
    '--name',
    'newcomer',
    ...secrets,
    '--out',
    path('join-request.json'),
    ...own,
  )

  say("5. On the owner's side: verify the request, and approve it")
  wcn('operator', 'verify-request', path('join-request.json'), ...cluster)
  wcn(
    'admin',
    'operator',
    'approve',
    path('join-request.json'),
    '--yes',
    '--private-key-file',
    path('owner.key'),
    ...cluster,
  )
  wcn('operator', 'view', ...own)

  say('6. A third node: the file is the truth, one transaction makes the chain equal to it')
  writeFileSync(
    path('nodes.yaml'),
    nodesFile([
      ['node-a', peerId('node-a'), '198.51.100.7'],
      ['node-b', peerId('node-b'), '198.51.100.8'],
      ['node-c', peerId('node-c'), '198.51.100.9'],
    ]),
  )
  wcn('nodes', 'diff', '-f', path('nodes.yaml'), ...own)
  wcn('nodes', 'update', '-f', path('nodes.yaml'), '--yes', ...own)
  wcn('nodes', 'update', '-f', path('nodes.yaml'), '--yes', ...own)

  say('7. Maintenance: the slot in which the database may be restarted')
  wcn('maintenance', 'enter', '--yes', ...own)
  wcn('maintenance', 'status', ...cluster)
  wcn('maintenance', 'exit', '--yes', ...own)

  say('The cluster after')
  wcn('cluster', 'view', ...cluster)
  wcn('nodes', 'list', ...own)
  say(`Look at ${FOLDER}/: keys, env files, the request and the node list`)
}

/** On a real network you send the account some ETH. */
async function fund(account) {
  const body = { jsonrpc: '2.0', id: 1, method: 'anvil_setBalance', params: [account, '0x2386f26fc10000'] }
  await fetch(devnet.RPC_PROVIDER_URL.replace(/^ws/, 'http'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  process.stdout.write(`    (0.01 ETH for ${account})\n`)
}

function nodesFile(nodes) {
  const entry = ([name, id, address]) =>
    `  - peer_id: ${id} # ${name}\n    ipv4_addr: ${address}\n    primary_port: 3010\n    secondary_port: 3011\n`
  return `nodes:\n${nodes.map(entry).join('')}`
}

/** What `wcn config init` writes, filled in. Paths are relative to this file. */
function deployment() {
  const node = (name, address, primary) => `  - name: ${name}
${primary ? '    primary: true\n' : ''}    ipv4_addr: ${address}
    primary_port: 3010
    secondary_port: 3011
    metrics_port: 3012
    secret_key_file: ${name}.key
`
  return `contract_address: "${devnet.SMART_CONTRACT_ADDRESS}"
rpc_url: ${devnet.RPC_PROVIDER_URL.replace(/^http/, 'ws')}
encryption_key_file: encryption.key
operator_key_file: operator.key
database:
  address: 10.0.10.5
  primary_port: 3000
  secondary_port: 3001
  metrics_port: 3002
  rocksdb_dir: /wcn/rocksdb
  secret_key_file: database.key
nodes:
${node('node-a', '198.51.100.7', true)}${node('node-b', '198.51.100.8', false)}`
}
