/** Judges machines: what can be reached on them, which versions run, how many at once, and who can read the files. */
import { type Ipv4, isNoHostAddress, parseIpv4, reservedRange } from '../../base/ipv4.js'
import { quote } from '../../base/quote.js'
import { shellWord } from '../../base/shell-word.js'
import { collisions, type Listener } from '../../deploy/model/ports-in-use.js'
import { type CheckedService, type Deployment, isHostNetwork, isOnHost } from './checked-service.js'
import { type Complaint, each, fail, type Place, type Rule, warn } from './finding.js'
import type { FoundPort } from './found.js'
import type { ParsedVariable } from './values.js'

export const REACH_RULES: readonly Rule<Deployment>[] = [
  {
    /** The onboarding document, "Firewall". One finding for what one thing publishes at one address, however many ports. */
    id: 'database-exposed',
    passed: 'no port of a database is published',
    judge: ({ databases }) =>
      each(databases, (database) => {
        const groups = new Map<string, FoundPort[]>()
        for (const port of database.found.published) {
          if (isMetrics(database, port) || reachOf(port) === 'machine') continue
          const key = `${port.how} ${port.place.file} ${port.address}`
          groups.set(key, [...(groups.get(key) ?? []), port])
        }
        return [...groups.values()].flatMap((ports) => exposed(database.found.name, ports))
      }),
  },
  {
    /** Metrics servers have no access control. Those in the host's network can't be told where to listen. */
    id: 'metrics-exposed',
    passed: 'metrics are published where only you see them',
    judge({ all }) {
      const published = all.flatMap(({ found, values }) =>
        found.published.filter((port) => isMetrics({ values }, port)).map((port) => ({ ...port, name: found.name })),
      )
      return each(published, ({ name, place, ...port }) => {
        const what = `the metrics of ${name} are published at ${port.address ?? 'every address'}, and have no access control`
        return reachOf(port) === 'everybody'
          ? warn(place, what, 'bind them to 127.0.0.1 or to a private address')
          : null
      })
    },
  },
  {
    /**
     * Of nodes that are reached by what they publish, and of others that publish UDP ports: both RPC ports have to be
     * among them, and nothing else is listened on. That the two are one is said elsewhere.
     */
    id: 'published-port',
    passed: 'the nodes publish the ports they listen on',
    judge({ nodes }) {
      const judged = nodes.filter(({ found: { published, reachedByPorts }, values }) => {
        const isPublished = reachedByPorts || published.some(({ protocol }) => protocol === 'udp')
        const [one, other] = [values.PRIMARY_RPC_SERVER_PORT?.value, values.SECONDARY_RPC_SERVER_PORT?.value]
        return isPublished && !published.some(isHostNetwork) && (one === undefined || one !== other)
      })
      return each(judged, publishedElsewhere)
    },
  },
  {
    /** In a service's own network, and on a machine. */
    id: 'port-collision',
    passed: 'no two servers share a port',
    judge({ all }) {
      if (all.length === 0) return null
      const inside = all.filter(({ found }) => !isOnHost(found))
      const onMachines = all.flatMap((service) => [
        ...(isOnHost(service.found) ? serversOf(service, `on ${service.found.machine}`) : []),
        ...service.found.published.flatMap((port) => publishedBy(service, port)),
      ])
      const clashes = [
        ...inside.flatMap((service) => collisions(serversOf(service, `in ${service.found.name}`))),
        ...collisions(onMachines),
      ]
      return clashes.map(([taken, late]) => {
        const what = `${late.what} and ${taken.what} are both ${late.protocol} ${late.port} ${late.place}`
        return fail(late.at, what, 'give them different ports')
      })
    },
  },
]

export const RUNNING_RULES: readonly Rule<Deployment>[] = [
  {
    id: 'image-tag',
    passed: 'every image is of one version',
    judge: ({ all }) =>
      each(imagesOf(all), ({ name, reference, place }) => {
        const why = whyNotPinned(reference)
        const what = `the image of ${name} is ${quote(reference)}: ${why}, which is another version after every pull`
        const hint = 'name the version that you tested: name:TAG, or better name@sha256:…'
        return why === null ? null : warn(place, what, hint)
      }),
  },
  {
    id: 'image-versions',
    passed: 'all nodes run one version',
    judge({ nodes }) {
      const [first, ...others] = imagesOf(nodes).filter(({ reference }) => whyNotPinned(reference) === null)
      return each(others, ({ name, reference, place }) => {
        if (first === undefined || reference === first.reference) return null
        const what = `${name} runs ${quote(reference)}, and ${first.name} runs ${quote(first.reference)}`
        return warn(place, what, 'fine while you update node by node; then all of them should run one version')
      })
    },
  },
  {
    /** A second pod has the same key; of the primary it is a second signer (the onboarding document, "Availability"). */
    id: 'surge',
    passed: 'no service ever runs twice',
    judge: ({ all }) =>
      each(all, ({ found: { name, surges } }) =>
        surges.map(({ why, place, certain }) => {
          const hint =
            'one replica, and an update that stops the old one first: a StatefulSet, or a Deployment with Recreate'
          return (certain ? fail : warn)(place, `${name} can run twice at once, with one key: ${why}`, hint)
        }),
      ),
  },
  {
    id: 'file-permissions',
    passed: 'files with secrets are readable by their owner only',
    judge({ found }) {
      const files = found.files.filter(({ holdsSecrets, exposed: mode }) => holdsSecrets && mode !== null)
      const what = 'it holds secrets, and others than its owner can read it'
      return each(files, ({ path, exposed: isOpen }) =>
        isOpen ? fail({ file: path, line: null }, what, `chmod 600 ${shellWord(path)}`) : null,
      )
    },
  },
  {
    id: 'git',
    passed: 'no file with secrets is in a git work tree',
    judge({ found }) {
      const files = found.files.filter(({ holdsSecrets }) => holdsSecrets)
      const hint = 'keep it elsewhere or name it in .gitignore; where it was committed, the secrets have to be changed'
      return each(files, ({ path, gitTree }) => {
        const what = `it holds secrets, and is in the git work tree ${gitTree}, which has it or would take it up`
        return gitTree === null ? null : fail({ file: path, line: null }, what, hint)
      })
    },
  },
]

function exposed(name: string, ports: readonly FoundPort[]): readonly Complaint[] {
  const [first] = ports
  if (first === undefined) return []
  const named = ports.map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`).join(' and ')
  const what = isHostNetwork(first) ? 'every port' : named
  const where = `${name} publishes ${what} at ${first.address ?? 'every address'} (${first.how})`
  const hint = 'take it out: nodes reach the database in the private network, and it has no access control'
  return reachOf(first) === 'private' || isHostNetwork(first)
    ? [warn(first.place, `${where}: a firewall has to keep everybody but the nodes out`, hint)]
    : [fail(first.place, `${where}: anybody who reaches it can read and write what is in it`, hint)]
}

function isMetrics({ values }: Pick<CheckedService, 'values'>, { port, protocol }: FoundPort): boolean {
  return protocol === 'tcp' && port !== null && port === values.METRICS_SERVER_PORT?.value
}

function reachOf({ address }: Pick<FoundPort, 'address'>): 'machine' | 'private' | 'everybody' {
  const ip = address === null ? null : ipv4(address)
  if (address === '::1' || address === 'localhost') return 'machine'
  const range = ip === null || isNoHostAddress(ip) ? null : reservedRange(ip)
  if (range === null) return 'everybody'
  return range.startsWith('loopback') ? 'machine' : 'private'
}

function ipv4(text: string): Ipv4 | null {
  try {
    return parseIpv4(text, 'an address')
  } catch {
    return null
  }
}

function publishedElsewhere({ found, values }: CheckedService): readonly Complaint[] {
  const judge = (place: Place, what: string, hint: string) => fail(place, `${found.name} ${what}`, hint)
  const published = found.published.filter(({ protocol }) => protocol === 'udp')
  if (published.length === 0)
    return [judge(found.place, "publishes no UDP port: other operators can't reach it", 'publish both RPC ports')]
  const rpc = [values.PRIMARY_RPC_SERVER_PORT, values.SECONDARY_RPC_SERVER_PORT].flatMap((held) => held ?? [])
  const idle = rpc.length < 2 ? [] : published.filter(({ port }) => !rpc.some(({ value }) => value === port))
  // A port that was changed in one of the two places is one mistake, and the list of ports is where it shows.
  if (idle.length > 0) {
    const own = `its RPC ports are ${rpc.map(({ value }) => value).join(' and ')}`
    return idle.map(({ port, place }) => judge(place, `publishes UDP ${port}, on which it does not listen`, own))
  }
  return rpc
    .filter(({ value }) => !published.some(({ port }) => port === value))
    .map(({ value, variable }) => {
      const what = `listens on UDP ${value}, which is not published: other operators can't reach it`
      return judge(variable.place, what, 'publish both RPC ports')
    })
}

type FoundListener = Listener & { readonly at: Place }

/** RPC is UDP, metrics are TCP. */
function serversOf({ found, values }: CheckedService, place: string): readonly FoundListener[] {
  const server = (held: ParsedVariable<number> | undefined, protocol: 'UDP' | 'TCP', name: string) =>
    held === undefined
      ? []
      : [{ place, protocol, port: held.value, what: `the ${name} port of ${found.name}`, at: held.variable.place }]
  return [
    ...server(values.PRIMARY_RPC_SERVER_PORT, 'UDP', 'primary'),
    ...server(values.SECONDARY_RPC_SERVER_PORT, 'UDP', 'secondary'),
    ...server(values.METRICS_SERVER_PORT, 'TCP', 'metrics'),
  ]
}

/** What listens at one address only does not stand in the way of another. Runtimes bind `::` for IPv6 alone. */
function publishedBy({ found: { machine, name } }: CheckedService, published: FoundPort): readonly FoundListener[] {
  const { address, hostPort: port, protocol, place: at } = published
  if (machine === null || port === null || isHostNetwork(published)) return []
  const isEvery = address === '0.0.0.0' || address === '::'
  const listener = { place: `on ${machine}`, protocol: protocol === 'udp' ? 'UDP' : 'TCP', port, at } as const
  return [
    {
      ...listener,
      what: `a published port of ${name}`,
      ...(address === null ? {} : { family: address.includes(':') ? 6 : 4 }),
      ...(address === null || isEvery ? {} : { address }),
    },
  ]
}

function imagesOf(services: readonly CheckedService[]) {
  return services.flatMap(({ found: { name, image } }) => (image === null ? [] : { name, ...image }))
}

/** Null for a digest, which ends like a tag, or a tag other than `latest`. A port belongs to the registry. */
function whyNotPinned(reference: string): string | null {
  const tag = /:([^:/]+)$/.exec(reference)?.[1]
  if (tag === undefined) return 'it has no tag'
  return tag === 'latest' ? 'its tag is latest' : null
}
