/**
 * What an operator runs: one database and at least two nodes (the onboarding document, "Architecture Overview").
 * Parsed and checked as a whole, whichever part of it is going to be emitted; keys are read apart from it.
 */

import { type Address, parseAddress } from '../../base/address.js'
import { type Ipv4, isNoHostAddress, parseIpv4, reservedRange } from '../../base/ipv4.js'
import { parsePeerId, requireNodePeerId } from '../../base/keys/parse-peer-id.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import { parsePort } from '../../base/port.js'
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Description, NodeDescription, ServiceDescription, Where } from './description.js'
import { type Listener, requireDistinctPorts } from './ports-in-use.js'
import { requireOnePrimary } from './primary-rule.js'
import { parseTargetOptions, type TargetFlags, type TargetOptions } from './target-options.js'
import { optionalVariables } from './variable-grammars.js'

export interface Service {
  readonly primaryPort: number
  readonly secondaryPort: number
  /** TCP; the others are UDP. */
  readonly metricsPort: number
  readonly host: string | null
  /** As written: relative to the description. Null for what lives on another host. */
  readonly secretKeyFile: string | null
  /** What the key must belong to; where there is no key file, the only thing known about it. */
  readonly peerId: PeerId | null
  /** Host name or address for Prometheus; null: the database's address, or for a node this machine. */
  readonly metricsAddress: string | null
  readonly extra: ReadonlyMap<string, string>
}

export interface Database extends Service {
  readonly address: Ipv4
  readonly rocksdbDir: string
}

export interface DeploymentNode extends Service {
  readonly name: string
  readonly primary: boolean
  readonly ipv4Addr: Ipv4 | null
}

export interface Deployment {
  readonly contractAddress: Address | null
  readonly operator: Address | null
  readonly database: Database
  readonly nodes: readonly DeploymentNode[]
  readonly options: TargetOptions
}

export interface DeploymentRules {
  readonly allowPrivateAddresses: boolean
  readonly allowPublicDatabase: boolean
  readonly flags?: TargetFlags
}

/** Values of the onboarding document. */
const DATABASE_DEFAULTS = { primary: 3000, secondary: 3001, metrics: 3002, rocksdbDir: '/wcn/rocksdb' }
const NODE_DEFAULTS = { primary: 3010, secondary: 3011, metrics: 3012 }
const MIN_NODES = 2
const NODE_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i

/**
 * Throws the parsers' errors, PRIMARY_RULE, TOO_FEW_NODES, PORTS_COLLIDE, ADDRESS_NOT_ROUTABLE, PEER_ID_NOT_A_KEY,
 * SETTING_INVALID, and OUTPUT_UNSAFE for a database at a public address.
 */
export function parseDeployment(description: Description, where: Where, rules: DeploymentRules): Deployment {
  const { contract_address, operator } = description
  const nodes = description.nodes.map((node, i) => parseNode(node, i, where, rules))
  requireNames(nodes)
  if (nodes.length < MIN_NODES) {
    throw new WcnError('TOO_FEW_NODES', `the deployment has ${nodes.length} node, and an operator runs at least 2`, {
      hint: 'describe all nodes, also those on other hosts: give their peer_id instead of a key file',
    })
  }
  requireOnePrimary(nodes)
  const database = parseDatabase(description, where, rules)
  requireDistinctPorts([...databaseListeners(database), ...nodes.flatMap(nodeListeners)])
  return {
    contractAddress:
      contract_address === undefined ? null : parseAddress(contract_address, where(['contract_address'])),
    operator: operator === undefined ? null : parseAddress(operator, where(['operator'])),
    database,
    nodes,
    options: parseTargetOptions(description, where, rules.flags ?? {}),
  }
}

function databaseListeners(database: Database): readonly Listener[] {
  return listenersOf(database, 'the database', [`host ${database.host ?? database.address}`])
}

/** Nodes without a host and an address count as being on one machine. */
function nodeListeners(node: DeploymentNode): readonly Listener[] {
  return listenersOf(node, `node ${node.name}`, placesOf(node))
}

/** The machine, and the public address: other machines may share it, so there RPC ports count, metrics ports don't. */
function placesOf({ host, ipv4Addr }: DeploymentNode): readonly string[] {
  const machine = `host ${host ?? ipv4Addr ?? '(not named)'}`
  return ipv4Addr === null ? [machine] : [machine, `address ${ipv4Addr}`]
}

function listenersOf(
  service: Service,
  name: string,
  [machine = '', ...addresses]: readonly string[],
): readonly Listener[] {
  const rpc = (place: string): readonly Listener[] => [
    { place, protocol: 'UDP', port: service.primaryPort, what: `the primary port of ${name}` },
    { place, protocol: 'UDP', port: service.secondaryPort, what: `the secondary port of ${name}` },
  ]
  const metrics: Listener = {
    place: machine,
    protocol: 'TCP',
    port: service.metricsPort,
    what: `the metrics port of ${name}`,
  }
  return [...rpc(machine), metrics, ...addresses.flatMap(rpc)]
}

function parseDatabase({ database }: Description, where: Where, rules: DeploymentRules): Database {
  const at = (field: string) => where(['database', field])
  const address = parseIpv4(database.address, at('address'))
  if (reservedRange(address) === null && !rules.allowPublicDatabase) {
    throw new WcnError(
      'OUTPUT_UNSAFE',
      `${at('address')} is ${address}, a public address: anybody can read and write a database they reach`,
      {
        hint: "give the database's address in your private network; --allow-public-database if a firewall closes this one off",
      },
    )
  }
  if (isNoHostAddress(address)) {
    throw new WcnError(
      'IP_ADDRESS_INVALID',
      `${at('address')} is ${address}, which no machine has: ${reservedRange(address)}`,
      {
        hint: "give the database's address in your private network, such as 10.0.10.5",
      },
    )
  }
  const rocksdbDir = database.rocksdb_dir ?? DATABASE_DEFAULTS.rocksdbDir
  if (!rocksdbDir.startsWith('/')) {
    throw new WcnError(
      'SETTING_INVALID',
      `${at('rocksdb_dir')} is ${quote(rocksdbDir)}, which is not an absolute path`,
      {
        hint: 'give the directory as the database sees it, such as /wcn/rocksdb',
      },
    )
  }
  return { ...parseService(database, DATABASE_DEFAULTS, at, 'database'), address, rocksdbDir }
}

function parseNode(node: NodeDescription, index: number, where: Where, rules: DeploymentRules): DeploymentNode {
  const at = (field: string) => where(['nodes', index, field])
  if (!NODE_NAME.test(node.name)) {
    throw new WcnError('SETTING_INVALID', `${at('name')} is ${quote(node.name)}, from which no file name can be made`, {
      hint: 'use letters, digits, ".", "_" and "-", 63 characters at most',
    })
  }
  const ipv4Addr = node.ipv4_addr === undefined ? null : parseIpv4(node.ipv4_addr, at('ipv4_addr'))
  const range = ipv4Addr === null ? null : reservedRange(ipv4Addr)
  if (range !== null && !rules.allowPrivateAddresses) {
    throw new WcnError('ADDRESS_NOT_ROUTABLE', `${at('ipv4_addr')} is ${ipv4Addr}, no public address: ${range}`, {
      hint: 'give the address that the internet sees; on a development chain add --allow-private-addresses',
    })
  }
  const service = parseService(node, NODE_DEFAULTS, at, 'node')
  const publicAddress = service.extra.get('PUBLIC_ADDRESS')
  if (publicAddress !== undefined && ipv4Addr !== null && publicAddress !== ipv4Addr) {
    throw new WcnError(
      'SETTING_INVALID',
      `${at('env')}: PUBLIC_ADDRESS is ${publicAddress}, but ipv4_addr is ${ipv4Addr}`,
      {
        hint: 'PUBLIC_ADDRESS tells the node its own address on chain; give the same one, or leave it out',
      },
    )
  }
  return { ...service, name: node.name, primary: node.primary ?? false, ipv4Addr }
}

function parseService(
  service: ServiceDescription,
  defaults: { readonly primary: number; readonly secondary: number; readonly metrics: number },
  at: (field: string) => string,
  kind: 'node' | 'database',
): Service {
  const { peer_id, secret_key_file, metrics_address } = service
  return {
    primaryPort: parsePort(service.primary_port ?? defaults.primary, at('primary_port')),
    secondaryPort: parsePort(service.secondary_port ?? defaults.secondary, at('secondary_port')),
    metricsPort: parsePort(service.metrics_port ?? defaults.metrics, at('metrics_port')),
    host: service.host === undefined ? null : parseMachine(service.host, at('host')),
    secretKeyFile: secret_key_file ?? null,
    peerId: peer_id === undefined ? null : requireNodePeerId(parsePeerId(peer_id, at('peer_id')), at('peer_id')),
    metricsAddress: metrics_address === undefined ? null : parseHost(metrics_address, at('metrics_address')),
    extra: optionalVariables(service.env ?? {}, kind, at('env')),
  }
}

/** Any text that stays one line in a sentence. Throws SETTING_INVALID. */
function parseMachine(text: string, source: string): string {
  if (!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return text
  throw new WcnError('SETTING_INVALID', `${source} has a line break or a control character in it`, {
    hint: 'give the name of the machine',
  })
}

/** A host name or an IPv4 address, without a port. Throws SETTING_INVALID. */
function parseHost(text: string, source: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text)) return text
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is no host name or IPv4 address`, {
    hint: 'give it without a scheme and without a port',
  })
}

/** Names become file names, and some file systems don't tell capitals from small letters. */
function requireNames(nodes: readonly DeploymentNode[]): void {
  const seen = new Set<string>()
  for (const { name } of nodes) {
    if (seen.has(name.toLowerCase())) {
      throw new WcnError('SETTING_INVALID', `two nodes are called ${quote(name)}`, {
        hint: 'give each node its own name',
      })
    }
    seen.add(name.toLowerCase())
  }
}
