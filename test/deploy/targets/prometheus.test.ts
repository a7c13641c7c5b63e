/** What Prometheus is given: targets, their labels, and rules that speak of what is there. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderTargetFile } from '../../../src/deploy/render-target-file.js'
import { prometheusFiles } from '../../../src/deploy/targets/prometheus.js'
import { sealOf } from '../../../src/deploy/targets/seal.js'
import { metricsText } from '../../../src/exporter/model/samples.js'
import { metricNames } from '../../../src/metrics/metrics.js'
import { samplesOf } from '../../../src/peer/protocol/metrics-text.js'
import { CONTRACT } from '../../support/deployment.js'
import { FULL_LOOK } from '../../support/exporter-look.js'
import { type PlanChoice, type PlanOverrides, planOf } from '../../support/target-plan.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'

interface Job {
  readonly job_name: string
  readonly static_configs: readonly { readonly targets: readonly string[]; readonly labels: Record<string, string> }[]
}
interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

const SEVERAL: PlanOverrides = {
  contract_address: CONTRACT,
  nodes: [
    { name: 'n0', primary: true, ipv4_addr: '52.1.2.3', metrics_address: 'node-a' },
    { name: 'n1', ipv4_addr: '52.1.2.4', metrics_address: 'node-b' },
    { name: 'n2', ipv4_addr: '52.1.2.5', metrics_address: 'node-c' },
  ],
}

function textsOf(overrides: PlanOverrides = SEVERAL, choice?: PlanChoice): Readonly<Record<string, string>> {
  const files = prometheusFiles(planOf(overrides, choice))
  expect(files.map(({ secret }) => secret)).toEqual(files.map(() => false))
  return Object.fromEntries(files.map((file) => [file.path, renderTargetFile(file)]))
}
const jobsOf = (overrides?: PlanOverrides, choice?: PlanChoice): readonly Job[] => {
  const { scrape_configs, ...rest } = parse(textsOf(overrides, choice)['prometheus.yml'] ?? '')
  // What scrape_config_files names may hold nothing else.
  expect(rest).toEqual({})
  return scrape_configs
}
const rulesOf = (overrides?: PlanOverrides, choice?: PlanChoice): readonly Rule[] =>
  parse(textsOf(overrides, choice)['wcn.rules.yml'] ?? '').groups[0].rules

describe('scrape_configs', () => {
  it('has each service with what tells it apart', () => {
    const peers = planOf(SEVERAL).services.map(({ peerId }) => peerId)
    expect(jobsOf().map(({ job_name, static_configs }) => ({ job_name, static_configs }))).toEqual([
      {
        job_name: 'wcn_node',
        static_configs: ['true', 'false', 'false'].map((primary, i) => ({
          targets: [`node-${'abc'[i]}:3012`],
          labels: { contract: CONTRACT, node: `n${i}`, peer_id: peers[i + 1], primary },
        })),
      },
      {
        job_name: 'wcn_db',
        static_configs: [{ targets: ['10.0.10.5:3002'], labels: { contract: CONTRACT, peer_id: peers[0] } }],
      },
    ])
  })

  it('looks on this machine for nodes whose metrics address is not said, and says so', () => {
    const [n0, n1] = SEVERAL.nodes ?? []
    if (!n0 || !n1) throw new Error('two nodes')
    const { metrics_address: _, ...plain } = n0
    const overrides = { nodes: [plain, n1], database: { metrics_address: 'db.internal' } }
    expect(jobsOf(overrides).flatMap((job) => job.static_configs.map(({ targets }) => targets[0]))).toEqual([
      '127.0.0.1:3012',
      'node-b:3012',
      'db.internal:3002',
    ])
    expect(textsOf(overrides)['prometheus.yml']).toMatch(/127\.0\.0\.1:3012 # this machine; set metrics_address/)
    expect(textsOf(overrides)['prometheus.yml']).toContain('node-b:3012 # deployment.yaml nodes[1].metrics_address')
  })

  it('refuses to show one process as two nodes', () => {
    const make = () => prometheusFiles(planOf())
    expect(sentenceOf(make)).toBe('SETTING_MISSING: Prometheus would scrape node n0 and node n1 both at 127.0.0.1:3012')
    expect(thrownBy(make).hint).toContain('metrics_address')
    expect(
      sentenceOf(() =>
        prometheusFiles(
          planOf({
            nodes: (SEVERAL.nodes ?? [])
              .map((node) => ({ ...node, metrics_address: 'db', metrics_port: 3002 }))
              .slice(0, 2),
            database: { metrics_address: 'db' },
          }),
        ),
      ),
    ).toMatch(/^SETTING_MISSING: Prometheus would scrape the database and node n0 both at db:3002/)
  })

  it('holds what is emitted only, and the same each time', () => {
    expect(jobsOf(SEVERAL, { only: ['wcn_node_n1'] }).map(({ job_name }) => job_name)).toEqual(['wcn_node'])
    expect(jobsOf(SEVERAL, { only: ['wcn_db'] }).map(({ job_name }) => job_name)).toEqual(['wcn_db'])
    expect(rulesOf(SEVERAL, { only: ['wcn_db'] }).map(({ alert }) => alert)).toEqual([
      'WcnDatabaseDown',
      'WcnDatabaseDiskLow',
      'WcnDatabaseDiskFull',
      'WcnMemoryLow',
    ])
    expect(rulesOf(SEVERAL, { only: ['wcn_node_n1'] }).map(({ alert }) => alert)).not.toContain('WcnDatabaseDown')
    expect(textsOf()).toEqual(textsOf())
  })
})

describe('of the cluster exporter', () => {
  const WITH_EXPORTER: PlanOverrides = { ...SEVERAL, prometheus: { exporter: 'watch.internal:9464' } }
  const page = metricsText(FULL_LOOK)
  const labelsOf = (metric = '') => samplesOf(page, metric).flatMap(({ labels }) => Object.keys(labels))

  it('there is nothing unless it is said where it is', () => {
    expect(Object.keys(textsOf())).toEqual(['prometheus.yml', 'wcn.rules.yml'])
    expect(Object.keys(textsOf(WITH_EXPORTER))).toEqual([
      'prometheus.yml',
      'wcn.rules.yml',
      'wcn-cluster.rules.yml',
      'wcn-cluster.dashboard.json',
    ])
    expect(textsOf(WITH_EXPORTER)['prometheus.yml']).toContain(
      'watch.internal:9464 # deployment.yaml prometheus.exporter',
    )
    expect(jobsOf(WITH_EXPORTER).at(-1)).toMatchObject({
      job_name: 'wcn_cluster',
      static_configs: [{ targets: ['watch.internal:9464'], labels: { contract: CONTRACT } }],
    })
  })

  it.each([
    ['watch', 'which is no host:port'],
    ['http://watch:9464', 'which is no host:port'],
    ['watch:', 'the port of prometheus.exporter'],
    ['watch:70000', 'the port of prometheus.exporter'],
    [':9464', 'which is no host:port'],
  ])('is not at %j', (exporter, sentence) => {
    expect(sentenceOf(() => planOf({ prometheus: { exporter } })).replace('deployment.yaml ', '')).toContain(sentence)
  })

  const rules: readonly Rule[] = parse(textsOf(WITH_EXPORTER)['wcn-cluster.rules.yml'] ?? '').groups[0].rules

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s speaks of metrics and labels that it has',
    (_, rule) => {
      const metrics = [...rule.expr.matchAll(/\bwcn_\w+/g)].map(([metric]) => metric)
      expect(metrics.length).toBeGreaterThan(0)
      for (const metric of metrics) expect(metricNames()).toContain(metric)
      for (const [, label = ''] of JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g))
        expect(labelsOf(metrics[0])).toContain(label)
      expect(rule.annotations.summary.length).toBeGreaterThan(10)
      expect(rule.annotations.description.length).toBeGreaterThan(40)
    },
  )

  it('has a panel for each metric, of the contracts that are chosen', () => {
    const dashboard = JSON.parse(textsOf(WITH_EXPORTER)['wcn-cluster.dashboard.json'] ?? '')
    const panels: readonly {
      id: number
      gridPos: object
      targets: readonly { expr: string; legendFormat?: string }[]
    }[] = dashboard.panels
    expect(
      panels.map(({ targets }) => targets[0]?.expr.replace(/\{contract=~"\$contract"\}(?: \* 1000)?$/, '')),
    ).toEqual(metricNames())
    for (const [at, { targets }] of panels.entries())
      for (const [, label = ''] of (targets[0]?.legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g))
        expect(labelsOf(metricNames()[at])).toContain(label)
    expect(new Set(panels.map(({ gridPos }) => JSON.stringify(gridPos))).size).toBe(metricNames().length)
  })

  it('is told from what somebody edited, JSON too', () => {
    const text = textsOf(WITH_EXPORTER)['wcn-cluster.dashboard.json'] ?? ''
    expect(sealOf(text)).toBe('untouched')
    expect(sealOf(text.replace('"1m"', '"5m"'))).toBe('edited')
    expect(sealOf(text.replace('Made by wcn', 'made by me'))).toBe('none')
    expect(JSON.parse(text).description).toMatch(/^# Made by wcn; .* sha256:[0-9a-f]{64}$/)
  })

  it.skipIf(spawnSync('promtool', ['--version']).status !== 0)('promtool takes all of it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wcn-prometheus-'))
    const texts = textsOf(WITH_EXPORTER)
    for (const [path, text] of Object.entries(texts)) writeFileSync(join(folder, path), text)
    const tool = (...args: readonly string[]) => spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' })
    const rulesSaid = tool('check', 'rules', 'wcn.rules.yml', 'wcn-cluster.rules.yml')
    expect(rulesSaid.stderr + rulesSaid.stdout).toMatch(/SUCCESS: \d+ rules found[\s\S]*SUCCESS: \d+ rules found/)
    expect(tool('check', 'config', '--syntax-only', 'prometheus.yml').status).toBe(0)
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' })
    expect(checked.stderr).toBe('')
    rmSync(folder, { recursive: true })
  })
})

describe('alert rules', () => {
  const TEXTS = ['wcn_node', 'wcn_db'].map((name) =>
    readFileSync(new URL(`../../vectors/${name}.metrics.txt`, import.meta.url), 'utf8'),
  )
  /** Of the metric in the answers of a real node and a real database. */
  const labelsIn = (metric: string): readonly string[] | null => {
    const samples = TEXTS.flatMap((text) => samplesOf(text, metric))
    return samples.length === 0 ? null : [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))]
  }
  const ATTACHED = ['job', 'instance', 'contract', 'node', 'peer_id', 'primary']

  it.each(rulesOf().map((rule) => [rule.alert, rule] as const))(
    '%s uses metrics and labels that there are',
    (_, rule) => {
      const bare = rule.expr.replaceAll(/"[^"]*"/g, '""')
      const metrics = [...bare.matchAll(/\b(?:wcn_\w+|up)\b/g)].map(([metric]) => metric)
      expect(metrics).not.toEqual([])
      for (const metric of metrics) if (metric !== 'up') expect(labelsIn(metric), metric).not.toBeNull()
      for (const [, metric = '', selector = ''] of bare.matchAll(/\b(wcn_\w+|up)\{([^}]*)\}/g)) {
        for (const label of selector.matchAll(/(\w+)=/g))
          expect([...ATTACHED, ...(labelsIn(metric) ?? [])], metric).toContain(label[1])
      }
      const known = [...ATTACHED, ...metrics.flatMap((metric) => labelsIn(metric) ?? [])]
      for (const [, list = ''] of bare.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g))
        for (const label of list.split(',')) expect(known).toContain(label.trim())
      for (const [, label] of JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g))
        expect(known).toContain(label)
    },
  )

  it('says how urgent each is and what to do', () => {
    const rules = rulesOf()
    expect(new Set(rules.map(({ labels }) => labels.severity))).toEqual(new Set(['page', 'warning']))
    for (const { alert, annotations } of rules) {
      expect(alert).toMatch(/^Wcn[A-Z]/)
      expect(annotations.summary.length, alert).toBeGreaterThan(10)
      expect(annotations.description.length, alert).toBeGreaterThan(40)
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  })

  it("knows the database by its peer ID and its address, whoever emits the nodes' share", () => {
    const expr = (choice?: PlanChoice, peer_id?: string) =>
      rulesOf({ ...SEVERAL, ...(peer_id === undefined ? {} : { database: { peer_id } }) }, choice).find(
        ({ alert }) => alert === 'WcnDatabaseUnreachable',
      )?.expr
    const [database] = planOf(SEVERAL).services
    expect(expr()).toContain(`remote_addr=~"10[.]0[.]10[.]5:(3000|3001)",remote_peer_id="${database?.peerId}"`)
    expect(expr({ only: ['wcn_node_n1'] })).not.toContain('remote_peer_id')
    expect(expr({ only: ['wcn_node_n1'] }, database?.peerId)).toContain(`remote_peer_id="${database?.peerId}"`)
  })
})
