/** How many of their five replicas the shards have, and what that means for their keys. */
import type { ClusterStatusJson } from '../../availability/cluster-status.js'
import { percent } from '../../availability/model/percent.js'
import { type Html, html } from './html.js'
import type { PageData } from './page-data.js'

type Quorum = NonNullable<ClusterStatusJson['quorum']>
type Counts = Quorum['replicas']

const LIVE = ['five', 'four', 'three', 'fewer'] as const

export function replicaHealth({ live }: PageData): Html {
  return html`<section id="replicas" aria-labelledby="replicas-h"><h2 id="replicas-h">Replicas</h2>
${live === null ? html`<p>No node was asked. <code>wcn cluster view --html FILE --live</code> asks them all.</p>` : html`${live.quorum === null ? html`<p class="bad">The network’s nodes reject this keyspace.</p>` : quorum(live.quorum)}`}
</section>`
}

function quorum({ shards, replicas, new_replicas, without_reads, without_writes, one_outage }: Quorum): Html {
  const shares: readonly (readonly [string, Quorum['without_reads']])[] = [
    ['cannot be read', without_reads],
    ['cannot be written', without_writes],
    ['one outage away from that', one_outage],
  ]
  return html`${bar(replicas, shards)}${new_replicas && bar(new_replicas, shards)}
<div class="wide"><table><caption>Shards, of ${shards}, by how many of their five replicas are live; three are the quorum</caption>
<thead><tr><th scope="col">keyspace</th>${LIVE.map((live) => html`<th scope="col" class="n">${live}</th>`)}</tr></thead>
<tbody>${countsRow('serving', replicas)}${new_replicas && countsRow('new', new_replicas)}</tbody></table></div>
<dl>${shares.map(([words, { share }]) => html`<dt>${words}</dt><dd class="${share === 0 ? 'good' : 'bad'}">${share === 0 ? 'none of the keys' : `${percent(share)} of the keys`}</dd>`)}</dl>`
}

function countsRow(keyspace: string, counts: Counts): Html {
  return html`<tr><th scope="row">${keyspace}</th>${LIVE.map((live) => html`<td class="n">${counts[live]}</td>`)}</tr>`
}

function bar(counts: Counts, shards: number): Html {
  let start = 0
  const rects = LIVE.map((live) => {
    const width = (100 * counts[live]) / shards
    start += width
    return html`<rect class="${live}" x="${start - width}" width="${width}" height="10"></rect>`
  })
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>`
}
