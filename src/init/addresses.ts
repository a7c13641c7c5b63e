/** Where the services are: addresses, ports, and which node is the primary. */

import { parsePort } from '../base/port.js'
import { WcnError } from '../errors/wcn-error.js'
import { answeredDeployment, tryDeployment } from './description.js'
import type { AnswerPath } from './init-file.js'
import { stepAsking } from './init-file.js'
import { DONE, type Step } from './step.js'
import type { Wizard } from './wizard.js'

const PORTS = ['primary_port', 'secondary_port', 'metrics_port'] as const
type Ports = { readonly [port in (typeof PORTS)[number]]?: unknown }
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
    for (;;) {
      await askAddresses(wizard)
      await askPrimary(wizard)
      await askPorts(wizard)
      try {
        answeredDeployment(wizard)
        return DONE
      } catch (error) {
        if (!(error instanceof WcnError) || !wizard.services.talk.interactive) throw error
        wizard.services.talk.tell(`${error.message}: ${error.hint ?? ''}`)
        wizard.services.talk.tell('Once more, then; Enter keeps what was answered.')
        await wizard.forget((path) => stepAsking(path) === 'addresses' && isAsked(path))
      }
    }
  },
}

function isAsked(path: AnswerPath): boolean {
  return ['address', 'ipv4_addr', 'primary', 'ports', ...PORTS].includes(String(path.at(-1)))
}

async function askAddresses(wizard: Wizard): Promise<void> {
  await wizard.ask(['database', 'address'], {
    text: 'Private IPv4 address of the database',
    check: (address, source) => tryDeployment(wizard, source, { address }),
  })
  for (const [i, { name }] of (wizard.answers.nodes ?? []).entries())
    await wizard.ask(['nodes', i, 'ipv4_addr'], {
      text: `Public IPv4 address of node ${name}`,
      default: i > 0 && wizard.services.talk.interactive ? wizard.answers.nodes?.[i - 1]?.ipv4_addr : undefined,
      check: (nodeAddress, source) => tryDeployment(wizard, source, { nodeAddress }),
    })
}

async function askPrimary(wizard: Wizard): Promise<void> {
  const { nodes = [] } = wizard.answers
  if (nodes.some(({ primary }) => primary === true)) return
  const { talk } = wizard.services
  if (!talk.interactive) throw wizard.missing(['nodes', 0, 'primary'])
  const options = nodes.map(({ name = '' }, i) => ({ value: String(i), label: name }))
  const before = nodes.findIndex((_, i) => wizard.before(['nodes', i, 'primary']) === true)
  const chosen = await talk.choose({ text: 'The primary node', options, default: String(Math.max(0, before)) }, 'nodes')
  await wizard.keep([['nodes', Number(chosen), 'primary'], true])
}

/** Usual ones are those of the onboarding document, apart by ten so that all of it could run on one machine. */
async function askPorts(wizard: Wizard): Promise<void> {
  const { nodes = [] } = wizard.answers
  const { database } = wizard.answers
  const isOpen = (service: Ports | undefined) => PORTS.some((port) => service?.[port] === undefined)
  const given: number[] = []
  const firstOf = (node: Ports): number => {
    const others = nodes.filter((one) => one !== node).flatMap((one) => PORTS.map((port) => Number(one[port])))
    let first = NODE_PORT
    const isFree = () => !given.includes(first) && !others.some((port) => port >= first && port < first + PORTS.length)
    while (!isFree()) first += 10
    given.push(first)
    return first
  }
  const services = [
    ...(isOpen(database) ? [{ place: ['database'] as AnswerPath, title: 'the database', first: DATABASE_PORT }] : []),
    ...nodes.flatMap((node, i) =>
      isOpen(node) ? [{ place: ['nodes', i] as AnswerPath, title: `node ${node.name}`, first: firstOf(node) }] : [],
    ),
  ]
  const open = services.flatMap(({ place, title, first }) =>
    PORTS.flatMap((port, i) => {
      const path = [...place, port]
      return wizard.get(path) === undefined ? [{ path, title, port, usual: first + i }] : []
    }),
  )
  if (open.length === 0) return
  const { talk } = wizard.services
  if (talk.interactive) {
    const lines = services.map(({ title, first }) => `${title} ${first}, ${first + 1}, ${first + 2}`)
    const how = await wizard.choose(['ports'], {
      text: `Ports (two for RPC over UDP, one for metrics over TCP): ${lines.join('; ')}`,
      options: [
        { value: 'usual', label: 'use these' },
        { value: 'own', label: 'choose others' },
      ],
    })
    if (how === 'own') {
      for (const { path, title, port, usual } of open)
        await askPort(wizard, path, `${port.replace('_', ' ')} of ${title}`, usual)
      return
    }
  }
  await wizard.keep(...open.map(({ path, usual }) => [path, usual] as const))
}

async function askPort(wizard: Wizard, path: AnswerPath, text: string, usual: number): Promise<void> {
  const answer = await wizard.ask(path, { text, default: String(usual), check: parsePort })
  await wizard.keep([path, parsePort(answer, wizard.source(path))])
}
