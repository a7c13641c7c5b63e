/** Which service variables, an image or a name belong to. Misspelled names are for the rules to find, so a few will do. */

import { requiredNames } from '../../deploy/model/service-variables.js'
import type { Place } from '../model/finding.js'
import type { FoundService, FoundVariable } from '../model/found.js'

export type Kind = FoundService['kind']

const OF_NODES = new Set([
  'DATABASE_RPC_SERVER_ADDRESS',
  'DATABASE_PEER_ID',
  'DATABASE_PRIMARY_RPC_SERVER_PORT',
  'DATABASE_SECONDARY_RPC_SERVER_PORT',
])
const OF_BOTH = new Set(['SECRET_KEY', 'PRIMARY_RPC_SERVER_PORT', 'SECONDARY_RPC_SERVER_PORT', 'METRICS_SERVER_PORT'])
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
export function kindByVariables(names: readonly string[], called: string): Kind | null {
  const known = new Set(names.map((name) => name.toUpperCase()))
  const has = (test: (name: string) => boolean) => [...known].some(test)
  if (has((name) => OF_NODES.has(name))) return 'node'
  if (has((name) => /^(?:ROCKSDB_|DB_(?:MAX|CONNECTION)_)/.test(name))) return 'database'
  const shared = [...known].filter((name) => OF_BOTH.has(name)).length
  const chain = has((name) => OF_CHAIN.test(name))
  if (shared >= 2 || (shared === 1 && chain)) {
    if (chain) return 'node'
    if (/node/i.test(called)) return 'node'
    return 'database'
  }
  return shared === 0 && has((name) => OF_THE_TOOL.test(name)) ? 'settings' : null
}

/**
 * What a service requires and does not have here may well come from what is not among the files. `place`: of what refers
 * to that; null where all is here.
 */
export function withUnknown(
  kind: Kind,
  variables: readonly FoundVariable[],
  place: Place | null,
): readonly FoundVariable[] {
  if (kind === 'settings' || place === null) return variables
  const known = new Set(variables.map(({ name }) => name.toUpperCase()))
  const missing = requiredNames(kind).filter((name) => !known.has(name))
  return [...missing.map((name) => ({ name, value: null, place })), ...variables]
}
