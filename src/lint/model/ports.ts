/** Ports that two servers would have to share, and ports that are published for nobody. */
import { collisions, type Listener } from '../../deploy/model/ports-in-use.js'
import { type CheckedNode, type CheckedService, isHostNetwork, isOnHost } from './checked-service.js'
import { concluded, type Finding, finding } from './finding.js'
import type { FoundPort, Place } from './found.js'
import type { ParsedVariable } from './variable-reader.js'

interface FoundListener extends Listener {
  readonly at: Place
}

/**
 * In a service's own network, and on a machine (deploy/model/ports-in-use). What listens at one address of it only does
 * not stand in the way of another address.
 */
export function judgeCollisions(services: readonly CheckedService[]): readonly Finding[] {
  const inside = services.filter(({ found }) => !isOnHost(found))
  const onMachines = services.flatMap((service) => [
    ...(isOnHost(service.found) ? serversOf(service, `on ${service.found.machine}`) : []),
    ...service.found.published.flatMap((port) => publishedBy(service, port)),
  ])
  const clashes = [
    ...inside.flatMap((service) => collisions(serversOf(service, `in ${service.found.name}`))),
    ...collisions(onMachines),
  ]
  const findings = clashes.map(([taken, late]) =>
    finding(
      'port-collision',
      'fail',
      late.at,
      `${late.what} and ${taken.what} are both ${late.protocol} ${late.port} ${late.place}`,
      'give them different ports',
    ),
  )
  return concluded('port-collision', findings, services.length > 0 ? 'no two servers share a port' : null)
}

/** RPC is UDP, metrics are TCP. */
function serversOf({ found, values }: CheckedService, place: string): readonly FoundListener[] {
  const server = (
    held: ParsedVariable<number> | null,
    protocol: 'UDP' | 'TCP',
    name: string,
  ): readonly FoundListener[] =>
    held === null
      ? []
      : [{ place, protocol, port: held.value, what: `the ${name} port of ${found.name}`, at: held.variable.place }]
  return [
    ...server(values.primaryPort, 'UDP', 'primary'),
    ...server(values.secondaryPort, 'UDP', 'secondary'),
    ...server(values.metricsPort, 'TCP', 'metrics'),
  ]
}

function publishedBy({ found: { machine, name } }: CheckedService, published: FoundPort): readonly FoundListener[] {
  const { address, hostPort, protocol, place } = published
  if (machine === null || hostPort === null || isHostNetwork(published)) return []
  return [
    {
      place: `on ${machine}`,
      protocol: protocol === 'udp' ? 'UDP' : 'TCP',
      port: hostPort,
      what: `a published port of ${name}`,
      at: place,
      ...(address === null ? {} : addressOf(address)),
    },
  ]
}

/** Runtimes bind `::` for IPv6 alone, and without an address to both. */
function addressOf(address: string): Pick<FoundListener, 'address' | 'family'> {
  const family = address.includes(':') ? 6 : 4
  return address === '0.0.0.0' || address === '::' ? { family } : { address, family }
}

/**
 * Of nodes that are reached by what they publish, and of others that publish UDP ports: both RPC ports have to be among
 * them, and nothing else is listened on.
 */
export function judgePublished(nodes: readonly CheckedNode[]): readonly Finding[] {
  const judged = nodes.filter(
    ({ found: { published, reachedByPorts }, values }) =>
      (reachedByPorts || published.some(({ protocol }) => protocol === 'udp')) &&
      !published.some(isHostNetwork) &&
      !collide(values),
  )
  const findings = judged.flatMap(({ found, values }) => {
    const judge = (place: Place, what: string, hint: string) =>
      finding('published-port', 'fail', place, `${found.name} ${what}`, hint)
    const published = found.published.filter(({ protocol }) => protocol === 'udp')
    if (published.length === 0)
      return judge(found.place, "publishes no UDP port: other operators can't reach it", 'publish both RPC ports')
    const rpc = [values.primaryPort, values.secondaryPort]
    const idle = rpc.includes(null) ? [] : published.filter(({ port }) => !rpc.some((held) => held?.value === port))
    // A port that was changed in one of the two places is one mistake, and the list of ports is where it shows.
    if (idle.length > 0) {
      const own = `its RPC ports are ${rpc.map((held) => held?.value).join(' and ')}`
      return idle.map(({ port, place }) => judge(place, `publishes UDP ${port}, on which it does not listen`, own))
    }
    const missing = rpc.filter((held) => held !== null && !published.some(({ port }) => port === held.value))
    return missing.flatMap((held) => {
      const what = `listens on UDP ${held?.value}, which is not published: other operators can't reach it`
      return held ? judge(held.variable.place, what, 'publish both RPC ports') : []
    })
  })
  return concluded('published-port', findings, judged.length > 0 ? 'the nodes publish the ports they listen on' : null)
}

/** That is said elsewhere. */
function collide({ primaryPort, secondaryPort }: CheckedNode['values']): boolean {
  return primaryPort !== null && primaryPort.value === secondaryPort?.value
}
