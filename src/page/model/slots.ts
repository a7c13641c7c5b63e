/** All slots at a glance: who has which, and how they are. */
import { operatorInWords } from '../../availability/model/operator-in-words.js'
import { type Html, html } from './html.js'
import { liveOf, nameOf, type OperatorJson, type PageData } from './page-data.js'

export function slots(data: PageData): Html {
  const { operators } = data.cluster
  const bySlot = new Map(operators.map((operator) => [operator.slot, operator]))
  const last = Math.max(-1, ...bySlot.keys())
  const cells = Array.from({ length: last + 1 }, (_, slot) => cell(data, slot, bySlot.get(slot)))
  return html`<section id="slots" aria-labelledby="slots-h"><h2 id="slots-h">Operator slots</h2>
<ol class="slots" start="0">${cells}</ol>
<p class="soft">Dashed: free. Dotted: not in the keyspace.${data.live && ' Thick and red: down. Each leads to its nodes.'}</p>
</section>`
}

function cell(data: PageData, slot: number, operator: OperatorJson | undefined): Html {
  if (operator === undefined) return html`<li><span class="free" title="free">${slot}</span></li>`
  const seen = liveOf(data, operator)
  const [tone, word] = seen ? operatorInWords(seen.state) : ['', 'not asked']
  const out = data.cluster.keyspace.includes(slot) ? '' : 'out'
  const told = `${nameOf(operator)}${data.live ? `: ${word}` : ''}${out && ', not in the keyspace'}`
  return html`<li><a class="${tone} ${out}" href="#slot-${slot}" title="${told}" aria-label="slot ${slot}, ${told}">${slot}</a></li>`
}
