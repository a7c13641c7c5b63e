/** What has to be open to the internet, and what must not be. Nothing of it can be checked from here. */
import { type FirewallJson, firewallOf } from '../deploy/model/firewall.js'
import { answeredDeployment } from './description.js'
import type { Step } from './step.js'
import type { Wizard } from './wizard.js'

export const firewall: Step = {
  id: 'firewall',
  title: 'firewall',
  about: `Nodes must be reachable from the internet on both of their RPC ports, over
UDP. The database must not be: whoever reaches it can read and write your
data. Metrics servers let everybody in as well.`,
  async run(wizard) {
    const { open, closed } = firewallList(wizard)
    // Also with --quiet: the question is about it.
    for (const { node, ipv4_addr, udp_ports } of open)
      wizard.services.talk.tell(
        `open to the internet: UDP ${udp_ports.join(', ')} of node ${node} at ${ipv4_addr ?? 'its public address'}`,
      )
    for (const { service, udp_ports, tcp_ports } of closed) {
      const ports = [...udp_ports.map((port) => `UDP ${port}`), ...tcp_ports.map((port) => `TCP ${port}`)]
      const whose = service === 'database' ? 'the database' : service
      wizard.services.talk.tell(`closed to the internet: ${ports.join(', ')} of ${whose}`)
    }
    if (wizard.interactive)
      await wizard.choose(['firewall'], 'Your firewall', { set: 'is set like this', later: 'will be: go on' })
    return null
  },
}

export function firewallList(wizard: Wizard): FirewallJson {
  const { database, nodes } = answeredDeployment(wizard)
  return firewallOf([database, ...nodes])
}
