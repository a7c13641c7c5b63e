/** What has to be open to the internet, and what must not be. Nothing of it can be checked from here. */
import { type FirewallJson, firewallOf } from '../deploy/model/firewall.js'
import { answeredDeployment } from './description.js'
import { DONE, type Step } from './step.js'
import type { Wizard } from './wizard.js'

export const firewall: Step = {
  id: 'firewall',
  title: 'firewall',
  about: `Nodes must be reachable from the internet on both of their RPC ports, over
UDP. The database must not be: whoever reaches it can read and write your
data. Metrics servers let everybody in as well.`,
  async run(wizard) {
    const { talk } = wizard.services
    // Also with --quiet: the question is about it.
    for (const line of firewallLines(firewallList(wizard))) talk.tell(line)
    if (talk.interactive)
      await talk.choose(
        {
          text: 'Your firewall',
          options: [
            { value: 'set', label: 'is set like this' },
            { value: 'later', label: 'will be: go on' },
          ],
        },
        'answers',
      )
    return DONE
  },
}

export function firewallList(wizard: Wizard): FirewallJson {
  const { database, nodes } = answeredDeployment(wizard)
  return firewallOf([database, ...nodes])
}

function firewallLines({ open, closed }: FirewallJson): readonly string[] {
  return [
    ...open.map(
      ({ node, ipv4_addr, udp_ports }) =>
        `open to the internet: UDP ${udp_ports.join(', ')} of node ${node} at ${ipv4_addr ?? 'its public address'}`,
    ),
    ...closed.map(({ service, udp_ports, tcp_ports }) => {
      const ports = [...udp_ports.map((port) => `UDP ${port}`), ...tcp_ports.map((port) => `TCP ${port}`)]
      return `closed to the internet: ${ports.join(', ')} of ${service === 'database' ? 'the database' : service}`
    }),
  ]
}
