/**
 * What the targets of `config emit` have to know besides the services: images, networks, users, storage. Each has the
 * onboarding document's value or a usual one, but for what only the operator can choose.
 */

import { parseCidr } from '../../base/ipv4-range.js'
import { parsePort } from '../../base/port.js'
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Description, Where } from '../deployment-file.js'
import { EXPOSURES, type Exposure } from './exposures.js'
import { HOST_NAME, requireMatch } from './require-match.js'

/** Flags that win over the description. */
export interface TargetFlags {
  readonly imageTag?: string | undefined
  readonly exposure?: string | undefined
  readonly namespace?: string | undefined
}

const IMAGES = { database: 'ghcr.io/walletconnect/wcn-db', node: 'ghcr.io/walletconnect/wcn-node' } as const
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
/** As the distribution specification writes references: a name, a tag, a digest. */
const REFERENCE =
  /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/
/** RFC 1123 label, as Kubernetes and compose want names. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const USER = /^[a-z_][a-z0-9_-]{0,30}$/
const QUANTITY = /^[1-9][0-9]{0,5}(?:Mi|Gi|Ti|M|G|T)$/
const STORAGE_CLASS = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/
/** Without what a unit file would take apart. */
const PATH = /^\/[A-Za-z0-9._@+/-]*[A-Za-z0-9._@+-]$/

/** Throws SETTING_INVALID, IP_ADDRESS_INVALID. `where` says where a value came from. */
export function parseTargetOptions(description: Description, where: Where, flags: TargetFlags) {
  const { compose = {}, systemd = {}, kubernetes = {}, prometheus = {} } = description
  const inCompose = matching((field) => where(['compose', field]))
  const inSystemd = matching((field) => where(['systemd', field]))
  const inKubernetes = matching((field) =>
    field === 'namespace' && flags.namespace !== undefined ? '--namespace' : where(['kubernetes', field]),
  )
  const exposure = flags.exposure ?? kubernetes.exposure
  const exposureSource = flags.exposure === undefined ? where(['kubernetes', 'exposure']) : '--exposure'
  return {
    /** References with a tag or a digest; null where none was chosen: there is no default, and never `latest`. */
    images: parseImages(description, where, flags.imageTag),
    compose: {
      project: inCompose('project', compose.project, LABEL, 'a name of a compose project') ?? 'wcn',
      /** Of the network that database and nodes share; null: the /24 around the database's address. */
      subnet: compose.subnet === undefined ? null : parseCidr(compose.subnet, where(['compose', 'subnet'])),
    },
    systemd: {
      user: inSystemd('user', systemd.user, USER, 'a name of a user') ?? 'wcn',
      envDir: inSystemd('env_dir', systemd.env_dir, PATH, 'an absolute path') ?? '/etc/wcn',
      databaseBinary:
        inSystemd('database_binary', systemd.database_binary, PATH, 'an absolute path') ?? '/usr/local/bin/wcn_db',
      nodeBinary: inSystemd('node_binary', systemd.node_binary, PATH, 'an absolute path') ?? '/usr/local/bin/wcn_node',
    },
    kubernetes: {
      namespace:
        inKubernetes('namespace', flags.namespace ?? kubernetes.namespace, LABEL, 'a name of a namespace') ?? 'wcn',
      exposure: exposure === undefined ? null : parseExposure(exposure, exposureSource),
      /** With the host's network, pods look like their machines: from where the database may be reached. */
      hostCidrs: (kubernetes.host_cidrs ?? []).map((text, i) =>
        parseCidr(text, where(['kubernetes', 'host_cidrs', i])),
      ),
      storage: inKubernetes('storage', kubernetes.storage, QUANTITY, 'a quantity such as 200Gi') ?? '200Gi',
      /** Null: the cluster's default. */
      storageClass: inKubernetes('storage_class', kubernetes.storage_class, STORAGE_CLASS, 'a name of a storage class'),
    },
    /** `wcn cluster exporter`, as host:port; null: none runs. */
    exporter:
      prometheus.exporter === undefined ? null : parseExporter(prometheus.exporter, where(['prometheus', 'exporter'])),
  }
}

function matching(sourceOf: (field: string) => string) {
  return (field: string, text: string | undefined, form: RegExp, what: string): string | null =>
    text === undefined ? null : requireMatch(text, form, sourceOf(field), `which is not ${what}`)
}

/** A tag given as a flag wins over whole references. */
function parseImages({ images = {} }: Description, where: Where, tagFlag: string | undefined) {
  const tag = tagFlag ?? images.tag?.toString()
  const imageOf = (kind: 'database' | 'node'): string | null => {
    const reference = tagFlag === undefined ? images[kind] : undefined
    if (reference !== undefined) return parseReference(reference, where(['images', kind]))
    const source = tagFlag === undefined ? where(['images', 'tag']) : '--image-tag'
    return tag === undefined ? null : `${IMAGES[kind]}:${parseTag(tag, source)}`
  }
  return { database: imageOf('database'), node: imageOf('node') }
}

function parseTag(tag: string, source: string): string {
  requireMatch(tag, TAG, source, 'which is not a tag of an image')
  return tag === 'latest' ? refuseLatest(source) : tag
}

function parseReference(text: string, source: string): string {
  requireMatch(text, REFERENCE, source, 'which is not a reference of an image')
  const [, tag, digest] = REFERENCE.exec(text) ?? []
  if (digest !== undefined) return text
  if (tag === 'latest') return refuseLatest(source)
  const hint = 'pin a version: name:TAG, or better name@sha256:…'
  return requireMatch(text, /:[^/]+$/, source, 'which has neither a tag nor a digest', hint)
}

function refuseLatest(source: string): never {
  throw new WcnError('SETTING_INVALID', `${source} is latest, which is another version after every pull`, {
    hint: 'name the version that you tested; your nodes and your rollback have to agree about it',
  })
}

function parseExporter(text: string, source: string): string {
  const [, host = '', port = ''] = /^(.*):([^:]*)$/.exec(text) ?? []
  requireMatch(host, HOST_NAME, source, 'which is no host:port', 'write such as 127.0.0.1:9464')
  return `${host}:${parsePort(port, `the port of ${source}`)}`
}

function parseExposure(text: string, source: string): Exposure {
  const found = EXPOSURES.find((exposure) => exposure === text)
  if (found) return found
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is not one of ${EXPOSURES.join(', ')}`)
}
