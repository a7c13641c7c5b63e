/** The nodes of each operator, folded up until somebody wants to see them. */
import { nodeInWords, whyIll } from '../../availability/model/node-in-words.js'
import { operatorInWords } from '../../availability/model/operator-in-words.js'
import { counted } from '../../base/counted.js'
import { utc } from '../../base/utc.js'
import type { NodeJson } from '../../cluster/to-json.js'
import { type Html, html } from './html.js'
import { illMark } from './operators-table.js'
import { type LiveOperator, liveOf, nameOf, type OperatorJson, type PageData } from './page-data.js'

export function nodesList(data: PageData): Html {
  return html`<section id="nodes" aria-labelledby="nodes-h"><h2 id="nodes-h">Nodes</h2>
${data.cluster.operators.map((operator) => ofOperator(operator, liveOf(data, operator)))}</section>`
}

function ofOperator(operator: OperatorJson, seen: LiveOperator | null): Html {
  const { slot } = operator
  const head = html`slot ${slot}: <bdi>${nameOf(operator)}</bdi>`
  if ('corrupted' in operator)
    return html`<details id="slot-${slot}" data-slot="${slot}" data-ill><summary>${head}</summary><p class="bad">Its data on chain cannot be decoded: ${operator.reason}</p></details>`
  const [tone, word] = seen ? operatorInWords(seen.state) : ['', null]
  return html`<details id="slot-${slot}" data-slot="${slot}"${illMark(seen)}><summary>${head}, ${counted(operator.nodes.length, 'node')}${word && html`, <span class="${tone}">${word}</span>`}</summary>
<div class="wide"><table><caption>Nodes of <bdi>${operator.name}</bdi></caption><thead><tr><th scope="col" class="n">node</th>${seen && html`<th scope="col">is</th><th scope="col">version</th>`}<th scope="col">peer ID</th><th scope="col">address</th><th scope="col" class="n">ports</th>${seen && html`<th scope="col">why</th>`}</tr></thead>
<tbody>${operator.nodes.map((node, index) => row(node, index, seen))}</tbody></table></div></details>
`
}

function row(node: NodeJson, index: number, operator: LiveOperator | null): Html {
  const seen = operator?.nodes.find((one) => one.peer_id === node.peer_id) ?? null
  const [tone, word] = seen ? nodeInWords(seen) : ['', 'not asked']
  const since = seen?.not_up_since == null ? '' : ` (at ${utc(seen.not_up_since)})`
  return html`<tr><th scope="row" class="n">${index}</th>${operator && html`<td class="${tone}">${word}</td><td>${seen?.software_version ?? '–'}</td>`}<td><code>${node.peer_id}</code></td><td>${addressOf(node)}</td><td class="n">${node.primary_port}, ${node.secondary_port}</td>${operator && html`<td>${seen && `${whyIll(seen)}${since}`}</td>`}</tr>
`
}

function addressOf({ ipv4_addr: address, private_ipv4_addr: inside }: NodeJson): string {
  if (address === null) return 'encrypted'
  return inside === null ? address : `${address} (inside: ${inside})`
}
