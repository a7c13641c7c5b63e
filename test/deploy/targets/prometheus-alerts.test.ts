/** The alert rules in Prometheus' own test harness: each is raised when it has to be, and nothing else is. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { renderTargetFile } from '../../../src/deploy/render-target-file.js'
import { prometheusFiles } from '../../../src/deploy/targets/prometheus.js'
import type { TargetPlan } from '../../../src/deploy/targets/target-file.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { CONTRACT } from '../../support/deployment.js'
import { installed } from '../../support/installed.js'
import { planOf } from '../../support/target-plan.js'

/** By what is measured and where, over time: a value each 30 seconds, `1x40` is 41 times 1. */
type Series = Readonly<Record<string, string>>
type Labels = Readonly<Record<string, string>>

interface Case {
  readonly what: string
  /** Other than in a healthy deployment; `gone` where there is no such series. */
  readonly with?: Series
  /** Services (by the first letters) that are not scraped at all. */
  readonly without?: string
  readonly at?: string
  /** Alerts that fire, and for which node; nothing else does. */
  readonly fires: readonly string[]
}

const NODES = ['n0', 'n1', 'n2']
const LONG = 60
const steady = (value: number) => `${value}x${LONG}`
/** After ten minutes. */
const changing = (from: number, to: number | string) => `${from}x19 ${to}x${LONG}`
const down = (...services: readonly string[]): Series =>
  Object.fromEntries(
    services.flatMap((service) => [
      [`up ${service}`, changing(1, 0)],
      ...(service === 'db' ? [] : ['cluster 9', 'keyspace 4'])
        .map((gauge) => gauge.split(' '))
        .map(([gauge, value]) => [`${gauge} ${service}`, `${value}x19 stale`]),
    ]),
  )
const changingOn = (gauge: string, nodes: readonly string[], from: number, to: number): Series =>
  Object.fromEntries(nodes.map((node) => [`${gauge} ${node}`, changing(from, to)]))
const OTHERS = ['n0', 'n2']

const CASES: readonly Case[] = [
  { what: 'all is well', fires: [] },
  { what: 'a node is down', with: down('n1'), fires: ['WcnNodeDown n1'] },
  { what: 'a node is restarted', with: { 'up n1': `1x19 0x7 1x${LONG}` }, at: '13m30s', fires: [] },
  {
    what: 'two nodes are down',
    with: down('n1', 'n2'),
    at: '13m',
    fires: ['WcnSeveralNodesDown'],
  },
  {
    what: 'all nodes are down',
    with: down(...NODES),
    fires: ['WcnAllNodesDown', ...NODES.map((node) => `WcnNodeDown ${node}`), 'WcnSeveralNodesDown'],
  },
  { what: 'no node is scraped', without: 'n', fires: ['WcnAllNodesDown'] },
  {
    what: 'a node works with an old cluster',
    with: changingOn('cluster', OTHERS, 9, 10),
    fires: ['WcnClusterVersionBehind n1'],
  },
  {
    what: 'a node hears of a change a little later',
    with: changingOn('cluster', OTHERS, 9, 10),
    at: '14m30s',
    fires: [],
  },
  {
    what: 'a migration starts and a node does not hear of it',
    with: { ...changingOn('cluster', OTHERS, 9, 10), ...changingOn('keyspace', OTHERS, 4, 5) },
    fires: ['WcnClusterVersionBehind n1', 'WcnKeyspaceVersionBehind n1'],
  },
  {
    what: 'a migration is aborted, which lowers the version, and a node does not hear of it',
    with: { ...changingOn('cluster', OTHERS, 9, 10), ...changingOn('keyspace', OTHERS, 4, 3) },
    fires: ['WcnClusterVersionBehind n1', 'WcnKeyspaceVersionBehind n1'],
  },
  {
    what: 'a migration starts and the primary goes down',
    with: { ...down('n0'), ...changingOn('keyspace', ['n1', 'n2'], 4, 5) },
    fires: ['WcnNoPrimaryDuringMigration n0', 'WcnNodeDown n0'],
  },
  {
    what: 'a migration starts and another node goes down',
    with: { ...down('n1'), ...changingOn('keyspace', OTHERS, 4, 5) },
    fires: ['WcnNodeDown n1'],
  },
  { what: 'the primary goes down', with: down('n0'), fires: ['WcnNodeDown n0'] },
  {
    what: 'a node does not reach the database',
    with: { 'timeouts n1': `0x19 1+2x${LONG}` },
    fires: ['WcnDatabaseUnreachable n1'],
  },
  {
    what: 'a node finds another key at the database',
    with: { 'wrong-keys n1': `0x19 1+1x${LONG}` },
    fires: ['WcnDatabaseUnreachable n1'],
  },
  { what: 'one connection fails', with: { 'timeouts n1': changing(0, 1) }, at: '14m30s', fires: [] },
  { what: 'another peer is not reached', with: { 'elsewhere n1': `0+2x${LONG}` }, fires: [] },
  { what: "a node that has the database's key is not reached", with: { 'sibling n1': `0+2x${LONG}` }, fires: [] },
  { what: 'the database is down', with: down('db'), at: '12m', fires: ['WcnDatabaseDown'] },
  { what: 'the database is not scraped', without: 'db', fires: ['WcnDatabaseDown'] },
  { what: 'the disk fills up', with: { 'disk db': changing(50, 15) }, fires: ['WcnDatabaseDiskLow'] },
  {
    what: 'the disk is nearly full',
    with: { 'disk db': changing(50, 4) },
    fires: ['WcnDatabaseDiskFull', 'WcnDatabaseDiskLow'],
  },
  { what: 'the disk is not measured', with: { 'disk db': 'gone', 'disk-total db': 'gone' }, fires: [] },
  {
    what: 'memory runs out',
    with: { 'memory n2': changing(50, 5), 'memory db': changing(50, 5) },
    fires: ['WcnMemoryLow', 'WcnMemoryLow n2'],
  },
]

/** Watched by the same Prometheus. */
const ANOTHER_CLUSTER: Case = {
  what: 'another cluster, of one node, is newer, and a node of each is down',
  with: { ...down('n1'), 'up foreign': changing(1, 0), 'cluster foreign': steady(700), 'keyspace foreign': steady(70) },
  fires: ['WcnAllNodesDown', 'WcnNodeDown foreign', 'WcnNodeDown n1'],
}

describe.skipIf(!installed('promtool', '--version'))('promtool', () => {
  let box: Sandbox
  beforeAll(() => {
    box = sandbox()
  })
  afterAll(() => box.remove())

  function promtool(...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('promtool', words, { cwd: box.path('.'), encoding: 'utf8' })
    return `${status}\n${stdout}${stderr}`
  }

  it.each([
    ['with the contract that is described', { contract_address: CONTRACT }, [...CASES, ANOTHER_CLUSTER]],
    ['without one', {}, CASES],
  ])('takes files %s, and raises what has to be raised', (_, described, cases) => {
    const plan = planOf({
      ...described,
      nodes: NODES.map((name, i) => ({ name, primary: i === 0, ipv4_addr: `52.1.2.${i + 3}`, metrics_address: name })),
    })
    for (const file of prometheusFiles(plan)) writeFileSync(box.path(file.path), renderTargetFile(file))
    expect(promtool('check', 'config', 'prometheus.yml')).toMatch(/^0\n/)
    expect(promtool('check', 'rules', '--lint-fatal', 'wcn.rules.yml')).toMatch(/^0\n[\s\S]*SUCCESS: 11 rules found/)

    const tests = cases.map((one) => testOf(one, plan))
    writeFileSync(
      box.path('alerts.test.yml'),
      stringify({ rule_files: ['wcn.rules.yml'], evaluation_interval: '30s', tests }),
    )
    expect(promtool('test', 'rules', 'alerts.test.yml')).toMatch(/^0\n/)
  })
})

function testOf({ what, with: changed = {}, without, at = '27m', fires }: Case, plan: TargetPlan): object {
  const series = Object.entries({ ...healthy(), ...changed }).filter(
    ([key, values]) => values !== 'gone' && (without === undefined || !key.split(' ')[1]?.startsWith(without)),
  )
  return {
    name: what,
    interval: '30s',
    input_series: series.map(([key, values]) => ({ series: seriesOf(key, plan), values })),
    promql_expr_test: [
      {
        expr: 'count by (alertname, node) (ALERTS{alertstate="firing"}) > bool 0',
        eval_time: at,
        exp_samples: fires.map((alert) => {
          const [alertname = '', node] = alert.split(' ')
          return { labels: textOf({ alertname, ...(node === undefined ? {} : { node }) }), value: 1 }
        }),
      },
    ],
  }
}

function healthy(): Series {
  const everywhere = (gauge: string, value: number, services: readonly string[]) =>
    services.map((service) => [`${gauge} ${service}`, steady(value)])
  return Object.fromEntries([
    ...everywhere('up', 1, [...NODES, 'db']),
    ...everywhere('memory', 50, [...NODES, 'db']),
    ...everywhere('memory-total', 100, [...NODES, 'db']),
    ...everywhere('cluster', 9, NODES),
    ...everywhere('keyspace', 4, NODES),
    ...everywhere('timeouts', 0, NODES),
    ...everywhere('wrong-keys', 0, NODES),
    ...everywhere('disk', 50, ['db']),
    ...everywhere('disk-total', 100, ['db']),
  ])
}

/** With the labels that Prometheus puts on it because of the emitted file. */
function seriesOf(key: string, plan: TargetPlan): string {
  const [what = '', service = ''] = key.split(' ')
  const failing = (remote_addr: string, remote_peer_id: string, kind: string): readonly [string, Labels] => [
    'wcn_rpc_client_connection_errors',
    { remote_addr, remote_peer_id, kind },
  ]
  const database = plan.services[0]?.peerId ?? ''
  const known: Readonly<Record<string, readonly [string, Labels]>> = {
    up: ['up', {}],
    memory: ['wcn_available_memory', {}],
    'memory-total': ['wcn_total_memory', {}],
    cluster: ['wcn_node_cluster_version', {}],
    keyspace: ['wcn_node_keyspace_version', {}],
    disk: ['wcn_disk_available_space', {}],
    'disk-total': ['wcn_disk_total_space', {}],
    timeouts: failing('10.0.10.5:3000', database, 'Timeout'),
    'wrong-keys': failing('10.0.10.5:3001', database, 'WrongPeerId'),
    elsewhere: failing('10.0.10.5:3000', 'another', 'Timeout'),
    sibling: failing('52.1.2.4:3010', database, 'Timeout'),
  }
  const [metric, labels] = known[what] ?? ['', {}]
  return `${metric}${textOf({ ...labels, ...attached(service, plan) })}`
}

function attached(service: string, plan: TargetPlan): Labels {
  if (service === 'foreign')
    return { job: 'wcn_node', instance: 'foreign:3012', contract: '0xother', node: 'foreign', primary: 'false' }
  const [file] = prometheusFiles(plan)
  const jobs: { job_name: string; static_configs: { targets: string[]; labels: Record<string, string> }[] }[] = file
    ? parse(renderTargetFile(file)).scrape_configs
    : []
  const [found] = jobs.flatMap(({ job_name, static_configs }) =>
    static_configs
      .filter(({ labels }) => (service === 'db' ? job_name === 'wcn_db' : labels.node === service))
      .map(({ targets, labels }) => ({ job: job_name, instance: targets[0] ?? '', ...labels })),
  )
  if (!found) throw new Error(`${service} is not scraped`)
  return found
}

function textOf(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`
}
