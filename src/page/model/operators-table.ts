/** One row for each operator: how it is, what it stores, what it has on chain. */
import { isIll } from '../../availability/model/node-in-words.js'
import { operatorInWords } from '../../availability/model/operator-in-words.js'
import { percent } from '../../availability/model/percent.js'
import { showAddress } from '../../base/address.js'
import { type Html, html, type Part } from './html.js'
import { type LiveOperator, liveOf, nameOf, type OperatorJson, type PageData } from './page-data.js'

const SHARDS = 65_536

export function operatorsTable(data: PageData): Html {
  const { cluster, live, shards } = data
  const columns: readonly (readonly [name: string, numbers?: 'n'])[] = [
    ...([['slot', 'n'], ['operator']] as const),
    ...(live ? ([['is'], ['nodes up', 'n'], ['version']] as const) : ([['nodes', 'n']] as const)),
    ['clients', 'n'],
    ['bytes', 'n'],
    ...(shards ? ([['shards it stores', 'n']] as const) : []),
    ...(shards?.pulled ? ([['to pull', 'n']] as const) : []),
    ['account'],
  ]
  return html`<section id="operators" aria-labelledby="operators-h"><h2 id="operators-h">Operators</h2>
<form class="filter" role="search" hidden><label>Find <input type="search" placeholder="name, address, peer ID"></label>
${live && html`<label><input type="checkbox"> only what is not well</label>`}<output role="status"></output></form>
<div class="wide"><table><caption>${cluster.operators.length} operators</caption>
<thead><tr>${columns.map(([name, numbers]) => html`<th scope="col" class="${numbers ?? ''}">${name}</th>`)}</tr></thead>
<tbody>${cluster.operators.map((operator) => row(data, operator))}</tbody></table></div></section>`
}

function row(data: PageData, operator: OperatorJson): Html {
  const { shards, live, cluster } = data
  const { slot, id, data_bytes: bytes } = operator
  const seen = liveOf(data, operator)
  const known = 'corrupted' in operator ? null : operator
  const stored = shards?.stored.get(slot) ?? 0
  return html`<tr data-slot="${slot}"${illMark(seen)}><td class="n">${slot}</td>
<th scope="row"><a href="#slot-${slot}"><bdi>${nameOf(operator)}</bdi></a>${cluster.keyspace.includes(slot) ? null : html` <span class="soft">not in the keyspace</span>`}</th>
${live ? liveCells(seen, known?.nodes.length ?? 0) : number(known?.nodes.length)}${number(known?.clients.length)}
<td class="n">${bytes} <span class="soft">${percent(bytes / cluster.settings.max_operator_data_bytes)}</span></td>
${shards && html`<td class="n">${stored} <span class="soft">${percent(stored / SHARDS)}</span>${share(stored / SHARDS)}</td>`}${shards?.pulled ? number(shards.pulled.get(slot)) : null}<td><code>${showAddress(id)}</code></td></tr>
`
}

/** What is not well can be found. */
export function illMark(seen: LiveOperator | null): Html | null {
  return seen && (seen.state !== 'up' || seen.nodes.some(isIll)) ? html` data-ill` : null
}

function liveCells(seen: LiveOperator | null, nodes: number): Part {
  if (seen === null) return html`<td>not asked</td>${number(nodes)}<td>–</td>`
  const [tone, word] = operatorInWords(seen.state)
  const up = seen.nodes.filter(({ state }) => state === 'up').length
  const versions = new Set(seen.nodes.flatMap(({ software_version }) => software_version ?? []))
  return html`<td class="${tone}">${word}</td><td class="n">${up}/${seen.nodes.length}</td><td>${[...versions].join(', ') || '–'}</td>`
}

function number(value: number | undefined): Html {
  return html`<td class="n">${value ?? '–'}</td>`
}

function share(of: number): Html {
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${100 * of}" height="10"></rect></svg>`
}
