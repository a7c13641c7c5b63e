/** Every view with data as long as it gets, for tests of how screens look. */
import { deployView, migrationPlanText, ownershipText, settingsText } from '../../src/admin/view.js'
import { clusterStatusText } from '../../src/availability/view-cluster-status.js'
import { migrationStatusText } from '../../src/availability/view-migration-status.js'
import { okToStopText } from '../../src/availability/view-ok-to-stop.js'
import type { Paint } from '../../src/cli/paint.js'
import { type Preview, renderPreview } from '../../src/cli/preview.js'
import { clientsListText } from '../../src/clients/view.js'
import {
  configShowText,
  contextAddText,
  contextListText,
  contextRemoveText,
  contextUseText,
} from '../../src/context/view.js'
import { configEmitText, configInitText } from '../../src/deploy/view.js'
import { listDrills } from '../../src/devnet/drill/drills.js'
import { devnetDownView, devnetFundView, devnetServeView, devnetView } from '../../src/devnet/view.js'
import { devnetStatusText } from '../../src/devnet/view-devnet-status.js'
import { devnetBreakText, devnetDrillText, devnetMendText } from '../../src/devnet/view-faults.js'
import { doctorText } from '../../src/doctor/view.js'
import { exporterText } from '../../src/exporter/view.js'
import { nodesCheckText } from '../../src/health/view-nodes-check.js'
import { clusterDiffText, historyText, watchText } from '../../src/history/view.js'
import { initText } from '../../src/init/view.js'
import { keyGenerateView, keyInspectView } from '../../src/key/view.js'
import { configCheckText } from '../../src/lint/view-config-check.js'
import { configDiffText } from '../../src/lint/view-config-diff.js'
import { maintenanceRunText, maintenanceStatusText } from '../../src/maintenance/view.js'
import { nodesDiffText, nodesListText } from '../../src/nodes/view.js'
import { nodesRolloutText, nodesRotateText, nodesWriteText } from '../../src/nodes/view-runs.js'
import { keygenView, operatorFundsText, operatorViewText } from '../../src/operator/view.js'
import { clusterViewText } from '../../src/overview/view.js'
import { approveView, keyProveView, registerView, verifyRequestView } from '../../src/register/view.js'
import { statusText } from '../../src/status/view.js'
import { txCancelText, txListText, txResumeText, txSendText, txShowText, txSignText } from '../../src/tx/view.js'
import { txDecodeText } from '../../src/tx/view-decode.js'
import { versionText } from '../../src/version/view.js'
import { writeText } from '../../src/write/view.js'

/** What is printed as it is for programs, and parts of other views. */
export const VERBATIM = [
  'completionScript',
  'completeText',
  'keypairText',
  'nodesExportText',
  'addressView',
  'callText',
  'nodeHealthText',
]

export interface Screen {
  readonly name: string
  readonly view: string
  readonly draw: (paint: Paint) => string
}

/** The same shape without the marks of values that were parsed. */
type Plain<T> = T extends string
  ? string
  : T extends number | bigint | boolean | null | undefined
    ? T
    : T extends readonly unknown[]
      ? { readonly [K in keyof T]: Plain<T[K]> }
      : unknown extends T
        ? unknown
        : { readonly [K in keyof T]: Plain<T[K]> }

const screens: Screen[] = []
export const SCREENS: readonly Screen[] = screens

function screen<T>(name: string, view: (data: T, paint: Paint) => string, data: Plain<T>): void {
  screens.push({ name, view: view.name, draw: (paint) => view(data as T, paint) })
}

const peer = (end: string) => `12D3KooWGRUfzdNnSBnpwCyGLy6jnxSmyUyLg8kDoYqLBKyR${end}`
const hash = (digits: string) => `0x${digits.repeat(32)}`
const OPERATOR = '0x51aa51aa51aa51aa51aa51aa51aa51aa51aa51aa'
const CONTRACT = '0xc0bbc0bbc0bbc0bbc0bbc0bbc0bbc0bbc0bbc0bb'
const FOLDER = '/srv/wallet-connect/eu-central-1/production'
const BLOCK = { number: 145_678_901, hash: hash('b1') }
const NAME = '日本ノード運営 Ünïcode e\u0301 עברית with a long name'

const node = (index: number) => ({
  peer_id: peer(`${'ABC'[index]}abc`),
  ipv4_addr: `203.0.113.${100 + index}`,
  private_ipv4_addr: index === 1 ? null : `192.168.100.${100 + index}`,
  primary_port: 30_010,
  secondary_port: 30_011,
})
const client = { peer_id: peer('cccc'), authorized_namespaces: [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144] }
const operator = {
  ...{ slot: 17, id: OPERATOR, name: NAME, nodes: [node(0), node(1)], clients: [client], data_bytes: 1_234 },
  ...{ data_schema: 0, in_keyspace: false, trailing_bytes: 12 },
}
const changes = [
  { op: 'update', path: 'name', before: 'an old name that was long', after: NAME },
  { op: 'add', path: 'nodes[2]', before: null, after: node(2) },
  { op: 'remove', path: 'nodes[0]', before: node(0), after: null },
  {
    op: 'update',
    path: 'nodes[1]',
    before: node(1),
    after: { ...node(1), ipv4_addr: '198.51.100.200', secondary_port: 3011 },
  },
] as const
const transaction = {
  ...{ hash: hash('77'), nonce: 1234, block: BLOCK, gas_used: 1_234_567 },
  ...{ fee_wei: '123456789012345', l1_fee_wei: '12345678' },
}
const write = {
  ...{ changed: true, dry_run: false, changes, transaction, version: 1234, operator, overwritten: [] },
  cluster: { chain_id: 10, contract: CONTRACT, source: `SMART_CONTRACT_ADDRESS in ${FOLDER}/prod.env` },
}
const unsigned = {
  ...{ transaction_file: `${FOLDER}/rename.json`, safe_file: `${FOLDER}/rename.safe.json` },
  safe: { nonce: 17, tx_hash: hash('5a') },
}

const HINT =
  'is UDP 30010 open to the internet in every firewall on the way? Then look again: `wcn nodes check eu-central-1a --watch`'
const checks = (['fail', 'warn', 'pass', 'skip'] as const).map((status) => ({
  id: `eu-central-1a.primary-port`,
  status,
  summary:
    'eu-central-1a: its primary port 203.0.113.100:30010 does not answer, while the secondary one does, as the node that it should be',
  hint: HINT,
}))
const port = (diagnosis: string) => ({
  port: 30_010,
  diagnosis,
  peer_id: null,
  handshake_ms: 12.5,
  rtt_ms: 123.4,
})
const DATABASE = {
  ...{ connected: true, problem: null, software_version: 12, total_disk_bytes: 1_234_567_890_123 },
  ...{ available_disk_bytes: 123_456_789_012, total_memory_bytes: null, available_memory_bytes: null },
}
const health = {
  node: {
    label: 'eu-central-1a',
    index: 0,
    peer_id: peer('Aabc'),
    ipv4_addr: '203.0.113.100',
    primary_port: 30_010,
    secondary_port: 30_011,
  },
  ...{ primary: port('ok'), secondary: port('silent') },
  provider: { problem: null, same_cluster: true, cluster_version: 1234, behind: 0 },
  ...{ metrics: null, database: DATABASE },
  ...{ checks, operational: false, caught_up: null },
}
const entry = {
  ...{ hash: hash('77'), nonce: 1234, chain_id: 31_337, contract: CONTRACT, signer: OPERATOR },
  what: { kind: 'operator-data', title: `rename to "${NAME}" and replace two of the nodes` },
  ...{
    signed_at: 1_790_000_000,
    state: 'included',
    block: BLOCK,
    fee_wei: '123456789012345',
    replaced_by: null,
    supersedes: hash('78'),
  },
}

screen('admin-deploy', deployView, {
  ...{
    contract: CONTRACT,
    owner: OPERATOR,
    bytecode_hash: null,
    implementation: OPERATOR,
    version: 0,
    chain_id: 10,
    dry_run: false,
  },
  transactions: [transaction, transaction],
})
const move = { id: OPERATOR, name: NAME, shards_before: 65_536, shards_after: 54_613, to_pull: 12_345, to_give: 23_456 }
const at = { chain_id: 10, contract: CONTRACT, block: BLOCK, version: 1234 }
screen('admin-migration-plan', migrationPlanText, {
  ...at,
  ...{ keyspace: [0, 1, 2, 3, 4], new_keyspace: [0, 1, 2, 3, 255], replicas: 327_680, replicas_moved: 61_888 },
  operators: [
    { ...move, slot: 0, role: 'stays' },
    { ...move, slot: 4, role: 'leaves', shards_after: 0, name: null },
    { ...move, slot: 255, role: 'joins', shards_before: 0, to_give: 0 },
  ],
  ...{
    bandwidth: { tx: 10_000_000, rx: 0 },
    database_bytes: 40_000_000_000,
    estimated_seconds: 7261,
    nodes_asked: false,
  },
  stalls: [`slot 255 ("${NAME}") holds no ETH: its primary node could not say that it has finished`],
})
screen('admin-settings-view', settingsText, {
  ...at,
  settings: {
    ...{ max_operator_data_bytes: 4096, min_operators: 5, event_propagation_latency_ms: 5000, clock_skew_ms: 500 },
    ...{ migration_concurrency: 10, migration_tx_bandwidth: 10_000_000, migration_rx_bandwidth: 10_000_000 },
  },
  problems: ['setting 5 is unknown and ignored'],
})
screen('admin-ownership-status', ownershipText, { ...at, owner: OPERATOR, pending_owner: CONTRACT })
const happened = {
  log_index: 0,
  operator: { id: OPERATOR, slot: 255, name: NAME },
  transaction: hash('7a'),
  block: BLOCK,
}
screen('cluster-history', historyText, {
  ...{ chain_id: 10, contract: CONTRACT, from_block: 131_000_000, to_block: 131_400_000, complete: true },
  events: [
    {
      ...{ ...happened, version: 1234, event: 'operator-updated', time: 1_790_000_000 },
      words: `"${NAME}" (${OPERATOR}) moved node 2 from 203.0.113.100 to 203.0.113.101`,
    },
    { ...happened, version: null, event: 'upgraded', time: 1_790_000_600, words: `the contract's code was replaced` },
  ],
})
const watched = {
  ...{ ...happened, version: 1234, event: 'operator-updated', time: 1_790_000_000 },
  words: `"${NAME}" (${OPERATOR}) moved node 2 from 203.0.113.100 to 203.0.113.101`,
} as const
screen('cluster-exporter', exporterText, { url: 'http://127.0.0.1:9464/metrics', interval_seconds: 60 })
screen('cluster-watch', watchText, { from: { contract: CONTRACT, block: BLOCK }, event: null, undone: false })
screen('cluster-watch-node', watchText, {
  from: { node: '203.0.113.101:30010', version: 1234, contract: null, block: null },
  ...{ event: null, undone: false },
})
screen('cluster-watch-event', watchText, { from: null, event: watched, undone: false })
screen('cluster-watch-undone', watchText, { from: null, event: watched, undone: true })
screen('cluster-history-of-nothing', historyText, {
  ...{ chain_id: 10, contract: CONTRACT, from_block: 131_000_000, to_block: 131_400_000, complete: true, events: [] },
})
screen('cluster-diff', clusterDiffText, {
  ...{ chain_id: 10, contract: CONTRACT },
  from: { block: { number: 131_000_000, hash: hash('b1') }, version: 1200 },
  to: { block: BLOCK, version: 1234 },
  changes: [
    { op: 'update', path: 'maintenance', before: null, after: OPERATOR },
    { op: 'update', path: 'operators[255].name', before: 'acme', after: NAME },
    { op: 'add', path: 'operators[6]', before: null, after: { id: OPERATOR, name: NAME } },
  ],
})
screen('clients-list', clientsListText, {
  ...{ block: BLOCK, version: 1234, operator: OPERATOR },
  clients: [client, { ...client, authorized_namespaces: [] }],
})
screen('context-add', contextAddText, {
  name: 'eu-central-production',
  current: false,
  replaced: true,
  file: `${FOLDER}/contexts.json`,
})
screen('context-use', contextUseText, { current: 'eu-central-production', before: 'eu-central-staging' })
screen('context-remove', contextRemoveText, { removed: 'eu-central-production', current: null, was_current: true })
screen('context-list', contextListText, {
  contexts: [
    {
      ...{ name: 'eu-central-production', current: true, contract_address: CONTRACT, chain_id: 10, rpc_quorum: 2 },
      rpc_hosts: ['optimism-mainnet.provider-one.example', 'optimism.provider-two.example', null],
      ...{ keystore: `${FOLDER}/keystore.json`, encryption_key_file: `${FOLDER}/encryption.key` },
    },
    { name: 'eu', current: false, contract_address: CONTRACT, rpc_hosts: [] },
  ],
})
screen('config-show', configShowText, {
  settings: [
    {
      name: 'contract_address',
      title: '',
      value: CONTRACT,
      source: `SMART_CONTRACT_ADDRESS in ${FOLDER}/prod.env`,
      problem: null,
    },
    {
      name: 'encryption_key_file',
      title: '',
      value: null,
      source: '--encryption-key-file',
      problem: `there is no file ${FOLDER}/encryption.key`,
    },
    { name: 'max_cost', title: '', value: null, source: null, problem: null },
  ],
  context: null,
  files: { env_file: null, contexts: `${FOLDER}/contexts.json`, state_directory: null },
})
screen('config-init', configInitText, {
  path: `${FOLDER}/deployment.yaml`,
  nodes_from_chain: 0,
  blanks: ['nodes[0].ipv4_addr', 'database.host'],
})
screen('config-emit', configEmitText, {
  ...{ format: 'env', dry_run: true, stale: [], primary_moved: null },
  files: [
    {
      ...{
        path: `${FOLDER}/out/wcn_node_eu-central-1a.env`,
        target: 'node',
        name: 'eu-central-1a',
        peer_id: peer('Aabc'),
      },
      ...{
        variables: [],
        secret: true,
        signing_key: true,
        status: 'created',
        diff: `--- before\n+++ after\n+RPC_URL=https://optimism-mainnet.provider-one.example/v3/with/a/path/that/is/long\n`,
      },
    },
  ],
  firewall: {
    open: [{ node: 'eu-central-1a', ipv4_addr: '203.0.113.100', udp_ports: [30_010, 30_011] }],
    closed: [
      { service: 'the database on db.eu-central-1.internal.example', udp_ports: [3000, 3001], tcp_ports: [3002, 3003] },
    ],
  },
})
screen('config-emit-prometheus', configEmitText, {
  ...{ format: 'prometheus', dry_run: false, stale: [], primary_moved: null, firewall: { open: [], closed: [] } },
  files: ['prometheus.yml', 'wcn-cluster.dashboard.json'].map((name) => ({
    ...{ path: `${FOLDER}/out/${name}`, target: null, name: null, peer_id: null, variables: [], secret: false },
    ...{ signing_key: false, status: 'created' as const, diff: null },
  })),
})
screen('devnet-up', devnetView, {
  ...{ rpc_url: 'http://127.0.0.1:45678', chain_id: 31_337, pid: 1_234_567, contract: CONTRACT, owner: OPERATOR },
  ...{ env_file: `${FOLDER}/devnet.env`, detached: false, operators: [{ id: OPERATOR, name: NAME }] },
  stand_ins: { pid: 1_234_568, host: '127.0.0.1', folder: `${FOLDER}/devnet.env.services`, services: [] },
})
const ports = { primary_port: 40_001, secondary_port: 40_002, metrics_port: 40_003 }
screen('devnet-serve', devnetServeView, {
  pid: 1_234_569,
  services: [
    { kind: 'node', peer_id: peer('Aabc'), ...ports, source: `${FOLDER}/env/wcn_node_eu-central-1a.env` },
    { kind: 'database', peer_id: peer('dddd'), ...ports, source: `${FOLDER}/env/wcn_db.env` },
  ],
})
const standIn = (slot: number | null, state: 'up' | 'broken' | 'gone', more: object = {}) => ({
  ...{ target: slot === null ? peer('eeee') : `${slot}/0`, slot, operator: slot === null ? null : OPERATOR, state },
  ...{ name: slot === null ? null : NAME, kind: 'node' as const, node_index: slot === null ? null : 0, pid: 1_234_570 },
  ...{
    peer_id: peer('eeee'),
    fault: null,
    problem: null,
    database: 'up' as const,
    source: `${FOLDER}/node.env`,
    ...ports,
  },
  ...more,
})
screen('devnet-status', devnetStatusText, {
  env_file: `${FOLDER}/devnet.env`,
  chain: {
    ...{
      up: false,
      fault: null,
      problem: 'the RPC provider 127.0.0.1:45678 does not answer: connection refused',
      block: null,
    },
    ...{ rpc_url: 'http://127.0.0.1:45678', chain_id: 31_337, contract: CONTRACT, pid: 1_234_567 },
  },
  stand_ins: [
    standIn(0, 'up'),
    standIn(0, 'up', { kind: 'database', target: '0/database', node_index: null, database: null }),
    standIn(1, 'broken', { fault: 'never-completes', database: null }),
    standIn(2, 'gone', { problem: `${FOLDER}/node.env: the provider of RPC_PROVIDER_URL can't be reached: it closed` }),
    standIn(null, 'up'),
  ],
  processes: [{ pid: 1_234_567, memory_bytes: 123_456_789 }],
})
screen('devnet-break', devnetBreakText, {
  ...{ target: '0/1', name: NAME, fault: 'lagging', env_file: `${FOLDER}/devnet.env` },
  does: 'no block comes after the one of now: none from a node’s RPC provider, or none at all',
})
screen('devnet-mend', devnetMendText, {
  env_file: `${FOLDER}/devnet.env`,
  mended: [
    { target: 'chain', fault: 'silent' },
    { target: '4/database', fault: null },
  ],
  gone: ['2/0', '2/1'],
})
screen('devnet-drills', devnetDrillText, { drills: listDrills(), scene: null })
screen('devnet-drill', devnetDrillText, {
  drills: [],
  scene: {
    ...{ name: 'power-cut', title: 'a power cut in the middle of maintenance', env_file: `${FOLDER}/devnet.env` },
    known: [
      'You were updating the database with `wcn maintenance run` when the power of the rack failed, your own machine’s too.',
      'The machines are back. Nobody has looked yet at what of it all came back with them.',
    ],
  },
})
screen('devnet-fund', devnetFundView, {
  address: OPERATOR,
  amount_wei: '1',
  balance_wei: '100000000000000000001',
  balance_eth: '100.000000000000000001',
})
screen('devnet-down', devnetDownView, { stopped: false, pid: 12, env_file: `${FOLDER}/devnet.env` })
screen('doctor', doctorText, {
  checks: [
    ...checks.map((one) => ({ group: 'nodes', ...one })),
    {
      group: 'settings',
      id: 'settings',
      status: 'pass',
      summary: 'every setting that is given can be read, and none contradicts another one',
      hint: null,
    },
    {
      group: 'providers',
      id: 'providers',
      status: 'skip',
      summary: 'no RPC provider is configured, so nothing on chain was looked at',
      hint: HINT,
    },
  ],
})
screen('nodes-check', nodesCheckText, {
  checked_at: 1_790_000_000,
  cluster: { chain_id: 10, contract: CONTRACT, operator: OPERATOR, version: 1234, keyspace_version: 56, block: BLOCK },
  ...{ nodes: [health, { ...health, operational: true, secondary: port('ok') }], databases: [], checks, changed: null },
})
screen('nodes-check-later', nodesCheckText, {
  checked_at: 1_790_000_000,
  ...{
    cluster: null,
    nodes: [health],
    databases: [],
    checks,
    changed: ['eu-central-1a.primary-port', 'eu-central-1b.metrics'],
  },
})
const STANDING = {
  ...{ on_chain: true, answering: 0, nodes: 2, unproven: null, database: false },
  next: 'start wcn_node on eu-central-1a.internal.example and 203.0.113.101, then `wcn nodes check`',
}
screen('init', initText, {
  ...{
    directory: FOLDER,
    note: 'the owner of the cluster has not approved the join request in the time that was given',
    operator: OPERATOR,
  },
  steps: [{ id: 'wait', status: 'waiting' }],
  peer_ids: { database: peer('dddd'), nodes: { 'eu-central-1a': peer('Aabc') } },
  ...{
    request_file: null,
    firewall: null,
    again: `wcn init --dir ${FOLDER} --answers ${FOLDER}/answers.yaml --wait 30m`,
  },
  files: [
    {
      path: `${FOLDER}/keys/eu-central-1a.key`,
      what: 'the secret key of node eu-central-1a: it stays on the machine that runs it',
    },
  ],
  commands: [`wcn operator register -f ${FOLDER}/deployment.yaml --out ${FOLDER}/join-request.json`],
  ...{ context: NAME, standing: STANDING },
})
screen('key-generate', keyGenerateView, [
  { public_key: '', peer_id: peer('Aabc'), file: `${FOLDER}/keys/eu-central-1a.key` },
])
screen('key-inspect', keyInspectView, {
  ...{
    peer_id: peer('Aabc'),
    kind: 'ed25519',
    usable: false,
    public_key: 'GRUfzdNnSBnpwCyGLy6jnxSmyUyLg8kDoYqLBKyR1ab=',
  },
  reason: 'it is of a kind that the network does not take: only Ed25519 keys can prove who they are there',
})
screen('config-check', configCheckText, {
  checks: checks.map((one) => ({ ...one, file: `${FOLDER}/compose.yaml`, line: 123 })),
})
screen('config-diff', configDiffText, {
  ...{ block: BLOCK, version: 1234, operator: OPERATOR, drift: 1 },
  rows: [
    { node: 'eu-central-1a', field: 'peer_id', files: peer('Aabc'), chain: peer('9xyz'), running: null, drift: true },
    {
      node: 'eu-central-1a',
      field: 'ipv4_addr',
      files: '203.0.113.100',
      chain: null,
      running: '203.0.113.100',
      drift: false,
    },
  ],
})
screen('maintenance-status', maintenanceStatusText, {
  ...{
    block: BLOCK,
    version: 1,
    maintenance: OPERATOR,
    name: NAME,
    since: { kind: 'at', time: 1_790_000_000, block: 123_456_789 },
  },
  migration_in_progress: true,
})
screen('maintenance-run', maintenanceRunText, {
  ...{ dry_run: false, slot: 'given-back', enter: write, exit: write },
  command: { words: ['systemctl', 'restart', 'wcn_db'], exit_code: 0, signal: null, duration_seconds: 123 },
  database: { seen_by: 'eu-central-1a' },
} as never)
screen('nodes-list', nodesListText, { name: NAME, operator: OPERATOR, nodes: [node(0), node(1)] } as never)
screen('nodes-diff', nodesDiffText, { changes, plan_file: `${FOLDER}/plan.json` } as never)
screen('nodes-rollout', nodesRolloutText, {
  finished: [{ index: 0 }],
  left_out: [{ index: 1 }],
  nodes: [health],
} as never)
screen('nodes-rotate', nodesRotateText, {
  ...{
    changed: true,
    dry_run: false,
    version: 1234,
    node: health,
    transactions: { add: transaction, remove: transaction },
  },
} as never)
screen('operator-view', operatorViewText, {
  ...{ operator, block: BLOCK, version: 1234, contract: CONTRACT, chain_id: 10, max_operator_data_bytes: 4096 },
  ...{ maintenance: OPERATOR, migration_in_progress: true },
} as never)
screen('operator-funds', operatorFundsText, {
  ...{
    operator: OPERATOR,
    balance_wei: '14800000000000000',
    balance_eth: '0.0148',
    average_cost_wei: '370123456789012',
  },
  ...{ basis: 'journal', writes_left: 40, min_wei: '10000000000000000', sufficient: true },
})
screen('operator-keygen', keygenView, { address: OPERATOR, file: `${FOLDER}/operator.key` } as never)
screen('cluster-view', clusterViewText, {
  ...{ chain_id: 10, contract: CONTRACT, block: BLOCK, version: 1234, keyspace_version: 56, owner: OPERATOR },
  settings: {
    min_operators: 5,
    max_operator_data_bytes: 4096,
    event_propagation_latency_ms: 10_000,
    clock_skew_ms: 500,
  },
  keyspace: Array.from({ length: 40 }, (_, slot) => slot),
  ...{
    new_keyspace: [0, 1, 2],
    migration: { id: 7, started_at: 1_789_980_000 },
    pulling_operators: [1, 2],
    maintenance: OPERATOR,
  },
  operators: [
    { ...operator, looks_like: [1, 2], shards: 12_345, shards_to_pull: 123 },
    {
      slot: 3,
      id: OPERATOR,
      corrupted: true,
      reason: 'its schema version 9 is not known to this program',
      data_bytes: 12,
      shards: 0,
    },
  ],
} as never)
screen('cluster-view-page', clusterViewText, {
  block: BLOCK,
  page: { file: `${FOLDER}/cluster.html`, bytes: 12_345_678, live: true, events: 1_234 },
} as never)
screen('register-draft', registerView, {
  ...{
    status: 'draft',
    request_file: null,
    draft_file: `${FOLDER}/draft.json`,
    operator: OPERATOR,
    digest: hash('dd'),
  },
  ...{ expires_at: 1_790_000_000, changes: [], reason: null, missing_proofs: [peer('Aabc')] },
} as never)
screen('register-different', registerView, {
  ...{
    status: 'different',
    request_file: `${FOLDER}/join-request.json`,
    draft_file: null,
    operator: OPERATOR,
    digest: null,
  },
  ...{
    expires_at: null,
    changes,
    reason: 'the owner of the cluster has written other nodes than those that were asked for',
    missing_proofs: [],
  },
} as never)
screen('verify-request', verifyRequestView, {
  checks,
  request: {
    ...{
      operator: OPERATOR,
      contract: CONTRACT,
      chain_id: 10,
      name: NAME,
      nodes: [node(0), node(1)],
      clients: [client],
    },
    ...{ data_bytes: 1234, created_at: 1_790_000_000, expires_at: 1_790_600_000, digest: hash('dd') },
  },
} as never)
screen('approve', approveView, write as never)
screen('key-prove', keyProveView, { file: `${FOLDER}/proof.json`, peer_id: peer('Aabc'), digest: hash('dd') } as never)
screen('tx-list', txListText, {
  transactions: [entry, { ...entry, state: 'replaced', replaced_by: hash('79') }],
  faults: [],
} as never)
screen('tx-resume', txResumeText, { transactions: [], faults: [] } as never)
screen('tx-cancel', txCancelText, { cancelled: true, transactions: [entry] } as never)
screen('tx-show', txShowText, {
  ...entry,
  ...{
    genesis_hash: hash('6e'),
    journal: `${FOLDER}/state/journal/31337-${CONTRACT}.json`,
    to: CONTRACT,
    data: '0xabcd',
  },
  ...{
    gas: 60_000,
    max_fee_per_gas_wei: '2000000000',
    max_priority_fee_per_gas_wei: '1000000',
    gas_used: 50_000,
    l1_fee_wei: '25',
  },
  ...{
    reason: 'every provider refused it: the maximum fee per gas is lower than the base fee of the block',
    now: null,
  },
  base: { block: BLOCK, operator: null, migration: { id: 3, pulling: false }, maintenance: OPERATOR },
} as never)
screen('tx-sign', txSignText, { file: `${FOLDER}/rename.signed.json`, hash: hash('77') } as never)
screen('tx-send', txSendText, { ...write, changed: false } as never)
screen('tx-decode', txDecodeText, {
  source: 'calldata',
  calls: [1, 2].map(() => ({
    ...{ to: CONTRACT, function: 'updateNodeOperatorData(address,bytes)', arguments: null, changes },
    words: `replace the data of operator ${OPERATOR}, "${NAME}", by data that holds two nodes and one client`,
    details: [`node 0: ${peer('Aabc')} at 203.0.113.100, ports 30010 and 30011`],
    warnings: ['what is on chain is not what this call was made from: somebody has changed it in the meantime'],
  })),
  transaction: {
    chain_id: 10,
    from: OPERATOR,
    nonce: 12,
    gas: '60000',
    max_fee_per_gas: '2000000000',
    max_priority_fee_per_gas: '1',
    value: '0',
    hash: hash('77'),
  },
  compared_with: { chain_id: 10, contract: CONTRACT, block: BLOCK.number },
  faults: ['the file says that it goes to another contract than the transaction that is in it does'],
} as never)
screen('status', statusText, {
  ...{
    chain_id: 10,
    contract: CONTRACT,
    contract_source: `SMART_CONTRACT_ADDRESS in ${FOLDER}/prod.env`,
    block: BLOCK,
  },
  ...{ version: 1234, operator: OPERATOR, slot: 17, name: NAME, in_keyspace: false },
  nodes: {
    ...{ total: 2, unknown: null, checked_at: 1_790_000_000 },
    list: [0, 1].map((index) => ({ index, up: index === 1, problem: index === 1 ? null : checks[0]?.summary })),
  },
  funds: { balance_wei: '14800000000000000', writes_left: 40 },
  maintenance: { holder: CONTRACT, name: NAME, since: { kind: 'at', time: 1_790_000_000, block: 123_456_789 } },
  migration: { in_progress: true, pulls: true, started_at: 1_789_980_000 },
  open_transactions: [entry],
  next: { say: 'two transactions are open, and nothing can be sent before they are settled', command: 'wcn tx resume' },
} as never)
screen('version', versionText, {
  ...{ version: '0.1.0', node: '22.1.0', platform: 'linux-x64' },
  quic_addon: {
    version: '1.1.8',
    loaded: false,
    reason: 'the QUIC addon is not installed here: who answers can not be proven, only that something does',
  },
  anvil: {
    path: null,
    version: null,
    reason: 'there is no anvil beside wcn or on the PATH',
    hint: 'npm install --global @foundry-rs/anvil',
  },
  schemas: { json: [1, 2], deployment: [1], join_request: [1], journal: [1, 2, 3], contexts: [1] },
  state: { directory: `${FOLDER}/state`, reason: null },
} as never)
screen('nodes-write', nodesWriteText, write as never)
screen('write', writeText, {
  ...write,
  changes: [{ op: 'update', path: 'maintenance', before: null, after: OPERATOR }],
} as never)
screen('write-unsigned', writeText, { ...write, changed: false, unsigned } as never)
screen('preview', (preview: Preview, paint) => paint.screen(renderPreview(preview, paint)), {
  title: `rename to "${NAME}" and replace two of the nodes of this operator`,
  ...{ target: write.cluster, changes },
  cost: { gas: 60_000n, executionFeeWei: 123_456_789_012_345n, l1FeeWei: 12_345_678n, operatorFeeWei: 0n },
  balanceWei: 14_800_000_000_000_000n,
})

screen('migration status', migrationStatusText, {
  checked_at: 1_790_000_000,
  cluster: { chain_id: 10, contract: CONTRACT, block: BLOCK, version: 1234 },
  nodes_asked: true,
  migration: {
    ...{ id: 12, started_at: 1_789_980_000, aborted_at: 0, state: 'running', pulling_since: 1_789_980_007.5 },
    ...{
      running_seconds: 20_000,
      estimated_seconds: 18_000,
      overdue: true,
      replicas: { moving: 62_000, left: 54_715 },
    },
    operators: [
      {
        ...{ slot: 1, id: OPERATOR, name: 'acme', role: 'stays', to_pull: 1_530, pulls: false },
        ...{ away: null, down_sources: [] },
      },
      {
        ...{ slot: 17, id: OPERATOR, name: NAME, role: 'joins', to_pull: 54_715, pulls: true },
        ...{ away: true, down_sources: [1, 16] },
      },
    ],
  },
})

const NOT_ASKED = { checked_at: 1_790_000_000, operator: OPERATOR, nodes: [], own_nodes: [], shards: null } as const
const asked = {
  ...NOT_ASKED,
  maintenance: { holder: null, name: null, since: null },
  cluster: { chain_id: 10, contract: CONTRACT, block: BLOCK, version: 1234 },
}
screen('ok-to-stop', okToStopText, { ...asked, ok: true, what: 'operator', reasons: [] })
screen('ok-to-stop nodes', okToStopText, {
  ...{ ...asked, ok: false, what: 'nodes', nodes: [{ index: 0, peer_id: peer('Aabc') }] },
  own_nodes: [
    { index: 0, up: true, problem: null },
    { index: 1, up: false, problem: 'does not answer at its secondary port, 203.0.113.101:30011' },
  ],
  reasons: [{ id: 'others-down', why: 'one node at least has to serve' }],
})
screen('ok-to-stop database', okToStopText, {
  ...{ ...asked, ok: false, what: 'database', shards: { stored: 54_715, lost: 1_234, without: 12 } },
  maintenance: { holder: OPERATOR, name: NAME, since: { kind: 'at', block: 145_678_000, time: 1_789_990_000 } },
  reasons: [
    { id: 'slot-taken', why: 'another operator has the maintenance slot' },
    { id: 'quorum', why: '1234 shards that it stores would not keep three live replicas, as far as can be seen' },
  ],
})

const seenNode = (index: number, state: 'up' | 'silent' | 'refusing' | 'one-port' | 'unknown' | 'not-asked') => ({
  ...{ index, peer_id: peer(`${'ABC'[index]}abc`), state, not_up_since: state === 'up' ? null : 1_790_000_000 },
  problem: state === 'up' ? null : `does not answer at its secondary port, 203.0.113.${100 + index}:30011`,
  ...{ software_version: state === 'up' ? 260_209.1 : null, database_version: state === 'up' ? 260_209.1 : null },
  ...{ cluster_behind: 3 * index, keyspace_behind: 0, caught_up: state === 'up' ? index === 0 : null },
  ...({ database: state === 'up' ? index === 0 : null, probe: state, via: index === 0 ? 'up' : 'silent' } as const),
})
const seenOperator = (
  slot: number,
  name: string | null,
  state: 'up' | 'partly' | 'down' | 'unknown' | 'no-database',
) => ({
  ...{ slot, id: OPERATOR, name, data_bytes: 1234, state, live: state === 'unknown' ? null : state !== 'down' },
  ...{ in_keyspace: slot !== 17, in_new_keyspace: true, pulls: slot === 17 },
})
const replicas = { five: 51_234, four: 12_000, three: 2_000, fewer: 302 }

screen('cluster status', clusterStatusText, {
  checked_at: 1_790_000_000,
  cluster: {
    ...{ chain_id: 10, contract: CONTRACT, block: BLOCK, version: 1234, keyspace_version: 12 },
    max_operator_data_bytes: 4096,
  },
  asked: { probes: { as: peer('Aabc') }, via: { host: 'metrics.eu-central-1.example.com:9100', whole: false } },
  operators: [
    { ...seenOperator(0, 'acme', 'up'), nodes: [seenNode(0, 'up')] },
    { ...seenOperator(1, NAME, 'partly'), nodes: [seenNode(0, 'up'), seenNode(1, 'up'), seenNode(2, 'one-port')] },
    { ...seenOperator(16, 'gone', 'down'), nodes: [seenNode(0, 'silent'), seenNode(1, 'refusing')] },
    { ...seenOperator(17, 'joining', 'unknown'), nodes: [seenNode(0, 'unknown'), seenNode(1, 'not-asked')] },
    { ...seenOperator(255, null, 'no-database'), nodes: [] },
  ],
  changed: [
    { slot: 1, name: NAME, index: 2, peer_id: peer('Cabc'), from: 'up', to: 'one-port' },
    { slot: 16, name: 'gone', index: 0, peer_id: peer('Aabc'), from: 'no-database', to: 'silent' },
    { slot: 255, name: null, index: 0, peer_id: peer('Babc'), from: null, to: 'up' },
  ],
  quorum: {
    ...{ shards: 65_536, replicas, new_replicas: replicas },
    without_reads: { shards: 302, share: 302 / 65_536 },
    without_writes: { shards: 302, share: 302 / 65_536 },
    one_outage: { shards: 2_000, share: 2_000 / 65_536, operators: [0, 1] },
  },
  versions: {
    nodes: [
      { version: 260_209.1, count: 3 },
      { version: null, count: 5 },
    ],
    databases: [{ version: 260_209.1, count: 2 }],
  },
  maintenance: { holder: OPERATOR, name: NAME, since: { kind: 'at', block: 145_678_000, time: 1_789_990_000 } },
  migration: {
    ...{ id: 12, started_at: 1_789_980_000, aborted_at: 0 },
    pulling: [{ slot: 17, name: 'joining', state: 'unknown', away: false, shards_to_pull: 54_715, down_sources: [16] }],
  },
  checks: checks.slice(0, 3),
})
