/** The page as text: what is told in it, that names stay text, and that only our style and script are let run. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterJson } from '../../src/cluster/to-json.js'
import { html } from '../../src/page/model/html.js'
import { PAGE_MARK, pageText } from '../../src/page/model/page.js'
import type { PageData } from '../../src/page/model/page-data.js'
import { snapshotAt } from '../support/cluster-at.js'
import { member } from '../support/use-real-cluster.js'

const HOSTILE = `"'><script>a=1</script>&`

function pageOf(more: Partial<PageData> = {}, cluster: object = {}): string {
  return pageText({
    madeAt: 1_790_000_000,
    cluster: { ...clusterJson(snapshotAt(), null), ...cluster },
    ...{ shards: null, maintenance: null, live: null, history: { fromBlock: 7, events: [] } },
    ...more,
  })
}

const NODE = {
  ...{ index: 0, peer_id: 'x', state: 'silent', caught_up: null, database: null, software_version: null },
  ...{ problem: HOSTILE, cluster_behind: null, keyspace_behind: null, not_up_since: 1_789_999_940 },
}

/** As if all that others write were hostile. */
function spoilt(): string {
  const cluster = clusterJson(snapshotAt(), null)
  const operators = cluster.operators.map((operator) =>
    'corrupted' in operator
      ? operator
      : { ...operator, name: HOSTILE, nodes: operator.nodes.map((node) => ({ ...node, peer_id: HOSTILE })) },
  )
  const live = {
    checked_at: 1_789_999_999,
    asked: { probes: { as: HOSTILE }, via: { host: HOSTILE, whole: false } },
    checks: [{ id: 'x', status: 'fail', summary: HOSTILE, hint: HOSTILE }],
    operators: operators.map(({ slot, id }) => ({ slot, id, name: HOSTILE, state: 'down', nodes: [NODE] })),
    quorum: {
      ...{ shards: 65_536, replicas: { five: 65_000, four: 500, three: 30, fewer: 6 }, new_replicas: null },
      ...{ without_reads: { shards: 6, share: 6 / 65_536 }, without_writes: { shards: 6, share: 6 / 65_536 } },
      one_outage: { shards: 30, share: 30 / 65_536, operators: [] },
    },
  }
  return pageOf(
    {
      live: live as never,
      maintenance: { holder: member(1), name: HOSTILE, since: 1_789_999_000 },
      history: { fromBlock: 1, events: [{ time: 1, version: 1, block: { number: 2 }, words: HOSTILE }] as never },
    },
    { operators: [...operators, { slot: 200, id: member(9), corrupted: true, reason: HOSTILE, data_bytes: 3 }] },
  )
}

describe('a template', () => {
  it('leaves text what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: made } = html`<p title="${text}">${text}</p>`
        expect(made).toMatch(/^<p title="[^"<>]*">[^<>]*<\/p>$/)
      }),
    )
    expect(html`<p>${HOSTILE}${html`<br>`}${[1, null, 'b']}</p>`.text).toBe(
      '<p>&quot;&#39;&gt;&lt;script&gt;a=1&lt;/script&gt;&amp;<br>1b</p>',
    )
  })
})

describe('the page', () => {
  it('lets its own style and script run, and no others', () => {
    const text = pageOf()
    const inside = (tag: string) => new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(text)?.[1] ?? ''
    const hash = (tag: string) => `'sha256-${createHash('sha256').update(inside(tag)).digest('base64')}'`
    expect(text).toContain(
      `content="default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; base-uri 'none'; form-action 'none'"`,
    )
    expect(text.startsWith(PAGE_MARK)).toBe(true)
    expect(text).not.toMatch(/ style=| on[a-z]+=|https?:/)
  })

  it('makes nothing of what others write', () => {
    const text = spoilt()
    expect(text).not.toContain('<script>a')
    expect(text.match(/<script/g)).toHaveLength(1)
    expect(text.split('&quot;&#39;&gt;&lt;script&gt;').length).toBeGreaterThan(20)
  })

  it('tells what was seen, and what could not be read', () => {
    const text = spoilt()
    const told = [
      '<td class="bad">DOWN</td><td class="n">0/1</td>',
      '&lt; 0.1 % of the keys',
      'all nodes, as ',
      ', not to the end; 2026-09-21 14:13 UTC',
      'Its data on chain cannot be decoded',
      'since 2026-09-21 13:56 UTC, 16 min ago',
      'width="99.18',
    ]
    expect(told.filter((one) => !text.includes(one))).toEqual([])
    expect(text.match(/data-slot="\d+" data-ill/g)).toHaveLength(11)
  })

  it('tells of the chain alone what it says', () => {
    const text = pageOf(
      {
        shards: { stored: new Map([[0, 65_536]]), pulled: new Map([[1, 12]]) },
        maintenance: { holder: member(1), name: null, since: null },
      },
      { pulling_operators: [1], new_keyspace: [0, 1], migration: { id: 3, started_at: 1_789_996_400 } },
    )
    const told = [
      'no node was asked: this is what the chain says',
      '3, since 2026-09-21 13:13 UTC, 60 min ago, to slots 0 1; still to pull:\n<ul><li>one (slot 1): 12 shard replicas</li></ul>',
      '>65536 <span class="soft">100 %</span>',
      '<td>encrypted</td>',
      'Nothing happened in blocks 7 to 100.',
    ]
    expect(told.filter((one) => !text.includes(one))).toEqual([])
    expect(text).not.toContain('It holds addresses')
    expect(text).not.toContain('data-ill')
  })
})
