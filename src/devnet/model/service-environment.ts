/**
 * Reads a service's environment as wcn_node and wcn_db do, and refuses what they refuse, with the variable's name
 * (docs/dev/network/node-protocol.md, "Refuses to start").
 */
import type { Address } from '../../base/address.js'
import type { Ipv4 } from '../../base/ipv4.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { OperatorPrivateKey } from '../../base/keys/operator-key.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import type { Secret } from '../../base/secret.js'
import {
  canonicalName,
  knownNames,
  requiredNames,
  SERVICE_VARIABLES,
  type ServiceKind,
  type ServiceVariable,
} from '../../deploy/model/service-variables.js'
import { GRAMMARS } from '../../deploy/model/variable-grammars.js'
import { WcnError } from '../../errors/wcn-error.js'

interface Variable {
  readonly name: string
  readonly value: string
}

interface Listening {
  readonly secretKey: Secret<Uint8Array>
  readonly primaryPort: number
  readonly secondaryPort: number
  readonly metricsPort: number
}

export interface NodeEnvironment extends Listening {
  readonly kind: 'node'
  readonly database: {
    readonly host: Ipv4
    readonly peerId: PeerId
    readonly primaryPort: number
    readonly secondaryPort: number
  }
  readonly contract: Address
  readonly encryptionKey: EncryptionKey
  readonly rpcUrl: Secret<string>
  /** Of the primary node only. */
  readonly signingKey: OperatorPrivateKey | null
  readonly idleTimeoutMs: number
  /** Nodes on chain with this address are dialled at 127.0.0.1. */
  readonly publicAddress: Ipv4 | null
}

export interface DatabaseEnvironment extends Listening {
  readonly kind: 'database'
  readonly directory: string
  readonly openingMs: number
  readonly limits: { readonly atATime: number; readonly perSecond: number; readonly idleTimeoutMs: number }
}

export type ServiceEnvironment = NodeEnvironment | DatabaseEnvironment

/** Real nodes wait for 500 ms and databases for 200, which costs a busy laptop every other connection. */
const IDLE_TIMEOUT_MS = 5_000

/** `source`: where the variables are from. Throws SETTING_MISSING, SETTING_INVALID and whatever a value's grammar throws. */
export function parseServiceEnvironment(
  kind: ServiceKind,
  variables: readonly Variable[],
  source: string,
): ServiceEnvironment {
  const values = byCanonicalName(kind, variables, source)
  const missing = requiredNames(kind).filter((name) => !values.has(name as ServiceVariable))
  if (missing.length > 0)
    throw new WcnError(
      'SETTING_MISSING',
      `${source}: ${missing.join(', ')} is missing, without which a ${kind} does not start`,
    )
  const of = <N extends ServiceVariable>(name: N) => {
    const parse = GRAMMARS[SERVICE_VARIABLES[name].grammar] as (text: string, source: string) => Parsed<N>
    return parse(values.get(name) ?? '', `${source}: ${name}`)
  }
  const orElse = <N extends ServiceVariable, T>(name: N, usual: T) => (values.has(name) ? of(name) : usual)
  // Optional ones that nothing here depends on have to be right all the same.
  for (const name of values.keys()) of(name)
  const listening = {
    secretKey: of('SECRET_KEY'),
    primaryPort: of('PRIMARY_RPC_SERVER_PORT'),
    secondaryPort: of('SECONDARY_RPC_SERVER_PORT'),
    metricsPort: of('METRICS_SERVER_PORT'),
  }
  if (kind === 'database')
    return {
      kind,
      ...listening,
      directory: of('ROCKSDB_DIR'),
      openingMs: orElse('DB_CONNECTION_TIMEOUT_MS', 10_000),
      limits: {
        atATime: Math.min(orElse('DB_MAX_CONNECTIONS', 500), orElse('DB_MAX_CONNECTIONS_PER_IP', 50)),
        perSecond: orElse('DB_MAX_CONNECTION_RATE_PER_IP', 50),
        idleTimeoutMs: orElse('DB_MAX_IDLE_CONNECTION_TIMEOUT_MS', IDLE_TIMEOUT_MS),
      },
    }
  return {
    kind,
    ...listening,
    database: {
      host: of('DATABASE_RPC_SERVER_ADDRESS'),
      peerId: of('DATABASE_PEER_ID'),
      primaryPort: of('DATABASE_PRIMARY_RPC_SERVER_PORT'),
      secondaryPort: of('DATABASE_SECONDARY_RPC_SERVER_PORT'),
    },
    contract: of('SMART_CONTRACT_ADDRESS'),
    encryptionKey: of('SMART_CONTRACT_ENCRYPTION_KEY'),
    rpcUrl: requireLoopback(of('RPC_PROVIDER_URL'), `${source}: RPC_PROVIDER_URL`),
    signingKey: orElse('SMART_CONTRACT_SIGNER_PRIVATE_KEY', null),
    idleTimeoutMs: orElse('MAX_IDLE_CONNECTION_TIMEOUT_MS', IDLE_TIMEOUT_MS),
    publicAddress: orElse('PUBLIC_ADDRESS', null),
  }
}

type Parsed<N extends ServiceVariable> = ReturnType<(typeof GRAMMARS)[(typeof SERVICE_VARIABLES)[N]['grammar']]>

/** Case makes no difference to the services, and of one name in two cases they want neither. Others are not theirs. */
function byCanonicalName(kind: ServiceKind, variables: readonly Variable[], source: string) {
  const known = new Set(knownNames(kind))
  const spelt = new Map<string, string>()
  const values = new Map<ServiceVariable, string>()
  for (const { name, value } of variables) {
    const canonical = canonicalName(name)
    if (!known.has(canonical)) continue
    const before = spelt.get(canonical)
    if (before !== undefined && before !== name)
      throw new WcnError(
        'SETTING_INVALID',
        `${source}: duplicate field ${canonical}: it is set as ${before} and as ${name}`,
        {
          hint: 'names are read in any case: leave one of them out',
        },
      )
    spelt.set(canonical, name)
    values.set(canonical as ServiceVariable, value)
  }
  return values
}

/** What a stand-in signs or says must not reach a real network. */
function requireLoopback(url: Secret<string>, source: string): Secret<string> {
  const { hostname } = new URL(url.reveal())
  if (/^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(hostname)) return url
  throw new WcnError('SETTING_INVALID', `${source} leads away from this machine: stand-ins are for rehearsal only`, {
    hint: 'use the provider of a development chain: `wcn devnet up` starts one',
  })
}
