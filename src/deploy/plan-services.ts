/** Which services an emission is about, and what each of them runs with. */

import { quote } from '../base/quote.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { clusterValues, type SecretFlags, serviceKeypair } from './cluster-values.js'
import type { DeploymentInput } from './deployment-input.js'
import type { Service } from './model/deployment.js'
import { serviceValues } from './model/service-values.js'
import type { PlannedService, Target } from './targets/target-file.js'

export interface ServiceChoice {
  /** Names of the nodes to emit; with `database`, one host's share. Neither: everything. */
  readonly node?: readonly string[]
  readonly database?: boolean
}

/** What only scrapes needs no keys. Throws SETTING_*, KEY_INVALID, WRONG_SIGNER, FILE_*. */
export async function planServices(
  services: Services,
  input: DeploymentInput,
  flags: SecretFlags,
  chosen: readonly Service[],
  targets: readonly Target[],
): Promise<readonly PlannedService[]> {
  const withSecrets = targets.some((target) => target !== 'prometheus')
  const nodes = chosen.filter((service) => service.kind === 'node')
  const withSigningKey = nodes.some(({ primary }) => primary)
  const cluster = withSecrets && nodes.length > 0 ? await clusterValues(services, input, flags, withSigningKey) : null
  const planned: PlannedService[] = []
  for (const service of chosen) {
    if (!withSecrets && service.peerId !== null) {
      planned.push({ ...service, peerId: service.peerId, variables: [] })
      continue
    }
    const keypair = await serviceKeypair(services, input, service)
    const variables = serviceValues(service, keypair, input.deployment.database, cluster, input.origin)
    planned.push({ ...service, peerId: keypair.peerId, variables })
  }
  return planned
}

/** The database first. Throws SELECTOR_NO_MATCH. */
export function chooseServices(
  { deployment }: DeploymentInput,
  { node: names = [], database = false }: ServiceChoice,
): readonly Service[] {
  const all = names.length === 0 && !database
  const unknown = names.find((name) => !deployment.nodes.some((node) => node.name === name))
  if (unknown !== undefined) {
    throw new WcnError('SELECTOR_NO_MATCH', `no node is called ${quote(unknown)}`, {
      hint: `the deployment has ${deployment.nodes.map(({ name }) => name).join(', ')}`,
    })
  }
  return [
    ...(all || database ? [deployment.database] : []),
    ...deployment.nodes.filter(({ name }) => all || names.includes(name)),
  ]
}
