/**
 * What the targets of `config emit` have to know besides the services: images, networks, users, storage. Each has the
 * onboarding document's value or a usual one, but for what only the operator can choose.
 */

import { type Cidr, parseCidr } from '../../base/ipv4-range.js'
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Description, Where } from './description.js'

export const EXPOSURES = ['host-network', 'load-balancer'] as const
/** How UDP from the internet reaches a node on Kubernetes. */
export type Exposure = (typeof EXPOSURES)[number]

export interface TargetOptions {
  /** References with a tag or a digest; null where none was chosen: there is no default, and never `latest`. */
  readonly images: { readonly database: string | null; readonly node: string | null }
  readonly compose: {
    readonly project: string
    /** Of the network that database and nodes share; null: the /24 around the database's address. */
    readonly subnet: Cidr | null
  }
  readonly systemd: {
    readonly user: string
    readonly envDir: string
    readonly databaseBinary: string
    readonly nodeBinary: string
  }
  readonly kubernetes: {
    readonly namespace: string
    readonly exposure: Exposure | null
    /** With the host's network, pods look like their machines: from where the database may be reached. */
    readonly hostCidrs: readonly Cidr[]
    /** A quantity, such as 200Gi. */
    readonly storage: string
    /** Null: the cluster's default. */
    readonly storageClass: string | null
  }
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
/** Without what a unit file would take apart. */
const PATH = /^\/[A-Za-z0-9._@+/-]*[A-Za-z0-9._@+-]$/

/** Flags that win over the description. */
export interface TargetFlags {
  readonly imageTag?: string | undefined
  readonly exposure?: string | undefined
  readonly namespace?: string | undefined
}

/** Throws SETTING_INVALID, IP_ADDRESS_INVALID. `where` says where a value came from. */
export function parseTargetOptions(description: Description, where: Where, flags: TargetFlags): TargetOptions {
  const { images = {}, compose = {}, systemd = {}, kubernetes = {} } = description
  const flagOr = (flag: string | undefined, name: string, value: string | undefined, path: readonly string[]) =>
    [flag ?? value, flag === undefined ? where(path) : name] as const
  const [namespace, namespaceSource] = flagOr(flags.namespace, '--namespace', kubernetes.namespace, [
    'kubernetes',
    'namespace',
  ])
  const [exposure, exposureSource] = flagOr(flags.exposure, '--exposure', kubernetes.exposure, [
    'kubernetes',
    'exposure',
  ])
  const [tag, tagSource] = flagOr(
    flags.imageTag,
    '--image-tag',
    images.tag === undefined ? undefined : String(images.tag),
    ['images', 'tag'],
  )
  const imageOf = (kind: 'database' | 'node') =>
    flags.imageTag === undefined && images[kind] !== undefined
      ? parseReference(images[kind], where(['images', kind]))
      : tag === undefined
        ? null
        : `${IMAGES[kind]}:${parseTag(tag, tagSource)}`
  return {
    images: { database: imageOf('database'), node: imageOf('node') },
    compose: {
      project: matching(compose.project ?? 'wcn', LABEL, where(['compose', 'project']), 'a name of a compose project'),
      subnet: compose.subnet === undefined ? null : parseCidr(compose.subnet, where(['compose', 'subnet'])),
    },
    systemd: {
      user: matching(systemd.user ?? 'wcn', USER, where(['systemd', 'user']), 'a name of a user'),
      envDir: matching(systemd.env_dir ?? '/etc/wcn', PATH, where(['systemd', 'env_dir']), 'an absolute path'),
      databaseBinary: matching(
        systemd.database_binary ?? '/usr/local/bin/wcn_db',
        PATH,
        where(['systemd', 'database_binary']),
        'an absolute path',
      ),
      nodeBinary: matching(
        systemd.node_binary ?? '/usr/local/bin/wcn_node',
        PATH,
        where(['systemd', 'node_binary']),
        'an absolute path',
      ),
    },
    kubernetes: {
      namespace: matching(namespace ?? 'wcn', LABEL, namespaceSource, 'a name of a namespace'),
      exposure: exposure === undefined ? null : parseExposure(exposure, exposureSource),
      hostCidrs: (kubernetes.host_cidrs ?? []).map((text, i) =>
        parseCidr(text, where(['kubernetes', 'host_cidrs', i])),
      ),
      storage: matching(
        kubernetes.storage ?? '200Gi',
        QUANTITY,
        where(['kubernetes', 'storage']),
        'a quantity such as 200Gi',
      ),
      storageClass:
        kubernetes.storage_class === undefined
          ? null
          : matching(
              kubernetes.storage_class,
              /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
              where(['kubernetes', 'storage_class']),
              'a name of a storage class',
            ),
    },
  }
}

function parseTag(tag: string, source: string): string {
  if (!TAG.test(tag)) throw invalid(source, tag, 'a tag of an image')
  if (tag === 'latest') throw notLatest(source)
  return tag
}

function parseReference(text: string, source: string): string {
  const [whole, tag, digest] = REFERENCE.exec(text) ?? []
  if (whole === undefined) throw invalid(source, text, 'a reference of an image')
  if (digest === undefined && tag === undefined)
    throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which has neither a tag nor a digest`, {
      hint: 'pin a version: name:TAG, or better name@sha256:…',
    })
  if (digest === undefined && tag === 'latest') throw notLatest(source)
  return text
}

function notLatest(source: string): WcnError {
  return new WcnError('SETTING_INVALID', `${source} is latest, which is another version after every pull`, {
    hint: 'name the version that you tested; your nodes and your rollback have to agree about it',
  })
}

function parseExposure(text: string, source: string): Exposure {
  const found = EXPOSURES.find((exposure) => exposure === text)
  if (found) return found
  throw invalid(source, text, `one of ${EXPOSURES.join(', ')}`)
}

function matching(text: string, pattern: RegExp, source: string, what: string): string {
  if (pattern.test(text)) return text
  throw invalid(source, text, what)
}

function invalid(source: string, text: string, what: string): WcnError {
  return new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is not ${what}`)
}
