/** What a firewall has to let through and what it must not (the onboarding document, "Firewall"). */
import type { Service } from './deployment.js'

export type FirewallJson = ReturnType<typeof firewallOf>

export function firewallOf(services: readonly Service[]) {
  const rpcPorts = ({ primaryPort, secondaryPort }: Service): readonly number[] => [primaryPort, secondaryPort]
  return {
    /** Inbound UDP from anywhere on the internet. */
    open: services.flatMap((service) =>
      service.kind === 'node'
        ? [{ node: service.name, ipv4_addr: service.ipv4Addr, udp_ports: rpcPorts(service) }]
        : [],
    ),
    /** Reachable from the private network only. Metrics servers have no access control either. */
    closed: services.map((service) => ({
      service: service.kind === 'node' ? service.title : 'database',
      udp_ports: service.kind === 'node' ? [] : rpcPorts(service),
      tcp_ports: [service.metricsPort],
    })),
  }
}
