/**
 * How containers on one machine reach the database. Where all nodes are in the same compose file, it is on a network of
 * its own that leads nowhere else. Where some are not, they have to reach it at its address in the private network:
 * then its two RPC ports are published there, and nowhere else.
 */

import { reservedRange } from '../../base/ipv4.js'
import { type Cidr, cidrAround, firstIn, isPartOf, isWithin, lastIn, prefixBits } from '../../base/ipv4-range.js'
import { WcnError } from '../../errors/wcn-error.js'
import { isLoopback, isPrivate, PRIVATE_RANGES } from './database-reach.js'
import type { Machine } from './machines.js'
import { commented, originOf, type TargetPlan, type YamlMap } from './target-file.js'

export type Layout =
  | { readonly kind: 'inside'; readonly subnet: Cidr; readonly pool: Cidr }
  | { readonly kind: 'published' }
  | { readonly kind: 'elsewhere' }

/** Names of networks: the project's name comes before them. */
export const OUTWARD = 'outward'
export const DATABASE_NETWORK = 'database'

/** Throws SETTING_INVALID, OUTPUT_UNSAFE for a database that would be published at a public address. */
export function layoutOf(plan: TargetPlan, machine: Machine): Layout {
  requireNoLoopback(plan)
  const { database, nodes } = machine
  if (database === null) return { kind: 'elsewhere' }
  requirePrivateAddress(plan)
  if (plan.deployment.nodes.every(({ name }) => nodes.some((node) => node.name === name)))
    return insideOf(plan, nodes.length)
  if (plan.deployment.options.compose.subnet !== null) {
    throw new WcnError(
      'SETTING_INVALID',
      `${plan.origin(['compose', 'subnet'])} is for a network that database and nodes share, but not all nodes are in one compose file with the database`,
      { hint: 'leave compose.subnet out: nodes elsewhere reach the database at an address of its machine' },
    )
  }
  return { kind: 'published' }
}

export function networksOf(plan: TargetPlan, { nodes }: Machine, layout: Layout): YamlMap {
  return {
    ...(nodes.length > 0 ? { [OUTWARD]: { driver: 'bridge' } } : {}),
    ...(layout.kind === 'elsewhere' ? {} : { [DATABASE_NETWORK]: databaseNetwork(plan, layout) }),
  }
}

function databaseNetwork(plan: TargetPlan, layout: Exclude<Layout, { readonly kind: 'elsewhere' }>): YamlMap {
  // The database dials nobody: without masquerading, nothing it sends to the internet is ever answered.
  if (layout.kind === 'published')
    return { driver: 'bridge', driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } }
  const { subnet, pool } = layout
  const origin =
    plan.deployment.options.compose.subnet === null
      ? `the /24 around ${plan.origin(['database', 'address'])}`
      : plan.origin(['compose', 'subnet'])
  return {
    driver: 'bridge',
    internal: true,
    ipam: {
      config: [
        {
          subnet: commented(subnet, origin),
          ip_range: commented(pool, "the half without the database's address, which stays free for it"),
          // The first after the pool's own address, which is even.
          gateway: firstIn(pool).replace(/[0-9]+$/, (last) => String(Number(last) + 1)),
        },
      ],
    },
  }
}

function insideOf(plan: TargetPlan, nodes: number): Layout {
  const { address } = plan.deployment.database
  const given = plan.deployment.options.compose.subnet
  const subnet = given ?? cidrAround(address, 24)
  const source = given === null ? 'the /24 around the database' : plan.origin(['compose', 'subnet'])
  const invalid = (why: string) =>
    new WcnError('SETTING_INVALID', `${source} is ${subnet}, ${why}`, {
      hint: 'give as compose.subnet a private range that nothing else on that machine uses, with database.address inside it',
    })
  if (!PRIVATE_RANGES.some((range) => isPartOf(subnet, range))) throw invalid('which is not within a private range')
  if (!isWithin(address, subnet)) throw invalid(`in which ${originOfAddress(plan)} ${address} is not`)
  const bits = prefixBits(subnet)
  // Of the half without the database: an address of the network or for broadcast, and the gateway's.
  if (2 ** (31 - bits) - 2 < nodes) throw invalid(`in which there is no room for ${nodes} nodes beside the database`)
  if (address === firstIn(subnet)) throw invalid(`and ${originOfAddress(plan)} ${address} is the network's own address`)
  if (address === lastIn(subnet)) throw invalid(`and ${originOfAddress(plan)} ${address} is its broadcast address`)
  const [low, high] = [cidrAround(firstIn(subnet), bits + 1), cidrAround(lastIn(subnet), bits + 1)]
  return { kind: 'inside', subnet, pool: isWithin(address, low) ? high : low }
}

function originOfAddress(plan: TargetPlan): string {
  return plan.origin(['database', 'address'])
}

/** In a container, loopback is the container itself. */
function requireNoLoopback(plan: TargetPlan): void {
  const { address } = plan.deployment.database
  if (!isLoopback(address)) return
  throw new WcnError(
    'SETTING_INVALID',
    `${originOfAddress(plan)} is ${address}, at which a container reaches only itself`,
    { hint: 'give an address such as 10.0.10.5; with compose, the database gets it on a network of its own' },
  )
}

function requirePrivateAddress(plan: TargetPlan): void {
  const { address } = plan.deployment.database
  if (isPrivate(address)) return
  const range = reservedRange(address)
  const hint = `give an address in ${PRIVATE_RANGES.join(', ')}, or run the database with --format systemd`
  if (range === null) {
    throw new WcnError(
      'OUTPUT_UNSAFE',
      `${originOfAddress(plan)} is ${address}, a public address, and what Docker publishes there gets past the machine's firewall`,
      { hint },
    )
  }
  throw new WcnError('SETTING_INVALID', `${originOfAddress(plan)} is ${address}: ${range}`, { hint })
}

/**
 * A node dials every node at its own PUBLIC_ADDRESS through 127.0.0.1 (docs/dev/network/node-protocol.md), and in a container that
 * is itself. So it may have one only if it is the only node there. Throws SETTING_INVALID.
 */
export function requireOwnPublicAddress(plan: TargetPlan, { nodes }: Machine): void {
  for (const node of nodes) {
    const own = node.extra.get('PUBLIC_ADDRESS')
    if (own === undefined) continue
    const other = plan.deployment.nodes.find(
      ({ name, ipv4Addr }) => name !== node.name && (ipv4Addr === null || ipv4Addr === own),
    )
    if (other === undefined) continue
    const why = other.ipv4Addr === null ? 'may share (it has no ipv4_addr)' : 'shares'
    throw new WcnError(
      'SETTING_INVALID',
      `${originOf(plan, node, 'env')}: ${node.title} has PUBLIC_ADDRESS ${own}, which ${other.title} ${why}: it would look for that node inside its own container`,
      { hint: 'leave PUBLIC_ADDRESS out: it is optional, and nodes in containers reach each other from outside' },
    )
  }
}
