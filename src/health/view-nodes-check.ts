/** What `nodes check` prints for people: the nodes in a table, then what to look at; of later looks only what is new. */

import type { Check, CheckStatus } from '../base/check.js'
import { utc } from '../base/utc.js'
import type { Paint } from '../cli/paint.js'
import { showAddress } from '../cli/show-address.js'
import type { NodeHealthJson } from './model/node-health.js'
import type { NodesCheckJson } from './nodes-check.js'
import { nodeHealthText } from './view-node-health.js'

export function nodesCheckText(data: NodesCheckJson, paint: Paint, redrawn = false): string {
  return paint.screen(
    ...(data.changed === null || redrawn ? wholeLook(data, paint) : [laterLook(data, data.changed, paint)]),
  )
}

function wholeLook(data: NodesCheckJson, paint: Paint): readonly string[] {
  const { cluster, nodes, databases, checks } = data
  const inTable = new Set(nodes.flatMap(unprovenPorts))
  const told = checks.filter(({ id }) => !inTable.has(id))
  const lines = (status: CheckStatus, among: readonly Check[] = told) =>
    checkLines(
      among.filter((one) => one.status === status),
      paint,
    ).join('\n')
  return [
    cluster ? paint.dim(heldAgainst(cluster)) : '',
    nodes.length > 0 ? nodeHealthText(nodes, paint) : '',
    // Of nodes the table tells what is well; of a database nothing else does.
    lines(
      'pass',
      databases.flatMap((database) => database.checks),
    ),
    lines('fail'),
    lines('warn'),
    lines('skip'),
    verdict(data, paint),
  ]
}

function heldAgainst({ operator, version, keyspace_version, block }: NonNullable<NodesCheckJson['cluster']>): string {
  return `operator ${showAddress(operator)}, cluster version ${version}, keyspace version ${keyspace_version}, block ${block.number}`
}

/** The table shows them, and why they are not proven is said once for all of them. */
function unprovenPorts(node: NodeHealthJson): readonly string[] {
  const unproven = (['primary', 'secondary'] as const).filter((which) => node[which].diagnosis === 'unproven')
  return unproven.map((which) => `${node.node.label}.${which}-port`)
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
  const ofDatabases = databases.map(({ ipv4_addr, ports, inside, checks }) => {
    const [good, bad] = inside ? ['answers', 'does not answer as it must'] : ['answers nobody', 'is not closed']
    const statuses = checks.map(({ status }) => status)
    const word = statuses.includes('fail') ? bad : statuses.includes('warn') ? 'is not known to be well' : good
    const [port, second] = ports
    // Several ports are those of every database; one was given.
    const place = port && !second ? `${ipv4_addr}:${port.port}` : ipv4_addr
    return `the database at ${paint.text(place)} ${word}`
  })
  const text = [...(nodes.length === 0 ? [] : [countOfNodes(nodes)]), ...ofDatabases].join('; ')
  const sentence = `${text || 'nothing was found to look at'}.`
  const statuses = checks.map(({ status }) => status)
  if (statuses.includes('fail')) return paint.bad(sentence)
  return statuses.includes('warn') ? paint.warn(sentence) : paint.good(sentence)
}

function countOfNodes(nodes: readonly NodeHealthJson[]): string {
  const isOne = nodes.length === 1
  const unproven = nodes.map(unprovenPorts)
  if (unproven.some((ports) => ports.length > 0)) {
    const answering = unproven.filter((ports) => ports.length === 2).length
    return `${answering} of ${nodes.length} ${isOne ? 'node answers; who it is' : 'nodes answer; who they are'} is not proven`
  }
  const up = nodes.filter(({ operational, caught_up }) => operational && caught_up !== false).length
  return `${up} of ${nodes.length} ${isOne ? 'node is' : 'nodes are'} up`
}
