/**
 * Two servers can't listen on one port of one machine, and two nodes can't be told apart at one public address and port.
 * RPC ports are UDP and the metrics port is TCP, so those two kinds don't collide.
 */
import { WcnError } from '../../errors/wcn-error.js'
import type { Database, DeploymentNode, Service } from './deployment.js'

interface Listener {
  readonly place: string
  readonly port: number
  readonly protocol: 'UDP' | 'TCP'
  readonly what: string
}

/** Nodes without a host and an address count as being on one machine. Throws PORTS_COLLIDE. */
export function requireDistinctPorts(database: Database, nodes: readonly DeploymentNode[]): void {
  const listeners = [
    ...listenersOf(database, 'the database', [`host ${database.host ?? database.address}`]),
    ...nodes.flatMap((node) => listenersOf(node, `node ${node.name}`, placesOf(node))),
  ]
  const taken = new Map<string, Listener>()
  for (const listener of listeners) {
    const { place, port, protocol } = listener
    const other = taken.get(`${place} ${protocol} ${port}`)
    if (other) throw collision(other, listener)
    taken.set(`${place} ${protocol} ${port}`, listener)
  }
}

/** The machine, and the public address: other machines may share it, so there RPC ports count, metrics ports don't. */
function placesOf({ host, ipv4Addr }: DeploymentNode): readonly string[] {
  const machine = `host ${host ?? ipv4Addr ?? '(not named)'}`
  return ipv4Addr === null ? [machine] : [machine, `address ${ipv4Addr}`]
}

function listenersOf(
  service: Service,
  name: string,
  [machine = '', ...addresses]: readonly string[],
): readonly Listener[] {
  const rpc = (place: string): readonly Listener[] => [
    { place, protocol: 'UDP', port: service.primaryPort, what: `the primary port of ${name}` },
    { place, protocol: 'UDP', port: service.secondaryPort, what: `the secondary port of ${name}` },
  ]
  const metrics: Listener = {
    place: machine,
    protocol: 'TCP',
    port: service.metricsPort,
    what: `the metrics port of ${name}`,
  }
  return [...rpc(machine), metrics, ...addresses.flatMap(rpc)]
}

function collision(one: Listener, other: Listener): WcnError {
  return new WcnError(
    'PORTS_COLLIDE',
    `${one.what} and ${other.what} are both ${one.protocol} ${one.port} on ${one.place}`,
    {
      hint: 'give them different ports; if they run on different machines, say so with "host" (or "ipv4_addr")',
      details: { port: one.port, protocol: one.protocol },
    },
  )
}
