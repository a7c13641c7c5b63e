/** Tells which service variables, an image or a name belong to. A few variables will do: some may be misspelled. */

import { canonicalName, requiredNames } from '../../deploy/model/service-variables.js'
import type { Place } from '../model/finding.js'
import type { FoundService, FoundVariable } from '../model/found.js'

export type Kind = FoundService['kind']

const OF_NODES = /^DATABASE_(?:RPC_SERVER_ADDRESS|PEER_ID|(?:PRIMARY|SECONDARY)_RPC_SERVER_PORT)$/
const OF_DATABASES = /^(?:ROCKSDB_|DB_(?:MAX|CONNECTION)_)/
const OF_BOTH = /^(?:SECRET_KEY|(?:PRIMARY_RPC|SECONDARY_RPC|METRICS)_SERVER_PORT)$/
const OF_CHAIN = /^(?:SMART_CONTRACT_|RPC_PROVIDER_URL$)/
const OF_THE_TOOL = /^(?:WCN_|SMART_CONTRACT_|(?:OPTIMISM_)?RPC_PROVIDER_URL$)/

/** From an image's reference, a binary's path, or a name; null where it says nothing. */
export function kindByName(name: string): 'node' | 'database' | null {
  const base =
    name
      .replace(/@sha256:.*$/, '')
      .split('/')
      .at(-1) ?? ''
  if (/wcn[-_]?(?:db|database)/i.test(base)) return 'database'
  // Of `wcn_node_db.env` the variables say more.
  return /wcn[-_]?node(?!.*db)/i.test(base) ? 'node' : null
}

/** `called`: what a file, a service or a pod is called, for when the variables leave it open. */
export function kindByVariables(variables: readonly { readonly name: string }[], called: string): Kind | null {
  const names = [...new Set(variables.map(({ name }) => canonicalName(name)))]
  const count = (pattern: RegExp) => names.filter((name) => pattern.test(name)).length
  if (count(OF_NODES) > 0) return 'node'
  if (count(OF_DATABASES) > 0) return 'database'
  const [shared, chain] = [count(OF_BOTH), count(OF_CHAIN) > 0]
  if (shared >= 2 || (shared === 1 && chain)) return chain || /node/i.test(called) ? 'node' : 'database'
  return shared === 0 && count(OF_THE_TOOL) > 0 ? 'settings' : null
}

interface Parts {
  readonly place: Place
  readonly variables: readonly FoundVariable[]
  /** What refers to variables that are not among the files; null where all are. */
  readonly unknownAt: Place | null
}

/**
 * A service of which nothing is known but its variables. What it requires and does not have here may well come from what
 * is not among the files.
 */
export function foundService(kind: Kind, name: string, { place, variables, unknownAt }: Parts): FoundService {
  const known = new Set(variables.map((variable) => canonicalName(variable.name)))
  const missing =
    kind === 'settings' || unknownAt === null ? [] : requiredNames(kind).filter((required) => !known.has(required))
  return {
    ...{ kind, name, place, machine: null, image: null, published: [], reachedByPorts: false, surges: [] },
    variables: [...missing.map((one) => ({ name: one, value: null, place: unknownAt ?? place })), ...variables],
  }
}
