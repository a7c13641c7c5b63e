// `npm run demo`: a newcomer becomes a Node Operator on a development chain, by the commands they would type on a real
// network, with a mistake and a power cut on the way. Everything that is written stays in ./wcn-demo/. The chain is left
// running to be tried by hand; `--no-keep`, or CI in the environment, ends it.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { bold, picture, print, shortened, wcn as start } from './demo/screen.mjs'

const FOLDER = 'wcn-demo'
const KEEP = !process.argv.includes('--no-keep') && !process.env.CI
const CHAIN = 'devnet.env'
const path = (name) => join(FOLDER, name)
/** What the newcomer has exported: nothing of the caller's own settings, contexts or journals. */
let exported = { WCN_CONFIG_DIR: resolve(FOLDER, 'config') }
const wcn = (args, options) => start(args, { cwd: FOLDER, env: exported, ...options })
const data = async (...args) => JSON.parse((await wcn([...args, '--json'], { quiet: true })).stdout).data

async function chain() {
  bold('1. A cluster of five operators, on a chain of your own')
  await wcn(['devnet', 'up', '--detach', '--chain-only', '--block-time', '1', '--out', CHAIN], { show: /^chain / })
  const devnet = parseEnv(readFileSync(path(CHAIN), 'utf8'))
  print(`${CHAIN}: all keys of that cluster, worthless elsewhere, and its process`)
  const before = (await data('cluster', 'view', '--env-file', CHAIN)).operators
  // The newcomer knows the cluster, not the keys of those who are in it.
  const shared = ['SMART_CONTRACT_ADDRESS', 'RPC_PROVIDER_URL', 'WCN_CHAIN_ID', 'WCN_DEVNET_STATE_DIR']
  const settings = Object.fromEntries(shared.map((name) => [name, devnet[name]]))
  settings.WCN_ENCRYPTION_KEY_FILE = resolve(FOLDER, 'encryption.key')
  settings.WCN_PRIVATE_KEY_FILE = resolve(FOLDER, 'operator.key')
  const line = ([name, value]) => `${name}='${value}'\n`
  writeFileSync(path('newcomer.env'), Object.entries(settings).map(line).join(''), { mode: 0o600 })
  writeFileSync(path('encryption.key'), `${devnet.SMART_CONTRACT_ENCRYPTION_KEY}\n`, { mode: 0o600 })
  writeFileSync(path('owner.key'), `${devnet.WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY}\n`, { mode: 0o600 })
  print(`newcomer.env: ${Object.keys(settings).slice(0, 3).join(', ')}, …`)
  print("encryption.key and owner.key: what hides addresses, and the cluster's owner")
  print('$ set -a; . ./newcomer.env; set +a')
  exported = { ...exported, ...settings }
  return { before, rpcUrl: devnet.RPC_PROVIDER_URL }
}

async function keys(rpcUrl) {
  bold('2. Keys: secrets go to files that only you can read')
  await wcn(['operator', 'keygen', '--out', 'operator.key'], { show: /^operator ID/ })
  const ids = {}
  const names = ['node-a', 'node-b', 'node-c', 'database']
  print(`$ for n in ${names.join(' ')}; do wcn key generate --out $n.key; done`)
  for (const name of names) {
    await wcn(['key', 'generate', '--out', `${name}.key`], { unsaid: true, show: /^12D3/ })
    ids[name] = (await data('key', 'inspect', '--secret-key-file', `${name}.key`)).peer_id
  }
  const { address } = await data('operator', 'address')
  await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'anvil_setBalance', params: [address, '0x2386f26fc10000'] }),
  })
  print('0.01 ETH arrive: on a real network, you send them')
  return ids
}

async function configuration(rpcUrl) {
  bold('3. What database and nodes run with; here with a mistake in it')
  const nodes = (second) => `nodes:
  - { name: node-a, primary: true, ipv4_addr: 198.51.100.7,
    primary_port: 3010, secondary_port: 3011, metrics_port: 3012, secret_key_file: node-a.key }
  - { name: node-b, primary: ${second}, ipv4_addr: 198.51.100.8,
    primary_port: 3010, secondary_port: 3011, metrics_port: 3012, secret_key_file: node-b.key }
`
  const rest = `contract_address: "${exported.SMART_CONTRACT_ADDRESS}"
rpc_url: ${rpcUrl.replace(/^http/, 'ws')}
encryption_key_file: encryption.key
operator_key_file: operator.key
database: { address: 10.0.10.5, primary_port: 3000, secondary_port: 3001, metrics_port: 3002,
  rocksdb_dir: /wcn/rocksdb, secret_key_file: database.key }
`
  const emit = ['config', 'emit', '-f', 'deployment.yaml', '--out', 'env']
  writeFileSync(path('deployment.yaml'), rest + nodes(true))
  print('deployment.yaml: contract, provider, keys, database, and', inShort(nodes(true)))
  await wcn(emit, { fails: 4, show: /^(error|hint):/ })
  print('(corrected in deployment.yaml: node-a alone is primary)')
  writeFileSync(path('deployment.yaml'), rest + nodes(false))
  await wcn(emit, { show: /^written.*node-a/ })
}

const entry = (id, address) =>
  `  - { peer_id: ${id}, ipv4_addr: ${address},\n    primary_port: 3010, secondary_port: 3011 }\n`

/** Of each node the line that says which it is. */
const inShort = (text) => text.replace(/,\n {4}.* }$/gm, ', … }')

async function joining(ids) {
  bold('4. The request to join, signed by every key; the owner verifies and approves it')
  const two = `nodes:\n${entry(ids['node-a'], '198.51.100.7')}${entry(ids['node-b'], '198.51.100.8')}`
  writeFileSync(path('nodes.yaml'), two)
  print('nodes.yaml:', inShort(two))
  const secrets = ['node-a.key', 'node-b.key']
  const register = ['operator', 'register', '-f', 'nodes.yaml', '--name', 'newcomer', '--out', 'request.json']
  await wcn([...register, '--secret-key-file', ...secrets], { show: /^$/ })
  const byOwner = ['--private-key-file', 'owner.key']
  await wcn(['admin', 'operator', 'approve', 'request.json', '--yes', ...byOwner], {
    show: /^(On chain|done|cost(?! at))/,
  })
  return two
}

async function killed(ids, two) {
  bold('5. A third node; the power fails between signature and receipt')
  const third = entry(ids['node-c'], '198.51.100.9')
  writeFileSync(path('nodes.yaml'), two + third)
  print('nodes.yaml, with one node more:', inShort(third))
  const update = ['nodes', 'update', '-f', 'nodes.yaml', '--yes']
  await wcn(update, { killAt: /sending transaction/, show: /^(\+ nodes|sending)/ })
  print('kill -9: is it on chain, or not? The same command again finds out:')
  await wcn(update, { show: /^(transaction 0x|it |done|nothing|sending|cost (?!at))/ })
}

async function maintenance() {
  bold('6. The maintenance slot, in which a database may be restarted')
  await wcn(['maintenance', 'enter', '--yes'], { show: /^done/ })
  await wcn(['maintenance', 'exit', '--yes'], { show: /^done/ })
}

async function end() {
  const program = process.platform === 'win32' ? 'node -- bin/wcn.js' : 'bin/wcn.js'
  const by = (words, name) => `  ${program} ${words} ${name ? '--env-file ' : ''}${path(name ?? CHAIN)}`
  if (!KEEP) {
    await wcn(['devnet', 'down', CHAIN], { quiet: true })
    bold(`Nothing runs any more (${process.env.CI ? 'CI is set' : '--no-keep'}); the files are in ${FOLDER}/.`)
    return
  }
  const pid = /^WCN_DEVNET_PID=(\d+)/m.exec(readFileSync(path(CHAIN), 'utf8'))?.[1]
  bold(`The chain still runs, as process ${pid}. Try it:`)
  print.raw(
    [
      by('nodes list', 'newcomer.env'),
      by('operator rename pioneer', 'newcomer.env'),
      by('status', 'newcomer.env'),
      'And end it:',
      by('devnet down'),
    ].join('\n'),
  )
}

/** The chain of a run before this one would be nobody's any more. */
async function clear() {
  if (existsSync(path(CHAIN))) await wcn(['devnet', 'down', CHAIN], { quiet: true })
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { mode: 0o700 })
  writeFileSync(path('.gitignore'), '*\n')
}

async function abandon(why) {
  process.stderr.write(`\n${why}\n`)
  if (existsSync(path(CHAIN))) await wcn(['devnet', 'down', CHAIN], { quiet: true }).catch(() => {})
}

process.once('SIGINT', async () => {
  await abandon('interrupted: the chain is ended')
  process.exit(130)
})

try {
  await clear()
  bold(`From a newcomer to a Node Operator, in ${FOLDER}/`)
  const { before, rpcUrl } = await chain()
  const ids = await keys(rpcUrl)
  await configuration(rpcUrl)
  const two = await joining(ids)
  await killed(ids, two)
  await maintenance()
  bold('The cluster before, and after')
  print.raw(picture(before, (await data('cluster', 'view')).operators))
  await end()
} catch (error) {
  await abandon(shortened(`the demo failed: ${error.message}`))
  process.exitCode = 1
}
