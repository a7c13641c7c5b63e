/**
 * How containers on one machine reach the database. Where all nodes are in the same compose file, it is on a network of
 * its own that leads nowhere else. Where some are not, they have to reach it at its address in the private network:
 * then its two RPC ports are published there, and nowhere else.
 */

import { reservedRange } from '../../base/ipv4.js'
import { type Cidr, cidrAround, firstIn, isPartOf, isWithin, lastIn, prefixBits } from '../../base/ipv4-range.js'
import { WcnError } from '../../errors/wcn-error.js'
import { isPrivate, PRIVATE_RANGES, refuseLoopback } from './database-reach.js'
import type { Machine } from './machines.js'
import { commented, originOf, type TargetPlan, type YamlMap } from './target-file.js'

type Layout =
  | { readonly kind: 'inside'; readonly subnet: Cidr; readonly pool: Cidr }
  | { readonly kind: 'published' }
  | { readonly kind: 'elsewhere' }

/** A machine of a plan, and how the database is reached from it. */
export interface Site {
  readonly plan: TargetPlan
  readonly machine: Machine
  readonly layout: Layout
}

/** Names of networks: the project's name comes before them. */
export const OUTWARD = 'outward'
export const DATABASE_NETWORK = 'database'

/** Throws SETTING_INVALID, OUTPUT_UNSAFE for a database that would be published at a public address. */
export function siteOf(plan: TargetPlan, machine: Machine): Site {
  requireOwnPublicAddress(plan, machine)
  refuseLoopback(
    plan,
    'at which a container reaches only itself',
    'give an address such as 10.0.10.5; with compose, the database gets it on a network of its own',
  )
  return { plan, machine, layout: layoutOf(plan, machine) }
}

function layoutOf(plan: TargetPlan, { database, nodes }: Machine): Layout {
  if (database === null) return { kind: 'elsewhere' }
  requirePrivateAddress(plan)
  if (plan.deployment.nodes.every(({ name }) => nodes.some((node) => node.name === name)))
    return insideOf(plan, nodes.length)
  if (plan.deployment.options.compose.subnet === null) return { kind: 'published' }
  throw new WcnError(
    'SETTING_INVALID',
    `${plan.origin(['compose', 'subnet'])} is for a network that database and nodes share, but not all nodes are in one compose file with the database`,
    { hint: 'leave compose.subnet out: nodes elsewhere reach the database at an address of its machine' },
  )
}

export function networksOf({ plan, machine, layout }: Site): YamlMap {
  return {
    ...(machine.nodes.length > 0 ? { [OUTWARD]: { driver: 'bridge' } } : {}),
    ...(layout.kind === 'inside' ? { [DATABASE_NETWORK]: innerNetwork(plan, layout) } : {}),
    // The database dials nobody: without masquerading, nothing it sends to the internet is ever answered.
    ...(layout.kind === 'published'
      ? {
          [DATABASE_NETWORK]: {
            driver: 'bridge',
            driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
          },
        }
      : {}),
  }
}

function innerNetwork({ deployment, origin }: TargetPlan, { subnet, pool }: { subnet: Cidr; pool: Cidr }): YamlMap {
  const given = deployment.options.compose.subnet
  const whence = given === null ? `the /24 around ${origin(['database', 'address'])}` : origin(['compose', 'subnet'])
  const config = {
    subnet: commented(subnet, whence),
    ip_range: commented(pool, "the half without the database's address, which stays free for it"),
    // The first after the pool's own address, which is even.
    gateway: firstIn(pool).replace(/[0-9]+$/, (last) => String(Number(last) + 1)),
  }
  return { driver: 'bridge', internal: true, ipam: { config: [config] } }
}

function insideOf({ deployment, origin }: TargetPlan, nodes: number): Layout {
  const { address } = deployment.database
  const given = deployment.options.compose.subnet
  const subnet = given ?? cidrAround(address, 24)
  const source = given === null ? 'the /24 around the database' : origin(['compose', 'subnet'])
  const at = `${origin(['database', 'address'])} ${address}`
  const bits = prefixBits(subnet)
  const [why] = [
    !PRIVATE_RANGES.some((range) => isPartOf(subnet, range)) && 'which is not within a private range',
    !isWithin(address, subnet) && `in which ${at} is not`,
    // Of the half without the database: an address of the network or for broadcast, and the gateway's.
    2 ** (31 - bits) - 2 < nodes && `in which there is no room for ${nodes} nodes beside the database`,
    address === firstIn(subnet) && `and ${at} is the network's own address`,
    address === lastIn(subnet) && `and ${at} is its broadcast address`,
  ].filter((complaint) => complaint !== false)
  if (why === undefined) {
    const [low, high] = [cidrAround(firstIn(subnet), bits + 1), cidrAround(lastIn(subnet), bits + 1)]
    return { kind: 'inside', subnet, pool: isWithin(address, low) ? high : low }
  }
  throw new WcnError('SETTING_INVALID', `${source} is ${subnet}, ${why}`, {
    hint: 'give as compose.subnet a private range that nothing else on that machine uses, with database.address inside it',
  })
}

function requirePrivateAddress({ deployment, origin }: TargetPlan): void {
  const { address } = deployment.database
  if (isPrivate(address)) return
  const range = reservedRange(address)
  const at = `${origin(['database', 'address'])} is ${address}`
  throw new WcnError(
    range === null ? 'OUTPUT_UNSAFE' : 'SETTING_INVALID',
    range === null
      ? `${at}, a public address, and what Docker publishes there gets past the machine's firewall`
      : `${at}: ${range}`,
    { hint: `give an address in ${PRIVATE_RANGES.join(', ')}, or run the database with --format systemd` },
  )
}

/**
 * A node dials every node at its own PUBLIC_ADDRESS through 127.0.0.1 (docs/dev/network/node-protocol.md), and in a container that
 * is itself. So it may have one only if it is the only node there.
 */
function requireOwnPublicAddress(plan: TargetPlan, { nodes }: Machine): void {
  for (const node of nodes) {
    const own = node.extra.get('PUBLIC_ADDRESS')
    const other = plan.deployment.nodes.find(
      ({ name, ipv4Addr }) => name !== node.name && (ipv4Addr === null || ipv4Addr === own),
    )
    if (own === undefined || other === undefined) continue
    const why = other.ipv4Addr === null ? 'may share (it has no ipv4_addr)' : 'shares'
    throw new WcnError(
      'SETTING_INVALID',
      `${originOf(plan, node, 'env')}: ${node.title} has PUBLIC_ADDRESS ${own}, which ${other.title} ${why}: it would look for that node inside its own container`,
      { hint: 'leave PUBLIC_ADDRESS out: it is optional, and nodes in containers reach each other from outside' },
    )
  }
}
