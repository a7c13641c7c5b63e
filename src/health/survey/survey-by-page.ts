/** `--via`: what one's own node sees of the cluster, from where it stands. */

import { quote } from '../../base/quote.js'
import type { ClusterSnapshot } from '../../chain/chain.js'
import type { Services } from '../../cli/services.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { WcnError } from '../../errors/wcn-error.js'
import { type ClusterPage, readClusterPage } from '../../peer/http-cluster-metrics.js'
import { standingsOnPage } from '../model/cluster-page.js'
import { createReferenceCluster } from '../reference-cluster.js'

/** A node asks the operators one after the other, 5 s for each that is silent. */
const PATIENCE_MS = 120_000
const MAX_BYTES = 512 * 1024 * 1024
const PATH = '/metrics/cluster'
const NAMED = 3
const OTHER_CLUSTER = 'name a node of the cluster that you ask about: `wcn config show` tells which that is'

/** Throws SETTING_INVALID. */
export function parseVia(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'http:' && url.hostname !== '') {
    if (url.pathname === '/') url.pathname = PATH
    return url
  }
  throw new WcnError('SETTING_INVALID', `--via ${quote(text)} is no http:// URL`, {
    hint: `it is the metrics server of one of your nodes: --via http://10.0.0.7:9100${PATH}`,
  })
}

/** Throws NETWORK where nothing is read, SETTING_INVALID where it is the page of another cluster or of no node. */
export async function surveyByPage(
  services: Services,
  url: URL,
  snapshot: ClusterSnapshot,
  limits = { timeoutMs: PATIENCE_MS, maxBytes: MAX_BYTES },
) {
  const { deadline, interruption, talk } = services
  const timeoutMs = Math.min(limits.timeoutMs, deadline.remainingMs())
  const page = await readClusterPage(url, { ...limits, timeoutMs }, interruption.signal)
  const { samples, peers } = readable(page, url)
  const whole = page.kind === 'read' && page.cut === null
  const reference = createReferenceCluster(services, snapshot)
  const first = standingsOnPage(samples, whole, reference.view())
  const view = await reference.atLeast(BigInt(Math.trunc(first.newestVersion)))
  const told = standingsOnPage(samples, whole, view)
  requireThisCluster(told, url, view.version)
  requireOwnPeers(peers, url, view)
  if (told.strangers.length > 0)
    talk.warn(`${url.host} tells of ${inWords(told.strangers)}, which is nobody's name in this cluster`)
  if (told.forgers.length > 0)
    talk.warn(
      `the name of the operator in slot ${told.forgers.join(', ')} has line breaks, which can pass for anything on that page: it is not believed`,
    )
  if (page.kind === 'read' && page.cut !== null)
    talk.warn(
      page.cut === 'time'
        ? `${url.host} had not told of the whole cluster within ${Math.round(timeoutMs / 1000)} s: who is not told of is unknown`
        : `${url.host} sends more than any cluster has: it was cut off, and who was not told of is unknown`,
    )
  return { host: url.host, whole, standings: told.standings }
}

function readable(page: ClusterPage, { host, pathname }: URL) {
  if (page.kind === 'failed')
    throw new WcnError('NETWORK', `what your node sees can't be read at ${host}: ${page.why}`, {
      hint: `is that the METRICS_SERVER_PORT of one of your nodes, and may this machine reach it (TCP)? \`curl http://${host}${PATH}\` tries it`,
    })
  if (page.samples.length > 0 || page.cut !== null) return page
  throw new WcnError('SETTING_INVALID', `what ${host} shows at ${quote(pathname)} tells of no operator`, {
    hint: `a node's own metrics are at /metrics, those of its cluster at ${PATH}; a database has none`,
  })
}

function requireThisCluster(
  { known, strangers, newestVersion }: ReturnType<typeof standingsOnPage>,
  { host }: URL,
  version: bigint,
) {
  if (strangers.length > 0 && known === 0)
    throw new WcnError(
      'SETTING_INVALID',
      `${host} is a node of another cluster: it tells of ${inWords(strangers)}, and nobody here has such a name`,
      { hint: OTHER_CLUSTER },
    )
  if (BigInt(Math.trunc(newestVersion)) > version)
    throw new WcnError(
      'SETTING_INVALID',
      `${host} is a node of another cluster, or the RPC provider lags: it tells of cluster version ${newestVersion}, and this one is at ${version}`,
      { hint: OTHER_CLUSTER },
    )
}

/** Operators have the same names in each of their clusters; their nodes keep connections to those of one. */
function requireOwnPeers(peers: ReadonlySet<string>, { host }: URL, { operators }: ClusterView) {
  const known = operators.some(({ decoded }) => decoded?.nodes.some(({ peerId }) => peers.has(peerId)))
  if (peers.size === 0 || known) return
  throw new WcnError(
    'SETTING_INVALID',
    `${host} is a node of another cluster: those whom it tells of keep connections to nodes, none of which is in this one`,
    { hint: OTHER_CLUSTER },
  )
}

function inWords(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map(quote)
  return `${shown.join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`
}
