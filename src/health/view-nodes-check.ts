/** What `nodes check` prints for people: the nodes in a table, then what to look at; of later looks only what is new. */

import { showAddress } from '../base/address.js'
import type { Check } from '../base/check.js'
import { utc } from '../base/utc.js'
import { checkLines, checksParts } from '../cli/check-lines.js'
import type { Paint } from '../cli/paint.js'
import type { NodeHealthJson } from './model/node-health.js'
import type { NodesCheckJson } from './nodes-check.js'
import { nodeHealthText } from './view-node-health.js'

export function nodesCheckText(data: NodesCheckJson, paint: Paint, redrawn = false, all = false): string {
  return paint.screen(
    ...(data.changed === null || redrawn ? wholeLook(data, paint, all) : [laterLook(data, data.changed, paint)]),
  )
}

function wholeLook(data: NodesCheckJson, paint: Paint, all: boolean): readonly string[] {
  const { cluster, nodes, databases, checks } = data
  const inTable = new Set(nodes.flatMap(unprovenPorts))
  // Of nodes the table tells what is well; of a database nothing else does.
  const ofDatabases = new Set(databases.flatMap((database) => database.checks))
  const told = checks.filter((one) => !inTable.has(one.id) && (all || one.status !== 'pass' || ofDatabases.has(one)))
  return [
    cluster ? paint.dim(heldAgainst(cluster)) : '',
    nodes.length > 0 ? nodeHealthText(nodes, paint) : '',
    ...checksParts(told.map(shownCheck), paint, all),
    verdict(data, paint),
  ]
}

/** Nodes' and databases' own names begin their sentences. */
function shownCheck(one: Check) {
  return { ...one, group: one.id.replace(/\.[a-z-]+$/, ''), head: null }
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
  return [
    `${paint.dim(utc(data.checked_at, 'second'))}  ${verdict(data, paint)}`,
    ...(news.length > 0 ? [checkLines(news.map(shownCheck), paint)] : []),
    ...over,
  ].join('\n')
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
