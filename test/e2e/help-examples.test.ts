/**
 * What help shows as examples does what it is shown for: each is typed into a shell on a rehearsal network, in the folder
 * of an operator whose nodes answer. What is typed otherwise than help has it, and what is not typed, one table says.
 */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { beforeAll, describe, expect, it } from 'vitest'
import { examplesOf } from '../../src/cli/help.js'
import { fullProgram } from '../../src/program.js'
import { lightKeystore } from '../support/light-keystore.js'
import { type Folder, useRehearsal } from '../support/rehearsal.js'
import { whyNot } from '../support/shell-session.js'
import { quicAvailable } from '../support/stand-ins.js'

interface Row {
  /** Texts of the example, and what stands in their place here. */
  readonly typed?: Readonly<Record<string, string | (() => string)>>
  /** What is done before, to have what the example is about. */
  readonly before?: string | ((folder: Folder) => Promise<unknown>)
  /** It goes on until Ctrl-C, which is pressed when it has said that. */
  readonly until?: string
  /** Which folder: the member's unless said otherwise. */
  readonly where?: keyof typeof FOLDERS
  readonly shell?: 'bash' | 'fish'
  /** It is not typed here, because. */
  readonly not?: string
}

const net = useRehearsal()
const FOLDERS = {
  /** Of an operator of the cluster, whose nodes and database run. */
  member: (folder: Folder) => join(folder, 'rehearsal'),
  /** Of those who are about to join. */
  applicant: prepare,
  another: prepare,
  /** With settings, and nothing in it. */
  empty: async (folder: Folder) => {
    folder.write('encryption.key', net.variables.SMART_CONTRACT_ENCRYPTION_KEY ?? '')
    await folder.ok('mkdir keys; wcn operator keygen --out keys/operator.key')
  },
  /** Without settings. */
  bare: async () => {},
}
const folders = new Map<keyof typeof FOLDERS, Folder>()

const PEER = '12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj'
const OPERATOR = '0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5'
const anotherOperator = { [OPERATOR]: () => net.variables.WCN_DEVNET_OPERATOR_1_ADDRESS ?? '' }
const signedByOwner = { 'wcn tx sign': 'WCN_PRIVATE_KEY_FILE=owner.key wcn tx sign' }
/** A third node of the member, which is started for what is about a new one. */
let third = ''
const asThird = { [PEER]: () => third, '198.51.100.7': '127.0.0.1', '3010': '3030', '3011': '3031' }
const besides = '--primary-port 3030 --secondary-port 3031'
let sent = ''
const open = { '0x2f1c5c29': () => sent }
const inAMoment = { '-- ': '--settle 1s -- ' }
const ASKS = 'asks its questions in a terminal: test/e2e/init.test.ts plays it'

/** The key of the second node is elsewhere. */
const DRAFT = `id() { wcn key inspect --secret-key-file keys/$1.key | grep -o '12D3.*'; }
cat >nodes.yaml <<END
nodes:
  - { peer_id: $(id node-a), ipv4_addr: 127.0.0.1, primary_port: 3010, secondary_port: 3011 }
  - { peer_id: $(id node-b), ipv4_addr: 127.0.0.1, primary_port: 3020, secondary_port: 3021 }
END
wcn operator register -f nodes.yaml --name acme --secret-key-file keys/node-a.key --draft draft.json`

/** In this order, after all that stand in no need of a row. */
const TABLE: Readonly<Record<string, Row>> = {
  'wcn init': { not: ASKS },
  'wcn init --dir eu --answers answers.yaml --wait 30m': { not: `waits for an owner's approval: ${ASKS}` },

  'wcn key generate --out keys/node-a.key': { where: 'empty' },
  'wcn key generate --count 3 --out keys': { where: 'empty' },
  'wcn operator keygen --out keys/operator.key': { where: 'bare', before: 'mkdir keys' },
  'wcn operator keygen --keystore --out keys': {
    where: 'empty',
    before: 'umask 077; echo long enough >password',
    typed: { '--keystore': '--keystore --password-file password' },
  },
  'wcn config init': { where: 'empty' },
  'wcn config init --nodes 3 --out deployment.yaml': { where: 'empty', before: 'rm deployment.yaml' },

  'wcn context add eu --rpc-url https://optimism.example.com --contract-address 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5':
    { where: 'bare' },
  'wcn context add eu --contract-address 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 --rpc-url-file rpc.url --private-key-file keys/operator.key --use':
    { where: 'bare', before: 'umask 077; echo ws://127.0.0.1:1 >rpc.url; wcn context remove eu' },
  'wcn context list': { where: 'bare' },
  'wcn context list --json': { where: 'bare' },
  'wcn context use eu': { where: 'bare' },
  'wcn context use na --json': {
    where: 'bare',
    before: `wcn context add na --contract-address ${OPERATOR} --rpc-url ws://127.0.0.1:1`,
  },
  'wcn context remove eu': { where: 'bare' },
  'wcn context remove eu --json': {
    where: 'bare',
    before: `wcn context add eu --contract-address ${OPERATOR} --rpc-url ws://127.0.0.1:1`,
  },
  'eval "$(wcn completion bash)"': { shell: 'bash' },
  'wcn completion fish | source': { shell: 'fish' },

  'wcn devnet up': { where: 'bare', until: 'end it, by Ctrl-C' },
  'wcn devnet up --detach --block-time 2 --out rehearsal.env': { where: 'bare' },
  'wcn devnet status --out rehearsal.env --json': { where: 'bare' },
  'wcn devnet fund 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --amount 0.5 --out rehearsal.env': { where: 'bare' },
  'wcn devnet serve database.env --devnet rehearsal.env': {
    where: 'bare',
    before: (folder) => serviceFile(folder, 'operator-0-database', 'database.env'),
    until: 'until Ctrl-C',
  },
  'wcn devnet serve node-0.env': {
    where: 'bare',
    before: (folder) => serviceFile(folder, 'operator-0-node-0', 'node-0.env'),
    until: 'until Ctrl-C',
  },
  'wcn devnet break 0/database silent --out rehearsal.env': { where: 'bare' },
  'wcn devnet down rehearsal.env': { where: 'bare' },
  'wcn devnet status': { where: 'bare', before: 'wcn devnet up --detach' },
  'wcn devnet break 0/1 wrong-key': { where: 'bare' },
  'wcn devnet mend 0/1': { where: 'bare' },
  'wcn devnet mend --all': { where: 'bare' },
  'wcn devnet drill power-cut': { where: 'bare' },
  'wcn devnet fund 0x70997970C51812dc3A010C7d01b50e0d17dc79C8': { where: 'bare' },
  'wcn devnet down': { where: 'bare' },

  'wcn operator view --operator 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5 --json': { typed: anotherOperator },
  'wcn nodes list --json --operator 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5': { typed: anotherOperator },
  'wcn nodes export --operator 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5': { typed: anotherOperator },

  'wcn config emit -f deployment.yaml --format compose --out deploy': {},
  'wcn config check deploy': {},
  'docker compose config | wcn config check -': { typed: { docker: 'cd deploy; docker' } },
  'wcn config diff deploy': {},
  'wcn config diff deploy --json': {},
  'wcn doctor deploy --node-key-file keys/node-a.key --skip funds': {},
  'wcn status --watch --node-key-file keys/node-a.key': { until: 'next:' },
  'wcn cluster exporter --listen 127.0.0.1:9464 --node-key-file keys/node-a.key': {
    typed: { '127.0.0.1:9464': '127.0.0.1:0' },
    until: 'until Ctrl-C',
  },
  'wcn cluster exporter --listen 127.0.0.1:9465 --interval 5m --json': {
    typed: { '127.0.0.1:9465': '127.0.0.1:0' },
    until: '"url"',
  },
  'wcn cluster watch': { until: 'Ctrl-C ends it' },
  'wcn cluster watch --since 1h --exec ./on-event -- --team noc': {
    before: async (folder) => writeFileSync(folder.path('on-event'), '#!/bin/sh\ncat >/dev/null\n', { mode: 0o755 }),
    until: 'was founded',
  },
  'wcn cluster watch --node 203.0.113.7:3010': {
    typed: {
      '203.0.113.7:3010': `127.0.0.1:$(wcn cluster view --json | grep -o '"primary_port": *[0-9]*' | head -n 1 | tr -dc 0-9)`,
    },
    until: 'heard from one node',
  },
  'wcn cluster diff --from 131000000': { typed: { '131000000': '4' } },
  'wcn cluster diff --from 131000000 --to 131500000 --json': { typed: { '131000000': '4', '131500000': '6' } },
  'wcn cluster status --via http://10.0.0.7:9100/metrics/cluster --watch': {
    typed: { '10.0.0.7:9100': '127.0.0.1:3012' },
    until: 'maintenance',
  },
  'wcn nodes check all --node-key-file keys/node-a.key --watch': { until: 'nodes are up' },

  [`wcn nodes add --peer-id ${PEER} --ip-address 198.51.100.7 --primary-port 3010 --secondary-port 3011`]: {},
  'wcn nodes remove 198.51.100.7:3010 --dry-run': {},
  'wcn nodes remove 2': {},
  'wcn nodes update 0 --ip-address 198.51.100.8': {},
  'wcn nodes update -f deployment.yaml --yes': {},
  'wcn nodes diff -f nodes.yaml --out plan.json': {
    before: 'wcn nodes export | sed "s/ipv4_addr: .*/ipv4_addr: 198.51.100.9/" >nodes.yaml',
  },
  'wcn tx decode plan.json --json': {},
  [`wcn nodes add -i ${PEER} -a 198.51.100.7 -p 3010 -s 3011 --verify --yes`]: {
    before: 'restart wcn_node_node-c',
    typed: asThird,
  },
  [`wcn nodes rotate 1 --peer-id ${PEER} --ip-address 198.51.100.9 --verify --yes`]: {
    before: 'wcn nodes update -f deployment.yaml',
    typed: { ...asThird, '--ip-address 198.51.100.9': `${besides} --settle 1s` },
  },
  'wcn nodes rotate 0 --ip-address 198.51.100.9': {
    before: async (folder) => {
      await folder.ok('wcn nodes update -f deployment.yaml')
      const unsigned = folder.read('env/wcn_node_node-a.env').replace(/^SMART_CONTRACT_SIGNER.*\n/m, '')
      folder.write('env/wcn_node_node-c.env', reported(unsigned, folder))
      await folder.restart('wcn_node_node-c')
    },
    typed: { '--ip-address 198.51.100.9': `${besides} --settle 1s` },
  },
  'wcn nodes diff -f deployment.yaml --detailed-exitcode': { before: 'wcn nodes update -f deployment.yaml' },
  'wcn nodes rollout --node-key-file keys/node-a.key -- ./redeploy.sh': { typed: inAMoment },
  'wcn nodes rollout --node 0 --settle 30s -- ssh node-a systemctl restart wcn_node': {
    typed: { '30s': '1s', wcn_node: 'wcn_node_node-a' },
  },
  'wcn maintenance run --wait 30m --yes -- ./upgrade-database.sh': {},
  [`wcn clients set ${PEER} --namespace 1`]: {},
  [`wcn clients set ${PEER} -n 1,2 --dry-run`]: {},
  [`wcn clients remove ${PEER}`]: {},
  [`wcn clients remove ${PEER} --yes`]: { before: `wcn clients set ${PEER} --namespace 1` },

  'wcn tx resume': { before: leaveOpen },
  'wcn tx show 0x2f1c5c29': { before: leaveOpen, typed: open },
  'wcn tx show 0x2f1c5c29 --json': { typed: open },
  'wcn tx resume 0x2f1c5c29 --speed-up': { typed: open },
  'wcn tx cancel 0x2f1c5c29': { before: leaveOpen, typed: open },
  'wcn tx cancel 0x2f1c5c29 --yes --max-fee 5': { before: leaveOpen, typed: open },

  'wcn key prove draft.json --secret-key-file keys/node-b.key --out node-b.proof': {
    where: 'applicant',
    before: DRAFT,
  },
  'wcn key prove draft.json --secret-key-file keys/node-b.key --yes > node-b.proof': {
    where: 'applicant',
    before: 'rm node-b.proof',
  },
  'wcn operator register -f deployment.yaml --name acme': { where: 'applicant' },
  'wcn operator verify-request wcn-join-request.json': {
    where: 'applicant',
    before: 'mv wcn-join-request-*.json wcn-join-request.json',
  },
  'wcn operator verify-request wcn-join-request.json --json': { where: 'applicant' },
  'wcn admin operator approve wcn-join-request.json --unsigned approve.json': { where: 'applicant' },
  'wcn admin operator approve wcn-join-request.json': { where: 'applicant' },
  'wcn operator register --status wcn-join-request.json --wait --timeout 12h': { where: 'applicant' },
  'wcn tx decode unsigned.safe.json': {
    where: 'another',
    before: `wcn operator register -f deployment.yaml --name another --out request.json
      wcn admin operator approve request.json --unsigned unsigned.json`,
  },
  'wcn tx sign unsigned.json --keystore keys/owner.json --out signed.json': {
    where: 'another',
    before: async (folder) => {
      folder.write('password', 'secret\n')
      folder.write('keys/owner.json', lightKeystore(folder.read('owner.key'), 'secret'))
    },
    typed: { 'wcn ': 'env -u WCN_PRIVATE_KEY_FILE wcn ', 'owner.json': 'owner.json --password-file password' },
  },
  'wcn tx sign unsigned.json --out signed.json': { where: 'another', before: 'rm signed.json', typed: signedByOwner },
  'wcn tx send signed.json --dry-run': { where: 'another' },
  'wcn tx send signed.json': { where: 'another' },

  [`wcn admin operator add ${OPERATOR} -f nodes.yaml --dry-run`]: {},
  [`wcn admin operator add ${OPERATOR} --name acme`]: {},
  [`wcn admin operator set ${OPERATOR} -f nodes.yaml --yes`]: {},
  'wcn admin operator set 3 -f nodes.yaml --dry-run': {
    typed: { '--dry-run': '--max-removals 2 --revoke-all --dry-run' },
  },
  [`wcn admin operator remove ${OPERATOR} --dry-run`]: {},
  'wcn admin migration plan --add 5 --database-size 40GB': {},
  'wcn admin migration plan --add 5 --remove 2 --probe --json': {},
  'wcn admin migration start --add 5 --probe --dry-run': {},
  // Without its primary node it does not end by itself.
  'wcn admin migration start --add 5 --remove 2': { before: 'kill "$(cat wcn_node_node-a.pid)"' },
  'wcn admin migration abort --id 4 --yes': { typed: { '4': '1' } },
  'wcn admin migration abort': { before: 'wcn admin migration start --add 5 --remove 2' },
  'wcn admin operator remove 5': {},
  [`wcn admin ownership transfer ${OPERATOR}`]: { typed: anotherOperator },
  'wcn admin ownership transfer --cancel': {},
  'wcn admin ownership accept --unsigned accept.json': {
    before: 'wcn admin ownership transfer "$ANOTHER_OPERATOR"',
    typed: { 'wcn ': 'WCN_OWNER_PRIVATE_KEY_FILE=another.key wcn ' },
  },
  'wcn admin ownership accept': { typed: { 'wcn ': 'WCN_OWNER_PRIVATE_KEY_FILE=another.key wcn ' } },
}

const all = await (async () => {
  Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
  const examples = (command: Command): readonly string[] => [
    ...examplesOf(command),
    ...command.commands.flatMap(examples),
  ]
  return examples(await fullProgram()).map((example) => example.replaceAll(/ \\\n +/g, ' '))
})()

describe.skipIf(!quicAvailable)('examples of help', () => {
  beforeAll(async () => {
    for (const [name, make] of Object.entries(FOLDERS)) {
      const folder = await net.folder()
      folders.set(name as keyof typeof FOLDERS, folder)
      await make(folder)
    }
  })

  it('are all there are in the table', () => {
    expect(Object.keys(TABLE).filter((example) => !all.includes(example))).toEqual([])
  })

  const ordered = [...all.filter((example) => TABLE[example] === undefined), ...Object.keys(TABLE)]
  it.each(ordered)('%s', async (example) => {
    const { typed = {}, before, until, where = 'member', shell, not } = TABLE[example] ?? {}
    if (not !== undefined || (shell !== undefined && whyNot(shell) !== null)) return
    const folder = folders.get(where)
    if (!folder) throw new Error(`there is no folder ${where}`)
    const env = where === 'bare' ? {} : settings(folder)
    if (typeof before === 'string') await folder.ok(folder.ported(before), env)
    else await before?.(folder)
    let line = example
    for (const [text, instead] of Object.entries(typed))
      line = line.replaceAll(text, typeof instead === 'string' ? instead : instead())
    line = folder.ported(line)
    const quoted = `'${line.replaceAll("'", `'\\''`)}'`
    const { code, stdout, stderr } = await folder.run(shell ? `${shell} -c ${quoted}` : line, { env, until })
    expect(code, `${line}\n${stderr}${stdout}`).toBe(0)
  })
})

function settings(folder: Folder) {
  const file = (name: string) => folder.path(name)
  return {
    ...net.cluster,
    WCN_ENCRYPTION_KEY_FILE: file('encryption.key'),
    WCN_PRIVATE_KEY_FILE: file('keys/operator.key'),
    WCN_OWNER_PRIVATE_KEY_FILE: file('owner.key'),
    ANOTHER_OPERATOR: net.variables.WCN_DEVNET_OPERATOR_1_ADDRESS ?? '',
  }
}

/** What a folder has before its operator joins: keys, and the description of what runs. */
async function prepare(folder: Folder): Promise<void> {
  folder.write('encryption.key', net.variables.SMART_CONTRACT_ENCRYPTION_KEY ?? '')
  folder.write('owner.key', net.variables.WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY ?? '')
  folder.write('another.key', net.variables.WCN_DEVNET_OPERATOR_1_PRIVATE_KEY ?? '')
  folder.write('rpc.url', net.variables.RPC_PROVIDER_URL?.replace('http', 'ws') ?? '')
  const node = (name: string, port: number, more = '') =>
    `  - { name: ${name}, ipv4_addr: 127.0.0.1, primary_port: ${port}, secondary_port: ${port + 1},
      metrics_port: ${port + 2}, secret_key_file: keys/${name}.key${more} }\n`
  const described = (database: string) =>
    folder.ported(`contract_address: "${net.variables.SMART_CONTRACT_ADDRESS}"
rpc_url_file: rpc.url
encryption_key_file: encryption.key
operator_key_file: keys/operator.key
images: { tag: "260209.1" }
database: { address: ${database}, primary_port: 3000, secondary_port: 3001, metrics_port: 3002,
  rocksdb_dir: /wcn/rocksdb, secret_key_file: keys/database.key }
nodes:
${node('node-a', 3010, ', primary: true')}${node('node-b', 3020)}`)
  folder.write('deployment.yaml', described('10.0.10.5'))
  // What runs is on this machine, and one node more of it.
  folder.write('local.yaml', described('127.0.0.1') + folder.ported(node('node-c', 3030)))
  folder.write('redeploy.sh', '#!/bin/sh\nrestart "wcn_node_node-$(echo "$WCN_NODE_INDEX" | tr 01 ab)"\n')
  folder.write('upgrade-database.sh', '#!/bin/sh\nrestart wcn_db\n')
  await folder.ok(`umask 077; mkdir keys
    wcn operator keygen --out keys/operator.key
    for name in node-a node-b node-c database; do wcn key generate --out keys/$name.key; done
    wcn config emit -f local.yaml --out env
    wcn devnet fund "$(wcn operator address --private-key-file keys/operator.key)" --out '${net.envFile}'`)
}

async function join(folder: Folder, name: string): Promise<void> {
  await prepare(folder)
  third = await folder.ok(`wcn key inspect --secret-key-file keys/node-c.key | grep -o '12D3.*'`)
  await folder.ok(
    `for service in wcn_db wcn_node_node-a wcn_node_node-b; do restart $service; done
    wcn operator register -f deployment.yaml --name ${name} --out request.json
    wcn admin operator approve request.json`,
    settings(folder),
  )
}

/** A stand-in's env file, on other ports: its own are taken. */
async function serviceFile(folder: Folder, service: string, name: string): Promise<void> {
  folder.write(name, reported(folder.read(`rehearsal.env.services/${service}.env`), folder))
}

function reported(env: string, folder: Folder): string {
  const ports = { PRIMARY_RPC_SERVER: 3030, SECONDARY_RPC_SERVER: 3031, METRICS_SERVER: 3032 }
  return Object.entries(ports).reduce(
    (text, [name, port]) => text.replace(new RegExp(`^${name}_PORT=.*$`, 'm'), `${name}_PORT=${folder.port(port)}`),
    env,
  )
}

/** A write that was sent, and that the chain has forgotten before it was mined. */
async function leaveOpen(folder: Folder): Promise<void> {
  await rpc('evm_setAutomine', false)
  const out = await folder.ok(
    `wcn operator rename "name $(date +%N)" --timeout 1s --json || test $? -eq 6`,
    settings(folder),
  )
  sent = /0x[0-9a-f]{64}/.exec(out)?.[0]?.slice(0, 10) ?? ''
  await rpc('anvil_dropAllTransactions')
  await rpc('evm_setAutomine', true)
}

async function rpc(method: string, ...params: readonly unknown[]): Promise<void> {
  const response = await fetch(net.variables.RPC_PROVIDER_URL ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  expect(await response.json()).not.toHaveProperty('error')
}
