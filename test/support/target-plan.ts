/** What the targets of `config emit` are given, made from a description as a run makes it; the variables are made up. */

import { parsePeerId } from '../../src/base/keys/parse-peer-id.js'
import type { Description, NodeDescription } from '../../src/deploy/deployment-file.js'
import { parseDeployment, type Service } from '../../src/deploy/model/deployment.js'
import type { EnvVariable } from '../../src/deploy/model/service-values.js'
import type { TargetFlags } from '../../src/deploy/model/target-options.js'
import type { PlannedService, TargetPlan } from '../../src/deploy/targets/target-file.js'
import { pathText } from '../../src/documents/document-faults.js'

/** Public halves of keys that nobody holds. */
const PEER_IDS = [
  '12D3KooWSC7wL6AbpmaBJUAcESnzrzu36tHqX9p38GzH9oJf161U',
  '12D3KooWPT4DLfwXazf2xRuccxLQDF5VjrGuUo51WWGiPRvi1nwi',
  '12D3KooWMAM3fMXmrX5wtzhTuBeJWx5Qodw3DUy5yGPrVozGephj',
].map((text) => parsePeerId(text, 'test'))

/** In every secret that is made up here: may turn up in files that are marked as secret only. */
export const CANARY = 'canary'

export const PLAN_DESCRIPTION = {
  database: { address: '10.0.10.5' },
  nodes: [
    { name: 'n0', primary: true, ipv4_addr: '52.1.2.3' },
    { name: 'n1', ipv4_addr: '52.1.2.4' },
  ],
  images: { tag: '260209.1' },
} as const satisfies Description

export interface PlanOverrides extends Omit<Partial<Description>, 'database' | 'nodes'> {
  /** Added to the database as it is. */
  readonly database?: Partial<Description['database']>
  /** Instead of n0 and n1. */
  readonly nodes?: readonly NodeDescription[]
}

export interface PlanChoice {
  /** Names of services, such as `wcn_db` and `wcn_node_n0`; all of them, if left out. */
  readonly only?: readonly string[]
  readonly flags?: TargetFlags
}

/** Throws what parseDeployment throws. */
export function planOf(overrides: PlanOverrides = {}, { only, flags = {} }: PlanChoice = {}): TargetPlan {
  const description: Description = {
    ...PLAN_DESCRIPTION,
    ...overrides,
    database: { ...PLAN_DESCRIPTION.database, ...overrides.database },
    nodes: overrides.nodes ?? PLAN_DESCRIPTION.nodes,
  }
  const origin: TargetPlan['origin'] = (path) =>
    valueAt(description, path) === undefined ? 'default' : `deployment.yaml ${pathText(path)}`
  const deployment = parseDeployment(description, origin, {
    allowPrivateAddresses: false,
    allowPublicDatabase: false,
    flags,
  })
  const services: readonly PlannedService[] = [deployment.database, ...deployment.nodes].map((service, i) => {
    const peerId = PEER_IDS[i % PEER_IDS.length]
    if (peerId === undefined) throw new Error('a peer ID')
    return { ...service, peerId, variables: variablesOf(service) }
  })
  return {
    deployment,
    services: only === undefined ? services : services.filter(({ id }) => only.includes(id)),
    origin,
  }
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], value)
}

function variablesOf(service: Service): readonly EnvVariable[] {
  return [
    { name: 'SECRET_KEY', value: `${CANARY}-secret-key-of-${service.id}`, origin: `the key in ${service.id}.key` },
    { name: 'PRIMARY_RPC_SERVER_PORT', value: String(service.primaryPort), origin: 'default' },
    { name: 'SECONDARY_RPC_SERVER_PORT', value: String(service.secondaryPort), origin: 'default' },
    { name: 'METRICS_SERVER_PORT', value: String(service.metricsPort), origin: 'default' },
    ...(service.kind === 'database'
      ? [{ name: 'ROCKSDB_DIR', value: '/wcn/rocksdb', origin: 'default' }]
      : nodeVariables(service)),
    ...[...service.extra].map(([extra, value]) => ({ name: extra, value, origin: 'deployment.yaml env' })),
  ]
}

function nodeVariables({ primary }: { readonly primary: boolean }): readonly EnvVariable[] {
  return [
    { name: 'RPC_PROVIDER_URL', value: `wss://rpc.example.com/v2/${CANARY}-token`, origin: 'deployment.yaml rpc_url' },
    ...(primary
      ? [
          {
            name: 'SMART_CONTRACT_SIGNER_PRIVATE_KEY',
            value: `${CANARY}-operator-key`,
            origin: 'the key in operator.key',
          },
        ]
      : []),
  ]
}
