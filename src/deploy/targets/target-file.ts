/**
 * What `config emit` makes, before it is text: files of one target, each value with where it came from. Targets are
 * pure; deploy/render-target-file.ts writes them down.
 */
import type { PeerId } from '../../base/keys/peer-id.js'
import type { Database, Deployment, DeploymentNode } from '../model/deployment.js'
import type { Dialect } from '../model/dialects.js'

export const TARGETS = ['env', 'shell', 'compose', 'systemd', 'k8s', 'prometheus'] as const
export type Target = (typeof TARGETS)[number]

/** A variable of a service. The value may be secret: it goes into files only, never into output. */
export interface EnvVariable {
  readonly name: string
  readonly value: string
  /** Where the value came from, in words: `deployment.yaml nodes[0].primary_port`, `the key in n0.key`, `default`. */
  readonly origin: string
}

export type EnvVariables = readonly EnvVariable[]

/** A service that is emitted. */
export interface PlannedService {
  /** `wcn_db`, or `wcn_node_` and the node's name: what files and units are called. */
  readonly name: string
  readonly service: Database | DeploymentNode
  /** Null for the database. */
  readonly node: DeploymentNode | null
  readonly peerId: PeerId
  readonly variables: EnvVariables
}

/** What is emitted in one run: all services, or one host's share. */
export interface TargetPlan {
  readonly deployment: Deployment
  /** The database first, if it is among them. */
  readonly services: readonly PlannedService[]
  /** Where the value of a field of the description came from, such as `kubernetes.namespace`. */
  readonly origin: (path: readonly (string | number)[]) => string
}

export interface TargetFile {
  /** Relative to the output directory, with `/` between folders. */
  readonly path: string
  /** Whether it holds secrets: then its mode is 0600, and git must not take it up. Others may be committed. */
  readonly secret: boolean
  /** What it is and how it is used: the lines of the comment at its top. */
  readonly about: readonly string[]
  readonly body: TargetBody
}

export type TargetBody =
  | { readonly kind: 'env'; readonly dialect: Dialect; readonly variables: EnvVariables }
  | { readonly kind: 'yaml'; readonly documents: readonly YamlValue[] }
  /** systemd units, firewall rules and the like, whose comments are lines that start with `#`. Ends with a line feed. */
  | { readonly kind: 'text'; readonly text: string }

export type YamlValue =
  | string
  | number
  | boolean
  | null
  | Commented
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue }

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
