/** What a firewall has to let through and what it must not (the onboarding document, "Firewall"). */
import type { Ipv4 } from '../../base/ipv4.js'
import type { Database, DeploymentNode } from './deployment.js'

export interface FirewallJson {
  /** Inbound UDP from anywhere on the internet. */
  readonly open: readonly {
    readonly node: string
    readonly ipv4_addr: Ipv4 | null
    readonly udp_ports: readonly number[]
  }[]
  /** Reachable from the private network only. */
  readonly closed: readonly {
    readonly service: string
    readonly udp_ports: readonly number[]
    readonly tcp_ports: readonly number[]
  }[]
}

/** Metrics servers have no access control either, so their TCP ports stay closed too. */
export function firewallOf(services: readonly (Database | DeploymentNode)[]): FirewallJson {
  return {
    open: services.flatMap((service) =>
      'name' in service
        ? [{ node: service.name, ipv4_addr: service.ipv4Addr, udp_ports: [service.primaryPort, service.secondaryPort] }]
        : [],
    ),
    closed: services.map((service) =>
      'name' in service
        ? { service: `node ${service.name}`, udp_ports: [], tcp_ports: [service.metricsPort] }
        : {
            service: 'database',
            udp_ports: [service.primaryPort, service.secondaryPort],
            tcp_ports: [service.metricsPort],
          },
    ),
  }
}
