/**
 * The whole page: one document that asks nobody for anything, and whose style and script are the only ones that a
 * browser takes, whatever names in it say.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from '@scure/base'
import { utc } from '../../base/utc.js'
import { facts } from './facts.js'
import { historyTable } from './history-table.js'
import { html, verbatim } from './html.js'
import { nodesList } from './nodes-list.js'
import { operatorsTable } from './operators-table.js'
import type { PageData } from './page-data.js'
import { replicaHealth } from './replica-health.js'
import { SCRIPT } from './script.js'
import { slots } from './slots.js'
import { STYLE } from './style.js'

/** How it begins: by that a page of ours is known. */
export const PAGE_MARK = '<!doctype html>\n<!-- wcn cluster view -->\n'

export function pageText(data: PageData): string {
  const { cluster, madeAt, live, history } = data
  const title = `Cluster ${cluster.contract} on chain ${cluster.chain_id}`
  const parts = ['now', 'slots', 'replicas', 'operators', 'nodes', ...(history ? ['history'] : [])]
  const { text } = html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>${title}</title><style>${verbatim(STYLE)}</style></head>
<body><a class="skip" href="#main">To the content</a>
<header><h1>Cluster of ${cluster.operators.length} operators</h1><p>At block ${cluster.block.number}${live ? null : ', from the chain alone'}; made <time datetime="${new Date(madeAt * 1000).toISOString()}">${utc(madeAt)}</time></p>
<nav aria-label="Parts of this page"><ul>${parts.map((part) => html`<li><a href="#${part}">${part}</a></li>`)}</ul></nav></header>
<main id="main">${[facts, slots, replicaHealth, operatorsTable, nodesList, historyTable].map((part) => part(data))}</main>
<footer><p>Made by <code>wcn cluster view --html</code>. It does not change by itself.${holdsAddresses(data) ? ' It holds addresses that the cluster keeps encrypted.' : null}</p></footer>
<script type="module">${verbatim(SCRIPT)}</script></body></html>
`
  return `${PAGE_MARK}${text}`
}

export function holdsAddresses({ cluster }: PageData): boolean {
  return cluster.operators.some((one) => 'nodes' in one && one.nodes.some(({ ipv4_addr }) => ipv4_addr !== null))
}

function hashOf(text: string): string {
  return `sha256-${base64.encode(sha256(new TextEncoder().encode(text)))}`
}
