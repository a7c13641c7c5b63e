/** The head of the page: which cluster, when, and what there is to say of it. */
import { showAddress } from '../../base/address.js'
import type { Check } from '../../base/check.js'
import { counted } from '../../base/counted.js'
import { utc, utcAndAgo } from '../../base/utc.js'
import { type Html, html, type Part } from './html.js'
import { nameOf, type PageData } from './page-data.js'

export function facts(data: PageData): Html {
  const { cluster, live } = data
  const { settings } = cluster
  return html`<section id="now" aria-labelledby="now-h"><h2 id="now-h">Now</h2>
<dl>${[
    ['chain', cluster.chain_id],
    ['contract', html`<code>${showAddress(cluster.contract)}</code>`],
    ['block', html`${cluster.block.number} <code class="soft">${cluster.block.hash}</code>`],
    ['version', `${cluster.version}, keyspace ${cluster.keyspace_version}`],
    ['owner', html`<code>${showAddress(cluster.owner)}</code>`],
    [
      'operators',
      `${cluster.operators.length}, with ${counted(countNodes(data), 'node')}; ${settings.min_operators} at the least`,
    ],
    ['operator data', `${settings.max_operator_data_bytes} bytes at the most`],
    ['maintenance', maintenance(data)],
    ['migration', migration(data)],
    ['asked', asked(data)],
  ].map(([name = null, value = null]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${live && html`<h3>What there is to say</h3><ul class="checks">${live.checks.map(checkItem)}</ul>`}
</section>`
}

function countNodes({ cluster }: PageData): number {
  return cluster.operators.reduce((sum, one) => sum + ('corrupted' in one ? 0 : one.nodes.length), 0)
}

function maintenance({ maintenance: held, madeAt }: PageData): Part {
  if (held === null) return 'nobody holds the slot'
  const since = held.since === null ? '' : `, since ${utcAndAgo(held.since, madeAt)}`
  return html`<strong class="warn">${held.name ?? showAddress(held.holder)}</strong>${since}`
}

function migration({ cluster, shards, madeAt }: PageData): Part {
  const { pulling_operators: pulling, migration: running, new_keyspace: next } = cluster
  if (pulling === null) return 'none in progress'
  const since = running && `${running.id}, since ${utcAndAgo(BigInt(running.started_at), madeAt)}, `
  const who = cluster.operators
    .filter(({ slot }) => pulling.includes(slot))
    .map((one) => html`<li>${nameOf(one)} (slot ${one.slot})${toPull(shards?.pulled?.get(one.slot))}</li>`)
  return html`<strong class="warn">in progress</strong>: ${since}to slots ${(next ?? []).join(' ')}; still to pull:
<ul>${who}</ul>`
}

function toPull(shards: number | undefined): string {
  return shards === undefined ? '' : `: ${counted(shards, 'shard replica')}`
}

function asked({ live }: PageData): Part {
  if (live === null) return 'no node was asked: this is what the chain says'
  const { probes, via } = live.asked
  const ways = [
    ...(probes ? [probes.as === null ? 'all nodes, as a stranger' : `all nodes, as ${probes.as}`] : []),
    ...(via ? [`the node at ${via.host} what it sees${via.whole ? '' : ', not to the end'}`] : []),
  ]
  return `${ways.join(', and ')}; ${utc(live.checked_at)}`
}

const MARKS: Readonly<Record<Check['status'], string>> = { pass: '✓', warn: '!', fail: '✗', skip: '–' }

function checkItem({ status, summary, hint }: Check): Html {
  return html`<li class="${status}"><span aria-hidden="true">${MARKS[status]}</span> <b>${status}</b> ${summary}${hint && html`<br><span class="soft">${hint}</span>`}</li>`
}
