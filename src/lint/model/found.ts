/**
 * What `config check` finds in files, whatever wrote them and whoever reads them: services and their variables, each
 * with its place. Readers (lint/readers) make it, rules (here) judge it.
 */
import type { Finding, Place } from './finding.js'

/** Whose rules turn a file's text into values. `literal`: docker's --env-file and kubectl's --from-env-file. */
export const READ_BY = ['literal', 'shell', 'compose', 'systemd', 'kubernetes'] as const
export type ReadBy = (typeof READ_BY)[number]

export interface FoundVariable {
  readonly name: string
  /** As the service gets it. It may be secret. Null where that can't be told from the files: `${VAR}`, a Secret elsewhere. */
  readonly value: string | null
  readonly place: Place
  /** What it is put together from, where not all of it stands at its place: for who can read it. */
  readonly pieces?: readonly FoundVariable[]
}

export interface FoundPort {
  /** The address it is bound to; null: every one. */
  readonly address: string | null
  /** Null where it is left to the runtime. */
  readonly hostPort: number | null
  /** Of the service; null where every port is meant, as with a host's network. */
  readonly port: number | null
  readonly protocol: 'udp' | 'tcp'
  /** How: `ports`, `hostPort`, `a LoadBalancer service`, `the host's network`. */
  readonly how: string
  readonly place: Place
}

export interface FoundService {
  /** By its variables or its image; `settings`: no service, but settings of this tool. */
  readonly kind: 'node' | 'database' | 'settings'
  /** As people know it: `wcn_node_n0.env`, `compose.yaml service node-a`, `StatefulSet wcn-node-n0`. */
  readonly name: string
  /** Services with the same machine share addresses and ports; null where that is not known. */
  readonly machine: string | null
  /** In the order of the files; a later one of the same name takes effect. */
  readonly variables: readonly FoundVariable[]
  readonly image: { readonly reference: string; readonly place: Place } | null
  readonly published: readonly FoundPort[]
  /** Whether others reach nothing of it but what it publishes. */
  readonly reachedByPorts: boolean
  /** Why more than one runs at once, while it is updated or always. Not certain: it depends on the machines. */
  readonly surges: readonly { readonly why: string; readonly place: Place; readonly certain: boolean }[]
  readonly place: Place
}

export interface FoundFile {
  readonly path: string
  readonly holdsSecrets: boolean
  /** Whether group or others can read it; null where that can't be told. */
  readonly exposed: boolean | null
  /** The git work tree that has it or would take it up. */
  readonly gitTree: string | null
}

export interface Found {
  readonly files: readonly FoundFile[]
  readonly services: readonly FoundService[]
  /** What readers noticed and no rule could find out later: a line cut short, a byte-order mark, what is not followed. */
  readonly remarks: readonly Finding[]
}
