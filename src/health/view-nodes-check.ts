/** What `nodes check` prints for people: the nodes in a table, then what to look at; of later looks only what is new. */

import type { Check, CheckStatus } from '../base/check.js'
import { utc } from '../base/utc.js'
import type { Paint } from '../cli/paint.js'
import { showAddress } from '../cli/show-address.js'
import type { NodesCheckJson } from './checked-nodes.js'
import type { NodeHealthJson } from './model/to-json.js'
import { nodeHealthText } from './view-node-health.js'

export function nodesCheckText(data: NodesCheckJson, paint: Paint): string {
  const parts = data.changed === null ? wholeLook(data, paint) : [laterLook(data, data.changed, paint)]
  return `${parts.join('\n\n')}\n`
}

function wholeLook(data: NodesCheckJson, paint: Paint): readonly string[] {
  const { cluster, nodes, databases, checks } = data
  const inTable = new Set(nodes.flatMap(unprovenPorts))
  const told = checks.filter(({ id }) => !inTable.has(id))
  const of = (status: CheckStatus, among = told) =>
    checkLines(
      among.filter((one) => one.status === status),
      paint,
    )
  // Of nodes the table tells what is well; of a database nothing else does.
  const well = of(
    'pass',
    databases.flatMap((database) => database.checks),
  )
  return [
    ...(cluster ? [paint.dim(heldAgainst(cluster))] : []),
    ...(nodes.length > 0 ? [nodeHealthText(nodes, paint)] : []),
    ...[well, of('fail'), of('warn'), of('skip')].filter((lines) => lines.length > 0).map((lines) => lines.join('\n')),
    verdict(data, paint),
  ]
}

function heldAgainst({ operator, version, keyspace_version, block }: NonNullable<NodesCheckJson['cluster']>): string {
  return `operator ${showAddress(operator)}, cluster version ${version}, keyspace version ${keyspace_version}, block ${block.number}`
}

/** The table shows them, and why they are not proven is said once for all of them. */
function unprovenPorts({ node, primary, secondary }: NodeHealthJson): readonly string[] {
  const ports = { primary, secondary }
  return (['primary', 'secondary'] as const)
    .filter((which) => ports[which].diagnosis === 'unproven')
    .map((which) => `${node.label}.${which}-port`)
}

/** The same table over and over would hide the line that matters. */
function laterLook(data: NodesCheckJson, changed: readonly string[], paint: Paint): string {
  const ids = new Set(data.checks.map(({ id }) => id))
  const altered = new Set(changed)
  const news = data.checks.filter(({ id }) => altered.has(id))
  const over = changed.filter((id) => !ids.has(id)).map((id) => paint.dim(`over  ${paint.text(id)}`))
  return [`${paint.dim(utc(data.checked_at))}  ${verdict(data, paint)}`, ...checkLines(news, paint), ...over].join('\n')
}

/** A hint that is that of the next check, too, is given there. */
function checkLines(checks: readonly Check[], paint: Paint): readonly string[] {
  const marks: Record<CheckStatus, string> = {
    pass: paint.good('pass'),
    warn: paint.warn('warn'),
    fail: paint.bad('FAIL'),
    skip: paint.dim('skip'),
  }
  return checks.flatMap(({ status, summary, hint }, place) => {
    const line = `${marks[status]}  ${paint.text(summary)}`
    const said = hint === null || status === 'pass' || hint === checks[place + 1]?.hint
    return said ? [line] : [line, `      ${paint.dim(paint.text(hint))}`]
  })
}

function verdict({ nodes, databases, checks }: NodesCheckJson, paint: Paint): string {
  const ofNodes = nodes.length === 0 ? [] : [countOfNodes(nodes)]
  const ofDatabases = databases.map(({ ipv4_addr, ports, inside, checks }) => {
    const [good, bad] = inside ? ['answers', 'does not answer as it must'] : ['answers nobody', 'is not closed']
    const statuses = checks.map(({ status }) => status)
    const word = statuses.includes('fail') ? bad : statuses.includes('warn') ? 'is not known to be well' : good
    const [port, second] = ports
    // Several ports are those of every database; one was given.
    const place = port && !second ? `${ipv4_addr}:${port.port}` : ipv4_addr
    return `the database at ${paint.text(place)} ${word}`
  })
  const faults = (wanted: CheckStatus) => checks.filter(({ status }) => status === wanted).length
  const text = [...ofNodes, ...ofDatabases].join('; ') || 'nothing was found to look at'
  if (faults('fail') > 0) return paint.bad(`${text}.`)
  return faults('warn') > 0 ? paint.warn(`${text}.`) : paint.good(`${text}.`)
}

function countOfNodes(nodes: readonly NodeHealthJson[]): string {
  const [one] = nodes.length === 1 ? nodes : []
  const unproven = nodes.map(unprovenPorts)
  if (unproven.some((ports) => ports.length > 0)) {
    const answering = unproven.filter((ports) => ports.length === 2).length
    return `${answering} of ${nodes.length} ${one ? 'node answers; who it is' : 'nodes answer; who they are'} is not proven`
  }
  const up = nodes.filter(({ operational, caught_up }) => operational && caught_up !== false).length
  return `${up} of ${nodes.length} ${one ? 'node is' : 'nodes are'} up`
}
