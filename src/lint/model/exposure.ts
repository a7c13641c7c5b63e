/** What other machines reach that they must not (the onboarding document, "Firewall"): databases, and metrics. */
import { type Ipv4, isNoHostAddress, parseIpv4, reservedRange } from '../../base/ipv4.js'
import { type CheckedDatabase, type CheckedService, isHostNetwork } from './checked-service.js'
import { concluded, type Finding, finding } from './finding.js'
import type { FoundPort } from './found.js'

type Reach = 'machine' | 'private' | 'everybody'

/** One finding for what one thing publishes at one address, however many ports that are. */
export function judgeDatabasePorts(databases: readonly CheckedDatabase[]): readonly Finding[] {
  const findings = databases.flatMap((database) => {
    const groups = new Map<string, FoundPort[]>()
    for (const port of database.found.published) {
      if (isMetrics(database, port) || reachOf(port) === 'machine') continue
      const key = `${port.how} ${port.place.file} ${port.address}`
      groups.set(key, [...(groups.get(key) ?? []), port])
    }
    return [...groups.values()].flatMap((ports) => publishedDatabase(database.found.name, ports))
  })
  return concluded('database-exposed', findings, databases.length > 0 ? 'no port of a database is published' : null)
}

/** Metrics servers have no access control. Those in the host's network can't be told where to listen. */
export function judgeMetricsPorts(services: readonly CheckedService[]): readonly Finding[] {
  const published = services.flatMap((service) =>
    service.found.published.filter((port) => isMetrics(service, port)).map((port) => ({ service, port })),
  )
  const findings = published.flatMap(({ service, port }) =>
    reachOf(port) !== 'everybody'
      ? []
      : finding(
          'metrics-exposed',
          'warn',
          port.place,
          `the metrics of ${service.found.name} are published at ${port.address ?? 'every address'}, and have no access control`,
          'bind them to 127.0.0.1 or to a private address',
        ),
  )
  return concluded(
    'metrics-exposed',
    findings,
    published.length > 0 ? 'metrics are published where only you see them' : null,
  )
}

function publishedDatabase(name: string, ports: readonly FoundPort[]): readonly Finding[] {
  const [first] = ports
  if (first === undefined) return []
  const what = isHostNetwork(first)
    ? 'every port'
    : ports.map(({ protocol, port }) => `${protocol.toUpperCase()} ${port}`).join(' and ')
  const where = `${name} publishes ${what} at ${first.address ?? 'every address'} (${first.how})`
  const hint = 'take it out: nodes reach the database in the private network, and it has no access control'
  const guarded = reachOf(first) === 'private' || isHostNetwork(first)
  return [
    guarded
      ? finding(
          'database-exposed',
          'warn',
          first.place,
          `${where}: a firewall has to keep everybody but the nodes out`,
          hint,
        )
      : finding(
          'database-exposed',
          'fail',
          first.place,
          `${where}: anybody who reaches it can read and write what is in it`,
          hint,
        ),
  ]
}

function isMetrics({ values: { metricsPort } }: CheckedService, { port, protocol }: FoundPort): boolean {
  return protocol === 'tcp' && port !== null && port === metricsPort?.value
}

function reachOf({ address }: FoundPort): Reach {
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
