/** Where the services are: addresses, ports, and which node is the primary; and what of it is open to the internet. */

import { parsePort } from '../base/port.js'
import { type FirewallJson, firewallOf } from '../deploy/model/firewall.js'
import { WcnError } from '../errors/wcn-error.js'
import { answeredDeployment, tryDeployment } from './configured.js'
import type { Answers } from './init-file.js'
import type { Step } from './step.js'
import type { Wizard } from './wizard.js'

const PORTS = ['primary_port', 'secondary_port', 'metrics_port'] as const
const DATABASE_PORT = 3000
const NODE_PORT = 3010

export const addresses: Step = {
  id: 'addresses',
  title: 'addresses and ports',
  about: `Nodes are dialled by all others at a public static IPv4 address, the same one
or one for each. The database is reached by your own nodes only, at an address
of your private network. The database needs 8 CPUs, 16 GB of memory and 200 GB
of SSD, each node 4 CPUs and 8 GB. Exactly one node is the primary: it gets
the operator's key and manages data migrations; it may be offline for short
periods only.`,
  async run(wizard) {
    const { talk } = wizard.services
    for (let again = false; ; again = true) {
      await askAddresses(wizard, again)
      await askPrimary(wizard, again)
      await askPorts(wizard, again)
      try {
        answeredDeployment(wizard)
        return null
      } catch (error) {
        if (!(error instanceof WcnError) || !wizard.interactive) throw error
        talk.tell(`${error.message}: ${error.hint ?? ''}`)
        talk.tell('Once more, then; Enter keeps what was answered.')
      }
    }
  },
}

async function askAddresses(wizard: Wizard, again: boolean): Promise<void> {
  await wizard.ask(['database', 'address'], {
    text: 'Private IPv4 address of the database',
    check: (address, source) => tryDeployment(wizard, source, { address }),
    again,
  })
  for (const [i, { name }] of (wizard.answers.nodes ?? []).entries())
    await wizard.ask(['nodes', i, 'ipv4_addr'], {
      text: `Public IPv4 address of node ${name}`,
      default: i > 0 && wizard.interactive ? wizard.answers.nodes?.[i - 1]?.ipv4_addr : undefined,
      check: (nodeAddress, source) => tryDeployment(wizard, source, { nodeAddress }),
      again,
    })
}

async function askPrimary(wizard: Wizard, again: boolean): Promise<void> {
  const { nodes = [] } = wizard.answers
  const known = nodes.findIndex(({ primary }) => primary === true)
  if (known >= 0 && !again) return
  const options = Object.fromEntries(nodes.map(({ name = '' }, i) => [i, name]))
  const path = ['nodes', 0, 'primary']
  const chosen = await wizard.pick(path, 'The primary node', options, String(Math.max(0, known)))
  await wizard.keep([['nodes'], nodes.map((node, i) => ({ ...node, primary: i === Number(chosen) }))])
}

/** Usual ones are those of the onboarding document, apart by ten so that all of it could run on one machine. */
async function askPorts(wizard: Wizard, again: boolean): Promise<void> {
  const services = usualPorts(wizard.answers, again)
  const open = services.flatMap(({ place, title, first }) =>
    PORTS.map((port, i) => ({ path: [...place, port], title, port, usual: first + i })),
  )
  const asked = open.filter(({ path }) => again || wizard.get(path) === undefined)
  if (asked.length === 0) return
  if (wizard.interactive) {
    const lines = services.map(({ title, first }) => `${title} ${first}, ${first + 1}, ${first + 2}`)
    const text = `Ports (two for RPC over UDP, one for metrics over TCP): ${lines.join('; ')}`
    const how = await wizard.choose(['ports'], text, { usual: 'use these', own: 'choose others' }, { again })
    if (how === 'own') {
      for (const { path, title, port, usual } of asked) {
        const text = `${port.replace('_', ' ')} of ${title}`
        await wizard.ask(path, { text, default: String(usual), check: parsePort, as: Number, again })
      }
      return
    }
  }
  await wizard.keep(...asked.map(({ path, usual }) => [path, usual] as const))
}

/** Of services that lack some, or of all. */
function usualPorts({ database, nodes = [] }: Answers, all: boolean) {
  const given: number[] = []
  const portsOf = (service: Answers['database']) => PORTS.map((port) => service?.[port])
  const isOpen = (service: Answers['database']) => all || portsOf(service).includes(undefined)
  const firstFree = (node: Answers['database']) => {
    const taken = nodes.filter((one) => one !== node).flatMap((one) => portsOf(one).map(Number))
    let first = NODE_PORT
    while (given.includes(first) || taken.some((port) => port >= first && port < first + PORTS.length)) first += 10
    given.push(first)
    return first
  }
  return [
    ...(isOpen(database) ? [{ place: ['database'], title: 'the database', first: DATABASE_PORT }] : []),
    ...nodes.flatMap((node, i) =>
      isOpen(node) ? [{ place: ['nodes', i], title: `node ${node.name}`, first: firstFree(node) }] : [],
    ),
  ]
}

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
