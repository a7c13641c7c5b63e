// `npm run demo`: a newcomer becomes a Node Operator on a rehearsal network, by the commands they would type on a real one,
// with a mistake and a power cut on the way. Everything that is written stays in ./wcn-demo/. The network is left running
// to be tried by hand; `--no-keep`, or CI in the environment, ends it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { deploymentText, freePorts, inShort, keyFile, nodeText, restartText, variables } from './demo/files.mjs'
import { clear, NETWORK, untilGone } from './demo/folder.mjs'
import { bold, interrupt, picture, print, run, shortened, wcn as start } from './demo/screen.mjs'

const FOLDER = 'wcn-demo'
const KEEP = !process.argv.includes('--no-keep') && !process.env.CI
const NODES = ['node-0', 'node-1', 'node-2']
const path = (name) => join(FOLDER, name)
/** What the newcomer has exported: nothing of the caller's own settings, contexts or journals. */
let exported = { WCN_CONFIG_DIR: resolve(FOLDER, 'config') }
const wcn = (args, options) => start(args, { cwd: FOLDER, env: exported, ...options })
const data = async (...args) => JSON.parse((await wcn([...args, '--json'], { quiet: true })).stdout).data
const written = (name, text, mode = 0o600) => writeFileSync(path(name), text, { mode })

/** A step that needs nodes: without the QUIC addon there are none. */
let nodesAnswer = false
async function withNodes(args, would, options) {
  if (nodesAnswer) return wcn(args, options)
  print(`$ wcn ${args.join(' ')}`)
  print(`(not run without the QUIC addon: ${would})`)
}

async function network() {
  bold('1. A cluster of five operators, on a chain of your own')
  const show = /^(?<part>(?:stand-ins|the QUIC addon) [^,;]*)/
  await wcn(['devnet', 'up', '--detach', '--block-time', '1', '--out', NETWORK], { show })
  const devnet = parseEnv(readFileSync(path(NETWORK), 'utf8'))
  nodesAnswer = devnet.WCN_DEVNET_STAND_INS_PID !== undefined
  shown(NETWORK, 'SMART_CONTRACT_ENCRYPTION_KEY', 'WCN_DEVNET_PID')
  const before = (await data('cluster', 'view', '--env-file', NETWORK)).operators
  // The newcomer knows the cluster, not the keys of those who are in it.
  const shared = ['SMART_CONTRACT_ADDRESS', 'RPC_PROVIDER_URL', 'WCN_CHAIN_ID']
  const settings = Object.fromEntries(
    [...shared, 'WCN_ALLOW_PRIVATE_ADDRESSES', 'WCN_DEVNET_STATE_DIR'].map((name) => [name, devnet[name]]),
  )
  settings.WCN_ENCRYPTION_KEY_FILE = resolve(FOLDER, 'encryption.key')
  settings.WCN_PRIVATE_KEY_FILE = resolve(FOLDER, 'operator.key')
  settings.WCN_NODE_KEY_FILE = resolve(FOLDER, 'node-0.key')
  const line = ([name, value]) => `${name}='${value}'\n`
  written('newcomer.env', Object.entries(settings).map(line).join(''))
  written('encryption.key', `${devnet.SMART_CONTRACT_ENCRYPTION_KEY}\n`)
  written('owner.key', `${devnet.WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY}\n`)
  shown('newcomer.env', 'SMART_CONTRACT_ADDRESS', 'WCN_CHAIN_ID')
  const [hides, approves] = ['encryption.key', 'owner.key'].map((name) => keyFile(path(name)))
  print(`encryption.key: ${hides} (it hides addresses), owner.key: ${approves} (the owner's)`)
  print('$ set -a; . ./newcomer.env; set +a')
  exported = { ...exported, ...settings }
  return { before, rpcUrl: devnet.RPC_PROVIDER_URL }
}

/** Some of an env file. */
const shown = (name, ...names) => print(shortened(`${name}: ${variables(path(name), names)} …`))

async function keys() {
  bold('2. Keys: secrets go to files that only you can read')
  const key = (name) => `${name}.key: ${keyFile(path(`${name}.key`))}`
  await wcn(['operator', 'keygen', '--out', 'operator.key'], { show: /^$/ })
  const { address } = await data('operator', 'address')
  print(shortened(`${key('operator')}, operator ID ${address}`))
  const names = [...NODES, 'database']
  print(`$ for n in ${names.join(' ')}; do wcn key generate --out $n.key; done`)
  const ids = []
  for (const name of names) {
    const { peer_id } = await data('key', 'generate', '--out', `${name}.key`)
    ids.push(shortened(`${key(name)}, ${peer_id}`))
  }
  for (const two of [ids.slice(0, 2), ids.slice(2)])
    print(
      two
        .map((id) => id.padEnd(36))
        .join(' ')
        .trim(),
    )
  await wcn(['devnet', 'fund', address, '--amount', '0.01', '--out', NETWORK], { show: /^$/ })
}

const EMIT = ['config', 'emit', '-f', 'deployment.yaml', '--out', 'env']

async function configuration(rpcUrl) {
  bold('3. What database and nodes run with; here with a mistake in it')
  const first = await freePorts(10 * (NODES.length + 1))
  const head = deploymentText(exported.SMART_CONTRACT_ADDRESS, rpcUrl, first)
  const two = (second) => nodeText(0, true, first) + nodeText(1, second, first)
  written('deployment.yaml', head + two(true))
  print('deployment.yaml: contract, provider, keys, database, and of the nodes', inShort(two(true)))
  await wcn(EMIT, { fails: 4, show: /^(error|hint):/ })
  print('(corrected in deployment.yaml: node-0 alone is primary)')
  written('deployment.yaml', head + two(false))
  await wcn(EMIT, { show: /^$/ })
  shown('env/wcn_node_node-0.env', 'SECRET_KEY', 'PRIMARY_RPC_SERVER_PORT')
  if (nodesAnswer) {
    written('restart.sh', restartText(), 0o700)
    print('restart.sh, in place of systemd: … setsid wcn devnet serve "env/$name.env" …')
  }
  const services = ['wcn_db', 'wcn_node_node-0', 'wcn_node_node-1']
  print(`$ for n in ${services.join(' ')}; do ./restart.sh $n; done`)
  await started(...services)
  return { third: nodeText(2, false, first), text: head + two(false) }
}

/** Services, from what `config emit` wrote for them. */
async function started(...names) {
  if (!nodesAnswer) return print('(not run without the QUIC addon: ./restart.sh, which would start it)')
  for (const name of names) {
    const { code, stderr } = await run(path('restart.sh'), [name], {})
    if (code !== 0) throw new Error(`${name} did not start: ${stderr}`)
  }
}

async function joining() {
  bold('4. The request to join, signed by every key; the owner verifies and approves it')
  await wcn(['operator', 'register', '-f', 'deployment.yaml', '--name', 'newcomer', '--out', 'request.json'], {
    show: /^$/,
  })
  const { type, operator, name } = JSON.parse(readFileSync(path('request.json'), 'utf8'))
  print(shortened(`request.json: ${type}, operator ${operator}, name ${name}, …`))
  await wcn(['admin', 'operator', 'approve', 'request.json', '--yes', '--private-key-file', 'owner.key'], {
    show: /^On chain/,
  })
  await withNodes(['nodes', 'check'], 'it would ask each node whether it is who it should be', {
    again: 10,
    show: /^(?<part>(?:up|down) .*?caught up)/,
  })
}

async function killed({ third, text }) {
  bold('5. A third node; the power fails between signature and receipt')
  written('deployment.yaml', text + third)
  print(`deployment.yaml: …${inShort(third).trim().slice(1)}`)
  print(`$ wcn ${EMIT.join(' ')} && ./restart.sh wcn_node_node-2`)
  await wcn(EMIT, { quiet: true })
  await started('wcn_node_node-2')
  const update = ['nodes', 'update', '-f', 'deployment.yaml', '--yes']
  await wcn(update, { killAt: /sending transaction/, show: /^(?<part>\+ nodes\S* +peer_id=\S+)|^sending/ })
  print('kill -9: is it on chain, or not? The same command again finds out:')
  await wcn(update, { show: /^(transaction 0x|it |nothing|sending|cost (?!at))/ })
}

async function operation() {
  bold('6. An update: the nodes one by one, and the database in the maintenance slot')
  await withNodes(
    ['nodes', 'rollout', '--primary', '0', '--settle', '1s', '--', './restart.sh'],
    'it would restart the nodes one after the other, each seen to be up before the next',
    { show: /runs as process|^done/ },
  )
  await withNodes(
    ['maintenance', 'run', '--yes', '--', './restart.sh', 'wcn_db'],
    'it would take the slot, restart the database, see it up, and give the slot back',
    { show: /^(database|slot) / },
  )
  await withNodes(
    ['doctor', 'env', '-f', 'deployment.yaml'],
    'it would look at all of this: keys, files, chain, nodes, database',
    { show: /^(fail|Nothing|All) ?/ },
  )
}

async function end() {
  const program = process.platform === 'win32' ? 'node -- bin/wcn.js' : 'bin/wcn.js'
  const by = (words, name) => `  ${program} ${words} ${name ? '--env-file ' : ''}${path(name ?? NETWORK)}`
  if (!KEEP) {
    await ended()
    bold(`Nothing runs any more (${process.env.CI ? 'CI is set' : '--no-keep'}); the files are in ${FOLDER}/.`)
    return
  }
  bold('All of it still runs. Try it:')
  const tries = [
    by(nodesAnswer ? 'nodes check' : 'nodes list', 'newcomer.env'),
    by('operator rename pioneer', 'newcomer.env'),
    by('status', 'newcomer.env'),
  ]
  print.raw([...tries, 'And end it:', by('devnet down')].join('\n'))
}

/** The services go with the chain. */
async function ended() {
  if (existsSync(path(NETWORK))) await wcn(['devnet', 'down', NETWORK], { quiet: true, inTheEnd: true })
  await untilGone(FOLDER)
}

let interruptedBy = null
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    interruptedBy ??= signal
    interrupt()
  })

try {
  await clear(FOLDER, ended)
  bold(`From a newcomer to a Node Operator, in ${FOLDER}/`)
  const { before, rpcUrl } = await network()
  await keys()
  const description = await configuration(rpcUrl)
  await joining()
  await killed(description)
  await operation()
  bold('The cluster before, and after')
  print.raw(picture(before, (await data('cluster', 'view')).operators))
  await end()
} catch (error) {
  const why = interruptedBy ? 'interrupted: nothing is left running' : `the demo failed: ${error.message}`
  process.stderr.write(`\n${shortened(why)}\n`)
  process.exitCode = interruptedBy ? 130 : 1
  if (!error.untouched) await ended()
}
