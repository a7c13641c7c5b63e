/** Which services an emission is about, and what each of them runs with: its variables, each with where it came from. */

import { quote } from '../base/quote.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { DeploymentInput } from './deployment-input.js'
import { type SecretFlags, serviceKeypair, surroundings } from './deployment-secrets.js'
import { databaseEnv } from './model/database-env.js'
import type { Database, DeploymentNode } from './model/deployment.js'
import { nodeEnv } from './model/node-env.js'
import type { EnvMap } from './model/service-env.js'
import type { PlannedService, Target } from './targets/target-file.js'
import { variableOrigins } from './variable-origins.js'

export interface ServiceChoice {
  /** Names of the nodes to emit; with `database`, one host's share. Neither: everything. */
  readonly node?: readonly string[]
  readonly database?: boolean
}

export interface Chosen {
  readonly service: Database | DeploymentNode
  readonly node: DeploymentNode | null
}

/** What only scrapes needs no keys. Throws SETTING_*, KEY_INVALID, WRONG_SIGNER, FILE_*. */
export async function planServices(
  services: Services,
  deployment: DeploymentInput,
  flags: SecretFlags,
  chosen: readonly Chosen[],
  targets: readonly Target[],
): Promise<readonly PlannedService[]> {
  const withSecrets = targets.some((target) => target !== 'prometheus')
  const nodes = chosen.flatMap(({ node }) => node ?? [])
  const around =
    nodes.length === 0 || !withSecrets
      ? null
      : await surroundings(
          services,
          deployment,
          flags,
          nodes.some(({ primary }) => primary),
        )
  const planned: PlannedService[] = []
  for (const { service, node } of chosen) {
    const name = node === null ? 'wcn_db' : `wcn_node_${node.name}`
    if (!withSecrets && service.peerId !== null) {
      planned.push({ name, service, node, peerId: service.peerId, variables: [] })
      continue
    }
    const keypair = await serviceKeypair(services, deployment, service, node ? `node ${node.name}` : 'the database')
    const env = (): EnvMap => {
      if (node === null) return databaseEnv(deployment.deployment.database, keypair)
      return around === null ? new Map() : nodeEnv(node, keypair, around)
    }
    const path = node === null ? ['database'] : ['nodes', deployment.deployment.nodes.indexOf(node)]
    const originOf = variableOrigins(deployment, flags, path)
    const variables = [...env()].map(([variable, value]) => ({ name: variable, value, origin: originOf(variable) }))
    planned.push({ name, service, node, peerId: keypair.peerId, variables })
  }
  return planned
}

/** The database first. Throws SELECTOR_NO_MATCH. */
export function chooseServices(
  { deployment }: DeploymentInput,
  { node: names = [], database = false }: ServiceChoice,
): readonly Chosen[] {
  const all = names.length === 0 && !database
  const unknown = names.find((name) => !deployment.nodes.some((node) => node.name === name))
  if (unknown !== undefined) {
    throw new WcnError('SELECTOR_NO_MATCH', `no node is called ${quote(unknown)}`, {
      hint: `the deployment has ${deployment.nodes.map(({ name }) => name).join(', ')}`,
    })
  }
  return [
    ...(all || database ? [{ service: deployment.database, node: null }] : []),
    ...deployment.nodes.filter(({ name }) => all || names.includes(name)).map((node) => ({ service: node, node })),
  ]
}
