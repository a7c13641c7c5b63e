/**
 * For targets whose files belong to one machine (compose, systemd): which services share one. A service without a host
 * is on this machine; the nodes' addresses don't count here, since one machine can have several.
 */

import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { DeploymentNode } from '../model/deployment.js'
import { collisions, type Listener } from '../model/ports-in-use.js'
import type { PlannedService, TargetPlan } from './target-file.js'

export interface PlannedNode extends PlannedService {
  readonly node: DeploymentNode
}

/** What is emitted for one machine. */
export interface Machine {
  /** Null: this one. */
  readonly host: string | null
  /** Where its files go: `''`, or a folder with a slash at its end where there are several machines. */
  readonly folder: string
  readonly services: readonly PlannedService[]
  readonly database: PlannedService | null
  readonly nodes: readonly PlannedNode[]
}

/** Beside the folders there may be files of services without a host. */
const FOLDER = /^(?!.*\.(?:env|service|ya?ml|conf|nft)$)[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i

/** In the order of the services. Throws SETTING_INVALID for hosts of which no folders can be made. */
export function machinesOf({ services }: TargetPlan): readonly Machine[] {
  const hosts = [...new Set(services.map(({ service }) => service.host))]
  if (hosts.length > 1) requireFolderNames(hosts.filter((host) => host !== null))
  return hosts.map((host) => {
    const here = services.filter(({ service }) => service.host === host)
    return {
      host,
      folder: hosts.length > 1 && host !== null ? `${host}/` : '',
      services: here,
      database: here.find(({ node }) => node === null) ?? null,
      nodes: here.filter(isNode),
    }
  })
}

export function isNode(planned: PlannedService): planned is PlannedNode {
  return planned.node !== null
}

/** The service's place in the description, and a field of it. */
export function originOf({ deployment, origin }: TargetPlan, { node }: PlannedService, field: string): string {
  return origin(node === null ? ['database', field] : ['nodes', deployment.nodes.indexOf(node), field])
}

export function describeService({ node }: PlannedService): string {
  return node === null ? 'the database' : `node ${node.name}`
}

/** Throws PORTS_COLLIDE. */
export function requireFreePorts(listeners: readonly Listener[]): void {
  const [first] = collisions(listeners)
  if (first === undefined) return
  const [taken, late] = first
  throw new WcnError(
    'PORTS_COLLIDE',
    `${taken.what} and ${late.what} are both ${late.protocol} ${late.port} on ${late.place}`,
    {
      hint: 'give them different ports, or say with "host" on which machine each runs: without it, it is this one',
      details: { port: late.port, protocol: late.protocol },
    },
  )
}

export function machineName({ host }: Pick<Machine, 'host'>): string {
  return host === null ? 'this machine' : `host ${quote(host)}`
}

/** Some file systems don't tell capitals from small letters. */
function requireFolderNames(hosts: readonly string[]): void {
  const seen = new Set<string>()
  for (const host of hosts) {
    if (!FOLDER.test(host)) {
      throw new WcnError('SETTING_INVALID', `host ${quote(host)} is no name for the folder of its files`, {
        hint: 'use letters, digits, ".", "_" and "-", 63 characters at most, and no ending of a file such as .env',
      })
    }
    if (seen.has(host.toLowerCase())) {
      throw new WcnError('SETTING_INVALID', `two hosts are called ${quote(host)}, but for capitals`, {
        hint: 'write the same machine in the same way, and different ones with different names',
      })
    }
    seen.add(host.toLowerCase())
  }
}
