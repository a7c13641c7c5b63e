/**
 * What compose publishes of a machine's services. RPC ports have the same number outside as inside: it is the one on
 * chain. Metrics servers have no access control, so they are published on the host's loopback only.
 */
import { WcnError } from '../../errors/wcn-error.js'
import { portsOf } from '../model/deployment.js'
import { requireDistinctPorts } from '../model/ports-in-use.js'
import type { Layout } from './compose-network.js'
import type { Machine } from './machines.js'
import { type Commented, commented, originOf, type PlannedService, type TargetPlan } from './target-file.js'

/** By the services' names, as compose's short syntax. Throws PORTS_COLLIDE. */
export function publishedPorts(
  plan: TargetPlan,
  machine: Machine,
  layout: Layout,
): ReadonlyMap<string, readonly Commented[]> {
  const services = machine.services.filter(({ kind }) => kind === 'node' || layout.kind === 'published')
  const published = services.flatMap((service) =>
    portsOf(service).map((port) => publishedAt(plan, machine, service, port)),
  )
  requireDistinctPorts(
    published.map(({ service, name, port, protocol, address }) => ({
      ...{ place: machine.title, port, protocol, what: `the ${name} port of ${service.title}` },
      ...(address === null ? {} : { address }),
    })),
  )
  const text = ({ address, port, protocol }: (typeof published)[number]) =>
    `${address === null ? '' : `${address}:`}${port}:${port}/${protocol.toLowerCase()}`
  return new Map(
    services.map(({ id }) => [
      id,
      published
        .filter(({ service }) => service.id === id)
        .map((one) => commented(text(one), `${originOf(plan, one.service, one.field)}${one.remark}`)),
    ]),
  )
}

/** A node's RPC ports are on every address, unless two nodes share one: then each is bound to its own address. */
function publishedAt(
  { deployment }: TargetPlan,
  { nodes }: Machine,
  service: PlannedService,
  served: ReturnType<typeof portsOf>[number],
) {
  const at = (address: string | null, remark = '') => ({ ...served, service, address, remark })
  if (served.protocol === 'TCP') return at('127.0.0.1')
  if (service.kind === 'database') return at(deployment.database.address)
  const other = nodes.find((one) => one !== service && [one.primaryPort, one.secondaryPort].includes(served.port))
  if (other === undefined) return at(null)
  if (service.ipv4Addr !== null)
    return at(service.ipv4Addr, `; ${other.title} publishes it too, so this machine must have both addresses itself`)
  throw new WcnError(
    'PORTS_COLLIDE',
    `${service.title} and ${other.title} both publish UDP ${served.port}, and ${service.title} has no ipv4_addr to be bound to`,
    { hint: 'give them different ports, or say with "host" on which machine each runs' },
  )
}
