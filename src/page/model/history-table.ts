/** What happened to the cluster, the newest first. */
import { counted } from '../../base/counted.js'
import { utc } from '../../base/utc.js'
import { type Html, html } from './html.js'
import type { PageData } from './page-data.js'

export function historyTable({ history, cluster }: PageData): Html | null {
  if (history === null) return null
  const { events, fromBlock } = history
  const range = `blocks ${fromBlock} to ${cluster.block.number}`
  const rows = [...events].reverse().map(
    ({ time, version, block, words }) =>
      html`<tr><td>${utc(time)}</td><td class="n">${version ?? '–'}</td><td class="n">${block.number}</td><td>${words}</td></tr>
`,
  )
  return html`<section id="history" aria-labelledby="history-h"><h2 id="history-h">History</h2>
${events.length === 0 ? html`<p>Nothing happened in ${range}.</p>` : html`<div class="wide"><table><caption>${counted(events.length, 'event')} in ${range}, the newest first</caption><thead><tr><th scope="col">when</th><th scope="col" class="n">version</th><th scope="col" class="n">block</th><th scope="col">what</th></tr></thead><tbody>${rows}</tbody></table></div>`}</section>`
}
