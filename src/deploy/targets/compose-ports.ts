/**
 * What compose publishes of a machine's services. RPC ports have the same number outside as inside: it is the one on
 * chain. Metrics servers have no access control, so they are published on the host's loopback only.
 */
import { WcnError } from '../../errors/wcn-error.js'
import type { Service } from '../model/deployment.js'
import type { Layout } from './compose-network.js'
import { describeService, type Machine, machineName, originOf, type PlannedNode, requireFreePorts } from './machines.js'
import { type Commented, commented, type PlannedService, type TargetPlan } from './target-file.js'

interface Published {
  readonly port: number
  readonly protocol: 'UDP' | 'TCP'
  /** Of the host; null: every one. */
  readonly address: string | null
  /** The field of the description. */
  readonly field: string
  readonly remark?: string
}

/** By the services' names, as compose's short syntax. Throws PORTS_COLLIDE. */
export function publishedPorts(
  plan: TargetPlan,
  machine: Machine,
  layout: Layout,
): ReadonlyMap<string, readonly Commented[]> {
  const { database, nodes } = machine
  const published: readonly (readonly [PlannedService, readonly Published[]])[] = [
    ...(database !== null && layout.kind === 'published'
      ? [[database, portsOf(database.service, plan.deployment.database.address)] as const]
      : []),
    ...nodes.map((planned) => [planned, nodePorts(planned, machine)] as const),
  ]
  requireFreePorts(
    published.flatMap(([planned, ports]) =>
      ports.map(({ port, protocol, address, field }) => ({
        place: machineName(machine),
        port,
        protocol,
        what: `the ${field.replace('_', ' ')} of ${describeService(planned)}`,
        ...(address === null ? {} : { address }),
      })),
    ),
  )
  return new Map(
    published.map(([planned, ports]) => [
      planned.name,
      ports.map(({ port, protocol, address, field, remark }) =>
        commented(
          `${address === null ? '' : `${address}:`}${port}:${port}/${protocol.toLowerCase()}`,
          [originOf(plan, planned, field), ...(remark === undefined ? [] : [remark])].join('; '),
        ),
      ),
    ]),
  )
}

/** On every address, unless two nodes share a port: then each is bound to its own address. */
function nodePorts(planned: PlannedNode, { nodes }: Machine): readonly Published[] {
  const { node } = planned
  return portsOf(node, null).map((published) => {
    const { port, protocol } = published
    const other = nodes.find((one) => one !== planned && [one.node.primaryPort, one.node.secondaryPort].includes(port))
    if (protocol === 'TCP' || other === undefined) return published
    if (node.ipv4Addr !== null) {
      const remark = `node ${other.node.name} publishes it too, so this machine must have both addresses itself`
      return { ...published, address: node.ipv4Addr, remark }
    }
    throw new WcnError(
      'PORTS_COLLIDE',
      `node ${node.name} and node ${other.node.name} both publish UDP ${port}, and node ${node.name} has no ipv4_addr to be bound to`,
      { hint: 'give them different ports, or say with "host" on which machine each runs' },
    )
  })
}

function portsOf(service: Service, rpcAddress: string | null): readonly Published[] {
  return [
    { port: service.primaryPort, protocol: 'UDP', address: rpcAddress, field: 'primary_port' },
    { port: service.secondaryPort, protocol: 'UDP', address: rpcAddress, field: 'secondary_port' },
    { port: service.metricsPort, protocol: 'TCP', address: '127.0.0.1', field: 'metrics_port' },
  ]
}
