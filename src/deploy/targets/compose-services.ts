/**
 * The services of a compose file (the compose specification, "Services top-level element"), and what is published of
 * them. RPC ports have the same number outside as inside: it is the one on chain. Metrics servers have no access
 * control, so they are published on the host's loopback only.
 */
import { WcnError } from '../../errors/wcn-error.js'
import { portsOf } from '../model/deployment.js'
import { requireDistinctPorts } from '../model/ports-in-use.js'
import { DATABASE_NETWORK, OUTWARD, type Site } from './compose-network.js'
import { requireImage, requirePlainPath } from './required-settings.js'
import { commented, originOf, type PlannedDatabase, type PlannedNode, type YamlMap } from './target-file.js'

type Ports = readonly ReturnType<typeof published>[number][]

/** The user the images run as, by number: that is what a volume's owner is. */
const USER = '1001:1001'
export const VOLUME = 'rocksdb'

/** Of every service, with the same content under each: anchors would be shorter, but are refused by many readers. */
const GUARDED: YamlMap = {
  user: USER,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  restart: 'unless-stopped',
  // Every version stops in order on SIGINT; to SIGTERM, nodes of some versions don't listen.
  stop_signal: 'SIGINT',
  logging: { driver: 'json-file', options: { 'max-size': '100m', 'max-file': '5' } },
}

/** One that has no open files to spare fails in the middle of compaction. Systems let every service have this many. */
const OPEN_FILES = 524_288

/** Throws SETTING_MISSING where no image is chosen, SETTING_INVALID, PORTS_COLLIDE. */
export function composeServices(site: Site): YamlMap {
  const { database, nodes, title } = site.machine
  const ports = published(site)
  requireDistinctPorts(
    ports.map(({ service, name, port, protocol, address }) => ({
      ...{ place: title, port, protocol, what: `the ${name} port of ${service.title}` },
      ...(address === null ? {} : { address }),
    })),
  )
  return {
    ...(database === null ? {} : databaseServices(site, database, ports)),
    ...Object.fromEntries(nodes.map((node) => [node.id, nodeService(site, node, ports)])),
  }
}

function databaseServices({ plan, layout }: Site, database: PlannedDatabase, ports: Ports): YamlMap {
  const origin = originOf(plan, database, 'rocksdb_dir')
  const directory = requirePlainPath(database.rocksdbDir, origin)
  const data = [{ type: 'volume', source: VOLUME, target: commented(directory, origin) }]
  const image = requireImage(plan, database)
  const owner = `${database.id}_owner`
  const address = { ipv4_address: commented(database.address, originOf(plan, database, 'address')) }
  return {
    [owner]: {
      image,
      entrypoint: commented(['chown', USER, directory], 'a new volume belongs to root: runs once, before the database'),
      volumes: data,
      network_mode: 'none',
      user: '0:0',
      cap_drop: ['ALL'],
      cap_add: ['CHOWN'],
      security_opt: ['no-new-privileges:true'],
      read_only: true,
      restart: 'no',
    },
    [database.id]: {
      image,
      depends_on: { [owner]: { condition: 'service_completed_successfully' } },
      env_file: [`./${database.id}.env`],
      volumes: data,
      networks: layout.kind === 'inside' ? { [DATABASE_NETWORK]: address } : [DATABASE_NETWORK],
      ...(layout.kind === 'inside' ? {} : { ports: portTexts(database.id, ports) }),
      ...GUARDED,
      stop_grace_period: commented('5m', 'what is in memory has to reach the disk'),
      ulimits: { nofile: { soft: OPEN_FILES, hard: OPEN_FILES } },
      deploy: limits('8', '16g'),
    },
  }
}

function nodeService({ plan, machine, layout }: Site, node: PlannedNode, ports: Ports): YamlMap {
  const { database } = machine
  return {
    image: requireImage(plan, node),
    ...(database === null ? {} : { depends_on: { [database.id]: { condition: 'service_started' } } }),
    env_file: [`./${node.id}.env`],
    networks: layout.kind === 'inside' ? [DATABASE_NETWORK, OUTWARD] : [OUTWARD],
    ports: portTexts(node.id, ports),
    ...GUARDED,
    stop_grace_period: node.primary ? commented('10m', 'the primary may be pulling data in a migration') : '1m',
    read_only: true,
    tmpfs: ['/tmp'],
    deploy: limits('4', '8g'),
  }
}

/** Of the onboarding document, "Allocate compute". Docker refuses more CPUs than a machine has. */
function limits(cpus: string, memory: string): YamlMap {
  return { resources: { limits: { cpus, memory } } }
}

/** As compose's short syntax. */
function portTexts(id: string, ports: Ports) {
  return ports
    .filter(({ service }) => service.id === id)
    .map(({ address, port, protocol, origin }) =>
      commented(`${address === null ? '' : `${address}:`}${port}:${port}/${protocol.toLowerCase()}`, origin),
    )
}

/** A node's RPC ports are on every address, unless two nodes share one: then each is bound to its own address. */
function published({ plan, machine, layout }: Site) {
  const { services, nodes } = machine
  const reached = services.filter(({ kind }) => kind === 'node' || layout.kind === 'published')
  return reached.flatMap((service) =>
    portsOf(service).map((served) => {
      const origin = originOf(plan, service, served.field)
      const at = (address: string | null, remark = '') => ({ ...served, service, address, origin: origin + remark })
      if (served.protocol === 'TCP') return at('127.0.0.1')
      if (service.kind === 'database') return at(service.address)
      const other = nodes.find((one) => one !== service && [one.primaryPort, one.secondaryPort].includes(served.port))
      if (other === undefined) return at(null)
      const too = `; ${other.title} publishes it too, so this machine must have both addresses itself`
      if (service.ipv4Addr !== null) return at(service.ipv4Addr, too)
      throw new WcnError(
        'PORTS_COLLIDE',
        `${service.title} and ${other.title} both publish UDP ${served.port}, and ${service.title} has no ipv4_addr to be bound to`,
        { hint: 'give them different ports, or say with "host" on which machine each runs' },
      )
    }),
  )
}
