/** The services of a compose file (the compose specification, "Services top-level element"). */
import { DATABASE_NETWORK, type Layout, OUTWARD } from './compose-network.js'
import { type Machine, originOf, type PlannedNode } from './machines.js'
import { requirePlainPath } from './plain-path.js'
import { requireImage } from './require-image.js'
import { commented, type PlannedService, type TargetPlan, type YamlValue } from './target-file.js'

type Ports = ReadonlyMap<string, readonly YamlValue[]>

/** The user the images run as, by number: that is what a volume's owner is. */
const USER = '1001:1001'
export const VOLUME = 'rocksdb'

/** Of every service, with the same content under each: anchors would be shorter, but are refused by many readers. */
const GUARDED: Readonly<Record<string, YamlValue>> = {
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

/** Throws SETTING_MISSING where no image is chosen, SETTING_INVALID. */
export function composeServices(
  plan: TargetPlan,
  { database, nodes }: Machine,
  layout: Layout,
  ports: Ports,
): Readonly<Record<string, YamlValue>> {
  const publishedBy = ({ name }: PlannedService) => ports.get(name) ?? []
  return {
    ...(database === null ? {} : databaseServices(plan, database, layout, publishedBy(database))),
    ...Object.fromEntries(
      nodes.map((planned) => [planned.name, nodeService(plan, planned, layout, publishedBy(planned), database)]),
    ),
  }
}

function databaseServices(
  plan: TargetPlan,
  planned: PlannedService,
  layout: Layout,
  ports: readonly YamlValue[],
): Readonly<Record<string, YamlValue>> {
  const { database } = plan.deployment
  const directory = requirePlainPath(database.rocksdbDir, originOf(plan, planned, 'rocksdb_dir'))
  const data = [
    { type: 'volume', source: VOLUME, target: commented(directory, originOf(plan, planned, 'rocksdb_dir')) },
  ]
  const owner = `${planned.name}_owner`
  return {
    [owner]: {
      image: requireImage(plan, planned),
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
    [planned.name]: {
      image: requireImage(plan, planned),
      depends_on: { [owner]: { condition: 'service_completed_successfully' } },
      env_file: [`./${planned.name}.env`],
      volumes: data,
      networks:
        layout.kind === 'inside'
          ? { [DATABASE_NETWORK]: { ipv4_address: commented(database.address, originOf(plan, planned, 'address')) } }
          : [DATABASE_NETWORK],
      ...(ports.length === 0 ? {} : { ports }),
      ...GUARDED,
      stop_grace_period: commented('5m', 'what is in memory has to reach the disk'),
      ulimits: { nofile: { soft: OPEN_FILES, hard: OPEN_FILES } },
      deploy: limits('8', '16g'),
    },
  }
}

function nodeService(
  plan: TargetPlan,
  planned: PlannedNode,
  layout: Layout,
  ports: readonly YamlValue[],
  database: PlannedService | null,
): YamlValue {
  const { name, node } = planned
  return {
    image: requireImage(plan, planned),
    ...(database === null ? {} : { depends_on: { [database.name]: { condition: 'service_started' } } }),
    env_file: [`./${name}.env`],
    networks: layout.kind === 'inside' ? [DATABASE_NETWORK, OUTWARD] : [OUTWARD],
    ports,
    ...GUARDED,
    stop_grace_period: node.primary ? commented('10m', 'the primary may be pulling data in a migration') : '1m',
    read_only: true,
    tmpfs: ['/tmp'],
    deploy: limits('4', '8g'),
  }
}

/** Of the onboarding document, "Allocate compute". Docker refuses more CPUs than a machine has. */
function limits(cpus: string, memory: string): YamlValue {
  return { resources: { limits: { cpus, memory } } }
}
