/** The services of a compose file (the compose specification, "Services top-level element"). */
import { DATABASE_NETWORK, type Layout, OUTWARD } from './compose-network.js'
import type { Machine } from './machines.js'
import { requireImage, requirePlainPath } from './required-settings.js'
import {
  commented,
  originOf,
  type PlannedDatabase,
  type PlannedNode,
  type TargetPlan,
  type YamlMap,
  type YamlValue,
} from './target-file.js'

type Ports = ReadonlyMap<string, readonly YamlValue[]>

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

/** Throws SETTING_MISSING where no image is chosen, SETTING_INVALID. */
export function composeServices(plan: TargetPlan, { database, nodes }: Machine, layout: Layout, ports: Ports): YamlMap {
  return {
    ...(database === null ? {} : databaseServices(plan, database, layout, ports.get(database.id))),
    ...Object.fromEntries(
      nodes.map((node) => [node.id, nodeService(plan, node, layout, ports.get(node.id), database)]),
    ),
  }
}

function databaseServices(
  plan: TargetPlan,
  database: PlannedDatabase,
  layout: Layout,
  ports: readonly YamlValue[] | undefined,
): YamlMap {
  const origin = originOf(plan, database, 'rocksdb_dir')
  const directory = requirePlainPath(database.rocksdbDir, origin)
  const data = [{ type: 'volume', source: VOLUME, target: commented(directory, origin) }]
  const image = requireImage(plan, database)
  const owner = `${database.id}_owner`
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
      networks:
        layout.kind === 'inside'
          ? { [DATABASE_NETWORK]: { ipv4_address: commented(database.address, originOf(plan, database, 'address')) } }
          : [DATABASE_NETWORK],
      ...(ports === undefined ? {} : { ports }),
      ...GUARDED,
      stop_grace_period: commented('5m', 'what is in memory has to reach the disk'),
      ulimits: { nofile: { soft: OPEN_FILES, hard: OPEN_FILES } },
      deploy: limits('8', '16g'),
    },
  }
}

function nodeService(
  plan: TargetPlan,
  node: PlannedNode,
  layout: Layout,
  ports: readonly YamlValue[] = [],
  database: PlannedDatabase | null,
): YamlMap {
  return {
    image: requireImage(plan, node),
    ...(database === null ? {} : { depends_on: { [database.id]: { condition: 'service_started' } } }),
    env_file: [`./${node.id}.env`],
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
function limits(cpus: string, memory: string): YamlMap {
  return { resources: { limits: { cpus, memory } } }
}
