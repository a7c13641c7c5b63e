/**
 * What `config emit` makes, before it is text: files of one target, each value with where it came from. Targets are
 * pure; deploy/render-target-file.ts writes them down.
 */
import type { PeerId } from '../../base/keys/peer-id.js'
import type { Where } from '../deployment-file.js'
import type { Database, Deployment, DeploymentNode, Service } from '../model/deployment.js'
import type { EnvVariable } from '../model/service-values.js'

export const TARGETS = ['env', 'shell', 'compose', 'systemd', 'k8s', 'prometheus'] as const
export type Target = (typeof TARGETS)[number]

interface Planned {
  readonly peerId: PeerId
  readonly variables: readonly EnvVariable[]
}
export type PlannedDatabase = Database & Planned
export type PlannedNode = DeploymentNode & Planned
/** A service that is emitted. */
export type PlannedService = PlannedDatabase | PlannedNode

/** What is emitted in one run: all services, or one host's share. */
export interface TargetPlan {
  readonly deployment: Deployment
  /** The database first, if it is among them. */
  readonly services: readonly PlannedService[]
  /** Where the value of a field of the description came from, such as `kubernetes.namespace`. */
  readonly origin: Where
}

export interface TargetFile {
  /** Relative to the output directory, with `/` between folders. */
  readonly path: string
  /** Whether it holds secrets: then its mode is 0600, and git must not take it up. Others may be committed. */
  readonly secret: boolean
  /** The service that it is for; null for what several share. */
  readonly owner: PlannedService | null
  /** What it is and how it is used: the lines of the comment at its top. */
  readonly about: readonly string[]
  /** YAML documents; text whose comments are lines that start with `#`, and which ends with a line feed; or JSON. */
  readonly body: string | readonly YamlValue[] | { readonly json: YamlMap }
}

export type YamlMap = { readonly [key: string]: YamlValue }
export type YamlValue = string | number | boolean | null | Commented | readonly YamlValue[] | YamlMap

/** A value with a comment at the end of its line (before it, where it is a list or a map). */
export class Commented {
  readonly value: YamlValue
  readonly comment: string

  constructor(value: YamlValue, comment: string) {
    this.value = value
    this.comment = comment
  }
}

export function commented(value: YamlValue, comment: string): Commented {
  return new Commented(value, comment)
}

/** A file without secrets. */
export function sharedFile(path: string, about: readonly string[], body: TargetFile['body']): TargetFile {
  return { path, secret: false, owner: null, about, body }
}

/** Where a field of a service came from. */
export function originOf({ origin }: TargetPlan, { path }: Service, field: string): string {
  return origin([...path, field])
}
